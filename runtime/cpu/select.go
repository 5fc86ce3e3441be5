package cpu

import "ssmc/runtime/op"

// selectOp takes columns of its input in any order.
type selectOp[F Float] struct {
	links[F]
	columns    []int
	part, back func(w, lo, hi int)
}

func newSelect[F Float](l links[F], s *op.Select) operation[F] {
	o := &selectOp[F]{links: l, columns: s.From}
	o.part, o.back = o.pick, o.scatter
	return o
}

func (s *selectOp[F]) forward(lo, hi int)  { s.split(lo, hi, (hi-lo)*s.out.cols, s.part) }
func (s *selectOp[F]) backward(lo, hi int) { s.split(lo, hi, (hi-lo)*s.out.cols, s.back) }

func (s *selectOp[F]) pick(_, lo, hi int) {
	for r := lo; r < hi; r++ {
		x, y := s.in[0].row(r), s.out.row(r)
		for j, from := range s.columns {
			y[j] = 0
			if from >= 0 {
				y[j] = x[from]
			}
		}
	}
}

func (s *selectOp[F]) scatter(_, lo, hi int) {
	d := s.din[0]
	if d.array == nil {
		return
	}
	for r := lo; r < hi; r++ {
		row, dy := d.row(r), s.dout.row(r)
		if !d.add {
			clear(row)
		}
		for j, from := range s.columns {
			if from >= 0 {
				row[from] += dy[j]
			}
		}
	}
}
