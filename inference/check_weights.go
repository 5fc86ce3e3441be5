package inference

import (
	"cmp"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"ssmc/inference/data"
)

// A SequenceCheck examines the importance weights of one sequence.
type SequenceCheck struct {
	ID      string  `json:"id"`
	Frames  int     `json:"frames"`
	Gap     float64 `json:"gap"` // of the bound above the NLL, nats a frame
	ESS     float64 `json:"ess"` // effective samples: (sum w)² / sum w²
	KHat    Real    `json:"k_hat"`
	Reading Reading `json:"reading"`
}

// worseFirst orders sequences by k-hat, then by effective samples.
func worseFirst(a, b SequenceCheck) int {
	return cmp.Or(cmp.Compare(b.KHat, a.KHat), cmp.Compare(a.ESS, b.ESS))
}

// A weighing examines the weights of sequences as they are drawn.
type weighing struct {
	set      *data.Set
	samples  int
	logs     map[int][]float64 // [S] of the sequences that are being drawn
	free     [][]float64       // memory of those that are done
	checks   []SequenceCheck
	moments  []moments // of the logs of the weights
	variance []float64 // of the gap of each sequence as an estimate, in nats²
}

func newWeighing(set *data.Set, samples int) *weighing {
	n := len(set.Sequences)
	return &weighing{set: set, samples: samples, logs: map[int][]float64{},
		checks: make([]SequenceCheck, n), moments: make([]moments, n), variance: make([]float64, n)}
}

// add takes logs of some weights of a sequence and examines them once all are there.
func (w *weighing) add(seq int, logs []float64) {
	w.moments[seq].add(logs)
	all, begun := w.logs[seq]
	if !begun {
		all = w.buffer()
	}
	all = append(all, logs...)
	if len(all) < w.samples {
		w.logs[seq] = all
		return
	}
	delete(w.logs, seq)
	w.examine(seq, all)
	w.free = append(w.free, all[:0])
}

// buffer is memory for the weights of one sequence.
func (w *weighing) buffer() []float64 {
	n := len(w.free)
	if n == 0 {
		return make([]float64, 0, w.samples)
	}
	b := w.free[n-1]
	w.free = w.free[:n-1]
	return b
}

// examine looks at all weights of a sequence, given by their logs.
func (w *weighing) examine(seq int, logs []float64) {
	q := &w.set.Sequences[seq]
	gap, variance := jensenGap(logs)
	ess := effective(logs)
	k := paretoKHat(logs) // which reorders them
	w.variance[seq] = variance
	w.checks[seq] = SequenceCheck{ID: q.ID, Frames: q.Len, Gap: gap / float64(q.Len), ESS: ess, KHat: Real(k), Reading: readingOf(k, trustBelow(w.samples))}
}

// effective is the effective sample size of weights (Kong 1992): (sum w)² / sum w².
func effective(logs []float64) float64 {
	top, sum, sqs := floats.Max(logs), 0.0, 0.0
	for _, l := range logs {
		w := math.Exp(l - top)
		sum += w
		sqs += w * w
	}
	return sum * sum / sqs
}

// jensenGap is the log of the mean weight less the mean of the logs, in nats: an
// estimate of KL(q(z|x) || p(z|x)), too small on average. Its variance is that of
// the mean of w/E[w] - log w, by the delta method; 0 if a single weight can't tell.
func jensenGap(logs []float64) (gap, variance float64) {
	logMean := floats.LogSumExp(logs) - math.Log(float64(len(logs)))
	var m moments
	for _, l := range logs {
		m.add([]float64{math.Exp(l-logMean) - l})
	}
	return max(0, logMean-stat.Mean(logs, nil)), m.variance()
}

// bound is the negative bound by the logs of the weights.
func (w *weighing) bound() Score {
	return sampledScore("bound", w.set, w.samples, func(seq int) (nats, variance float64) {
		return -w.moments[seq].mean, w.moments[seq].variance()
	})
}

// gap is that of all sequences, in nats a frame.
func (w *weighing) gap() Estimate {
	frames, nats, variance := 0, 0.0, 0.0
	for i, c := range w.checks {
		frames += c.Frames
		nats += c.Gap * float64(c.Frames)
		variance += w.variance[i]
	}
	return Estimate{Value: nats / float64(frames), Error: math.Sqrt(variance) / float64(frames)}
}
