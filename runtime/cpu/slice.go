package cpu

// sliceOp shows columns of its input: its result is a view.
type sliceOp[F Float] struct {
	links[F]
	lo, hi int
}

func (s *sliceOp[F]) forward(_, _ int) {}

func (s *sliceOp[F]) backward(lo, hi int) {
	if d := s.din[0]; d.array != nil {
		for r := lo; r < hi; r++ {
			put(d.row(r)[s.lo:s.hi], s.dout.row(r), d.add)
		}
	}
}
