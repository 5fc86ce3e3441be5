package kernels_test

import (
	"fmt"
	"math"
	"testing"

	"ssmc/runtime/gpu/kernels"
	"ssmc/runtime/gpu/ptxemu"
)

const side = 64 // of a block's tile

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
func (c gemmCase) reference(x, w, start, old *matrix, r, j int) (want, scale float64) {
	add := func(v float64) { want, scale = want+v, scale+math.Abs(v) }
	for k := range c.k {
		if c.trans {
			add(x.at(r, k) * w.at(j, k))
		} else {
			add(x.at(r, k) * w.at(k, j))
		}
	}
	switch c.start {
	case "row":
		add(start.at(0, j))
	case "rows", "out":
		add(start.at(r, j))
	}
	if c.add {
		add(old.at(r, j))
	}
	return want, scale
}

// run gives Dims the rows as frames, and returns the factors and the result before
// and after.
func (c gemmCase) run(b *bench, precision string, axis kernels.Axis) (x, w, start, old, out *matrix) {
	capacity := c.rows + c.spare
	x, out = b.matrix(max(c.rows, 1), c.k, c.pad, c.shift), b.matrix(max(c.rows, 1), c.d, c.pad, c.shift)
	if w = b.matrix(c.k, c.d, c.pad, c.shift); c.trans {
		w = b.matrix(c.d, c.k, c.pad, c.shift)
	}
	op := kernels.Op{Code: kernels.Gemm, Axis: axis, N: [8]int32{int32(c.k), int32(c.d)}}
	op.A = [8]kernels.Array{out.array(axis), x.array(axis), w.array(kernels.Once)}
	if c.trans {
		op.N[2] = 1
	}
	if c.add {
		op.Add = 1
	}
	switch c.start {
	case "row":
		start = b.matrix(1, c.d, 0, c.shift)
		op.A[3] = kernels.Array{P: start.p, Axis: kernels.Once}
		if axis != kernels.Once {
			op.A[3].LD = int32(start.ld) // the axis says that there is one row
		}
	case "rows":
		start = b.matrix(max(c.rows, 1), c.d, c.pad, c.shift)
		op.A[3] = start.array(axis)
	case "out":
		start = out.clone()
		op.A[3] = op.A[0]
	}
	dims := kernels.Dims{K: 1}
	switch axis {
	case kernels.Once:
		op.Rows = int32(c.rows)
	case kernels.Seq:
		dims.B = int32(c.rows)
	default:
		dims.N = int32(c.rows)
	}
	old = out.clone()
	grid := ptxemu.Grid{(capacity + side - 1) / side, (c.d + side - 1) / side, 1}
	b.launch(gemmModule(b.t), "gemm_"+precision, grid, 128, 0, b.dims(dims), b.ops(kernels.Op{}, op), 1)
	return x, w, start, old, out
}

