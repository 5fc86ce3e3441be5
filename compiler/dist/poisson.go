package dist

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// Poisson is the distribution of counts at a constant rate.
var Poisson = register(Dist{
	Name:   "Poisson",
	Doc:    "Counts of independent events at a rate per step.",
	Source: "Johnson, Kemp & Kotz, Univariate Discrete Distributions, 2005, section 4.1",
	Over:   Count,
	Params: []Param{
		{Name: "rate", Support: Positive, Zero: true, Doc: "expected count per step", Alts: []Alt{
			{Name: "log_rate", Support: Real, Doc: "logarithm of the expected count", Formula: "exp(log_rate)",
				LogProb: "x*log_rate - exp(log_rate) - lgamma(x + 1)"},
		}},
	},
	LogProb: "x*log(rate) - rate - lgamma(x + 1)",
	KL:      "rate*(log(rate) - log(p_rate)) - rate + p_rate",
	Mean:    "rate",
	Draw:    func(r *rand.Rand, p []float64) float64 { return distuv.Poisson{Lambda: p[0], Src: r}.Rand() },
})
