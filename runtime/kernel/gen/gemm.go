package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// gemm emits the tiles: C [rows,w] = S + A [rows,k] B [k,nr], with B packed in rows
// of one or two vectors.
func gemm(a *asm) {
	for vecs := 1; vecs <= 2; vecs++ {
		field := []string{"half", "full"}[vecs-1]
		a.slots = append(a.slots, slot{a.wide, field, fmt.Sprintf("make([]tile[float32], %d)", a.tileRows()+1)})
		for rows := 1; rows <= a.tileRows(); rows++ {
			newTile(a, field, rows, vecs).emit()
		}
	}
}

// tileRows returns the most rows whose sums fit in the registers at two vectors
// each, with room for a row of B and values of A.
func (a *asm) tileRows() int {
	if a.wide {
		return 14
	}
	return 6
}

// tile is what the parts of one routine share.
type tile struct {
	*asm
	rows, vecs int
	sums       []vec           // [rows,vecs]
	base       []reg.Register  // addresses in A: of rows 0 and, if there is one, 7
	rs         [6]reg.Register // 0, 1, 3 and 5 times A's row stride
}

// unroll is the terms added in a turn of the loop.
const unroll = 4

func newTile(a *asm, field string, rows, vecs int) *tile {
	a.begin(fmt.Sprintf("%s[%d]", field, rows), fmt.Sprintf("gemm%dx%d", rows, vecs),
		"(k int, a []float32, rs, cs int, b, c []float32, ldc, w int, s []float32, lds int)")
	t := &tile{asm: a, rows: rows, vecs: vecs}
	for range rows * vecs {
		t.sums = append(t.sums, a.zero())
	}
	return t
}

func (t *tile) emit() {
	k, b, cs := t.Load(t.Param("k"), t.GP64()), t.asm.base("b"), t.stride("cs")
	t.addresses()
	t.prefetch()
	turns := t.GP64()
	t.MOVQ(k, turns)
	t.SHRQ(operand.U8(2), turns)
	t.JZ(operand.LabelRef("rest"))
	t.Label("loop")
	t.turn(unroll, b, cs)
	t.DECQ(turns)
	t.JNZ(operand.LabelRef("loop"))
	t.Label("rest")
	t.ANDQ(operand.U8(unroll-1), k)
	t.JZ(operand.LabelRef("store"))
	t.Label("restloop")
	t.turn(1, b, cs)
	t.DECQ(k)
	t.JNZ(operand.LabelRef("restloop"))
	t.Label("store")
	t.store()
	t.end()
}

// stride loads a stride in elements and returns it in bytes.
func (t *tile) stride(param string) reg.Register {
	s := t.Load(t.Param(param), t.GP64())
	t.SHLQ(operand.U8(2), s)
	return s
}

// addresses loads A's address and what else reaches all of its rows.
func (t *tile) addresses() {
	t.base = []reg.Register{t.asm.base("a")}
	t.rs[1] = t.stride("rs")
	if t.rows > 3 {
		t.rs[3] = t.GP64()
		t.LEAQ(mem{Base: t.rs[1], Index: t.rs[1], Scale: 2}, t.rs[3])
	}
	if t.rows > 5 {
		t.rs[5] = t.GP64()
		t.LEAQ(mem{Base: t.rs[1], Index: t.rs[1], Scale: 4}, t.rs[5])
	}
	if t.rows > 7 {
		t.base = append(t.base, t.GP64())
		t.LEAQ(mem{Base: t.base[0], Index: t.rs[3], Scale: 2}, t.base[1])
		t.ADDQ(t.rs[1], t.base[1])
	}
}

// at returns where row i of A is: base + stride * scale, from the base (0 or 7).
func (t *tile) at(i int) mem {
	way := [14]struct {
		base, stride int
		scale        uint8
	}{{0, 0, 0}, {0, 1, 1}, {0, 1, 2}, {0, 3, 1}, {0, 1, 4}, {0, 5, 1}, {0, 3, 2},
		{1, 0, 0}, {0, 1, 8}, {1, 1, 2}, {0, 5, 2}, {1, 1, 4}, {0, 3, 4}, {1, 3, 2}}[i]
	return mem{Base: t.base[way.base], Index: t.rs[way.stride], Scale: way.scale}
}

// prefetch asks for C, which comes from far where C is large, while the sums are formed.
func (t *tile) prefetch() {
	t.eachRow(t.asm.base("c"), t.stride("ldc"), func(_, j int, p mem) {
		if j*t.bytes()%64 == 0 {
			t.PREFETCHT1(p)
		}
	})
}

// turn adds n terms: for each, a row of B times a column of A.
func (t *tile) turn(n int, b, cs reg.Register) {
	for u := range n {
		row := make([]vec, t.vecs)
		for j := range row {
			row[j] = t.mov(mem{Base: b, Disp: (u*t.vecs + j) * t.bytes()})
		}
		for i := range t.rows {
			x := t.vec()
			t.VBROADCASTSS(t.at(i), x)
			for j := range row {
				t.mulAdd(t.sums[i*t.vecs+j], x, row[j])
			}
		}
		for _, base := range t.base {
			t.ADDQ(cs, base)
		}
	}
	t.ADDQ(operand.U32(n*t.vecs*t.bytes()), b)
}

// store adds S to the sums if there is one, and writes them to the first w columns of C. AVX2
// has a second way for whole rows, since its masked stores are slow.
func (t *tile) store() {
	c, ldc, w := t.asm.base("c"), t.stride("ldc"), t.Load(t.Param("w"), t.GP64())
	if !t.wide {
		t.CMPQ(w, operand.U8(t.vecs*t.lanes()))
		t.JNE(operand.LabelRef("masked"))
		t.write("whole", c, ldc, make([]reg.Register, t.vecs))
		t.end()
		t.Label("masked")
	}
	t.write("part", c, ldc, t.masks(w))
}

// write emits one way of storing: masks hold nil for whole vectors.
func (t *tile) write(label string, c, ldc reg.Register, masks []reg.Register) {
	s, lds := t.asm.base("s"), t.stride("lds")
	t.TESTQ(s, s)
	t.JZ(operand.LabelRef(label))
	t.eachRow(s, lds, func(i, j int, p mem) {
		sum := t.sums[i*t.vecs+j]
		t.VADDPS(t.load(p, masks[j]), sum, sum)
	})
	t.Label(label)
	t.eachRow(c, ldc, func(i, j int, p mem) { t.asm.store(t.sums[i*t.vecs+j], p, masks[j]) })
}

// masks returns a mask for each vector of a row of w values.
func (t *tile) masks(w reg.Register) (masks []reg.Register) {
	for j := range t.vecs {
		if !t.wide {
			masks = append(masks, t.maskAt(w, j*t.lanes()))
			continue
		}
		bits, k := t.GP64(), t.K()
		t.MOVQ(operand.I32(-1), bits)
		t.BZHIQ(w, bits, bits)
		t.SHRQ(operand.U8(16*j), bits)
		t.KMOVW(bits.As32(), k)
		masks = append(masks, k)
	}
	return masks
}

// eachRow calls f for every vector of C, moving at down its rows.
func (t *tile) eachRow(at, ldc reg.Register, f func(i, j int, p mem)) {
	for i := range t.rows {
		for j := range t.vecs {
			f(i, j, mem{Base: at, Disp: j * t.bytes()})
		}
		if i < t.rows-1 {
			t.ADDQ(ldc, at)
		}
	}
}
