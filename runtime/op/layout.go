package op

import "slices"

// A Layout places a batch of ragged sequences in memory without padding: time
// first, the longest sequence first. The rows of time t (from 0) are
// Off[t] to Off[t+1]: sequence b stands at row Off[t]+b while it lasts.
type Layout struct {
	T, B, N int   // longest length, sequences, frames
	Len     []int // [B], never rising
	Off     []int // [T+1]
}

// NewLayout lays out sequences of the given lengths, which must not rise.
func NewLayout(lens []int) *Layout {
	l := &Layout{}
	l.Set(lens)
	return l
}

// Set lays out other sequences, in the memory of the last ones. It keeps lens.
func (l *Layout) Set(lens []int) {
	l.T, l.B, l.N, l.Len = 0, len(lens), 0, lens
	if l.B > 0 {
		l.T = lens[0]
	}
	l.Off = slices.Grow(l.Off[:0], l.T+1)[:l.T+1]
	l.Off[0] = 0
	b := l.B
	for t := range l.T {
		for b > 0 && lens[b-1] <= t {
			b--
		}
		l.N += b
		l.Off[t+1] = l.N
	}
}

// Size is the number of sequences that have a frame at time t.
func (l *Layout) Size(t int) int {
	if t < 0 || t >= l.T {
		return 0
	}
	return l.Off[t+1] - l.Off[t]
}

// repeat makes l the layout of the batch of base with every sequence k times
// over: row r becomes rows k*r to k*r+k-1.
func (l *Layout) repeat(base *Layout, k int) {
	l.T, l.B, l.N = base.T, base.B*k, base.N*k
	l.Len, l.Off = slices.Grow(l.Len[:0], l.B)[:l.B], slices.Grow(l.Off[:0], l.T+1)[:l.T+1]
	for b := range l.Len {
		l.Len[b] = base.Len[b/k]
	}
	for t, o := range base.Off {
		l.Off[t] = o * k
	}
}

// Dims is what a graph must know of a batch.
type Dims struct {
	K       int     // posterior samples a sequence
	Base    *Layout // the batch
	Sampled *Layout // the batch, K times over

	repeated Layout // Sampled, where it is not Base
}

// NewDims lays out a batch with k samples of every sequence.
func NewDims(lens []int, k int) *Dims {
	d := &Dims{}
	d.Set(lens, k)
	return d
}

// Set lays out another batch, in the memory of the last one. It keeps lens.
func (d *Dims) Set(lens []int, k int) {
	if d.Base == nil {
		d.Base = &Layout{}
	}
	d.K = k
	d.Base.Set(lens)
	if d.Sampled = d.Base; k > 1 {
		d.Sampled = &d.repeated
		d.repeated.repeat(d.Base, k)
	}
}

// Layout is the layout of arrays of shape s.
func (d *Dims) Layout(s Shape) *Layout {
	if s.Sampled {
		return d.Sampled
	}
	return d.Base
}

// Rows is the number of rows of arrays of shape s.
func (d *Dims) Rows(s Shape) int {
	switch s.Axis {
	case Seq:
		return d.Layout(s).B
	case Frame:
		return d.Layout(s).N
	}
	return s.Rows
}

// EachRow calls f for each row r of arrays of shape s that belongs to a sequence b
// (times samples), at time t, all from 0; t is -1 for one that has no time.
func (d *Dims) EachRow(s Shape, f func(r, b, t int)) {
	l := d.Layout(s)
	switch s.Axis {
	case Seq:
		for b := range l.B {
			f(b, b, -1)
		}
	case Frame:
		for t := range l.T {
			for r := l.Off[t]; r < l.Off[t+1]; r++ {
				f(r, r-l.Off[t], t)
			}
		}
	}
}
