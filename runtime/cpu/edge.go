package cpu

import "ssmc/runtime/op"

// edgeOp takes the first or the last frame of every sequence.
type edgeOp[F Float] struct {
	links[F]
	last bool
}

// from is the row of sequence b's frame.
func (e *edgeOp[F]) from(l *op.Layout, b int) int {
	if e.last {
		return l.Off[l.Len[b]-1] + b
	}
	return b
}

func (e *edgeOp[F]) forward(lo, hi int) {
	l := e.dims.Layout(e.in[0].shape)
	for b := lo; b < hi; b++ {
		copy(e.out.row(b), e.in[0].row(e.from(l, b)))
	}
}

// finish adds: what it writes to is zero, or holds the gradients of others.
func (e *edgeOp[F]) finish() {
	if !e.wants(0) {
		return
	}
	l := e.dims.Layout(e.in[0].shape)
	for b := range e.out.rows {
		addTo(e.din[0].row(e.from(l, b)), e.dout.row(b))
	}
}
