package baseline

import (
	"ssmc/inference/data"
	"ssmc/inference/scoring"
)

func fitPoisson(_ data.Var, parts []component, _ int) []Predictor {
	return each(parts, func(c component) Predictor { return always{Number: scoring.Poisson{Rate: rate(c)}} })
}

// fitBlend predicts Poisson(w y + (1-w) rate) after y, with the weight of the last
// value by maximum likelihood.
func fitBlend(_ data.Var, parts []component, ahead int) []Predictor {
	return each(parts, func(c component) Predictor {
		mean := rate(c)
		w := weight(c, mean, ahead)
		next := func(y float64) Prediction { return Prediction{Number: scoring.Poisson{Rate: w*y + (1-w)*mean}} }
		return following{Prediction{Number: scoring.Poisson{Rate: mean}}, next, ahead}
	})
}

// rate is the mean, with half an event added to the total.
func rate(c component) float64 {
	total, n := 0.5, 0.0
	c.values(func(x float64) { total += x; n++ })
	return total / max(1, n)
}

// weight maximises the log likelihood of the changes, which is concave in it, by
// bisection of its derivative: sum of (x/m - 1) (y - rate), m = w y + (1-w) rate.
// It is short of one, or no count could follow a zero.
func weight(c component, rate float64, ahead int) float64 {
	lo, hi := 0.0, 1-1e-6
	for range 50 {
		w, slope := (lo+hi)/2, 0.0
		c.changes(ahead, func(x, y float64) { slope += (x/(w*y+(1-w)*rate) - 1) * (y - rate) })
		if slope > 0 {
			lo = w
		} else {
			hi = w
		}
	}
	return lo
}
