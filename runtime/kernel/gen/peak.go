package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
)

// peakSums is the independent sums of the routine peak: more than the
// multiply-adds that a core has under way at once, and few enough for the 16
// registers of AVX2.
const peakSums = 12

// peak emits turns of multiply-adds on registers alone: in each, x y is added to
// every lane of all sums. It returns their total.
func peak(a *asm) {
	a.slots = append(a.slots, slot{a.wide, "turn", fmt.Sprint(peakSums * a.lanes())})
	a.begin("peak", "peak", "(turns int, x, y float32) float32")
	turns, x, y := a.Load(a.Param("turns"), a.GP64()), a.broadcast("x"), a.broadcast("y")
	sums := make([]vec, peakSums)
	for i := range sums {
		sums[i] = a.zero()
	}
	a.Label("loop")
	for i := range sums {
		a.mulAdd(sums[i], x, y)
	}
	a.DECQ(turns)
	a.JNZ(operand.LabelRef("loop"))
	for _, s := range sums[1:] {
		a.VADDPS(s, sums[0], sums[0])
	}
	lo := a.fold(a.VADDPS, sums[0])
	a.reduce(a.VADDPS, operand.U8(0x0e), lo)
	a.reduce(a.VADDPS, operand.U8(0x01), lo)
	a.Store(lo, a.ReturnIndex(0))
	a.end()
}
