package dist

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// NegativeBinomial is the distribution of counts that vary more than a Poisson.
var NegativeBinomial = register(Dist{
	Name:   "NegativeBinomial",
	Doc:    "Counts that vary more than a Poisson: their variance is mean + dispersion*mean^2.",
	Source: "Johnson, Kemp & Kotz, Univariate Discrete Distributions, 2005, chapter 5; Cameron & Trivedi, Regression Analysis of Count Data, 2013, section 3.3 (NB2)",
	Over:   Count,
	Params: []Param{
		{Name: "mean", Support: Positive, Zero: true, Doc: "expected count", Alts: []Alt{
			{Name: "log_mean", Support: Real, Doc: "logarithm of the expected count", Formula: "exp(log_mean)",
				LogProb: "-lbeta(x + 1, 1/dispersion) - log(x + 1/dispersion)" +
					" + x*(log_mean + log(dispersion)) - (x + 1/dispersion)*softplus(log_mean + log(dispersion))"},
			{Name: "probs", Support: Unit, Doc: "probability of a success, which counts, before total_count failures", Formula: "probs/(1 - probs)/dispersion"},
			{Name: "logits", Support: Real, Doc: "log odds of a success", Formula: "exp(logits)/dispersion",
				LogProb: "-lbeta(x + 1, 1/dispersion) - log(x + 1/dispersion) + x*logits - (x + 1/dispersion)*softplus(logits)"},
		}},
		{Name: "dispersion", Support: Positive, Doc: "dispersion; near zero a Poisson", Alts: []Alt{
			{Name: "total_count", Support: Positive, Doc: "failures that end the count", Formula: "1/total_count"},
		}},
	},
	LogProb: "-lbeta(x + 1, 1/dispersion) - log(x + 1/dispersion)" +
		" + where(greater(x, 0), x*(log(mean*dispersion) - log1p(mean*dispersion)), 0) - log1p(mean*dispersion)/dispersion",
	Mean: "mean",
	Draw: func(r *rand.Rand, p []float64) float64 { return drawNegativeBinomial(r, p[0], p[1]) },
})

// drawNegativeBinomial draws a Poisson whose rate has a gamma distribution.
func drawNegativeBinomial(r *rand.Rand, mean, dispersion float64) float64 {
	if mean == 0 {
		return 0
	}
	rate := distuv.Gamma{Alpha: 1 / dispersion, Beta: 1 / (dispersion * mean), Src: r}.Rand()
	if rate == 0 || math.IsInf(rate, 1) {
		return rate
	}
	return distuv.Poisson{Lambda: rate, Src: r}.Rand()
}
