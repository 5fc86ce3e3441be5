package scoring

import (
	"cmp"
	"math"
	"slices"
)

// A Sample is draws from a distribution, with weights that add up to one.
type Sample struct {
	draws []weighted // the least first
	mean  float64
	same  float64 // the sum of squared weights: that two draws are one and the same
}

type weighted struct{ x, w float64 }

// NewSample is the sample of draws x with weights w that add up to one, or all of the
// same weight where w is nil.
func NewSample(x, w []float64) *Sample {
	s := &Sample{draws: make([]weighted, len(x))}
	for i, v := range x {
		share := 1 / float64(len(x))
		if w != nil {
			share = w[i]
		}
		s.draws[i] = weighted{v, share}
		s.mean += share * v
		s.same += share * share
	}
	slices.SortFunc(s.draws, func(a, b weighted) int { return cmp.Compare(a.x, b.x) })
	return s
}

// Mean is the mean of the draws.
func (s *Sample) Mean() float64 { return s.mean }

// Range is how much lies below x, and up to x, where x is taken to be one draw more:
// if it comes from the distribution of the draws, its rank among n of equal weight has
// each of n+1 values alike, and Range then spreads evenly from 0 to 1. Draws of
// unequal weights count for 1/Σw² (Kong 1992).
func (s *Sample) Range(x float64) (below, upTo float64) {
	for _, d := range s.draws {
		if d.x > x {
			break
		}
		if d.x < x {
			below += d.w
		}
		upTo += d.w
	}
	return below / (1 + s.same), min(1, (upTo+s.same)/(1+s.same))
}

// CRPS is Σ w|X - x| - ΣΣ w w'|X - X'|/2, where the second sum is divided by the
// weight of all pairs of different draws: of equal weights it is an estimate without
// bias, whatever their number (Ferro 2014, "Fair scores for ensemble forecasts").
func (s *Sample) CRPS(x float64) float64 {
	far, pairs, weight, sum := 0.0, 0.0, 0.0, 0.0
	for _, d := range s.draws {
		far += d.w * math.Abs(d.x-x)
		pairs += d.w * (d.x*weight - sum)
		weight += d.w
		sum += d.w * d.x
	}
	if s.same >= 1-1e-12 { // one draw says nothing of the spread
		return far
	}
	return far - pairs/(1-s.same)
}
