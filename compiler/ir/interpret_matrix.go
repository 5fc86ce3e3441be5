package ir

import (
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distmv"

	"ssmc/runtime/op"
)

// matrices evaluates the ops whose rows are small matrices, by gonum's own
// matrices: the twin of what the backend computes.
func (p *Interpreter) matrices(n *Node, t int) (out []float64, ok bool) {
	var row func(in [][]float64) []float64
	switch spec := n.Spec.(type) {
	case op.Reshape:
		return p.At(n.In[0], t), true
	case *op.Select:
		row = func(in [][]float64) []float64 { return selected(in[0], spec.From) }
	case op.BatchMul:
		row = func(in [][]float64) []float64 { return multiplied(spec, in[0], in[1]) }
	case op.Cholesky:
		row = func(in [][]float64) []float64 { return factored(in[0], spec.N) }
	case op.Inverse:
		row = func(in [][]float64) []float64 { return inverted(in[0], spec.N) }
	case op.MVNormal:
		row = func(in [][]float64) []float64 { return []float64{logNormal(spec, in)} }
	default:
		return nil, false
	}
	for r := range rowsOf(n) {
		var in [][]float64
		for _, m := range n.In {
			x, cols := p.At(m, t), m.Resolve().Shape.Cols
			at := r % (len(x) / cols)
			in = append(in, x[at*cols:][:cols])
		}
		out = append(out, row(in)...)
	}
	return out, true
}

// rowsOf is the rows of n that belong to one time.
func rowsOf(n *Node) int {
	if n.Shape.Axis == op.Once {
		return n.Shape.Rows
	}
	return 1
}

func selected(x []float64, from []int) []float64 {
	out := make([]float64, len(from))
	for j, i := range from {
		if i >= 0 {
			out[j] = x[i]
		}
	}
	return out
}

func multiplied(s op.BatchMul, x, y []float64) []float64 {
	var a, b mat.Matrix = mat.NewDense(s.M, s.K, x), mat.NewDense(s.K, s.N, y)
	if s.TransA {
		a = mat.NewDense(s.K, s.M, x).T()
	}
	if s.TransB {
		b = mat.NewDense(s.N, s.K, y).T()
	}
	var c mat.Dense
	c.Mul(a, b)
	return c.RawMatrix().Data
}

// symmetric is the symmetric part of a, or of a a' if a is a lower triangle.
func symmetric(a []float64, n int, tri bool) *mat.SymDense {
	s := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			v := (a[i*n+j] + a[j*n+i]) / 2
			if tri {
				v = mat.Dot(mat.NewVecDense(j+1, a[i*n:][:j+1]), mat.NewVecDense(j+1, a[j*n:][:j+1]))
			}
			s.SetSym(i, j, v)
		}
	}
	return s
}

func factored(a []float64, n int) []float64 {
	var c mat.Cholesky
	if !c.Factorize(symmetric(a, n, false)) {
		return filled(math.NaN(), n*n)
	}
	var l mat.TriDense
	c.LTo(&l)
	return mat.DenseCopyOf(&l).RawMatrix().Data
}

func inverted(a []float64, n int) []float64 {
	var v mat.Dense
	if err := v.Inverse(mat.NewDense(n, n, a)); err != nil {
		return filled(math.NaN(), n*n)
	}
	return v.RawMatrix().Data
}

func filled(v float64, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = v
	}
	return out
}

// logNormal is the log density at the first deviation, and what the others take
// from it: half of d' S⁻¹ d, the difference of the densities at 0 and at d.
func logNormal(s op.MVNormal, in [][]float64) float64 {
	var seen []int
	for i := range s.N {
		if len(in) < 3 || in[2][i] != 0 {
			seen = append(seen, i)
		}
	}
	if len(seen) == 0 {
		return 0
	}
	cov, part := symmetric(in[1], s.N, s.Tri), mat.NewSymDense(len(seen), nil)
	for a, i := range seen {
		for b, j := range seen[:a+1] {
			part.SetSym(a, b, cov.At(i, j))
		}
	}
	zero := make([]float64, len(seen))
	normal, ok := distmv.NewNormal(zero, part, nil)
	if !ok {
		return math.NaN()
	}
	at := normal.LogProb(zero)
	out := at
	for k := range s.K {
		out += normal.LogProb(selected(in[0][k*s.N:][:s.N], seen)) - at
	}
	return out
}
