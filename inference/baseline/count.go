package baseline

import (
	"math"

	"ssmc/inference/data"
)

// poisson predicts Poisson(rate); after y, Poisson(weight y + (1-weight) rate).
type poisson struct{ rate, weight float64 }

func (p poisson) first(x float64) float64 { return logPoisson(x, p.rate) }

func (p poisson) next(x, y float64) float64 {
	return logPoisson(x, p.weight*y+(1-p.weight)*p.rate)
}

// logPoisson is the log probability of x under Poisson(rate).
func logPoisson(x, rate float64) float64 {
	g, _ := math.Lgamma(x + 1)
	return x*math.Log(rate) - rate - g
}

func fitPoisson(_ data.Var, parts []component) []predictor {
	return each(parts, func(c component) predictor { return poisson{rate: rate(c)} })
}

// fitBlend also fits the weight of the last value, by maximum likelihood.
func fitBlend(_ data.Var, parts []component) []predictor {
	return each(parts, func(c component) predictor { return poisson{rate(c), weight(c, rate(c))} })
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
func weight(c component, rate float64) float64 {
	lo, hi := 0.0, 1-1e-6
	for range 50 {
		w, slope := (lo+hi)/2, 0.0
		c.changes(func(x, y float64) { slope += (x/(w*y+(1-w)*rate) - 1) * (y - rate) })
		if slope > 0 {
			lo = w
		} else {
			hi = w
		}
	}
	return lo
}
