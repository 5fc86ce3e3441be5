package cpu

import (
	"math"
	"slices"

	"ssmc/runtime/kernel"
)

// logSoftmaxOp is y = x - log sum exp x, row by row.
type logSoftmaxOp[F Float] struct {
	links[F]
	tmp        [][]F // one row a thread
	part, back func(w, lo, hi int)
}

func newLogSoftmax[F Float](l links[F]) operation[F] {
	s := &logSoftmaxOp[F]{links: l, tmp: make([][]F, l.pool.Threads())}
	for i := range s.tmp {
		s.tmp[i] = make([]F, l.out.shape.Cols)
	}
	s.part, s.back = s.normalise, s.pull
	return s
}

func (s *logSoftmaxOp[F]) forward(lo, hi int)  { s.split(lo, hi, (hi-lo)*s.out.cols*4, s.part) }
func (s *logSoftmaxOp[F]) backward(lo, hi int) { s.split(lo, hi, (hi-lo)*s.out.cols*4, s.back) }

func (s *logSoftmaxOp[F]) normalise(w, lo, hi int) {
	for r := lo; r < hi; r++ {
		x, y, e := s.in[0].row(r), s.out.row(r), s.tmp[w]
		kernel.ApplyScalar(kernel.Sub, y, x, slices.Max(x))
		kernel.ApplyUnary(kernel.Exp, e, y)
		kernel.ApplyScalar(kernel.Sub, y, y, F(math.Log(float64(rowSum(e)))))
	}
}

// pull is dx = dy - softmax(x) sum(dy).
func (s *logSoftmaxOp[F]) pull(w, lo, hi int) {
	d := s.din[0]
	if d.array == nil {
		return
	}
	for r := lo; r < hi; r++ {
		dy, e := s.dout.row(r), s.tmp[w]
		kernel.ApplyUnary(kernel.Exp, e, s.out.row(r))
		kernel.ApplyScalar(kernel.Mul, e, e, -rowSum(dy))
		addTo(e, dy)
		put(d.row(r), e, d.add)
	}
}

// rowSum is the sum of one row.
func rowSum[F Float](row []F) F {
	var s [1]F
	kernel.RowSum(s[:], row, len(row), 1, len(row), false)
	return s[0]
}
