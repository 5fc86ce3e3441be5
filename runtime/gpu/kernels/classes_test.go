package kernels

import (
	"math"
	"slices"
	"testing"
)

// widths is the columns of rows that are a thread's, and a warp's.
var widths = []int{1, 3, 15, 16, 70}

// classes is a column of class numbers below n, and one that is none.
func (r *rig) classes(axis Axis, n int) *matrix {
	return r.random(axis, 0, 1).set(func(row, _ int) float64 {
		switch {
		case row == 1:
			return -1
		case row == 2:
			return float64(n)
		}
		return float64(row % n)
	})
}

func isClass(v float64, n int) bool { return v >= 0 && v < float64(n) }

func TestOneHot(t *testing.T) {
	eachBatch(t, func(r *rig) {
		y := r.frames(4)
		c := r.classes(y.axis, 4)
		r.check(Op{Code: OneHot, Axis: y.axis, N: [8]int32{4}}, sets, 0, func(row, j int) float64 {
			switch v := c.get(row, 0); {
			case !isClass(v, 4):
				return math.NaN()
			case int(v) == j:
				return 1
			}
			return 0
		}, y, c)
	})
}

// softmax is exp x / sum exp x, and log sum exp x.
func softmax(x []float64) (y []float64, norm float64) {
	y, top, s := make([]float64, len(x)), slices.Max(x), 0.0
	for _, v := range x {
		s += math.Exp(v - top)
	}
	for j, v := range x {
		y[j] = math.Exp(v-top) / s
	}
	return y, top + math.Log(s)
}

func TestLogSoftmax(t *testing.T) {
	eachBatch(t, func(r *rig) {
		for _, n := range widths {
			x, y, dx, dy := r.frames(n), r.frames(n), r.frames(n), r.frames(n)
			x.row(1)[0], x.row(2)[0] = 500, -500
			r.check(Op{Code: LogSoftmax, Axis: y.axis, N: [8]int32{int32(n)}}, sets, 1e-6, func(row, j int) float64 {
				_, norm := softmax(x.wide(row))
				return x.get(row, j) - norm
			}, y, x)
			r.check(Op{Code: LogSoftmaxBack, Axis: y.axis, N: [8]int32{int32(n)}}, either, 1e-5, func(row, j int) float64 {
				p, _ := softmax(x.wide(row))
				return dy.get(row, j) - p[j]*sumOf(dy.wide(row))
			}, dx, dy, y)
		}
		x, y := r.frames(20), r.frames(20)
		x.row(0)[7] = float32(math.NaN())
		r.do(Op{Code: LogSoftmax, Axis: y.axis, N: [8]int32{20}}, y, x)
		if v := y.get(0, 3); !math.IsNaN(v) {
			t.Errorf("beside NaN is %v", v)
		}
	})
}

func sumOf(x []float64) (s float64) {
	for _, v := range x {
		s += v
	}
	return s
}

func TestRelax(t *testing.T) {
	eachBatch(t, func(r *rig) {
		for _, n := range widths {
			x, y, dx, dy := r.frames(n), r.frames(n), r.frames(n), r.frames(n)
			o := Op{Code: Relax, Axis: y.axis, N: [8]int32{int32(n)}, F: [2]float32{0.5}}
			r.check(o, sets, 1e-6, func(row, j int) float64 {
				scaled := x.wide(row)
				for i := range scaled {
					scaled[i] /= 0.5
				}
				p, _ := softmax(scaled)
				return p[j]
			}, y, x)
			o.Code = RelaxBack
			r.check(o, either, 1e-5, func(row, j int) float64 {
				p, dot := y.wide(row), 0.0
				for i, v := range dy.wide(row) {
					dot += v * p[i]
				}
				return p[j] * (dy.get(row, j) - dot) / 0.5
			}, dx, dy, y)
		}
	})
}

// At temperature zero the first of the largest is one, and there is no gradient.
func TestRelaxHard(t *testing.T) {
	eachBatch(t, func(r *rig) {
		for _, n := range widths {
			x, y, dx, dy := r.frames(n), r.frames(n), r.frames(n), r.frames(n)
			x.set(func(row, j int) float64 { return float64((row*j + j) % 5) })
			o := Op{Code: Relax, Axis: y.axis, N: [8]int32{int32(n)}}
			r.check(o, sets, 0, func(row, j int) float64 {
				if v := x.wide(row); slices.Index(v, slices.Max(v)) == j {
					return 1
				}
				return 0
			}, y, x)
			o.Code = RelaxBack
			r.check(o, either, 0, func(_, _ int) float64 { return 0 }, dx, dy, y)
		}
	})
}

func TestTake(t *testing.T) {
	eachBatch(t, func(r *rig) {
		const n = 4
		y, dy := r.frames(1), r.frames(1)
		c := r.classes(y.axis, n)
		for _, x := range []*matrix{r.frames(n), r.once(n)} {
			r.check(Op{Code: Take, Axis: y.axis, N: [8]int32{n}}, sets, 0, func(row, _ int) float64 {
				v := c.get(row, 0)
				if !isClass(v, n) {
					return math.NaN()
				}
				return x.get(min(row, x.rows-1), int(v))
			}, y, x, c)
		}
		dx, ds := r.frames(n), r.once(n)
		r.check(Op{Code: TakeBack, Axis: dx.axis, N: [8]int32{n}}, either, exactly, func(row, j int) float64 {
			if c.get(row, 0) == float64(j) {
				return dy.get(row, 0)
			}
			return 0
		}, dx, dy, c)
		r.check(Op{Code: TakeSum, Rows: 1, N: [8]int32{n, int32(c.axis)}}, either, exactly, func(_, j int) (s float64) {
			for row := range c.rows {
				if c.get(row, 0) == float64(j) {
					s += dy.get(row, 0)
				}
			}
			return s
		}, ds, dy, c)
	})
}
