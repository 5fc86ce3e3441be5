package dist

import (
	"math"
	"math/rand/v2"
)

// HalfNormal is the distribution of the size of a normal number.
var HalfNormal = register(Dist{
	Name:   "HalfNormal",
	Doc:    "The size, without its sign, of a normal number of mean zero.",
	Source: "Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 1, 1994, section 10.1",
	Over:   Positive,
	Closed: true,
	Params: []Param{
		{Name: "sd", Support: Positive, Zero: true, Doc: "standard deviation of the normal", Alts: []Alt{
			{Name: "var", Support: Positive, Doc: "variance of the normal", Formula: "sqrt(var)"},
		}},
	},
	LogProb: "0.5*log(2/pi) - log(sd) - 0.5*(x/sd)^2",
	Sample:  "sd*abs(eps)",
	KL:      "log(p_sd) - log(sd) + 0.5*((sd/p_sd)^2 - 1)",
	Mean:    "sd*sqrt(2/pi)",
	Draw:    func(r *rand.Rand, p []float64) float64 { return p[0] * math.Abs(r.NormFloat64()) },
})
