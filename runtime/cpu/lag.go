package cpu

import (
	"sort"

	"ssmc/runtime/op"
)

// lagOp shifts frames in time.
type lagOp[F Float] struct {
	links[F]
	by     int
	recall *recall[F] // of earlier pieces, or nil
}

func newLag[F Float](l links[F], by int) operation[F] {
	o := &lagOp[F]{links: l, by: by}
	if by > 0 {
		o.recall = l.remember(&o.links, by, false)
	}
	return o
}

func (l *lagOp[F]) forward(lo, hi int) {
	eachTime(l.layout(), lo, hi, func(t, a, b int) { l.step(t, a, b) })
}

// eachTime calls f for each time that has some of the rows [lo,hi), with those
// rows.
func eachTime(l *op.Layout, lo, hi int, f func(t, lo, hi int)) {
	t := sort.Search(l.T, func(t int) bool { return l.Off[t+1] > lo })
	for ; t < l.T && l.Off[t] < hi; t++ {
		f(t, max(lo, l.Off[t]), min(hi, l.Off[t+1]))
	}
}

// step fills rows [lo,hi), which are of time t.
func (l *lagOp[F]) step(t, lo, hi int) {
	lay, x := l.layout(), l.in[0]
	here := lay.Off[t]
	cut := l.cut(lay, t, lo, hi)
	for r := lo; r < cut; r++ {
		copy(l.out.row(r), x.row(lay.Off[t-l.by]+r-here))
	}
	for r := cut; r < hi; r++ {
		copy(l.out.row(r), l.start(lay, t, r-here))
	}
}

// cut is the first of the rows [lo,hi) of time t whose frame at t-by does not
// exist.
func (l *lagOp[F]) cut(lay *op.Layout, t, lo, hi int) int {
	return max(lo, min(hi, lay.Off[t]+lay.Size(t-l.by)))
}

// start is what sequence b has at time t, where there is no frame at t-by: of an
// earlier piece, or what it starts from.
func (l *lagOp[F]) start(lay *op.Layout, t, b int) []F {
	if past := l.past(t, b); past != nil {
		return past
	}
	if len(l.in) == 2 {
		return l.in[1].row(l.startRow(b))
	}
	return l.in[0].row(l.edge(lay, b))
}

// past is what sequence b had at time t-by in an earlier piece, or nil.
func (l *lagOp[F]) past(t, b int) []F { return l.recall.past(b, t, len(l.in) == 1) }

// startRow is the row of the second input for sequence b.
func (l *lagOp[F]) startRow(b int) int {
	if l.in[1].shape.Axis == op.Once {
		return 0
	}
	return b
}

// edge is the row of the first (or last) frame of sequence b.
func (l *lagOp[F]) edge(lay *op.Layout, b int) int {
	if l.by > 0 {
		return b
	}
	return lay.Off[lay.Len[b]-1] + b
}

func (l *lagOp[F]) backward(lo, hi int) {
	if l.wants(0) {
		eachTime(l.layout(), lo, hi, l.stepBack)
	}
}

// stepBack adds: what it writes to is zero, or holds the gradients of others.
func (l *lagOp[F]) stepBack(t, lo, hi int) {
	lay, dx := l.layout(), l.din[0]
	here := lay.Off[t]
	cut := l.cut(lay, t, lo, hi)
	for r := lo; r < cut; r++ {
		addTo(dx.row(lay.Off[t-l.by]+r-here), l.dout.row(r))
	}
	if len(l.in) == 1 {
		for r := cut; r < hi; r++ {
			if l.past(t, r-here) == nil {
				addTo(dx.row(l.edge(lay, r-here)), l.dout.row(r))
			}
		}
	}
}

// finish adds up the gradient of the start over the frames that it served.
func (l *lagOp[F]) finish() {
	if !l.wants(1) {
		return
	}
	ds, lay := l.din[1], l.layout()
	if !ds.add {
		ds.clearColumns(0, ds.cols)
	}
	for t := range lay.T {
		lo, hi := lay.Off[t], lay.Off[t+1]
		for r := l.cut(lay, t, lo, hi); r < hi; r++ {
			if l.past(t, r-lo) == nil {
				addTo(ds.row(l.startRow(r-lo)), l.dout.row(r))
			}
		}
	}
}
