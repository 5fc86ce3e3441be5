package dist

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// Binomial is the distribution of the ones among some coins.
var Binomial = register(Dist{
	Name:   "Binomial",
	Doc:    "How many of so many independent trials succeed.",
	Source: "Johnson, Kemp & Kotz, Univariate Discrete Distributions, 2005, chapter 3",
	Over:   Count,
	Closed: true,
	Range:  [2]string{"0", "trials"},
	Params: []Param{
		{Name: "trials", Support: Count, Doc: "number of trials"},
		{Name: "logits", Support: Real, Doc: "log odds of success", Alts: []Alt{
			{Name: "probs", Support: Unit, Doc: "probability of success", Formula: "log(probs) - log1p(-probs)",
				LogProb: "where(greater(x, 0), x*log(probs), 0) + where(greater(trials, x), (trials - x)*log1p(-probs), 0)" +
					" - lbeta(x + 1, trials - x + 1) - log1p(trials)"},
		}},
	},
	LogProb: "x*logits - trials*softplus(logits) - lbeta(x + 1, trials - x + 1) - log1p(trials)",
	Mean:    "trials*sigmoid(logits)",
	Draw: func(r *rand.Rand, p []float64) float64 {
		return distuv.Binomial{N: p[0], P: 1 / (1 + math.Exp(-p[1])), Src: r}.Rand()
	},
})
