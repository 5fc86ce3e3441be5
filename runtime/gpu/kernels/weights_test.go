package kernels_test

import (
	"fmt"
	"math"
	"testing"

	"ssmc/runtime/gpu/kernels"
	"ssmc/runtime/gpu/ptxemu"
)

// A weightsCase is one gradient of weights, [k,d], summed over rows.
type weightsCase struct {
	rows, k, d, parts int
	pad, shift        int
	add               bool
	axis              kernels.Axis
}

var weightsCases = []weightsCase{
	{rows: 1, k: 1, d: 1, parts: 1, axis: kernels.Frame},
	{rows: 33, k: 7, d: 65, parts: 1, add: true, axis: kernels.Seq},
	{rows: 70, k: 65, d: 33, parts: 2, pad: 4, axis: kernels.Frame | kernels.Sampled},
	{rows: 70, k: 66, d: 36, parts: 3, add: true, pad: 1, shift: 1, axis: kernels.Once},
	{rows: 40, k: 12, d: 12, parts: 4, axis: kernels.Frame},
	{rows: 0, k: 5, d: 6, parts: 2, axis: kernels.Frame},
	{rows: 0, k: 5, d: 6, parts: 1, add: true, axis: kernels.Frame},
}

// A weightsRun is a case on the card.
type weightsRun struct{ x, y, old, out, parts *matrix }

func (c weightsCase) run(b *bench, precision string) weightsRun {
	r := weightsRun{
		x: b.matrix(max(c.rows, 1), c.k, c.pad, c.shift), y: b.matrix(max(c.rows, 1), c.d, c.pad, c.shift),
		out: b.matrix(c.k, c.d, c.pad, c.shift), parts: b.matrix(c.parts, c.k*c.d, 0, 0),
	}
	op := kernels.Op{Code: kernels.GemmWeights, Axis: c.axis, Rows: int32(c.rows), N: [8]int32{int32(c.k), int32(c.d), 0, int32(c.parts)}}
	op.A = [8]kernels.Array{r.out.array(kernels.Once), r.x.array(c.axis), r.y.array(c.axis), {}, r.parts.array(kernels.Once)}
	if c.add {
		op.Add = 1
	}
	r.old = r.out.clone()
	grid := ptxemu.Grid(kernels.GemmGrid(c.k, c.d, c.parts))
	b.launch(gemmModule(b.t), "gemm_"+precision, grid, kernels.GemmThreads, 0, b.dims(rowsAlong(c.axis, c.rows)), b.ops(op), 0)
	return r
}

// reference is element [k,j] as it should be, and the sum of what is added up there,
// without signs.
func (c weightsCase) reference(m weightsRun, k, j int) (want, scale float64) {
	scale = 1e-30
	add := func(v float64) { want, scale = want+v, scale+math.Abs(v) }
	for r := range c.rows {
		add(m.x.at(r, k) * m.y.at(r, j))
	}
	if c.add && c.parts == 1 {
		add(m.old.at(k, j))
	}
	return want, scale
}

// result is element [k,j] as it came out. Parts leave the result itself alone.
func (c weightsCase) result(t *testing.T, m weightsRun, k, j int) float64 {
	if c.parts == 1 {
		return m.out.at(k, j)
	}
	if m.out.at(k, j) != m.old.at(k, j) {
		t.Fatal("parts were written to the result")
	}
	sum := 0.0
	for s := range c.parts {
		sum += m.parts.at(s, k*c.d+j)
	}
	return sum
}

func TestGemmWeights(t *testing.T) {
	for _, c := range weightsCases {
		for _, p := range precisions {
			t.Run(fmt.Sprintf("%s %+v", p.name, c), func(t *testing.T) {
				m := c.run(newBench(t), p.name)
				m.out.checkGaps(t)
				for k := range c.k {
					for j := range c.d {
						got := c.result(t, m, k, j)
						want, scale := c.reference(m, k, j)
						if e := math.Abs(got-want) / scale; !(e <= p.tol) {
							t.Fatalf("[%d,%d] is %v, want %v: %.2g of the scale", k, j, got, want, e)
						}
					}
				}
			})
		}
	}
}
