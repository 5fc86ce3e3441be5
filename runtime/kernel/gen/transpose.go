package main

import (
	"github.com/mmcloughlin/avo/operand"
)

// copies emits copyRows, which copies rows of a whole panel's width that lie ld apart. The
// rows are far from each other, and none can be foreseen but by this code.
func copies(a *asm) {
	const ahead = 4 // log2 of the rows that are asked for before they are copied
	a.begin("copyRows", "copyRows", "(n int, dst, src []float32, ld int)")
	n, dst, src, ld := a.Load(a.Param("n"), a.GP64()), a.base("dst"), a.base("src"), a.Load(a.Param("ld"), a.GP64())
	far := a.GP64()
	a.SHLQ(operand.U8(2), ld)
	a.MOVQ(ld, far)
	a.SHLQ(operand.U8(ahead), far)
	a.Label("loop")
	for line := 0; line < 2*a.bytes(); line += 64 {
		a.PREFETCHT0(mem{Base: src, Index: far, Scale: 1, Disp: line})
	}
	for j := range 2 {
		a.VMOVUPS(a.mov(mem{Base: src, Disp: j * a.bytes()}), mem{Base: dst, Disp: j * a.bytes()})
	}
	a.ADDQ(ld, src)
	a.ADDQ(operand.U32(2*a.bytes()), dst)
	a.DECQ(n)
	a.JNZ(operand.LabelRef("loop"))
	a.end()
}

// transposes emits transpose, which copies n square blocks of a vector's width, one
// beside the other in src, to blocks one below the other in dst, each transposed.
func transposes(a *asm) {
	a.begin("transpose", "transpose", "(n int, dst []float32, ldd int, src []float32, lds int)")
	n, dst, src := a.Load(a.Param("n"), a.GP64()), a.base("dst"), a.base("src")
	ldd, lds := a.Load(a.Param("ldd"), a.GP64()), a.Load(a.Param("lds"), a.GP64())
	a.SHLQ(operand.U8(2), ldd)
	a.SHLQ(operand.U8(2), lds)
	a.Label("loop")
	rows, at := make([]vec, a.lanes()), a.GP64()
	a.MOVQ(src, at)
	for i := range rows {
		rows[i] = a.mov(mem{Base: at})
		a.ADDQ(lds, at)
	}
	for _, column := range a.joinQuarters(a.transposeQuarters(rows)) {
		a.VMOVUPS(column, mem{Base: dst})
		a.ADDQ(ldd, dst)
	}
	a.ADDQ(operand.U8(a.bytes()), src)
	a.DECQ(n)
	a.JNZ(operand.LabelRef("loop"))
	a.end()
}

// transposeQuarters transposes the 4 by 4 blocks within each group of four rows:
// lanes 4l to 4l+3 of result 4g+c are column 4l+c of rows 4g to 4g+3.
func (a *asm) transposeQuarters(rows []vec) []vec {
	var out []vec
	for r := rows; len(r) > 0; r = r[4:] {
		lo, hi := a.do(a.VUNPCKLPS, r[0], r[1]), a.do(a.VUNPCKHPS, r[0], r[1])
		lo2, hi2 := a.do(a.VUNPCKLPS, r[2], r[3]), a.do(a.VUNPCKHPS, r[2], r[3])
		out = append(out, a.do(a.VUNPCKLPD, lo, lo2), a.do(a.VUNPCKHPD, lo, lo2),
			a.do(a.VUNPCKLPD, hi, hi2), a.do(a.VUNPCKHPD, hi, hi2))
	}
	return out
}

// joinQuarters gathers the columns that transposeQuarters left in pieces.
func (a *asm) joinQuarters(q []vec) []vec {
	out := make([]vec, len(q))
	for c := range 4 {
		if !a.wide {
			out[c], out[4+c] = a.lanes128(0x20, q[c], q[4+c]), a.lanes128(0x31, q[c], q[4+c])
			continue
		}
		even0, odd0 := a.lanes128(0x88, q[c], q[4+c]), a.lanes128(0xdd, q[c], q[4+c])
		even1, odd1 := a.lanes128(0x88, q[8+c], q[12+c]), a.lanes128(0xdd, q[8+c], q[12+c])
		out[c], out[8+c] = a.lanes128(0x88, even0, even1), a.lanes128(0xdd, even0, even1)
		out[4+c], out[12+c] = a.lanes128(0x88, odd0, odd1), a.lanes128(0xdd, odd0, odd1)
	}
	return out
}

// lanes128 returns a choice of the 128-bit lanes of x and y.
func (a *asm) lanes128(choice uint8, x, y vec) vec {
	d := a.vec()
	if a.wide {
		a.VSHUFF32X4(operand.U8(choice), y, x, d)
	} else {
		a.VPERM2F128(operand.U8(choice), y, x, d)
	}
	return d
}
