package dist

import (
	"math"
	"math/rand/v2"
)

// Geometric is the distribution of failures before the first success.
var Geometric = register(Dist{
	Name:   "Geometric",
	Doc:    "How many independent trials fail before the first that succeeds.",
	Source: "Johnson, Kemp & Kotz, Univariate Discrete Distributions, 2005, section 5.2",
	Over:   Count,
	Params: []Param{
		{Name: "logits", Support: Real, Doc: "log odds of success", Alts: []Alt{
			{Name: "probs", Support: Unit, Doc: "probability of success", Formula: "log(probs) - log1p(-probs)",
				LogProb: "log(probs) + where(greater(x, 0), x*log1p(-probs), 0)"},
		}},
	},
	LogProb: "-softplus(-logits) - x*softplus(logits)",
	KL:      "-softplus(-logits) + softplus(-p_logits) + exp(-logits)*(softplus(p_logits) - softplus(logits))",
	Mean:    "exp(-logits)",
	Draw: func(r *rand.Rand, p []float64) float64 {
		return math.Floor(r.ExpFloat64() / math.Log1p(math.Exp(p[0])))
	},
})
