package dist

import (
	"math"
	"math/rand/v2"

	"ssmc/compiler/ir"
)

// OrderedLogistic is the distribution of a class among classes that have an order.
var OrderedLogistic = register(Dist{
	Name:   "OrderedLogistic",
	Doc:    "One of K ordered classes: the interval between rising cutpoints in which eta plus logistic noise falls.",
	Source: "McCullagh, Regression Models for Ordinal Data, 1980",
	Over:   Class,
	Params: []Param{
		{Name: "eta", Support: Real, Doc: "position: the larger, the higher the class"},
		{Name: "cutpoints", Support: Real, Width: PerCut, Doc: "K - 1 rising numbers between the classes, such as param c: ordered[K - 1]"},
	},
	LogProb: "log(sigmoid(cutpoints[x] - eta) - sigmoid(cutpoints[x-1] - eta))",
	Draw: func(r *rand.Rand, p []float64) float64 {
		u, class := r.Float64(), 0.0
		for _, cut := range p[1:] {
			if p[0]+math.Log(u)-math.Log1p(-u) > cut {
				class++
			}
		}
		return class
	},
	classes: orderedClasses,
})

// orderedClasses is log(s(u) - s(l)), u and l the next cutpoints above and below
// the class less eta, as log s(u) + log s(-l) + log(1 - exp(l - u)): none of them
// cancels.
func orderedClasses(b *ir.Builder, given map[string]*ir.Node) *ir.Node {
	eta, cuts := given["eta"], given["cutpoints"]
	n, zero := cuts.Shape.Cols, b.Number(0)
	above := b.Call("neg", b.Call("softplus", b.Call("-", eta, cuts)))
	below := b.Call("neg", b.Call("softplus", b.Call("-", cuts, eta)))
	p := b.Call("+", b.Concat(above, zero), b.Concat(zero, below))
	if n == 1 {
		return p
	}
	gap := b.Call("log1mexp", b.Call("-", b.Slice(cuts, 1, n), b.Slice(cuts, 0, n-1)))
	return b.Call("+", p, b.Concat(zero, gap, zero))
}
