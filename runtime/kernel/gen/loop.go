package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// loop emits a loop over slices of one length, a vector at a time, the last one
// masked. Within its body, load and store are of the elements at hand.
type loop struct {
	*asm
	index reg.Register
	mask  reg.Register // nil for whole vectors
}

// each emits body for every vector of n elements.
func (a *asm) each(n reg.Register, body func(l *loop)) {
	l := &loop{asm: a, index: a.GP64()}
	lanes := operand.U8(a.lanes())
	a.XORQ(l.index, l.index)
	a.SUBQ(lanes, n)
	a.JB(operand.LabelRef("rest"))
	a.Label("loop")
	body(l)
	a.ADDQ(lanes, l.index)
	a.SUBQ(lanes, n)
	a.JAE(operand.LabelRef("loop"))
	a.Label("rest")
	a.ADDQ(lanes, n)
	a.JZ(operand.LabelRef("done"))
	l.mask = a.firstLanes(n)
	body(l)
	a.Label("done")
}

// firstLanes returns a mask of the first n lanes, n being fewer than all.
func (a *asm) firstLanes(n reg.Register) reg.Register {
	if a.wide {
		bits, k := a.GP64(), a.K()
		a.MOVQ(operand.I32(-1), bits)
		a.BZHIQ(n, bits, bits)
		a.KMOVW(bits.As32(), k)
		return k
	}
	return a.maskAt(n, 0)
}

// maskAt returns an AVX2 mask of those of lanes first, first+1, ... that are among
// the first n, n being at most 16: a window on 16 set lanes that 16 clear ones follow.
func (a *asm) maskAt(n reg.Register, first int) vec {
	table, back := a.GP64(), a.GP64()
	a.LEAQ(a.sequence("mask", 32, func(i int) uint32 { return uint32(i/16) - 1 }), table)
	a.MOVQ(n, back)
	a.NEGQ(back)
	return a.mov(mem{Base: table, Index: back, Scale: 4, Disp: 64 + 4*first})
}

// at returns where the elements at hand lie in the slice that begins at base.
func (l *loop) at(base reg.Register) mem {
	return mem{Base: base, Index: l.index, Scale: 4}
}

// load returns elements of the slice at base; lanes beyond its end are zero.
func (l *loop) load(base reg.Register) vec { return l.asm.load(l.at(base), l.mask) }

// store writes x to elements of the slice at base.
func (l *loop) store(x vec, base reg.Register) { l.asm.store(x, l.at(base), l.mask) }

// load returns what is at p, zero where a mask is given and not set.
func (a *asm) load(p mem, mask reg.Register) vec {
	d := a.vec()
	switch {
	case mask == nil:
		a.VMOVUPS(p, d)
	case a.wide:
		a.VMOVUPS_Z(p, mask, d)
	default:
		a.VMASKMOVPS(p, mask, d)
	}
	return d
}

// store writes x to p, where a mask is set if one is given.
func (a *asm) store(x vec, p mem, mask reg.Register) {
	switch {
	case mask == nil:
		a.VMOVUPS(x, p)
	case a.wide:
		a.VMOVUPS(x, mask, p)
	default:
		a.VMASKMOVPS(x, mask, p)
	}
}
