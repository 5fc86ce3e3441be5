package scoring

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Poisson is the distribution of counts at a rate.
type Poisson struct{ Rate float64 }

// Mean is the expected value.
func (p Poisson) Mean() float64 { return p.Rate }

// LogProb is the log probability of x, in nats.
func (p Poisson) LogProb(x float64) float64 {
	g, _ := math.Lgamma(x + 1)
	return x*math.Log(p.Rate) - p.Rate - g
}

// Range is how much lies below x, and up to it.
func (p Poisson) Range(x float64) (below, upTo float64) {
	d := distuv.Poisson{Lambda: p.Rate}
	return d.CDF(x - 1), d.CDF(x)
}

// CRPS is the sum over counts k of (P(X <= k) - 1{x <= k})² (Epstein 1969), for all
// k but those whose share is below rounding.
func (p Poisson) CRPS(x float64) (s float64) {
	far := 12*math.Sqrt(p.Rate) + 30
	lo, hi := max(0, math.Floor(min(p.Rate-far, x-1))), max(p.Rate+far, x+1)
	d := distuv.Poisson{Lambda: p.Rate}
	upTo := d.CDF(lo - 1)
	for k := lo; k <= hi; k++ {
		upTo += math.Exp(p.LogProb(k))
		e := upTo - indicator(x <= k)
		s += e * e
	}
	return s
}
