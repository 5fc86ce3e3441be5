package dist

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// StudentT is Student's t distribution, moved and scaled.
var StudentT = register(Dist{
	Name:   "StudentT",
	Doc:    "Student's t distribution: like a normal, with heavier tails the fewer its degrees of freedom. Its scale is not its standard deviation.",
	Source: "Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2, 1995, chapter 28",
	Over:   Real,
	Params: []Param{
		{Name: "df", Support: Positive, Doc: "degrees of freedom"},
		{Name: "loc", Support: Real, Doc: "centre"},
		{Name: "scale", Support: Positive, Doc: "scale; times sqrt(df/(df - 2)) it is the standard deviation"},
	},
	LogProb: "-lbeta(0.5, 0.5*df) - 0.5*log(df) - log(scale) - 0.5*(df + 1)*log1p(((x - loc)/scale)^2/df)",
	Mean:    "loc",
	Draw: func(r *rand.Rand, p []float64) float64 {
		return distuv.StudentsT{Nu: p[0], Mu: p[1], Sigma: p[2], Src: r}.Rand()
	},
})
