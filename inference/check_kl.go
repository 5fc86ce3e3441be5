package inference

import (
	"ssmc/inference/data"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// KLByTime is where in time the KL of the guide from the model's prior is spent.
type KLByTime struct {
	PerFrame float64   `json:"per_frame"` // all of it, in nats, over all frames
	Timeless float64   `json:"timeless"`  // of latents without time, nats a sequence
	Steps    []float64 `json:"steps"`     // [T] nats, the mean over sequences that last until then
	Lasting  []int     `json:"lasting"`   // [T] how many these are
}

// A Span is some steps in a row, counted from 1.
type Span struct {
	First, Last int
	Sequences   int     // that have the first step
	PerFrame    float64 // KL in nats a frame
	Share       float64 // of all KL; 0 where that is not positive
}

// Spans cuts time into n parts of the same number of steps, give or take one;
// into single steps where there are fewer.
func (k KLByTime) Spans(n int) []Span {
	total, steps := k.total(), len(k.Steps)
	n = min(n, steps)
	var out []Span
	for i := range n {
		lo, hi := steps*i/n, steps*(i+1)/n
		nats, frames := k.sum(lo, hi)
		s := Span{First: lo + 1, Last: hi, Sequences: k.Lasting[lo], PerFrame: nats / float64(frames)}
		if total > 0 {
			s.Share = nats / total
		}
		out = append(out, s)
	}
	return out
}

// sum is the nats of all sequences at steps lo to hi, from 0, half open.
func (k KLByTime) sum(lo, hi int) (nats float64, frames int) {
	for t := lo; t < hi; t++ {
		nats += k.Steps[t] * float64(k.Lasting[t])
		frames += k.Lasting[t]
	}
	return nats, frames
}

// total is the nats of all sequences.
func (k KLByTime) total() float64 {
	if len(k.Lasting) == 0 {
		return 0
	}
	nats, _ := k.sum(0, len(k.Steps))
	return nats + k.Timeless*float64(k.Lasting[0])
}

// A klMeter adds up the terms of the KL by time, run after run.
type klMeter struct {
	machine  runtime.Machine
	terms    []runtime.Term
	steps    []float64 // [T] nats, over sequences and samples
	timeless float64
}

func newKLMeter(m runtime.Machine) *klMeter { return &klMeter{machine: m, terms: m.Terms()} }

// add reads the last run, of k samples of each sequence of b. Terms that count
// once for all data are no KL of these.
func (m *klMeter) add(b *runtime.Batch, k int) {
	dims := op.NewDims(b.Lens, k)
	for len(m.steps) < dims.Base.T {
		m.steps = append(m.steps, 0)
	}
	for i, t := range m.terms {
		if !t.Kind.Annealed() || isOnce(t) {
			continue
		}
		weight := -t.Kind.Sign()
		if !isSampled(t) {
			weight *= float64(k)
		}
		m.place(m.machine.Term(i), t.Value.Shape, dims, weight)
	}
}

// place adds the rows of one term, in the layout of a run.
func (m *klMeter) place(rows []float64, s op.Shape, d *op.Dims, weight float64) {
	if s.Axis == op.Seq {
		m.timeless += weight * sum(rows)
		return
	}
	l := d.Layout(s)
	for t := range l.T {
		m.steps[t] += weight * sum(rows[l.Off[t]:l.Off[t+1]])
	}
}

// byTime takes the means over so many samples of the sequences of set.
func (m *klMeter) byTime(set *data.Set, samples int) KLByTime {
	k := KLByTime{Timeless: m.timeless / float64(samples*len(set.Sequences)), Lasting: make([]int, len(m.steps))}
	for _, n := range set.Lengths() {
		for t := range n {
			k.Lasting[t]++
		}
	}
	for t, nats := range m.steps {
		k.Steps = append(k.Steps, nats/float64(samples*k.Lasting[t]))
	}
	k.PerFrame = k.total() / float64(set.Frames())
	return k
}
