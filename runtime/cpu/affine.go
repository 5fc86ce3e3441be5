package cpu

import (
	"ssmc/runtime/kernel"
	"ssmc/runtime/op"
)

// affine is y = x W + c: x [rows,K], W [K,D] (or [D,K] if trans), c one row or
// as many as x.
type affine[F Float] struct {
	links[F]
	trans   bool
	weight  *weight[F]
	inPlace bool      // y is c's memory
	room    *array[F] // that the gradient of W takes; nil if there is none
	addend  func(w, lo, hi int)
}

func newAffine[F Float](l links[F], s op.Affine) operation[F] {
	a := &affine[F]{links: l, trans: s.TransW, weight: l.env.weight(l.in[1])}
	a.addend = a.copyAddend
	return a
}

// overwrite has y computed in the memory of c, which nothing else may read, if
// that is possible.
func (a *affine[F]) overwrite() bool {
	if c := a.in[2]; c.ownsMemory() && c.shape == a.out.shape {
		a.out.base, a.inPlace = c, true
	}
	return a.inPlace
}

func (a *affine[F]) forward(lo, hi int) {
	x, y := a.in[0], a.out
	if lo == hi {
		return
	}
	if len(a.in) == 3 && !a.inPlace {
		a.split(lo, hi, (hi-lo)*y.cols/4, a.addend)
	}
	a.multiply(a.trans, hi-lo, x.from(lo), x.ld, y.from(lo), y.ld, len(a.in) == 3)
}

// multiply writes c = x W, or x Wᵀ, or adds it to c.
func (a *affine[F]) multiply(trans bool, m int, x []F, ldx int, c []F, ldc int, add bool) {
	w := a.packed(a.weight)
	if trans {
		w.MulT(a.pool, m, x, ldx, c, ldc, add)
	} else {
		w.Mul(a.pool, m, x, ldx, c, ldc, add)
	}
}

func (a *affine[F]) copyAddend(_, lo, hi int) {
	c, y := a.in[2], a.out
	for r := lo; r < hi; r++ {
		copy(y.row(r), c.row(a.addendRow(r)))
	}
}

// addendRow is the row of c that is added to row r.
func (a *affine[F]) addendRow(r int) int {
	if a.biased() {
		return 0
	}
	return r
}

// biased reports whether c is one row for all.
func (a *affine[F]) biased() bool {
	s := a.in[2].shape
	return s.Axis == op.Once && s.Rows == 1
}

func (a *affine[F]) backward(lo, hi int) {
	dy := a.dout
	if lo == hi {
		return
	}
	if a.wants(0) {
		dx := a.din[0]
		a.multiply(!a.trans, hi-lo, dy.from(lo), dy.ld, dx.from(lo), dx.ld, dx.add)
	}
	if a.wants(2) && !a.biased() {
		for r := lo; r < hi; r++ {
			put(a.din[2].row(r), dy.row(r), a.din[2].add)
		}
	}
}

func (a *affine[F]) finish() {
	x, dy := a.in[0], a.dout
	if a.wants(1) {
		dw := a.din[1]
		if a.trans {
			x, dy = dy, x
		}
		a.scratch.Lend(dataOf(a.room))
		kernel.GradW(a.pool, x.rows, x.data, x.ld, x.cols, dy.data, dy.ld, dy.cols, dw.data, dw.ld, dw.add, &a.scratch)
	}
	if a.wants(2) && a.biased() {
		dc := a.din[2]
		kernel.ColSum(a.pool, dc.data, a.dout.data, a.dout.ld, a.dout.rows, a.dout.cols, dc.add)
	}
}
