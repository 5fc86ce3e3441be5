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
	inPlace bool // y is c's memory
}

func newAffine[F Float](l links[F], s op.Affine) operation[F] {
	return &affine[F]{links: l, trans: s.TransW, weight: l.env.weight(l.in[1])}
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
	a.multiply(a.trans, hi-lo, x.from(lo), x.ld, y.from(lo), y.ld, a.addend(lo))
}

// multiply writes y = s + x W, or s + x Wᵀ.
func (a *affine[F]) multiply(trans bool, m int, x []F, ldx int, y []F, ldy int, s kernel.Addend[F]) {
	w := a.packed(a.weight)
	if trans {
		w.MulT(a.pool, m, x, ldx, y, ldy, s)
	} else {
		w.Mul(a.pool, m, x, ldx, y, ldy, s)
	}
}

// addend is c from the row that is added to row lo on.
func (a *affine[F]) addend(lo int) kernel.Addend[F] {
	switch {
	case len(a.in) < 3:
		return kernel.Addend[F]{}
	case a.biased():
		return kernel.Addend[F]{Data: a.in[2].from(0)}
	}
	return kernel.Addend[F]{Data: a.in[2].from(lo), LD: a.in[2].ld}
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
		a.multiply(!a.trans, hi-lo, dy.from(lo), dy.ld, dx.from(lo), dx.ld, onto(dx, lo))
	}
	if a.wants(2) && !a.biased() {
		for r := lo; r < hi; r++ {
			put(a.din[2].row(r), dy.row(r), a.din[2].add)
		}
	}
}

// onto is the addend that has a gradient from row lo on added to d, if it is to be.
func onto[F Float](d target[F], lo int) kernel.Addend[F] {
	if !d.add {
		return kernel.Addend[F]{}
	}
	return kernel.Addend[F]{Data: d.from(lo), LD: d.ld}
}

func (a *affine[F]) finish() {
	x, dy := a.in[0], a.dout
	if a.wants(1) {
		dw := a.din[1]
		if a.trans {
			x, dy = dy, x
		}
		kernel.GradW(a.pool, x.rows, x.data, x.ld, x.cols, dy.data, dy.ld, dy.cols, dw.data, dw.ld, dw.add, &a.scratch)
	}
	if a.wants(2) && a.biased() {
		dc := a.din[2]
		kernel.ColSum(a.pool, dc.data, a.dout.data, a.dout.ld, a.dout.rows, a.dout.cols, dc.add)
	}
}
