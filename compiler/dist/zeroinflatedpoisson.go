package dist

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// ZeroInflatedPoisson is a Poisson with zeros of another kind.
var ZeroInflatedPoisson = register(Dist{
	Name:   "ZeroInflatedPoisson",
	Doc:    "Zero with the probability of the gate, otherwise a Poisson count.",
	Source: "Lambert, Zero-Inflated Poisson Regression, 1992",
	Over:   Count,
	Params: []Param{
		{Name: "rate", Support: Positive, Zero: true, Doc: "expected count of the Poisson", Alts: []Alt{
			{Name: "log_rate", Support: Real, Doc: "logarithm of the expected count", Formula: "exp(log_rate)"},
		}},
		gate,
	},
	LogProb: "where(equal(x, 0), softplus(gate_logits + rate) - softplus(gate_logits) - rate," +
		" x*log(rate) - rate - lgamma(x + 1) - softplus(gate_logits))",
	Mean: "sigmoid(-gate_logits)*rate",
	Draw: func(r *rand.Rand, p []float64) float64 {
		if p[0] == 0 || gated(r, p[1]) {
			return 0
		}
		return distuv.Poisson{Lambda: p[0], Src: r}.Rand()
	},
})

// gate is the parameter of what is zero beyond its own zeros.
var gate = Param{Name: "gate_logits", Support: Real, Doc: "log odds of a zero beside those of the count", Alts: []Alt{
	{Name: "gate", Support: Unit, Doc: "probability of a zero beside those of the count", Formula: "log(gate) - log1p(-gate)"},
}}

// gated draws whether the gate makes a zero.
func gated(r *rand.Rand, logits float64) bool { return r.Float64() < 1/(1+math.Exp(-logits)) }
