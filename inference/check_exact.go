package inference

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// An ExactCheck compares what a guide says of one latent with its exact
// posterior, frame by frame and coordinate by coordinate. Both are taken by their
// means and variances; where the model is linear and Gaussian, the exact
// posterior is no more than that.
type ExactCheck struct {
	Latent   string  `json:"latent"`
	RMSE     float64 `json:"rmse"`     // of the guide's means from the exact ones
	Relative float64 `json:"relative"` // the same in standard deviations of the exact posterior
	Spread   float64 `json:"spread"`   // standard deviations, guide over exact: the geometric mean
	Coverage float64 `json:"coverage"` // of the exact posterior by the guide's central 90 %
}

// central is the mass of the interval that coverage is taken of.
const central = 0.9

// CompareExact compares a guide's posteriors with exact ones, latent by latent.
// What the model knows exactly, of variance zero, counts for the RMSE alone.
func CompareExact(guide, exact []Posterior) (out []ExactCheck) {
	half := distuv.UnitNormal.Quantile((1 + central) / 2)
	for i, g := range guide {
		c := ExactCheck{Latent: g.Name}
		n, all := 0.0, 0.0
		for seq := range g.Mean {
			for j, mean := range g.Mean[seq] {
				d := mean - exact[i].Mean[seq][j]
				c.RMSE, all = c.RMSE+d*d, all+1
				sd, own := math.Sqrt(exact[i].Var[seq][j]), math.Sqrt(g.Var[seq][j])
				if sd == 0 {
					continue
				}
				n++
				c.Relative += d * d / (sd * sd)
				c.Spread += math.Log(own / sd)
				c.Coverage += distuv.UnitNormal.CDF((d+half*own)/sd) - distuv.UnitNormal.CDF((d-half*own)/sd)
			}
		}
		c.RMSE, c.Relative = math.Sqrt(c.RMSE/all), math.Sqrt(c.Relative/n)
		c.Spread, c.Coverage = math.Exp(c.Spread/n), c.Coverage/n
		out = append(out, c)
	}
	return out
}
