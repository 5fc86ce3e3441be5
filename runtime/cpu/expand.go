package cpu

import (
	"ssmc/runtime/kernel"
	"ssmc/runtime/op"
)

// expandOp gives a row a sequence, or one row in all, to each frame.
type expandOp[F Float] struct {
	links[F]
	part func(w, lo, hi int)
}

func newExpand[F Float](l links[F]) operation[F] {
	e := &expandOp[F]{links: l}
	e.part = e.copyRows
	return e
}

func (e *expandOp[F]) forward(lo, hi int) { e.split(lo, hi, (hi-lo)*e.out.cols/4, e.part) }

func (e *expandOp[F]) copyRows(_, lo, hi int) {
	x := e.in[0]
	if x.shape.Axis == op.Once {
		for r := lo; r < hi; r++ {
			copy(e.out.row(r), x.row(0))
		}
		return
	}
	l := e.layout()
	eachTime(l, lo, hi, func(t, a, b int) {
		for r := a; r < b; r++ {
			copy(e.out.row(r), x.row(r-l.Off[t]))
		}
	})
}

func (e *expandOp[F]) finish() {
	if !e.wants(0) {
		return
	}
	dx, dy := e.din[0], e.dout
	if e.in[0].shape.Axis == op.Once {
		kernel.ColSum(e.pool, dx.data, dy.data, dy.ld, dy.rows, dy.cols, dx.add)
		return
	}
	l := e.layout()
	for t := range l.T {
		for r := l.Off[t]; r < l.Off[t+1]; r++ {
			put(dx.row(r-l.Off[t]), dy.row(r), dx.add || t > 0)
		}
	}
}
