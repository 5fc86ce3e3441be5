package dist

import (
	"math"
	"math/rand/v2"
)

// Laplace is the two-sided exponential distribution.
var Laplace = register(Dist{
	Name:   "Laplace",
	Doc:    "A peak at its centre with exponential tails on both sides.",
	Source: "Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2, 1995, chapter 24; Meyer, An Alternative Probabilistic Interpretation of the Huber Loss, 2021, for the divergence",
	Over:   Real,
	Params: []Param{
		{Name: "loc", Support: Real, Doc: "centre"},
		{Name: "scale", Support: Positive, Doc: "scale, the mean distance from the centre", Alts: []Alt{
			{Name: "sd", Support: Positive, Doc: "standard deviation", Formula: "sd/sqrt(2)"},
		}},
	},
	LogProb: "-log(2*scale) - abs(x - loc)/scale",
	Sample:  "loc + scale*where(greater(eps, 0), -log(2) - logndtr(-eps), log(2) + logndtr(eps))",
	KL:      "log(p_scale) - log(scale) + abs(loc - p_loc)/p_scale + scale/p_scale*exp(-abs(loc - p_loc)/scale) - 1",
	Mean:    "loc",
	Draw: func(r *rand.Rand, p []float64) float64 {
		return p[0] + p[1]*math.Copysign(r.ExpFloat64(), r.Float64()-0.5)
	},
})
