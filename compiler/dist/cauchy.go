package dist

import (
	"math"
	"math/rand/v2"
)

// Cauchy is the Cauchy distribution.
var Cauchy = register(Dist{
	Name:   "Cauchy",
	Doc:    "A peak with tails so heavy that it has no mean.",
	Source: "Chyzak & Nielsen, A Closed-Form Formula for the Kullback-Leibler Divergence Between Cauchy Distributions, 2019",
	Over:   Real,
	Params: []Param{
		{Name: "loc", Support: Real, Doc: "centre, the median"},
		{Name: "scale", Support: Positive, Doc: "half the distance between the quartiles"},
	},
	LogProb: "-log(pi) - log(scale) - log1p(((x - loc)/scale)^2)",
	KL:      "log((scale + p_scale)^2 + (loc - p_loc)^2) - log(4*scale*p_scale)",
	Draw:    func(r *rand.Rand, p []float64) float64 { return p[0] + p[1]*math.Tan(math.Pi*(r.Float64()-0.5)) },
})
