package dist

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"

	"ssmc/compiler/ir"
)

// Dirichlet is the distribution of probabilities that add up to one.
var Dirichlet = register(Dist{
	Name:   "Dirichlet",
	Doc:    "Probabilities that add up to one; with alpha = 1 all are as likely. A prior of a simplex.",
	Source: "Kotz, Balakrishnan & Johnson, Continuous Multivariate Distributions, 2000, chapter 49",
	Over:   Simplex,
	Params: []Param{
		{Name: "alpha", Support: Positive, Doc: "concentrations: the expected values are in proportion to them"},
	},
	LogProb: "sum((alpha - 1)*log(x)) + lgamma(sum(alpha)) - sum(lgamma(alpha))",
	Mean:    "alpha/sum(alpha)",
	Joint:   &Joint{density: dirichletDensity, Draw: dirichletDraw},
})

func dirichletDensity(b *ir.Builder, x *ir.Node, given map[string]*ir.Node, _ *ir.Node) *ir.Node {
	alpha := b.Widen(given["alpha"], x.Shape.Cols)
	vars := map[string]*ir.Node{"x": x, "alpha": alpha}
	terms := b.Formula(Formula("(alpha - 1)*log(x) - lgamma(alpha)"), vars, true)
	total := b.Formula(Formula("alpha"), vars, true)
	return b.Call("+", terms, b.Call("lgamma", total))
}

// dirichletDraw draws gamma variables and divides them by their sum.
func dirichletDraw(r *rand.Rand, x []float64, p [][]float64) bool {
	total := 0.0
	for i := range x {
		a := p[0][min(i, len(p[0])-1)]
		if !(a > 0) || math.IsInf(a, 1) {
			return false
		}
		x[i] = distuv.Gamma{Alpha: a, Beta: 1, Src: r}.Rand()
		total += x[i]
	}
	for i := range x {
		x[i] /= total
	}
	return total > 0
}

func finite(x []float64) bool {
	for _, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}
