package ptxemu

import "strings"

// tensor is a shape of mma: D[M,N] = A[M,K] B[K,N] + C[M,N] with M=16, N=8, by a
// warp. Each lane holds some elements of each matrix in its registers; which
// ones is written in the PTX ISA under "Matrix Fragments for mma.m16n8k8" and so
// on. Lane = 4*group + member there.
type tensor struct {
	k     int
	pairs bool // two 16-bit numbers a register
	read  func(v uint64) float64
}

const (
	tensorM = 16
	tensorN = 8
)

// bindMMA makes mma.sync with float32 sums. A card adds in an order of its own,
// with some bits more or less: here the sum is exact and rounded once.
func bindMMA(b *binding) exec {
	name := strings.Join(b.s.mods, ".")
	t, ok := tensors[name]
	if !ok {
		b.refuse("unknown shape or types of matrices")
	}
	for i := range b.used {
		b.used[i] = true
	}
	b.count(4)
	word, single := kinds["b32"], kinds["f32"]
	d, a := b.targets(b.s.args[0], 4), b.sources(b.s.args[1], word)
	x, c := b.sources(b.s.args[2], word), b.sources(b.s.args[3], single)
	each := t.k / 4
	if t.pairs {
		each /= 2
	}
	if len(d) != 4 || len(c) != 4 || len(a) != 2*each || len(x) != each {
		b.refuse("fragments of %d, %d, %d, %d registers", len(d), len(a), len(x), len(c))
	}
	return together(b.constant(uint64(full)), func(w *warp, m uint32) {
		if m != full {
			w.fail(0, "lanes %#x of the warp multiply; all must", m)
		}
		t.multiply(w, d, a, x, c)
	})
}

var tensors = makeTensors()

func makeTensors() map[string]tensor {
	tf32 := func(v uint64) float64 { return float64(float(v &^ 0x1fff)) } // the rest of the bits is ignored
	bf16 := func(v uint64) float64 { return float64(float(v << 16)) }
	return map[string]tensor{
		"sync.aligned.m16n8k4.row.col.f32.tf32.tf32.f32":  {4, false, tf32},
		"sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32":  {8, false, tf32},
		"sync.aligned.m16n8k8.row.col.f32.bf16.bf16.f32":  {8, true, bf16},
		"sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32": {16, true, bf16},
		"sync.aligned.m16n8k8.row.col.f32.f16.f16.f32":    {8, true, fromHalf},
		"sync.aligned.m16n8k16.row.col.f32.f16.f16.f32":   {16, true, fromHalf},
	}
}

// multiply gathers the matrices from the lanes, and gives them back their parts.
func (t tensor) multiply(w *warp, d, a, x, c []int) {
	var left [tensorM][16]float64
	var right [tensorN][16]float64 // by columns
	for lane := range lanes {
		group := lane >> 2
		for e, r := range a {
			t.put(&left[group+8*(e&1)], lane&3, e>>1, w.r[r][lane])
		}
		for e, r := range x {
			t.put(&right[group], lane&3, e, w.r[r][lane])
		}
	}
	for lane := range lanes {
		for e := range 4 {
			row, col := lane>>2+8*(e>>1), 2*(lane&3)+e&1
			sum := float64(float(w.r[c[e]][lane]))
			for k := range t.k {
				sum += left[row][k] * right[col][k]
			}
			w.r[d[e]][lane] = bits32(float32(sum))
		}
	}
}

// put writes register e of a member of a group, along K.
func (t tensor) put(to *[16]float64, member, e int, v uint64) {
	if !t.pairs {
		to[member+4*e] = t.read(v)
		return
	}
	to[2*member+8*e] = t.read(v & 0xffff)
	to[2*member+8*e+1] = t.read(v >> 16)
}

// bindLoadMatrix makes ldmatrix: matrices of 8 by 8 numbers of 16 bits, whose
// rows lie where lanes 0 to 7, 8 to 15 and so on say.
func bindLoadMatrix(b *binding) exec {
	b.count(2)
	b.skip("sync", "aligned", "m8n8")
	n := map[string]int{"x1": 1, "x2": 2, "x4": 4}[b.one("x1", "x2", "x4")]
	trans := b.has("trans")
	space, remote := b.space()
	if k := b.kind(); k.name != "b16" || n == 0 {
		b.refuse("unknown matrices")
	}
	d := b.targets(b.s.args[0], 4)
	at := b.address(b.s.args[1], space, remote)
	if len(d) != n {
		b.refuse("%d registers for %d matrices", len(d), n)
	}
	return together(b.constant(uint64(full)), func(w *warp, _ uint32) {
		for k, r := range d {
			w.loadMatrix(r, at, 8*k, trans)
		}
	})
}

// loadMatrix gives each lane two neighbours of a row, or of a column if trans.
func (w *warp) loadMatrix(d int, at *place, first int, trans bool) {
	var cells [8][8]uint64
	for i := range cells {
		q := (*[8]uint16)(w.cell(at, first+i, 16))
		for j := range q {
			cells[i][j] = uint64(q[j])
		}
	}
	for lane := range lanes {
		i, j := lane>>2, 2*(lane&3)
		if trans {
			w.r[d][lane] = cells[j][i] | cells[j+1][i]<<16
		} else {
			w.r[d][lane] = cells[i][j] | cells[i][j+1]<<16
		}
	}
}
