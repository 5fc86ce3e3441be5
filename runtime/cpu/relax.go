package cpu

import (
	"math"
	"slices"
)

// relaxOp is softmax(x/t), row by row; for t = 0 the limit, one where x is the
// largest and zero elsewhere, which has no gradient.
type relaxOp[F Float] struct {
	links[F]
	t          F
	part, back func(w, lo, hi int)
}

func newRelax[F Float](l links[F], temperature float64) operation[F] {
	s := &relaxOp[F]{links: l, t: F(temperature)}
	s.part, s.back = s.soften, s.pull
	return s
}

func (s *relaxOp[F]) forward(lo, hi int)  { s.split(lo, hi, (hi-lo)*s.out.cols*20, s.part) }
func (s *relaxOp[F]) backward(lo, hi int) { s.split(lo, hi, (hi-lo)*s.out.cols*4, s.back) }

func (s *relaxOp[F]) soften(_, lo, hi int) {
	for r := lo; r < hi; r++ {
		x, y := s.in[0].row(r), s.out.row(r)
		top, total := slices.Max(x), F(0)
		for j, v := range x {
			switch {
			case v != v:
				y[j] = v
			case s.t == 0:
				y[j] = 0
			default:
				y[j] = F(math.Exp(float64((v - top) / s.t)))
			}
			total += y[j]
		}
		if s.t == 0 {
			y[slices.Index(x, top)] = 1
			continue
		}
		for j := range y {
			y[j] /= total
		}
	}
}

// pull is dx = y (dy - sum y dy) / t.
func (s *relaxOp[F]) pull(_, lo, hi int) {
	d := s.din[0]
	if d.array == nil {
		return
	}
	for r := lo; r < hi; r++ {
		y, dy, dx := s.out.row(r), s.dout.row(r), d.row(r)
		dot := F(0)
		for j := range y {
			dot += y[j] * dy[j]
		}
		for j := range y {
			v := F(0)
			if s.t > 0 {
				v = y[j] * (dy[j] - dot) / s.t
			}
			if d.add {
				v += dx[j]
			}
			dx[j] = v
		}
	}
}
