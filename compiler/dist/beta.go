package dist

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// Beta is the beta distribution.
var Beta = register(Dist{
	Name:   "Beta",
	Doc:    "A number between zero and one, such as a fraction.",
	Source: "Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2, 1995, chapter 25; Penny, KL-Divergences of Normal, Gamma, Dirichlet and Wishart densities, 2001",
	Over:   Unit,
	Params: []Param{
		{Name: "alpha", Support: Positive, Doc: "pull towards one", Alts: []Alt{
			{Name: "mean", Support: Unit, Doc: "expected value", Formula: "mean*concentration", With: "concentration"},
		}},
		{Name: "beta", Support: Positive, Doc: "pull towards zero", Alts: []Alt{
			{Name: "concentration", Support: Positive, Doc: "alpha + beta: the larger, the narrower", Formula: "(1 - mean)*concentration", With: "mean"},
		}},
	},
	LogProb: "(alpha - 1)*log(x) + (beta - 1)*log1p(-x) - lbeta(alpha, beta)",
	KL: "lbeta(p_alpha, p_beta) - lbeta(alpha, beta)" +
		" + (alpha - p_alpha)*dlbeta(alpha, beta) + (beta - p_beta)*dlbeta(beta, alpha)",
	Mean: "alpha/(alpha + beta)",
	Draw: func(r *rand.Rand, p []float64) float64 {
		return distuv.Beta{Alpha: p[0], Beta: p[1], Src: r}.Rand()
	},
})
