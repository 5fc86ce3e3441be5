package kernels_test

import (
	"fmt"
	"math"
	"testing"

	"ssmc/runtime/gpu/kernels"
	"ssmc/runtime/gpu/ptxemu"
)

func gemmModule(t *testing.T) *ptxemu.Module {
	return moduleOf(t, "gemm", func() string { return kernels.Text("gemm") })
}

// A gemmCase is one product; rows of the grid are more than those there are.
type gemmCase struct {
	rows, d, k int
	trans, add bool
	start      string // none, one row, rows, or out: those of the result itself
	pad, shift int
	spare      int // rows of the capacity that are not there
}

func (c gemmCase) String() string {
	return fmt.Sprintf("%dx%dx%d trans=%v add=%v start=%s pad=%d shift=%d", c.rows, c.k, c.d, c.trans, c.add, c.start, c.pad, c.shift)
}

var gemmCases = []gemmCase{
	{rows: 1, d: 1, k: 1, start: "none"},
	{rows: 7, d: 33, k: 65, start: "row", add: true, spare: 70},
	{rows: 33, d: 7, k: 1, start: "rows", trans: true},
	{rows: 65, d: 65, k: 33, start: "out", spare: 1},
	{rows: 65, d: 65, k: 64, start: "row", trans: true, add: true},
	{rows: 64, d: 64, k: 96, start: "row", pad: 4},
	{rows: 130, d: 100, k: 100, start: "rows", pad: 4, spare: 130},
	{rows: 20, d: 40, k: 36, start: "none", pad: 3},
	{rows: 20, d: 40, k: 36, start: "none", shift: 1, trans: true},
	{rows: 3, d: 2, k: 600, start: "row"},
	{rows: 0, d: 9, k: 9, start: "row", spare: 64},
}

// reference is what out should be, and the sum of what is added up there, without signs.
func (c gemmCase) reference(m gemmRun, r, j int) (want, scale float64) {
	add := func(v float64) { want, scale = want+v, scale+math.Abs(v) }
	for k := range c.k {
		if c.trans {
			add(m.x.at(r, k) * m.w.at(j, k))
		} else {
			add(m.x.at(r, k) * m.w.at(k, j))
		}
	}
	switch c.start {
	case "row":
		add(m.start.at(0, j))
	case "rows", "out":
		add(m.start.at(r, j))
	}
	if c.add {
		add(m.old.at(r, j))
	}
	return want, scale
}

// A gemmRun is a case on the card: the result before and after.
type gemmRun struct{ x, w, start, old, out *matrix }

// run launches the case, with rows along an axis.
func (c gemmCase) run(b *bench, precision string, axis kernels.Axis) gemmRun {
	r := gemmRun{x: b.matrix(max(c.rows, 1), c.k, c.pad, c.shift), out: b.matrix(max(c.rows, 1), c.d, c.pad, c.shift)}
	if r.w = b.matrix(c.k, c.d, c.pad, c.shift); c.trans {
		r.w = b.matrix(c.d, c.k, c.pad, c.shift)
	}
	op := kernels.Op{Code: kernels.Gemm, Axis: axis, N: [8]int32{int32(c.k), int32(c.d)}}
	op.A = [8]kernels.Array{r.out.array(axis), r.x.array(axis), r.w.array(kernels.Once)}
	if c.trans {
		op.N[2] = 1
	}
	if c.add {
		op.Add = 1
	}
	r.start, op.A[3] = c.addend(b, axis, r.out)
	dims := rowsAlong(axis, c.rows)
	op.Rows = int32(c.rows)
	r.old = r.out.clone()
	grid := ptxemu.Grid(kernels.GemmGrid(c.rows+c.spare, c.d, 1))
	b.launch(gemmModule(b.t), "gemm_"+precision, grid, kernels.GemmThreads, 0, b.dims(dims), b.ops(kernels.Op{}, op), 1)
	return r
}

// rowsAlong is a batch that has so many rows of an axis.
func rowsAlong(axis kernels.Axis, rows int) kernels.Dims {
	d := kernels.Dims{K: 1}
	if axis&kernels.Sampled != 0 {
		d.K, rows = 2, rows/2
	}
	if axis&kernels.Seq != 0 {
		d.B = int32(rows)
	} else if axis&kernels.Frame != 0 {
		d.N = int32(rows)
	}
	return d
}

