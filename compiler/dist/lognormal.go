package dist

import (
	"math"
	"math/rand/v2"
)

// LogNormal is the distribution of a positive number whose logarithm is normal.
var LogNormal = register(Dist{
	Name:   "LogNormal",
	Doc:    "A positive number whose logarithm is normal.",
	Source: "Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 1, 1994, chapter 14; the divergence is that of the normals",
	Over:   Positive,
	Params: []Param{
		{Name: "mean", Support: Real, Doc: "expected value of the logarithm"},
		{Name: "var", Support: Positive, Zero: true, Doc: "variance of the logarithm", Alts: []Alt{
			{Name: "sd", Support: Positive, Doc: "standard deviation of the logarithm", Formula: "sd^2", Floored: true},
			{Name: "logvar", Support: Real, Doc: "logarithm of the variance of the logarithm", Formula: "exp(logvar)", Floored: true},
		}},
	},
	LogProb: "-0.5*(log(2*pi) + log(var) + (log(x) - mean)^2/var) - log(x)",
	Sample:  "exp(mean + sqrt(var)*eps)",
	KL:      Normal.KL,
	Mean:    "exp(mean + 0.5*var)",
	Draw: func(r *rand.Rand, p []float64) float64 {
		return math.Exp(p[0] + math.Sqrt(p[1])*r.NormFloat64())
	},
})
