package dist

import (
	"math"
	"math/rand/v2"
)

// Normal is the normal distribution.
var Normal = register(Dist{
	Name:   "Normal",
	Doc:    "The normal (Gaussian) distribution, given by its mean and one of variance, standard deviation or log variance.",
	Source: "Krishnan, Shalit & Sontag 2017, eq. 6 for the divergence",
	Over:   Real,
	Params: []Param{
		{Name: "mean", Support: Real, Doc: "expected value"},
		{Name: "var", Support: Positive, Zero: true, Doc: "variance, the square of the standard deviation", Alts: []Alt{
			{Name: "sd", Support: Positive, Doc: "standard deviation", Formula: "sd^2", Floored: true},
			{Name: "logvar", Support: Real, Doc: "logarithm of the variance", Formula: "exp(logvar)", Floored: true,
				LogProb: "-0.5*(log(2*pi) + logvar + (x - mean)^2*exp(-logvar))"},
		}},
	},
	LogProb: "-0.5*(log(2*pi) + log(var) + (x - mean)^2/var)",
	Sample:  "mean + sqrt(var)*eps",
	KL:      "0.5*(log(p_var) - log(var) + (var + (mean - p_mean)^2)/p_var - 1)",
	Mean:    "mean",
	Draw:    func(r *rand.Rand, p []float64) float64 { return p[0] + math.Sqrt(p[1])*r.NormFloat64() },
})