// addend is what the product is added to, and how the op is told so.
func (c gemmCase) addend(b *bench, axis kernels.Axis, out *matrix) (*matrix, kernels.Array) {
	switch c.start {
	case "row":
		m := b.matrix(1, c.d, 0, c.shift)
		if axis == kernels.Once { // where an axis has as many rows as there are, ld says that it is one
			return m, kernels.Array{P: m.p, Axis: kernels.Once}
		}
		return m, m.array(kernels.Once)
	case "rows":
		m := b.matrix(max(c.rows, 1), c.d, c.pad, c.shift)
		return m, m.array(axis)
	case "out":
		return out.clone(), out.array(axis)
	}
	return nil, kernels.Array{}
}

func TestGemm(t *testing.T) {
	for i, c := range gemmCases {
		for _, p := range precisions {
			t.Run(p.name+" "+c.String(), func(t *testing.T) {
				m := c.run(newBench(t), p.name, []kernels.Axis{kernels.Frame, kernels.Once, kernels.Seq}[i%3])
				m.out.checkGaps(t)
				worst := 0.0
				for r := range c.rows {
					for j := range c.d {
						want, scale := c.reference(m, r, j)
						e := math.Abs(m.out.at(r, j)-want) / scale
						if !(e <= p.tol) {
							t.Fatalf("[%d,%d] is %v, want %v: %.2g of the scale", r, j, m.out.at(r, j), want, e)
						}
						worst = max(worst, e)
					}
				}
				t.Logf("worst %.2g", worst)
			})
		}
	}
}

// product launches fp32, tf32 or bf16 on x w, for few rows.
func (b *bench) product(precision string, x, w, out *matrix) {
	op := kernels.Op{Code: kernels.Gemm, Axis: kernels.Once, Rows: int32(x.rows), N: [8]int32{int32(x.cols), int32(out.cols)}}
	op.A = [8]kernels.Array{out.array(kernels.Once), x.array(kernels.Once), w.array(kernels.Once)}
	b.launch(gemmModule(b.t), "gemm_"+precision, ptxemu.Grid{1, 1, 1}, kernels.GemmThreads, 0, b.dims(kernels.Dims{}), b.ops(op), 0)
}

// A long sum of positive numbers shows a bias of each addition.
func TestGemmLong(t *testing.T) {
	b := newBench(t)
	c := gemmCase{rows: 3, d: 5, k: 4096, start: "none"}
	x, w := b.matrix(c.rows, c.k, 0, 0), b.matrix(c.k, c.d, 0, 0)
	for _, m := range []*matrix{x, w} {
		for i := range m.v {
			m.v[i] = float32(math.Abs(float64(m.v[i])))
		}
	}
	out := b.matrix(c.rows, c.d, 0, 0)
	b.product("fp32", x, w, out)
	for r := range c.rows {
		for j := range c.d {
			if want, _ := c.reference(gemmRun{x: x, w: w}, r, j); math.Abs(out.at(r, j)/want-1) > 1e-6 {
				t.Errorf("[%d,%d] is %v, want %v", r, j, out.at(r, j), want)
			}
		}
	}
}

// What is not finite must be seen in results: NaN as NaN, infinities as what float32
// makes of them.
func TestGemmNotFinite(t *testing.T) {
	inf := float32(math.Inf(1))
	for _, p := range precisions {
		b := newBench(t)
		c := gemmCase{rows: 9, d: 9, k: 40, start: "none"}
		x, w, out := b.matrix(c.rows, c.k, 0, 0), b.matrix(c.k, c.d, 0, 0), b.matrix(c.rows, c.d, 0, 0)
		x.v[2*c.k+3], x.v[3*c.k+20], x.v[4*c.k+39] = inf, -inf, float32(math.NaN())
		x.v[5*c.k], x.v[5*c.k+1] = inf, -inf
		w.v[39*c.d+7], w.v[3*c.d+8] = inf, 0
		w.v[3*c.d+1] = 1 // of which rounding leaves nothing
		b.product(p.name, x, w, out)
		for r := range c.rows {
			for j := range c.d {
				want, _ := c.reference(gemmRun{x: x, w: w}, r, j)
				got := out.at(r, j)
				same := got == want || math.IsNaN(got) && math.IsNaN(want)
				if finite := math.Abs(want) <= math.MaxFloat32; !finite && !same || finite && !(math.Abs(got) < 1e3) {
					t.Errorf("%s [%d,%d] is %v, want %v", p.name, r, j, got, want)
				}
			}
		}
	}
}

// Nor are large and small numbers lost.
func TestGemmRange(t *testing.T) {
	b := newBench(t)
	x, w, out := b.matrix(1, 1, 0, 0), b.matrix(1, 1, 0, 0), b.matrix(1, 1, 0, 0)
	for _, v := range []float32{3e38, 1e-30} {
		x.v[0], w.v[0] = v, 1
		b.product("fp32", x, w, out)
		if got := out.v[0]; got != v {
			t.Errorf("%v times 1 is %v", v, got)
		}
	}
}
