package op

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
	l := &Layout{B: len(lens), Len: lens}
	if l.B > 0 {
		l.T = lens[0]
	}
	l.Off = make([]int, l.T+1)
	b := l.B
	for t := range l.T {
		for b > 0 && lens[b-1] <= t {
			b--
		}
		l.N += b
		l.Off[t+1] = l.N
	}
	return l
}

// Size is the number of sequences that have a frame at time t.
func (l *Layout) Size(t int) int {
	if t < 0 || t >= l.T {
		return 0
	}
	return l.Off[t+1] - l.Off[t]
}

// Times is the layout of the batch with every sequence k times over: row r of
// l becomes rows k*r to k*r+k-1.
func (l *Layout) Times(k int) *Layout {
	if k == 1 {
		return l
	}
	m := &Layout{T: l.T, B: l.B * k, N: l.N * k, Len: make([]int, l.B*k), Off: make([]int, l.T+1)}
	for b := range m.Len {
		m.Len[b] = l.Len[b/k]
	}
	for t, o := range l.Off {
		m.Off[t] = o * k
	}
	return m
}

// Dims is what a graph must know of a batch.
type Dims struct {
	K       int     // posterior samples a sequence
	Base    *Layout // the batch
	Sampled *Layout // the batch, K times over
}

// NewDims lays out a batch with k samples of every sequence.
func NewDims(lens []int, k int) *Dims {
	base := NewLayout(lens)
	return &Dims{K: k, Base: base, Sampled: base.Times(k)}
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
