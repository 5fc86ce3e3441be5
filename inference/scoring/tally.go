package scoring

import "math"

// A Tally adds up the scores of forecasts of one kind, and what plots of their
// calibration need.
type Tally struct {
	Numbers float64 // that were scored
	Log     float64 // sum of negative log densities, or log probabilities, in nats
	CRPS    float64 // sums, of numbers that are no classes
	Square  float64 // of squared errors of the mean
	Held    []float64
	PIT     []float64 // numbers whose place in their forecast is in each of equal parts, [bins]

	Brier       float64       // sum, of classes
	Reliability []Probability // by forecast probability, [10]; every class of a number counts
}

// A Probability is what became of the forecasts of some probability.
type Probability struct {
	Numbers  float64 `json:"numbers"`
	Forecast float64 `json:"forecast"` // sum of the probabilities
	Occurred float64 `json:"occurred"` // how often it did
}

// Bins of histograms of places, and of probabilities.
const (
	pitBins         = 20
	reliabilityBins = 10
)

// AddNumber scores a forecast of what turned out to be x, to which it gave a log
// density, or log probability, in nats.
func (t *Tally) AddNumber(f Forecast, logp, x float64) {
	t.Numbers++
	t.Log -= logp
	t.CRPS += f.CRPS(x)
	e := x - f.Mean()
	t.Square += e * e
	t.place(f.Range(x))
}

// place notes where in its forecast a number was: evenly over all that the number
// itself has, as of a count (Czado, Gneiting & Held 2009, "Predictive model assessment
// for count data").
func (t *Tally) place(below, upTo float64) {
	if t.PIT == nil {
		t.PIT, t.Held = make([]float64, pitBins), make([]float64, len(Levels))
	}
	for i := range t.PIT {
		t.PIT[i] += overlap(below, upTo, float64(i)/pitBins, float64(i+1)/pitBins)
	}
	for i, level := range Levels {
		t.Held[i] += overlap(below, upTo, (1-level)/2, (1+level)/2)
	}
}

// overlap is the share of [a,b] that lies in [lo,hi]; what is a point at the end of
// two ranges is in the upper one.
func overlap(a, b, lo, hi float64) float64 {
	if b-a < 1e-12 {
		return indicator(lo <= a && (a < hi || hi == 1 && a >= 1))
	}
	return max(0, min(b, hi)-max(a, lo)) / (b - a)
}

// AddClass scores probabilities of what turned out to be class k, from 0. Of two
// classes the second one's probability is what the plot of reliability is of.
func (t *Tally) AddClass(p []float64, k int) {
	t.Numbers++
	t.Log -= math.Log(p[k])
	t.Brier += Brier(p, k)
	if t.Reliability == nil {
		t.Reliability = make([]Probability, reliabilityBins)
	}
	for i, v := range p {
		if len(p) == 2 && i == 0 {
			continue
		}
		b := &t.Reliability[min(reliabilityBins-1, int(v*reliabilityBins+1e-9))] // sums of weights round
		b.Numbers++
		b.Forecast += v
		b.Occurred += indicator(i == k)
	}
}

// Coverage is the share of numbers that the central interval of each of Levels holds.
func (t *Tally) Coverage() (out []float64) {
	for _, h := range t.Held {
		out = append(out, h/t.Numbers)
	}
	return out
}
