package cpu

import "ssmc/runtime/op"

// spliceOp takes the frames of one time from its first input and all others
// from its second.
type spliceOp[F Float] struct {
	links[F]
	at int
}

// span is the rows of the time taken from the first input.
func (s *spliceOp[F]) span(lo, hi int) (a, b int) {
	l := s.layout()
	if s.at >= l.T {
		return hi, hi
	}
	return max(lo, min(hi, l.Off[s.at])), max(lo, min(hi, l.Off[s.at+1]))
}

// row is the row of the first input for row r.
func (s *spliceOp[F]) row(r int) int {
	switch s.in[0].shape.Axis {
	case op.Once:
		return 0
	case op.Seq:
		return r - s.layout().Off[s.at]
	}
	return r
}

func (s *spliceOp[F]) forward(lo, hi int) {
	a, b := s.span(lo, hi)
	for r := lo; r < hi; r++ {
		if a <= r && r < b {
			copy(s.out.row(r), s.in[0].row(s.row(r)))
		} else {
			copy(s.out.row(r), s.in[1].row(r))
		}
	}
}

func (s *spliceOp[F]) backward(lo, hi int) {
	a, b := s.span(lo, hi)
	if s.wants(0) && s.in[0].shape.Axis == op.Frame {
		for r := a; r < b; r++ {
			addTo(s.din[0].row(r), s.dout.row(r))
		}
	}
	if !s.wants(1) {
		return
	}
	d := s.din[1]
	for r := lo; r < hi; r++ {
		switch {
		case r < a || r >= b:
			put(d.row(r), s.dout.row(r), d.add)
		case !d.add:
			clear(d.row(r))
		}
	}
}

func (s *spliceOp[F]) finish() {
	if !s.wants(0) || s.in[0].shape.Axis == op.Frame {
		return
	}
	a, b := s.span(0, s.out.rows)
	for r := a; r < b; r++ {
		addTo(s.din[0].row(s.row(r)), s.dout.row(r))
	}
}