func TestGemm(t *testing.T) {
	for i, c := range gemmCases {
		for _, p := range precisions {
			t.Run(p.name+" "+c.String(), func(t *testing.T) {
				x, w, start, old, out := c.run(newBench(t), p.name, []kernels.Axis{kernels.Frame, kernels.Once, kernels.Seq}[i%3])
				out.checkGaps(t)
				worst := 0.0
				for r := range c.rows {
					for j := range c.d {
						want, scale := c.reference(x, w, start, old, r, j)
						e := math.Abs(out.at(r, j)-want) / scale
						if !(e <= p.tol) {
							t.Fatalf("[%d,%d] is %v, want %v: %.2g of the scale", r, j, out.at(r, j), want, e)
						}
						worst = max(worst, e)
					}
				}
				t.Logf("worst %.2g", worst)
			})
		}
	}
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
	op := kernels.Op{Code: kernels.Gemm, Axis: kernels.Once, Rows: int32(c.rows), N: [8]int32{int32(c.k), int32(c.d)}, A: [8]kernels.Array{out.array(kernels.Once), x.array(kernels.Once), w.array(kernels.Once)}}
	b.launch(gemmModule(t), "gemm_fp32", ptxemu.Grid{1, 1, 1}, 128, 0, b.dims(kernels.Dims{}), b.ops(op), 0)
	for r := range c.rows {
		for j := range c.d {
			if want, _ := c.reference(x, w, nil, nil, r, j); math.Abs(out.at(r, j)/want-1) > 1e-6 {
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
		op := kernels.Op{Code: kernels.Gemm, Axis: kernels.Once, Rows: int32(c.rows), N: [8]int32{int32(c.k), int32(c.d)}, A: [8]kernels.Array{out.array(kernels.Once), x.array(kernels.Once), w.array(kernels.Once)}}
		b.launch(gemmModule(t), "gemm_"+p.name, ptxemu.Grid{1, 1, 1}, 128, 0, b.dims(kernels.Dims{}), b.ops(op), 0)
		for r := range c.rows {
			for j := range c.d {
				want, _ := c.reference(x, w, nil, nil, r, j)
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
	op := kernels.Op{Code: kernels.Gemm, Axis: kernels.Once, Rows: 1, N: [8]int32{1, 1}, A: [8]kernels.Array{out.array(kernels.Once), x.array(kernels.Once), w.array(kernels.Once)}}
	for _, v := range []float32{3e38, 1e-30} {
		x.v[0], w.v[0] = v, 1
		b.launch(gemmModule(t), "gemm_fp32", ptxemu.Grid{1, 1, 1}, 128, 0, b.dims(kernels.Dims{}), b.ops(op), 0)
		if got := out.v[0]; got != v {
			t.Errorf("%v times 1 is %v", v, got)
		}
	}
}

func TestGemmWeights(t *testing.T) {
	for _, c := range []struct {
		rows, k, d, parts, pad, shift int
		add                           bool
		axis                          kernels.Axis
	}{
		{rows: 1, k: 1, d: 1, parts: 1, axis: kernels.Frame},
		{rows: 33, k: 7, d: 65, parts: 1, add: true, axis: kernels.Seq},
		{rows: 70, k: 65, d: 33, parts: 2, pad: 4, axis: kernels.Frame | kernels.Sampled},
		{rows: 70, k: 66, d: 36, parts: 3, add: true, pad: 1, shift: 1, axis: kernels.Once},
		{rows: 40, k: 12, d: 12, parts: 4, axis: kernels.Frame},
		{rows: 0, k: 5, d: 6, parts: 2, axis: kernels.Frame},
		{rows: 0, k: 5, d: 6, parts: 1, add: true, axis: kernels.Frame},
	} {
		for _, p := range precisions {
			t.Run(fmt.Sprintf("%s %+v", p.name, c), func(t *testing.T) {
				b := newBench(t)
				x, y := b.matrix(max(c.rows, 1), c.k, c.pad, c.shift), b.matrix(max(c.rows, 1), c.d, c.pad, c.shift)
				out, parts := b.matrix(c.k, c.d, c.pad, c.shift), b.matrix(c.parts, c.k*c.d, 0, 0)
				op := kernels.Op{Code: kernels.GemmWeights, Axis: c.axis, N: [8]int32{int32(c.k), int32(c.d), 0, int32(c.parts)}}
				op.A = [8]kernels.Array{out.array(kernels.Once), x.array(c.axis), y.array(c.axis), {}, parts.array(kernels.Once)}
				if c.add {
					op.Add = 1
				}
				dims := kernels.Dims{K: 2, B: int32(c.rows), N: int32(c.rows)}
				if c.axis&kernels.Sampled != 0 {
					dims.N /= 2
				}
				op.Rows = int32(c.rows)
				old := out.clone()
				grid := ptxemu.Grid{(c.k + side - 1) / side, (c.d + side - 1) / side, c.parts}
				b.launch(gemmModule(t), "gemm_"+p.name, grid, 128, 0, b.dims(dims), b.ops(op), 0)
				out.checkGaps(t)
				for k := range c.k {
					for j := range c.d {
						want, scale, got := 0.0, 1e-30, out.at(k, j)
						for r := range c.rows {
							v := x.at(r, k) * y.at(r, j)
							want, scale = want+v, scale+math.Abs(v)
						}
						if c.parts > 1 {
							if got != old.at(k, j) {
								t.Fatal("parts were written to the result")
							}
							got = 0
							for s := range c.parts {
								got += parts.at(s, k*c.d+j)
							}
						} else if c.add {
							want, scale = want+old.at(k, j), scale+math.Abs(old.at(k, j))
						}
						if e := math.Abs(got-want) / scale; !(e <= p.tol) {
							t.Fatalf("[%d,%d] is %v, want %v: %.2g of the scale", k, j, got, want, e)
						}
					}
				}
			})
		}
	}
}
