package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// reductions emits the sums, the updates of whole slices, and what waits for them.
func reductions(a *asm) {
	pause(a)
	sum(a)
	dot(a)
	axpy(a)
	adam(a)
}

// pause emits an instruction that leaves the core to its other thread, if it has one.
func pause(a *asm) {
	a.begin("pause", "pause", "()")
	a.PAUSE()
	a.RET()
}

// sum emits the sum of a slice, one partial sum a lane.
func sum(a *asm) {
	a.begin("sum", "sum", "(x []float32) float32")
	x, s := a.base("x"), a.zero()
	a.each(a.length("x"), func(l *loop) { a.VADDPS(l.load(x), s, s) })
	lo := a.fold(a.VADDPS, s)
	a.reduce(a.VADDPS, operand.U8(0x0e), lo)
	a.reduce(a.VADDPS, operand.U8(0x01), lo)
	a.Store(lo, a.ReturnIndex(0))
	a.end()
}

// dot emits the sum of products of two slices, in float64.
func dot(a *asm) {
	a.begin("dot", "dot", "(a, b []float32) float64")
	x, y, lo, hi := a.base("a"), a.base("b"), a.zero(), a.zero()
	a.each(a.length("a"), func(l *loop) {
		u, v := l.load(x), l.load(y)
		for i, s := range []vec{lo, hi} {
			a.VFMADD231PD(a.double(u, i), a.double(v, i), s)
		}
	})
	a.VADDPD(hi, lo, lo)
	s := a.fold(a.VADDPD, lo)
	a.reduce(a.VADDPD, operand.U8(0x0e), s)
	a.Store(s, a.ReturnIndex(0))
	a.end()
}

// double returns the low or high half of x in float64.
func (a *asm) double(x vec, half int) vec {
	d, y := a.vec(), reg.Register(x.AsY())
	if !a.wide {
		y = x.AsX()
	}
	if half == 1 {
		y = a.upper(x)
	}
	a.VCVTPS2PD(y, d)
	return d
}

// upper returns the high half of x.
func (a *asm) upper(x vec) reg.Register {
	if a.wide {
		d := a.YMM()
		a.VEXTRACTF64X4(operand.U8(1), x, d)
		return d
	}
	d := a.XMM()
	a.VEXTRACTF128(operand.U8(1), x, d)
	return d
}

// fold adds the 128-bit lanes of x together.
func (a *asm) fold(add binary, x vec) reg.Register {
	half := x
	if a.wide {
		half = a.YMM()
		add(a.upper(x), x.AsY(), half)
	}
	quarter, d := a.XMM(), a.XMM()
	a.VEXTRACTF128(operand.U8(1), half, quarter)
	add(quarter, half.AsX(), d)
	return d
}

// reduce adds to the 128-bit lane x its own elements in the order given.
func (a *asm) reduce(add binary, order operand.Op, x reg.Register) {
	t := a.XMM()
	a.VPSHUFD(order, x, t)
	add(t, x, x)
}

// axpy emits y += alpha x.
func axpy(a *asm) {
	a.begin("axpy", "axpy", "(alpha float32, x, y []float32)")
	alpha, x, y := a.broadcast("alpha"), a.base("x"), a.base("y")
	a.each(a.length("y"), func(l *loop) { l.store(a.mulAdd(l.load(y), alpha, l.load(x)), y) })
	a.end()
}

// adam emits the Adam update.
func adam(a *asm) {
	a.begin("adam", "adam", "(w, m, v, grad []float32, beta1, rest1, beta2, rest2, step, eps, scale float32)")
	n, w, m, v, grad := a.length("w"), a.base("w"), a.base("m"), a.base("v"), a.base("grad")
	beta1, rest1, beta2, rest2 := a.broadcast("beta1"), a.broadcast("rest1"), a.broadcast("beta2"), a.broadcast("rest2")
	step, eps, scale := a.broadcast("step"), a.broadcast("eps"), a.broadcast("scale")
	a.each(n, func(l *loop) {
		d := a.mul(l.load(grad), scale)
		mean := a.mulAdd(a.mul(beta1, l.load(m)), rest1, d)
		square := a.mulAdd(a.mul(beta2, l.load(v)), rest2, a.square(d))
		l.store(mean, m)
		l.store(square, v)
		change := a.div(a.mul(step, mean), a.add(a.sqrt(square), eps))
		l.store(a.sub(l.load(w), change), w)
	})
	a.end()
}
