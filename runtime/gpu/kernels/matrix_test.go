package kernels

import (
	"math"
	"testing"

	"ssmc/runtime/exact"
)

// solved is the tolerance of ops that solve small systems in float32.
const solved = 2e-5

// sizes is those of small matrices; the last takes a lane more than one row.
func sizes() []int {
	if testing.Short() {
		return []int{1, 2, 5}
	}
	return []int{1, 2, 5, 33}
}

func TestBatchMul(t *testing.T) {
	eachBatch(t, func(r *rig) {
		const m, k, n = 3, 4, 5
		out := r.frames(m * n)
		for flags := range int32(4) {
			ta, tb := flags&1, flags>>1
			for _, a := range []*matrix{r.frames(m * k), r.once(m * k)} {
				b := r.frames(k * n)
				r.check(Op{Code: BatchMul, Axis: out.axis, N: [8]int32{m, k, n, ta, tb}}, either, 1e-6, func(row, e int) (s float64) {
					i, j := e/n, e%n
					for q := range k {
						x, y := i*k+q, q*n+j
						if ta == 1 {
							x = q*m + i
						}
						if tb == 1 {
							y = j*k + q
						}
						s += a.get(served(a, row), x) * b.get(row, y)
					}
					return s
				}, out, a, b)
			}
		}
	})
}

// covariances is a matrix a row, of numbers that are symmetric and positive definite.
func (r *rig) covariances(axis Axis, n int) *matrix {
	a := r.random(axis, 1, n*n)
	root := r.random(axis, 1, n*n)
	return a.set(func(row, e int) (s float64) {
		i, j := e/n, e%n
		for k := range n {
			s += root.get(row, i*n+k) * root.get(row, j*n+k) / float64(n)
		}
		if i == j {
			s++
		}
		return s
	})
}

// skew adds to a what its symmetric part does not have.
func (r *rig) skew(a *matrix, n int) {
	for row := range a.rows {
		for i := range n {
			for j := range i {
				a.row(row)[i*n+j] += 0.25
				a.row(row)[j*n+i] -= 0.25
			}
		}
	}
}

func TestCholesky(t *testing.T) {
	eachBatch(t, func(r *rig) {
		for _, n := range sizes() {
			a, l, da, dl, scratch := r.covariances(Frame, n), r.random(Frame, 0, n*n), r.random(Frame, 0, n*n), r.random(Frame, 0, n*n), r.random(Frame, 0, n*n)
			r.skew(a, n)
			a.row(1)[n*n-1] = -5
			o := Op{Code: Cholesky, Axis: Frame, N: [8]int32{int32(n)}}
			r.check(o, sets, solved, byRow(func(row int, dst []float64) { exact.Cholesky(dst, a.wide(row), n) }, n*n), l, a)
			o.Code = CholeskyBack
			r.check(o, either, solved, byRow(func(row int, dst []float64) { exact.CholeskyGradient(dst, l.wide(row), dl.wide(row), n) }, n*n),
				da, dl, l, scratch)
		}
	})
}

// byRow is what f sets a row of n numbers to, element by element.
func byRow(f func(row int, dst []float64), n int) func(row, j int) float64 {
	at, dst := -1, make([]float64, n)
	return func(row, j int) float64 {
		if j == 0 || row != at {
			at = row
			f(row, dst)
		}
		return dst[j]
	}
}

func TestInverse(t *testing.T) {
	eachBatch(t, func(r *rig) {
		for _, n := range sizes() {
			a, y, da, dy, scratch := r.covariances(Frame, n), r.random(Frame, 0, n*n), r.random(Frame, 0, n*n), r.random(Frame, 0, n*n), r.random(Frame, 0, n*n)
			r.skew(a, n)
			for j := range n { // the first pivot is below, or there is none
				a.row(2)[j], a.row(3)[j] = 0, 0
			}
			a.row(3)[n-1] = 1
			o := Op{Code: Inverse, Axis: Frame, N: [8]int32{int32(n)}}
			var v exact.Inverter
			r.check(o, sets, solved, byRow(func(row int, dst []float64) { v.Invert(dst, a.wide(row), n) }, n*n), y, a, scratch)
			for row, bad := range []bool{false, false, true, false} {
				if math.IsNaN(y.get(row, 0)) != bad {
					t.Errorf("size %d: the inverse of row %d begins with %v", n, row, y.get(row, 0))
				}
			}
			o.Code = InverseBack
			r.check(o, either, solved, byRow(func(row int, dst []float64) { v.Gradient(dst, y.wide(row), dy.wide(row), n) }, n*n), da, dy, y, scratch)
		}
	})
}

