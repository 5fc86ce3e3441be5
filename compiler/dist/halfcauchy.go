package dist

import (
	"math"
	"math/rand/v2"
)

// HalfCauchy is the distribution of the size of a Cauchy number.
var HalfCauchy = register(Dist{
	Name:   "HalfCauchy",
	Doc:    "The size, without its sign, of a Cauchy number around zero: it has no mean.",
	Source: "Gelman, Prior distributions for variance parameters in hierarchical models, 2006",
	Over:   Positive,
	Closed: true,
	Params: []Param{
		{Name: "scale", Support: Positive, Doc: "the median"},
	},
	LogProb: "log(2/pi) - log(scale) - log1p((x/scale)^2)",
	Draw:    func(r *rand.Rand, p []float64) float64 { return p[0] * math.Tan(0.5*math.Pi*r.Float64()) },
})
