package cpu

// reshapeOp copies numbers in order: its input and its result are arrays without
// rows of their own, of one size.
type reshapeOp[F Float] struct{ links[F] }

func (s *reshapeOp[F]) forward(_, _ int) {
	x, y := s.in[0], s.out
	for i := range y.rows * y.cols {
		y.row(i / y.cols)[i%y.cols] = x.row(i / x.cols)[i%x.cols]
	}
}

func (s *reshapeOp[F]) backward(_, _ int) {
	d, dy := s.din[0], s.dout
	if d.array == nil {
		return
	}
	for i := range d.rows * d.cols {
		to, v := &d.row(i / d.cols)[i%d.cols], dy.row(i / dy.cols)[i%dy.cols]
		if d.add {
			v += *to
		}
		*to = v
	}
}
