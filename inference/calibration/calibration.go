// Package calibration says whether posteriors are what they claim to be, by
// simulation: where parameters are drawn from their prior and data from the model,
// the true value is as likely to stand at any rank among draws of its posterior.
// It owns that statistics and its picture, and knows nothing of models and fits.
//
// Talts, Betancourt, Simpson & Vehtari, Validating Bayesian inference algorithms
// with simulation-based calibration, 2018; Cook, Gelman & Rubin, Validation of
// software for Bayesian models using posterior quantiles, 2006.
package calibration

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// A Trial is one number in one simulation: its true value and draws of its
// posterior, which are independent of each other.
type Trial struct {
	Truth float64
	Draws []float64
}

// Rank is how many of the draws are below the truth: from 0 to all of them.
func (t Trial) Rank() int {
	rank := 0
	for _, x := range t.Draws {
		if x < t.Truth {
			rank++
		}
	}
	return rank
}

// Z is the rank as a quantile of the standard normal distribution, whatever the
// scale of the number: above zero where the truth is above the posterior's median
// (Cook, Gelman & Rubin 2006).
func (t Trial) Z() float64 {
	return distuv.UnitNormal.Quantile((float64(t.Rank()) + 0.5) / float64(len(t.Draws)+1))
}

// Narrowed is the trial with a posterior of some times its standard deviation,
// around the same mean.
func (t Trial) Narrowed(times float64) Trial {
	mean := stat.Mean(t.Draws, nil)
	out := Trial{t.Truth, make([]float64, len(t.Draws))}
	for i, x := range t.Draws {
		out.Draws[i] = mean + times*(x-mean)
	}
	return out
}

// A Report sums up the trials of one number.
type Report struct {
	Name      string  `json:"name"`
	Trials    int     `json:"trials"`
	Histogram []int   `json:"histogram"` // trials by rank, in bins of as many ranks
	ChiSquare float64 `json:"chi_square"`
	P         float64 `json:"p"`      // of a chi-square as large, if ranks are uniform
	MeanZ     float64 `json:"mean_z"` // 0 if calibrated; above it estimates are too low
	SDZ       float64 `json:"sd_z"`   // 1 if calibrated; above it posteriors are too narrow
	Verdict   string  `json:"verdict"`
}

// leastExpected is how many trials a bin should hold on average: chi-square is
// then close to its distribution.
const leastExpected = 15

// Bins is how many bins n trials with so many draws each are counted in: they
// hold as many ranks each.
func Bins(n, draws int) int {
	for _, bins := range []int{20, 10, 8, 5, 4} {
		if n >= leastExpected*bins && (draws+1)%bins == 0 {
			return bins
		}
	}
	return 2
}

// Assess sums up trials, of which there are two at least, with as many draws each.
func Assess(name string, trials []Trial) Report {
	n, draws := len(trials), len(trials[0].Draws)
	r := Report{Name: name, Trials: n, Histogram: make([]int, Bins(n, draws))}
	z := make([]float64, n)
	for i, t := range trials {
		r.Histogram[t.Rank()*len(r.Histogram)/(draws+1)]++
		z[i] = t.Z()
	}
	expected := float64(n) / float64(len(r.Histogram))
	for _, h := range r.Histogram {
		d := float64(h) - expected
		r.ChiSquare += d * d / expected
	}
	r.P = distuv.ChiSquared{K: float64(len(r.Histogram) - 1)}.Survival(r.ChiSquare)
	r.MeanZ, r.SDZ = stat.MeanStdDev(z, nil)
	r.Verdict = r.verdict()
	return r
}

// level is how likely a calibrated posterior is to be found wanting by each of
// the three tests.
const level = 0.01

// OK reports whether nothing speaks against the posterior.
func (r *Report) OK() bool { return r.P > level && !r.biased() && !r.tooNarrow() && !r.tooWide() }

func (r *Report) biased() bool {
	far := distuv.UnitNormal.Quantile(1-level/2) / math.Sqrt(float64(r.Trials))
	return math.Abs(r.MeanZ) > far*max(1, r.SDZ)
}

// tooNarrow and tooWide compare the variance of the z-scores with one:
// (n - 1) times it is chi-square with n - 1 degrees of freedom.
func (r *Report) tooNarrow() bool { return r.spread() > 1-level/2 }
func (r *Report) tooWide() bool   { return r.spread() < level/2 }

func (r *Report) spread() float64 {
	free := float64(r.Trials - 1)
	return distuv.ChiSquared{K: free}.CDF(free * r.SDZ * r.SDZ)
}

// verdict is what is to be said, in words.
func (r *Report) verdict() string {
	text := ""
	add := func(s string) {
		if text != "" {
			text += ", "
		}
		text += s
	}
	switch {
	case r.biased() && r.MeanZ > 0:
		add("estimates are too low")
	case r.biased():
		add("estimates are too high")
	}
	switch {
	case r.tooNarrow():
		add("posteriors are too narrow: over-confident")
	case r.tooWide():
		add("posteriors are too wide: under-confident")
	}
	if text == "" && r.P <= level {
		add("ranks are not uniform")
	}
	if text == "" {
		return "calibrated, as far as can be told"
	}
	return text
}
