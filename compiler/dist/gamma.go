package dist

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// Gamma is the gamma distribution.
var Gamma = register(Dist{
	Name:   "Gamma",
	Doc:    "A positive number, such as a waiting time or an amount.",
	Source: "Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 1, 1994, chapter 17; Penny, KL-Divergences of Normal, Gamma, Dirichlet and Wishart densities, 2001",
	Over:   Positive,
	Params: []Param{
		{Name: "shape", Support: Positive, Doc: "shape: the density is zero at zero where it is above one", Alts: []Alt{
			{Name: "sd", Support: Positive, Doc: "standard deviation", Formula: "(mean/sd)^2", With: "mean"},
		}},
		{Name: "rate", Support: Positive, Doc: "rate, one over the scale", Alts: []Alt{
			{Name: "scale", Support: Positive, Doc: "scale", Formula: "1/scale"},
			{Name: "mean", Support: Positive, Doc: "expected value", Formula: "shape/mean"},
		}},
	},
	LogProb: "shape*log(rate) - lgamma(shape) + (shape - 1)*log(x) - rate*x",
	KL: "(shape - p_shape)*digamma(shape) - lgamma(shape) + lgamma(p_shape)" +
		" + p_shape*(log(rate) - log(p_rate)) + shape*(p_rate - rate)/rate",
	Mean: "shape/rate",
	Draw: func(r *rand.Rand, p []float64) float64 {
		return distuv.Gamma{Alpha: p[0], Beta: p[1], Src: r}.Rand()
	},
})
