package kernels

import (
	"math"
	"testing"

	"ssmc/runtime/kernel"
)

func TestPort(t *testing.T) {
	r := newRig(t, lens, 2)
	from, number := []int32{10, 0, 5}, []int32{2, 0, 1}
	r.dims.From, r.dims.Number = hold(r, from), hold(r, number)
	data, frames, seqs := r.random(Once, 20, 3), r.random(Frame, 0, 3), r.random(Seq, 0, 3)
	r.check(Op{Code: Port, Axis: Frame, N: [8]int32{3}}, sets, 0, func(row, j int) float64 {
		t, b := r.place(row * r.lay.K)
		return data.get(int(from[b/r.lay.K])+t, j)
	}, frames, data)
	r.check(Op{Code: Port, Axis: Seq, N: [8]int32{3}}, sets, 0, func(b, j int) float64 { return data.get(int(number[b]), j) }, seqs, data)
}

func TestSeed(t *testing.T) {
	eachBatch(t, func(r *rig) {
		r.dims.Coef, r.dims.Scale = hold(r, []float32{2, -0.5}), 0.25
		for _, d := range []*matrix{r.frames(1), r.random(Once, 2, 3)} {
			o := Op{Code: Seed, Axis: d.axis, Rows: int32(d.rows), N: [8]int32{int32(d.cols), 1}}
			r.check(o, either, exactly, func(_, _ int) float64 { return -0.125 }, d)
		}
	})
}

// flat is a vector of n numbers, one a row.
func (r *rig) flat(n int) *matrix {
	m := &matrix{rows: n, cols: 1, ld: 1, data: make([]float32, n)}
	m.address = hold(r, m.data)
	return m.set(func(_, _ int) float64 { return r.rand.NormFloat64() })
}

func TestPenalty(t *testing.T) {
	r := newRig(t, lens, 1)
	r.dims.Scale = 0.25
	w, g := r.flat(100), r.flat(100)
	w.row(3)[0] = 0
	r.check(Op{Code: Penalty, Rows: 100, N: [8]int32{1}, F: [2]float32{0.5, 0.75}}, adds, exactly, func(i, _ int) float64 {
		v := w.get(i, 0)
		sign := 0.0
		if v != 0 {
			sign = math.Copysign(1, v)
		}
		return 0.25 * (2*0.5*v + 0.75*sign)
	}, g, w)
}

// Several updates are those of kernel.Adam, with the norm clipped.
func TestAdam(t *testing.T) {
	for _, clip := range []float64{0, 2, 1e6} {
		r := newRig(t, lens, 1)
		const n = 300
		w, m, v, g := r.flat(n), r.flat(n), r.flat(n), r.flat(n)
		norm, in := r.doubles(1)
		v.set(func(i, _ int) float64 { return v.get(i, 0) * v.get(i, 0) })
		want := [3][]float64{}
		for i, a := range []*matrix{w, m, v} {
			for row := range n {
				want[i] = append(want[i], a.get(row, 0))
			}
		}
		for step := 1; step <= 3; step++ {
			c := kernel.AdamStep(1e-2, 0.9, 0.999, 1e-8, step)
			norm[0] = 10 * float64(step)
			if clip > 0 && norm[0] > clip {
				c.Scale = clip / norm[0]
			}
			r.dims.Rate, r.dims.Eps, r.dims.Clip = float32(c.Step), float32(c.Eps), float32(clip)
			grad := make([]float64, n)
			for i := range grad {
				grad[i] = g.get(i, 0)
			}
			kernel.Adam(want[0], want[1], want[2], grad, c)
			o := Op{Code: Adam, Rows: n, N: [8]int32{1}, F: [2]float32{1 - 0.9, 1 - 0.999}}
			o.A[4] = in
			r.do(o, w, m, v, g)
		}
		for i, a := range []*matrix{w, m, v} {
			for row := range n {
				if !near(a.get(row, 0), want[i][row], 1e-6) {
					t.Fatalf("clip %v: number %d of array %d is %v, want %v", clip, row, i, a.get(row, 0), want[i][row])
				}
			}
		}
	}
}

// Where the norm is not finite nothing moves.
func TestAdamOfNaN(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		r := newRig(t, lens, 1)
		w, m, v, g := r.flat(50), r.flat(50), r.flat(50), r.flat(50)
		norm, in := r.doubles(1)
		norm[0] = bad
		before := r.snapshot()
		o := Op{Code: Adam, Rows: 50, N: [8]int32{1}, F: [2]float32{0.1, 0.001}}
		o.A[4] = in
		r.do(o, w, m, v, g)
		for i, b := range r.snapshot() {
			if string(b) != string(before[i]) {
				t.Errorf("a norm of %v: array %d has moved", bad, i)
			}
		}
	}
}

// The other optimisers are package optim's, one number after another.
func TestOtherOptimisers(t *testing.T) {
	const n, rate, eps = 300, 1e-2, 1e-6
	for _, code := range []Code{RMSProp, SGD} {
		r := newRig(t, lens, 1)
		w, v, u, g := r.flat(n), r.flat(n), r.flat(n), r.flat(n)
		norm, in := r.doubles(1)
		norm[0] = 8
		r.dims.Rate, r.dims.Eps, r.dims.Clip = rate, eps, 2
		v.set(func(i, _ int) float64 { return v.get(i, 0) * v.get(i, 0) })
		var want [3][n]float64
		for i := range n {
			d, square, speed := g.get(i, 0)*2/8, v.get(i, 0), u.get(i, 0)
			if code == RMSProp {
				square = 0.9*square + 0.1*d*d
				speed = 0.5*speed + d/(math.Sqrt(square)+eps)
				want[1][i], want[2][i] = square, speed
			} else {
				speed = 0.5*square + d // the first of its arrays
				want[1][i], want[2][i] = speed, u.get(i, 0)
			}
			want[0][i] = w.get(i, 0) - rate*speed
		}
		o := Op{Code: code, Rows: n, N: [8]int32{1}, F: [2]float32{0.1, 0.5}}
		o.A[4] = in
		r.do(o, w, v, u, g)
		for i, a := range []*matrix{w, v, u} {
			for row := range n {
				if !near(a.get(row, 0), want[i][row], 1e-5) {
					t.Fatalf("%v: number %d of array %d is %v, want %v", code, row, i, a.get(row, 0), want[i][row])
				}
			}
		}
	}
}