func TestMVNormal(t *testing.T) {
	r := newRig(t, lens, 1)
	for _, n := range []int{1, 4} {
		for _, k := range []int{1, n + 1} {
			for tri := range int32(2) {
				r.normal(n, k, tri, nil, false)
				r.normal(n, k, tri, r.present(n), false)
			}
		}
		r.normal(n, 1, 0, r.present(n), true)
		r.normal(n, 1, 1, nil, true)
	}
	if !testing.Short() {
		r.normal(33, 2, 0, r.present(33), false)
	}
}

// present is zeros and ones; the first row has none, and the last all.
func (r *rig) present(n int) *matrix {
	p := r.frames(n)
	return p.set(func(row, j int) float64 {
		if row == p.rows-1 || row > 0 && (row+j)%3 > 0 {
			return 1
		}
		return 0
	})
}

// normal tests MV_NORMAL and MV_NORMAL_BACK against package exact.
func (r *rig) normal(n, k int, tri int32, present *matrix, shared bool) {
	r.Helper()
	axis := Frame | Sampled
	s := r.covariances(axis, n)
	switch {
	case shared:
		s = r.covariances(Once, n)
	case tri == 0:
		s.row(2)[0] = -3
		r.skew(s, n)
	default:
		s.row(2)[0] = 0
	}
	q := exact.NewNormal(n, k, tri == 1)
	dev, out, dout := r.frames(k*n), r.frames(1), r.frames(1)
	set := func(row int) {
		var there []float64
		if present != nil {
			there = present.wide(row)
		}
		q.Set(s.wide(served(s, row)), there)
	}
	scratch := r.frames(3*n*n + 2*n*k)
	o := Op{Code: MVNormal, Axis: axis, N: [8]int32{int32(n), int32(k), tri}}
	r.check(o, sets, solved, func(row, _ int) float64 { set(row); return q.LogProb(dev.wide(row)) }, out, dev, s, present, scratch)

	dd, ds := r.frames(k*n), r.frames(n*n)
	gradient := func(row int, ddev, dcov []float64) {
		set(row)
		q.Gradient(ddev, dcov, dev.wide(row), s.wide(served(s, row)), dout.get(row, 0))
	}
	o.Code = MVNormalBack
	r.check(o, either, solved, byRow(func(row int, dst []float64) { gradient(row, dst, nil) }, k*n), dd, nil, dout, dev, s, present, scratch)
	for o.N[3] = range int32(2) { // adds to what a1 holds, which is first here for check
		r.second(o, byRow(func(row int, dst []float64) { gradient(row, nil, dst) }, n*n), ds, dout, dev, s, present, scratch)
	}
}

// second checks MV_NORMAL_BACK's second result, added if n3 says so.
func (r *rig) second(o Op, want func(row, j int) float64, ds *matrix, rest ...*matrix) {
	r.Helper()
	before := make([]float64, 0, len(ds.data))
	for row := range ds.rows {
		before = append(before, ds.wide(row)...)
	}
	r.do(o, append([]*matrix{nil, ds}, rest...)...)
	for row := range ds.rows {
		for j := range ds.cols {
			w := want(row, j) + float64(o.N[3])*before[row*ds.cols+j]
			if got := ds.get(row, j); !near(got, w, solved) {
				r.Fatalf("dS, added %d: row %d, column %d is %v, want %v", o.N[3], row, j, got, w)
			}
		}
	}
}
