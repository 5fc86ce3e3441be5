package dist

import (
	"math"
	"math/rand/v2"
)

// Bernoulli is the distribution of a coin.
var Bernoulli = register(Dist{
	Name:   "Bernoulli",
	Doc:    "A coin that shows one with probability sigmoid(logits).",
	Source: "Johnson, Kemp & Kotz, Univariate Discrete Distributions, 2005, section 3.1",
	Over:   Binary,
	Params: []Param{
		{Name: "logits", Support: Real, Doc: "log odds of a one", Alts: []Alt{
			{Name: "probs", Support: Unit, Doc: "probability of a one", Formula: "log(probs) - log1p(-probs)",
				LogProb: "where(x, log(probs), log1p(-probs))"},
		}},
	},
	LogProb: "x*logits - softplus(logits)",
	KL:      "sigmoid(logits)*(logits - p_logits) - softplus(logits) + softplus(p_logits)",
	Mean:    "sigmoid(logits)",
	Draw: func(r *rand.Rand, p []float64) float64 {
		if r.Float64() < 1/(1+math.Exp(-p[0])) {
			return 1
		}
		return 0
	},
})
