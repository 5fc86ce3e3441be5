package dist

import "math/rand/v2"

// Exponential is the distribution of the time to an event of constant rate.
var Exponential = register(Dist{
	Name:   "Exponential",
	Doc:    "The time to an event that happens at a constant rate.",
	Source: "Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 1, 1994, chapter 19",
	Over:   Positive,
	Closed: true,
	Params: []Param{
		{Name: "rate", Support: Positive, Doc: "events per unit of time", Alts: []Alt{
			{Name: "scale", Support: Positive, Doc: "expected time, one over the rate", Formula: "1/scale"},
		}},
	},
	LogProb: "log(rate) - rate*x",
	Sample:  "-logndtr(eps)/rate",
	KL:      "log(rate) - log(p_rate) + p_rate/rate - 1",
	Mean:    "1/rate",
	Draw:    func(r *rand.Rand, p []float64) float64 { return r.ExpFloat64() / p[0] },
})
