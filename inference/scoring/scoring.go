// Package scoring judges predictive distributions by what then happened: proper scores,
// and what plots of calibration need. It knows nothing of models, sets or files.
//
// Scores are negative where more would be better: less is better for all. A score is
// proper if its mean is the least for the true distribution (Gneiting & Raftery 2007,
// "Strictly proper scoring rules, prediction, and estimation").
package scoring

// A Forecast is the predictive distribution of one number.
type Forecast interface {
	// Mean is the expected value.
	Mean() float64
	// Range is how much of the distribution lies below x, and how much up to x: the
	// same twice where no single number has any probability.
	Range(x float64) (below, upTo float64)
	// CRPS is the continuous ranked probability score at x, in the units of x: the
	// integral over y of (P(X <= y) - 1{x <= y})² (Matheson & Winkler 1976), which is
	// E|X - x| - E|X - X'|/2.
	CRPS(x float64) float64
}

// A Density is a forecast that has a density, or a probability, for every number.
type Density interface {
	Forecast
	// LogProb is its logarithm at x, in nats.
	LogProb(x float64) float64
}

// Levels are the central intervals whose coverage is told.
var Levels = []float64{0.5, 0.8, 0.9, 0.95}

// Brier is the score of probabilities for what turned out to be class k, from 0: the
// sum over classes of (p - 1{class is k})². Of two classes it is twice the score of
// Brier (1950) for one of them, so that it is halved there, and is (p - x)².
func Brier(p []float64, k int) (s float64) {
	for i, v := range p {
		if i == k {
			v--
		}
		s += v * v
	}
	if len(p) == 2 {
		s /= 2
	}
	return s
}
