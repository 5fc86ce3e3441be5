package dist

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"ssmc/compiler/ir"
	"ssmc/runtime/op"
)

// Categorical is the distribution of a class.
var Categorical = register(Dist{
	Name:   "Categorical",
	Doc:    "One of K classes, class k with probability proportional to exp(logits[k]).",
	Source: "Johnson, Kotz & Balakrishnan, Discrete Multivariate Distributions, 1997, chapter 35",
	Over:   Class,
	Params: []Param{
		{Name: "logits", Support: Real, Width: PerClass, Doc: "unnormalised log probability of each class", Alts: []Alt{
			{Name: "probs", Support: Unit, Doc: "probability of each class; they add up to one", Formula: "log(probs)"},
		}},
	},
	LogProb: "logits[x] - log(sum over k of exp(logits[k]))",
	Draw: func(r *rand.Rand, logits []float64) float64 {
		w, top := make([]float64, len(logits)), slices.Max(logits)
		for k, l := range logits {
			w[k] = math.Exp(l - top)
		}
		return distuv.NewCategorical(w, r).Rand()
	},
	classes: func(b *ir.Builder, given map[string]*ir.Node) *ir.Node {
		if probs := given["probs"]; probs != nil {
			return b.Call("log", probs)
		}
		return b.Apply(op.LogSoftmax{}, given["logits"])
	},
})
