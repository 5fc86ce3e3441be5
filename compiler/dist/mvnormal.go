package dist

import (
	"math/rand/v2"

	"ssmc/compiler/ir"
	"ssmc/runtime/exact"
	"ssmc/runtime/op"
)

// MVNormal is the multivariate normal distribution.
var MVNormal = register(Dist{
	Name:   "MVNormal",
	Doc:    "The normal distribution of a vector, whose coordinates may be correlated: given by its mean and a covariance, a lower triangle L with L L' = cov, a precision, or a factor W and variances d with cov = W W' + diag(d). Missing coordinates are integrated out.",
	Source: "Petersen & Pedersen, The Matrix Cookbook, 2012, section 8",
	Over:   Real,
	Params: []Param{
		{Name: "mean", Support: Real, Doc: "expected value"},
		{Name: "cov", Support: Real, Form: Square, Doc: "covariance, of which the symmetric part counts", Alts: []Alt{
			{Name: "scale_tril", Support: Real, Form: Square, Doc: "lower triangle; what stands above the diagonal does not count",
				Formula: "scale_tril @ transpose(scale_tril)", convert: ofTriangle},
			{Name: "prec", Support: Real, Form: Square, Doc: "precision, the inverse of the covariance",
				Formula: "inverse(prec)", convert: ofPrecision},
			{Name: "factor", Support: Real, Form: Tall, Doc: "loadings W of a few common factors",
				Formula: "factor @ transpose(factor) + diag(var)", convert: ofFactor,
				And: &Alt{Name: "var", Support: Positive, Form: Row, Doc: "variances that coordinates have of their own, beside a factor"}},
		}},
	},
	LogProb: "-0.5*(n*log(2*pi) + log(det(cov)) + (x - mean) @ inverse(cov) @ (x - mean))",
	Sample:  "mean + cholesky(cov) @ eps",
	KL:      "0.5*(log(det(p_cov)/det(cov)) + trace(inverse(p_cov) @ cov) + (mean - p_mean) @ inverse(p_cov) @ (mean - p_mean) - n)",
	Mean:    "mean",
	Joint:   &Joint{density: mvDensity, sample: mvSample, Draw: mvDraw},
})

func ofTriangle(b *ir.Builder, given map[string]*ir.Node) *ir.Node {
	l := given["scale_tril"]
	n := side(l)
	l = b.Lower(l, n)
	return b.BatchMul(op.BatchMul{M: n, K: n, N: n, TransB: true}, l, l)
}

func ofPrecision(b *ir.Builder, given map[string]*ir.Node) *ir.Node {
	n := side(given["prec"])
	p := b.Call("*", b.Number(0.5), b.Call("+", given["prec"], b.Transposed(given["prec"], n, n)))
	return b.Apply(op.Inverse{N: n}, p)
}

func ofFactor(b *ir.Builder, given map[string]*ir.Node) *ir.Node {
	w, d := given["factor"], given["var"]
	n := d.Shape.Cols
	r := w.Shape.Cols / n
	return b.Call("+", b.BatchMul(op.BatchMul{M: n, K: r, N: n, TransB: true}, w, w), b.Diagonal(d))
}

// side is n of matrices [rows,n*n].
func side(m *ir.Node) int {
	n := 1
	for n*n < m.Shape.Cols {
		n++
	}
	return n
}

func mvDensity(b *ir.Builder, x *ir.Node, given map[string]*ir.Node, present *ir.Node) *ir.Node {
	s, tri := spread(b, given)
	in := []*ir.Node{b.Call("-", x, given["mean"]), s}
	if present != nil {
		in = append(in, present)
	}
	return b.Rowwise(op.MVNormal{N: x.Shape.Cols, K: 1, Tri: tri}, in...)
}

// spread is a covariance or, if that is what is given, its triangle.
func spread(b *ir.Builder, given map[string]*ir.Node) (s *ir.Node, tri bool) {
	switch {
	case given["scale_tril"] != nil:
		return given["scale_tril"], true
	case given["prec"] != nil:
		return ofPrecision(b, given), false
	case given["factor"] != nil:
		return ofFactor(b, given), false
	}
	return given["cov"], false
}

// rootOf is the lower triangle of a covariance.
func rootOf(b *ir.Builder, given map[string]*ir.Node) *ir.Node {
	s, tri := spread(b, given)
	if tri {
		return b.Lower(s, side(s))
	}
	return b.Apply(op.Cholesky{N: side(s)}, s)
}

func mvSample(b *ir.Builder, eps *ir.Node, given map[string]*ir.Node) *ir.Node {
	n := eps.Shape.Cols
	return b.Call("+", given["mean"], b.BatchMul(op.BatchMul{M: n, K: n, N: 1}, rootOf(b, given), eps))
}

func mvDraw(r *rand.Rand, x []float64, p [][]float64) bool {
	n := len(x)
	l, eps := make([]float64, n*n), make([]float64, n)
	if !finite(p[0]) || !finite(p[1]) || !exact.Root(l, p[1], n) {
		return false
	}
	for i := range eps {
		eps[i] = r.NormFloat64()
	}
	for i := range x {
		x[i] = p[0][min(i, len(p[0])-1)]
		for j := range i + 1 {
			x[i] += l[i*n+j] * eps[j]
		}
	}
	return true
}
