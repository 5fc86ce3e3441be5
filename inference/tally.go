package inference

import (
	"encoding/json"
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

// MarshalJSON encodes a tally, which is part of a checkpoint.
func (t tally) MarshalJSON() ([]byte, error) {
	return json.Marshal([]Real{Real(t.updates), Real(t.frames), Real(t.likelihood), Real(t.kl), Real(t.norm), Real(t.busy)})
}

// UnmarshalJSON decodes a tally.
func (t *tally) UnmarshalJSON(b []byte) error {
	var x [6]Real
	if err := json.Unmarshal(b, &x); err != nil {
		return err
	}
	*t = tally{int(x[0]), int(x[1]), float64(x[2]), float64(x[3]), float64(x[4]), time.Duration(x[5])}
	return nil
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
	joined  bool // the samples of a sequence make one bound
	terms   []runtime.Term
	coef    []float64
}

func newLedger(m runtime.Machine, joined bool) *ledger {
	return &ledger{machine: m, joined: joined, terms: m.Terms(), coef: make([]float64, len(m.Terms()))}
}

// A portion is what a batch is of all there is: a term that counts once for all
// data, as the prior of a parameter does, counts that much in a batch.
type portion struct {
	samples int
	ofData  float64
}

// weigh gives each term its weight in the cost: minus its sign, times beta if
// it is annealed, over the samples that it has a row for unless they are joined.
func (l *ledger) weigh(beta float64, p portion) []float64 {
	for i, t := range l.terms {
		l.coef[i] = -t.Kind.Sign()
		if t.Kind.Annealed() {
			l.coef[i] *= beta
		}
		if isSampled(t) && !l.joined {
			l.coef[i] /= float64(p.samples)
		}
		if isOnce(t) {
			l.coef[i] *= p.ofData
		}
	}
	return l.coef
}

// read adds up the terms of the last run, over sequences, in nats; the KL terms as
// they count against the bound. They are means over samples or, where these are
// joined, over their weights: then the likelihood is that under the posterior,
// and the KL what it exceeds the bound by. It is the posterior's from the prior,
// log p(x) = E[log p(x|z)] - KL(p(z|x) || p(z)), as far as the weights tell.
func (l *ledger) read(scale float64, p portion) (likelihood, kl float64) {
	for i, t := range l.terms {
		x := t.Kind.Sign() * l.machine.Weighed(i)
		if isOnce(t) {
			x *= p.ofData
		}
		if t.Kind.Annealed() {
			kl -= x
		} else {
			likelihood += x
		}
	}
	if l.joined {
		kl = likelihood + l.machine.Cost()/scale
	}
	return likelihood, kl
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
