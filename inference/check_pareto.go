package inference

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

// A Reading says what k-hat means for an importance-sampled estimate (Vehtari,
// Simpson, Gelman, Yao & Gabry 2024, Pareto smoothed importance sampling, JMLR 25).
type Reading string

// The readings of k-hat.
const (
	Good      Reading = "good"              // below 0.5: the weights have a variance
	Usable    Reading = "usable"            // below 0.7: convergence is slower
	Untrusted Reading = "not to be trusted" // the samples needed are out of reach
	Unknown   Reading = "unknown"           // too few samples
)

// readingOf is the reading of k, by a limit for trust.
func readingOf(k, limit float64) Reading {
	switch {
	case math.IsNaN(k):
		return Unknown
	case k >= limit:
		return Untrusted
	case k < 0.5:
		return Good
	}
	return Usable
}

// trustBelow is the k-hat from which an estimate by so many samples is not to be
// trusted: 0.7, or less with fewer than 2200 (Vehtari et al. 2024).
func trustBelow(samples int) float64 { return min(0.7, 1-1/math.Log10(float64(samples))) }

const (
	fewestInTail = 5    // points that a distribution is fitted to
	levelTail    = 1e-3 // nats: a tail that rises by less is no more than rounding in float32
)

// FewestForKHat is the fewest samples that k-hat can be taken of.
const FewestForKHat = 21

// tailLength is how many of s weights are the tail: min(s/5, 3√s).
func tailLength(s int) int {
	n := float64(s)
	return int(math.Ceil(min(n/5, 3*math.Sqrt(n))))
}

// paretoKHat is the shape of the generalised Pareto distribution fitted to the
// largest weights, which are given by their logs, as Vehtari et al. (2024) do it:
// k such that moments of order 1/k and more do not exist. It is NaN with too few
// weights, -Inf where the largest are equal, and +Inf where fewer than 5 of the
// tail stand out above the rest, as weights of discrete latents may. It sorts logs.
func paretoKHat(logs []float64) float64 {
	n := len(logs) - tailLength(len(logs))
	if len(logs)-n < fewestInTail {
		return math.NaN()
	}
	slices.Sort(logs)
	top, cut := logs[len(logs)-1], logs[n-1]
	if top-cut < levelTail {
		return math.Inf(-1)
	}
	var above []float64
	for _, l := range logs[n:] {
		if x := math.Exp(l-top) - math.Exp(cut-top); x > 0 {
			above = append(above, x)
		}
	}
	if len(above) < fewestInTail {
		return math.Inf(1)
	}
	return shrink(paretoShape(above), len(above))
}

// shrink draws a fitted shape towards 0.5 as ten more points would, the weak
// prior of Vehtari et al. (2024), which steadies k-hat where the tail is short.
func shrink(k float64, points int) float64 {
	const prior = 10
	n := float64(points)
	return (n*k + prior*0.5) / (n + prior)
}

// paretoShape estimates the shape k of the generalised Pareto distribution with
// density (1 + k x/σ)^(-1/k-1) / σ from x, which is positive and rises. The
// estimate is that of Zhang & Stephens (2009, Technometrics 51): the posterior
// mean of θ = -k/σ under the profile likelihood, over a grid of quantiles of a
// prior that the data scale, with k at that θ. Their own k is of the other sign.
func paretoShape(x []float64) float64 {
	n := len(x)
	grid := 30 + int(math.Sqrt(float64(n)))
	quartile := x[int(float64(n)/4+0.5)-1]
	theta, logs := make([]float64, grid), make([]float64, grid)
	for j := range theta {
		u := (float64(j) + 0.5) / float64(grid)
		theta[j] = 1/x[n-1] + (1-1/math.Sqrt(u))/(3*quartile)
		logs[j] = float64(n) * profile(theta[j], x)
	}
	total, mean := floats.LogSumExp(logs), 0.0
	for j := range theta {
		mean += theta[j] * math.Exp(logs[j]-total)
	}
	return shapeAt(mean, x)
}

// shapeAt is the shape that is most likely, given θ: the mean of log(1 - θx).
func shapeAt(theta float64, x []float64) float64 {
	k := 0.0
	for _, v := range x {
		k += math.Log1p(-theta * v)
	}
	return k / float64(len(x))
}

// profile is the mean log density of x at θ and the shape most likely with it.
func profile(theta float64, x []float64) float64 {
	if theta == 0 { // the exponential distribution
		return -math.Log(stat.Mean(x, nil)) - 1
	}
	k := shapeAt(theta, x)
	return math.Log(-theta/k) - k - 1
}
