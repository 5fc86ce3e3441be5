package dist

import "math/rand/v2"

// Uniform is the distribution that prefers nothing between two ends.
var Uniform = register(Dist{
	Name:    "Uniform",
	Doc:     "Any number between two ends, none more likely than another.",
	Source:  "Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2, 1995, chapter 26",
	Over:    Interval,
	Closed:  true,
	Range:   [2]string{"low", "high"},
	Ordered: true,
	Params: []Param{
		{Name: "low", Support: Real, Doc: "lower end"},
		{Name: "high", Support: Real, Doc: "upper end"},
	},
	LogProb: "where(greaterEq(x, low)*greaterEq(high, x), -log(high - low), log(0))",
	Mean:    "0.5*(low + high)",
	Draw:    func(r *rand.Rand, p []float64) float64 { return p[0] + (p[1]-p[0])*r.Float64() },
})
