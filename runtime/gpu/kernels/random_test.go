package kernels

import (
	"testing"

	"ssmc/runtime/kernel"
)

// noise gives the numbers of package kernel for the rows of m, in float64.
func (r *rig) noise(m *matrix, number uint64, normal bool) func(row, j int) float64 {
	values := make([]float64, m.rows*m.cols)
	var edge kernel.Block[float64]
	if stream := r.dims.Step<<16 | number; normal {
		kernel.NormalsFrom(values, 0, r.dims.Seed, stream, &edge)
	} else {
		kernel.UniformsFrom(values, 0, r.dims.Seed, stream, &edge)
	}
	return func(row, j int) float64 { return values[row*m.cols+j] }
}

func TestNoise(t *testing.T) {
	eachBatch(t, func(r *rig) {
		r.dims.Seed, r.dims.Step = 0x0123456789abcdef, 1<<33+7
		for _, cols := range []int{1, 5, 64, 90} {
			y := r.frames(cols)
			o := Op{Code: Normals, Axis: y.axis, N: [8]int32{int32(cols), 3}}
			r.check(o, sets, 1e-6, r.noise(y, 3, true), y)
			o.Code = Uniforms
			uniform := r.noise(y, 3, false)
			r.check(o, sets, 0, uniform, y)
			o.Code, o.F[0] = Dropout, 0.25
			r.check(o, sets, 1e-7, func(row, j int) float64 {
				if uniform(row, j) < 0.25 {
					return 0
				}
				return 1 / 0.75
			}, y)
		}
	})
}

// Many numbers, so that there are some of rare words: near zero, near one, at the ends
// of turns.
func TestManyNormals(t *testing.T) {
	r := newRig(t, lens, 1)
	y := r.random(Once, 2000, 64)
	o := Op{Code: Normals, Rows: int32(y.rows), N: [8]int32{64}}
	o.A[0] = y.array(r)
	r.launch(o, 1, 256)
	want, worst := r.noise(y, 0, true), 0.0
	for row := range y.rows {
		for j := range 64 {
			if d := y.get(row, j) - want(row, j); d > worst || -d > worst {
				worst = max(d, -d)
			}
		}
	}
	if t.Logf("largest difference %.2g", worst); worst > 1e-6 {
		t.Errorf("normal numbers differ by %.2g", worst)
	}
}
