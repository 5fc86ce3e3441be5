package dist

import (
	"math/rand/v2"
	"slices"
)

// ZeroInflatedNegativeBinomial is a negative binomial with zeros of another kind.
var ZeroInflatedNegativeBinomial = register(Dist{
	Name:   "ZeroInflatedNegativeBinomial",
	Doc:    "Zero with the probability of the gate, otherwise a negative binomial count.",
	Source: "Greene, Accounting for Excess Zeros and Sample Selection in Poisson and Negative Binomial Regression Models, 1994",
	Over:   Count,
	Params: append(withoutLogProb(NegativeBinomial.Params), gate),
	LogProb: "where(equal(x, 0), softplus(gate_logits + log1p(mean*dispersion)/dispersion) - softplus(gate_logits) - log1p(mean*dispersion)/dispersion," +
		" -lbeta(x + 1, 1/dispersion) - log(x + 1/dispersion)" +
		" + x*(log(mean*dispersion) - log1p(mean*dispersion)) - log1p(mean*dispersion)/dispersion - softplus(gate_logits))",
	Mean: "sigmoid(-gate_logits)*mean",
	Draw: func(r *rand.Rand, p []float64) float64 {
		if gated(r, p[2]) {
			return 0
		}
		return drawNegativeBinomial(r, p[0], p[1])
	},
})

// withoutLogProb is parameters of another distribution, without its densities.
func withoutLogProb(params []Param) (out []Param) {
	for _, p := range params {
		p.Alts = slices.Clone(p.Alts)
		for i := range p.Alts {
			p.Alts[i].LogProb = ""
		}
		out = append(out, p)
	}
	return out
}
