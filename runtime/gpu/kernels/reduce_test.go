package kernels

import (
	"math"
	"testing"
)

// doubles is n numbers of float64 that kernels see, and their address.
func (r *rig) doubles(n int) ([]float64, Array) {
	v := make([]float64, n)
	for i := range v {
		v[i] = r.rand.NormFloat64()
	}
	return v, Array{P: hold(r, v)}
}

// part is the rows of part s of n.
func part(rows, s, n int) (lo, hi int) { return rows * s / n, rows * (s + 1) / n }

func TestColSum(t *testing.T) {
	eachBatch(t, func(r *rig) {
		const cols = 3
		for _, x := range []*matrix{r.frames(cols), r.seqs(cols), r.random(Once, 70, cols)} {
			for _, parts := range []int{1, 4, 20} {
				sums, total := r.random(Once, parts, cols), r.once(cols)
				r.check(Op{Code: ColSum, Axis: x.axis, Rows: int32(x.rows), N: [8]int32{cols, int32(parts)}}, sets, 1e-5, func(s, j int) (v float64) {
					lo, hi := part(x.rows, s, parts)
					for row := lo; row < hi; row++ {
						v += x.get(row, j)
					}
					return v
				}, sums, x)
				r.check(Op{Code: AddParts, Rows: 1, N: [8]int32{cols, int32(parts), 1}}, either, 1e-5, func(_, j int) (v float64) {
					for row := range x.rows {
						v += x.get(row, j)
					}
					return v
				}, total, sums)
			}
		}
	})
}

// Parts may be matrices.
func TestAddParts(t *testing.T) {
	r := newRig(t, lens, 1)
	const parts, rows, cols = 3, 5, 7
	x, y := r.random(Once, parts*rows, cols), r.random(Once, rows, cols)
	r.check(Op{Code: AddParts, Rows: rows, N: [8]int32{cols, parts, rows}}, either, exactly, func(i, j int) (v float64) {
		for s := range parts {
			v += x.get(s*rows+i, j)
		}
		return v
	}, y, x)
}

func TestSums(t *testing.T) {
	eachBatch(t, func(r *rig) {
		for _, x := range []*matrix{r.frames(1), r.seqs(3), r.random(Once, 3, 50)} {
			for _, parts := range []int{1, 3, 20} {
				for code, f := range map[Code]func(v float64) float64{Sum: func(v float64) float64 { return v }, SumSquares: func(v float64) float64 { return v * v }} {
					got, out := r.doubles(parts)
					o := Op{Code: code, Axis: x.axis, Rows: int32(x.rows), N: [8]int32{int32(x.cols), int32(parts)}}
					o.A[0], o.A[1] = out, x.array(r)
					r.do(o)
					for s, v := range got {
						want := 0.0
						lo, hi := part(x.rows, s, parts)
						for row := lo; row < hi; row++ {
							for _, e := range x.wide(row) {
								want += f(e)
							}
						}
						if !near(v, want, 1e-13) {
							t.Errorf("%v: part %d of %d is %v, want %v", code, s, parts, v, want)
						}
					}
				}
			}
		}
	})
}

func TestTotal(t *testing.T) {
	r := newRig(t, lens, 1)
	coef := []float32{2, -0.5, 0.25}
	r.dims.Coef, r.dims.Scale = hold(r, coef), 0.125
	for _, parts := range []int{1, 3, 40} {
		result, out := r.doubles(len(coef) + 1)
		sums, in := r.doubles(len(coef) * parts)
		o := Op{Code: Total, Rows: 1, N: [8]int32{0, int32(parts), int32(len(coef))}}
		o.A[0], o.A[1] = out, in
		r.do(o)
		cost := 0.0
		for i, c := range coef {
			want := sumOf(sums[i*parts:][:parts])
			if cost += float64(c) * want; !near(result[1+i], want, 1e-13) {
				t.Errorf("term %d of %d parts is %v, want %v", i, parts, result[1+i], want)
			}
		}
		if !near(result[0], cost*0.125, 1e-13) {
			t.Errorf("the cost of %d parts is %v, want %v", parts, result[0], cost*0.125)
		}
	}
}

func TestNorm(t *testing.T) {
	r := newRig(t, lens, 1)
	for _, parts := range []int{1, 3, 40} {
		result, out := r.doubles(1)
		squares, in := r.doubles(parts)
		for i, v := range squares {
			squares[i] = v * v
		}
		o := Op{Code: Norm, Rows: 1, N: [8]int32{0, int32(parts)}}
		o.A[0], o.A[1] = out, in
		r.do(o)
		if want := math.Sqrt(sumOf(squares)); !near(result[0], want, 1e-13) {
			t.Errorf("the norm of %d parts is %v, want %v", parts, result[0], want)
		}
	}
}

func TestGate(t *testing.T) {
	eachBatch(t, func(r *rig) {
		dx, dy := r.frames(3), r.frames(3)
		sum, in := r.doubles(1)
		for _, of := range []*matrix{r.frames(2), r.random(Once, 5, 2)} {
			for _, above := range []float64{-0.01, 0, 0.01} {
				sum[0] = (0.5 + above) * float64(2*of.rows)
				o := Op{Code: GateBack, Axis: dx.axis, N: [8]int32{3, 2, int32(of.axis), 5}, F: [2]float32{0.5}}
				o.A[2] = in
				r.check(o, either, exactly, func(row, j int) float64 {
					if above < 0 {
						return 0
					}
					return dy.get(row, j)
				}, dx, dy)
			}
		}
	})
}
