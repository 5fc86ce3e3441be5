package scoring

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Normal is a normal distribution. One whose deviation is zero is a certainty.
type Normal struct{ Mu, SD float64 }

// Mean is the expected value.
func (n Normal) Mean() float64 { return n.Mu }

// LogProb is the log density at x, in nats.
func (n Normal) LogProb(x float64) float64 { return distuv.Normal{Mu: n.Mu, Sigma: n.SD}.LogProb(x) }

// Range is how much lies below x, and up to it.
func (n Normal) Range(x float64) (below, upTo float64) {
	if n.SD == 0 {
		return indicator(n.Mu < x), indicator(n.Mu <= x)
	}
	p := distuv.Normal{Mu: n.Mu, Sigma: n.SD}.CDF(x)
	return p, p
}

func indicator(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// CRPS is sd (z (2 Φ(z) - 1) + 2 φ(z) - 1/√π) with z = (x - mean)/sd: Gneiting &
// Raftery 2007, section 4.2.
func (n Normal) CRPS(x float64) float64 {
	if n.SD == 0 {
		return math.Abs(x - n.Mu)
	}
	z := (x - n.Mu) / n.SD
	one := distuv.UnitNormal
	return n.SD * (z*(2*one.CDF(z)-1) + 2*one.Prob(z) - 1/math.Sqrt(math.Pi))
}
