package inference

import (
	"time"

	"ssmc/runtime"
	"ssmc/runtime/op"
)

// A tally adds up updates between two metrics.
type tally struct {
	updates, frames int
	likelihood, kl  float64 // nats
	norm            float64
	busy            time.Duration
}

func (t *tally) add(u tally) {
	t.updates += u.updates
	t.frames += u.frames
	t.likelihood += u.likelihood
	t.kl += u.kl
	t.norm += u.norm
	t.busy += u.busy
}

// fill sets the means in m.
func (t *tally) fill(m *Metric) {
	frames, updates := float64(max(1, t.frames)), float64(max(1, t.updates))
	m.Reconstruction, m.KL = -t.likelihood/frames, t.kl/frames
	m.Bound = m.Reconstruction + m.KL
	m.GradNorm = t.norm / updates
	if t.busy > 0 {
		m.FramesPerSec = float64(t.frames) / t.busy.Seconds()
	}
}

// A ledger reads the terms of the bound off a machine, run after run.
type ledger struct {
	machine runtime.Machine
	terms   []runtime.Term
	coef    []float64
	buf     []float64
}

func newLedger(m runtime.Machine) *ledger {
	return &ledger{machine: m, terms: m.Terms(), coef: make([]float64, len(m.Terms()))}
}

// A portion is what a batch is of all there is: a term that counts once for all
// data, as the prior of a parameter does, counts that much in a batch.
type portion struct {
	sequences, samples int
	ofData             float64
}

// weigh gives each term its weight in the cost: minus its sign, times beta if
// it is annealed, over the samples that it has a row for, times scale.
func (l *ledger) weigh(beta, scale float64, p portion) []float64 {
	for i, t := range l.terms {
		l.coef[i] = -t.Kind.Sign() * scale
		if t.Kind.Annealed() {
			l.coef[i] *= beta
		}
		if isSampled(t) {
			l.coef[i] /= float64(p.samples)
		}
		if isOnce(t) {
			l.coef[i] *= p.ofData
		}
	}
	return l.coef
}

// read adds up the terms of the last run, over sequences, their means over
// samples: in nats, the KL terms as they count against the bound.
func (l *ledger) read(p portion) (likelihood, kl float64) {
	for i, t := range l.terms {
		x := t.Kind.Sign() * l.total(i, p)
		if t.Kind.Annealed() {
			kl -= x
		} else {
			likelihood += x
		}
	}
	return likelihood, kl
}

// total is the sum of term i over sequences, its mean over samples.
func (l *ledger) total(i int, p portion) float64 {
	if isOnce(l.terms[i]) {
		return sum(l.machine.Term(i)) * p.ofData
	}
	l.buf = resizeFloats(l.buf, p.sequences*p.samples)
	l.machine.Sequence(l.buf, i)
	return sum(l.buf) / float64(p.samples)
}

// isOnce reports whether a term counts once for all data.
func isOnce(t runtime.Term) bool { return t.Value.Shape.Axis == op.Once }

// isSampled reports whether a term has a row for each sample.
func isSampled(t runtime.Term) bool { return t.Value.Shape.Sampled }

func sum(x []float64) (s float64) {
	for _, v := range x {
		s += v
	}
	return s
}
