package dist

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// InverseGamma is the distribution of one over a gamma.
var InverseGamma = register(Dist{
	Name:   "InverseGamma",
	Doc:    "A positive number whose inverse has a gamma distribution of this shape and, as its rate, this scale.",
	Source: "Gelman et al., Bayesian Data Analysis, 2013, appendix A; the divergence is that of the gammas",
	Over:   Positive,
	Params: []Param{
		{Name: "shape", Support: Positive, Doc: "shape: moments below it are finite"},
		{Name: "scale", Support: Positive, Doc: "scale"},
	},
	LogProb: "shape*log(scale) - lgamma(shape) - (shape + 1)*log(x) - scale/x",
	KL: "(shape - p_shape)*digamma(shape) - lgamma(shape) + lgamma(p_shape)" +
		" + p_shape*(log(scale) - log(p_scale)) + shape*(p_scale - scale)/scale",
	Mean: "where(greater(shape, 1), scale/(shape - 1), 1/0)",
	Draw: func(r *rand.Rand, p []float64) float64 {
		return 1 / distuv.Gamma{Alpha: p[0], Beta: p[1], Src: r}.Rand()
	},
})
