package dist

import (
	"math"
	"math/rand/v2"
)

// LogitNormal is the distribution of a number between zero and one whose log odds
// are normal.
var LogitNormal = register(Dist{
	Name:   "LogitNormal",
	Doc:    "A number between zero and one whose log odds, log(x/(1-x)), are normal.",
	Source: "Aitchison & Shen 1980; the divergence is that of the normals",
	Over:   Unit,
	Params: []Param{
		{Name: "mean", Support: Real, Doc: "expected value of the log odds"},
		{Name: "var", Support: Positive, Zero: true, Doc: "variance of the log odds", Alts: []Alt{
			{Name: "sd", Support: Positive, Doc: "standard deviation of the log odds", Formula: "sd^2", Floored: true},
			{Name: "logvar", Support: Real, Doc: "logarithm of the variance of the log odds", Formula: "exp(logvar)", Floored: true},
		}},
	},
	LogProb: "-0.5*(log(2*pi) + log(var) + (log(x) - log1p(-x) - mean)^2/var) - log(x) - log1p(-x)",
	Sample:  "sigmoid(mean + sqrt(var)*eps)",
	KL:      Normal.KL,
	Draw: func(r *rand.Rand, p []float64) float64 {
		return 1 / (1 + math.Exp(-p[0]-math.Sqrt(p[1])*r.NormFloat64()))
	},
})
