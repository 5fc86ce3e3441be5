package cpu

import "ssmc/runtime/op"

// spliceOp takes the frames of one time from its first input and all others
// from its second.
type spliceOp[F Float] struct {
	links[F]
	at int
}

// takes reports whether row r, of time t, is of the first input.
func (s *spliceOp[F]) takes(t, r int) bool {
	return t <= s.at && s.first(r-s.layout().Off[t])+t == s.at
}

// row is the row of the first input for row r, of time t.
func (s *spliceOp[F]) row(t, r int) int {
	switch s.in[0].shape.Axis {
	case op.Once:
		return 0
	case op.Seq:
		return r - s.layout().Off[t]
	}
	return r
}

func (s *spliceOp[F]) forward(lo, hi int) {
	eachTime(s.layout(), lo, hi, func(t, a, b int) {
		for r := a; r < b; r++ {
			if s.takes(t, r) {
				copy(s.out.row(r), s.in[0].row(s.row(t, r)))
			} else {
				copy(s.out.row(r), s.in[1].row(r))
			}
		}
	})
}

func (s *spliceOp[F]) backward(lo, hi int) {
	first := s.wants(0) && s.in[0].shape.Axis == op.Frame
	eachTime(s.layout(), lo, hi, func(t, a, b int) {
		for r := a; r < b; r++ {
			takes := s.takes(t, r)
			if first && takes {
				addTo(s.din[0].row(r), s.dout.row(r))
			}
			if s.wants(1) {
				s.rest(r, takes)
			}
		}
	})
}

// rest takes the gradient of row r to the second input, unless the first has it.
func (s *spliceOp[F]) rest(r int, taken bool) {
	switch d := s.din[1]; {
	case !taken:
		put(d.row(r), s.dout.row(r), d.add)
	case !d.add:
		clear(d.row(r))
	}
}

func (s *spliceOp[F]) finish() {
	if !s.wants(0) || s.in[0].shape.Axis == op.Frame {
		return
	}
	l := s.layout()
	for t := range min(s.at+1, l.T) {
		for r := l.Off[t]; r < l.Off[t+1]; r++ {
			if s.takes(t, r) {
				addTo(s.din[0].row(s.row(t, r)), s.dout.row(r))
			}
		}
	}
}
