package cpu

import (
	"errors"
	"maps"
	"math"
	"slices"
	"testing"

	"ssmc/runtime"
	"ssmc/runtime/kernel"
	"ssmc/runtime/op"
	"ssmc/runtime/scalar"
)

// exactCases are opCases of exact inference: what may be once is once, then it
// is by frame.
var exactCases = map[string]func(b *builder){
	"kalman":             func(b *builder) { b.score(b.kalman(linear{n: 2, p: 3})) },
	"kalman full":        func(b *builder) { b.score(b.kalman(linear{n: 2, p: 3, full: true})) },
	"kalman frames":      func(b *builder) { b.score(b.kalman(linear{n: 2, p: 3, frames: true})) },
	"kalman full frames": func(b *builder) { b.score(b.kalman(linear{n: 3, p: 2, full: true, frames: true})) },
	"kalman one":         func(b *builder) { b.score(b.kalman(linear{n: 1, p: 1})) },
	"kalman one frames":  func(b *builder) { b.score(b.kalman(linear{n: 1, p: 1, full: true, frames: true})) },
	"kalman shared": func(b *builder) { // one parameter twice in an op
		w, row, y := b.param(2, 2), b.param(1, 2), b.frames(2)
		q := b.formula(fn("softplus", va), false, []*op.Value{b.param(1, 2)})
		b.score(b.apply(op.Kalman{State: 2, Obs: 2}, y, b.present(2), w, row, q, w, row, q))
	},
	"kalman frames shared": func(b *builder) {
		y, q := b.frames(2), b.positive(2, false)
		b.score(b.apply(op.Kalman{State: 2, Obs: 2}, y, b.present(2), b.param(2, 2), y, q, b.param(2, 2), y, q))
	},
	"chain": func(b *builder) {
		b.score(b.apply(op.Chain{States: 3}, b.frames(3), b.apply(op.LogSoftmax{}, b.param(3, 3)), b.param(1, 3)))
	},
	"chain seq": func(b *builder) {
		b.score(b.apply(op.Chain{States: 3}, b.frames(3), b.frames(9), b.seqs(3)))
	},
	"chain frames": func(b *builder) {
		x := b.frames(2)
		b.score(b.apply(op.Chain{States: 2}, x, b.frames(4), x))
	},
}

func init() { maps.Copy(opCases, exactCases) }

// linear is a way to apply op.Kalman.
type linear struct {
	n, p         int
	full, frames bool
}

// kalman applies op.Kalman to inputs that depend on parameters.
func (b *builder) kalman(l linear) *op.Value {
	n, p := l.n, l.p
	matrix := func(r, c int) *op.Value {
		if l.frames {
			return b.formula(fn("tanh", va), false, []*op.Value{b.frames(r * c)})
		}
		return b.param(r, c)
	}
	q, r := b.positive(n, l.full), b.positive(p, l.full)
	if !l.frames {
		q, r = b.covariance(n, l.full), b.covariance(p, l.full)
	}
	return b.apply(op.Kalman{State: n, Obs: p, FullQ: l.full, FullR: l.full},
		b.frames(p), b.present(p), matrix(n, n), matrix(1, n), q, matrix(p, n), matrix(1, p), r)
}

// present is one where data are positive, [N,p].
func (b *builder) present(p int) *op.Value {
	if p > dataCols {
		panic("test: more columns than data")
	}
	x := b.Input(op.Source{Kind: op.Data, Name: "x"}, op.PerFrame(dataCols))
	h := b.formula(fn("step", scalar.Add(va, scalar.Num(0.4))), false, []*op.Value{b.apply(op.Slice{Lo: 0, Hi: p}, x)})
	if b.sampled {
		return b.apply(op.Repeat{}, h)
	}
	return h
}

// positive is variances or covariances by frame.
func (b *builder) positive(n int, full bool) *op.Value {
	if !full {
		return b.formula(fn("softplus", va), false, []*op.Value{b.frames(n)})
	}
	unit := make([]float64, n*n)
	for i := range n {
		unit[i*n+i] = 1.5
	}
	one := b.apply(&op.Const{Rows: 1, Cols: n * n, Data: unit})
	f := scalar.Add(vb, scalar.Mul(scalar.Num(0.3), fn("tanh", va)))
	return b.formula(f, false, []*op.Value{b.frames(n * n), one})
}

// covariance is variances or a covariance, once.
func (b *builder) covariance(n int, full bool) *op.Value {
	if !full {
		return b.formula(fn("softplus", va), false, []*op.Value{b.param(1, n)})
	}
	unit := make([]float64, n*n)
	for i := range n {
		unit[i*n+i] = 0.5
	}
	w := b.param(n, n)
	return b.apply(op.Affine{TransW: true}, w, w, b.apply(&op.Const{Rows: n, Cols: n, Data: unit}))
}

// TestExactThreads asks for the same bits from one thread and from more, on
// work that is worth more.
func TestExactThreads(t *testing.T) {
	lens := []int{50, 43, 43, 30, 22, 9, 9, 1}
	for name, build := range map[string]func(b *builder){
		"kalman": func(b *builder) { b.score(b.kalman(linear{n: 7, p: 3})) },
		"full":   func(b *builder) { b.score(b.kalman(linear{n: 5, p: 3, full: true, frames: true})) },
		"chain": func(b *builder) {
			b.score(b.apply(op.Chain{States: 9}, b.frames(9), b.apply(op.LogSoftmax{}, b.param(9, 9)), b.seqs(9)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := modelOf(true, build)
			x, _ := start[float32](t, m, nil, true)
			run(t, x, batchOf(lens), runOf(x, 2))
			pool := kernel.NewPool(3)
			defer pool.Close()
			y, _ := start[float32](t, m, pool, true)
			for range 3 { // threads take sequences as they come
				run(t, y, batchOf(lens), runOf(y, 2))
				same(t, x, y)
			}
		})
	}
}

// TestExactPrecision compares float32 with float64. Only what goes in and what
// comes out is rounded to 24 bits: some hundreds of roundings of 6e-8.
func TestExactPrecision(t *testing.T) {
	for name, build := range exactCases {
		t.Run(name, func(t *testing.T) {
			m, b := modelOf(false, build), batchOf([]int{9, 7, 2})
			x, p := start[float64](t, m, nil, true)
			y, q := start[float32](t, m, nil, true)
			for i, v := range q.Values {
				p.Values[i] = float64(v)
			}
			run(t, x, b, runOf(x, 1))
			run(t, y, b, runOf(y, 1))
			if math.Abs(x.Cost()-y.Cost()) > 1e-4*(1+math.Abs(x.Cost())) {
				t.Errorf("cost %v in float64, %v in float32", x.Cost(), y.Cost())
			}
			for i, v := range x.Grad() {
				if math.Abs(v-float64(y.Grad()[i])) > 1e-4*(1+x.Norm()) {
					t.Errorf("gradient %d: %v in float64, %v in float32", i, v, y.Grad()[i])
				}
			}
		})
	}
}

// walk is a random walk with noise, whose variances are the parameters p0, p1.
func walk(b *builder) {
	y := b.Input(op.Source{Kind: op.Data, Name: "x"}, op.PerFrame(dataCols))
	p := b.Input(op.Source{Kind: op.Present, Name: "x"}, op.PerFrame(dataCols))
	unit := b.apply(&op.Const{Rows: 3, Cols: 3, Data: []float64{1, 0, 0, 0, 1, 0, 0, 0, 1}})
	zero := b.apply(&op.Const{Rows: 1, Cols: 3, Data: []float64{0}})
	b.score(b.apply(op.Kalman{State: 3, Obs: 3}, y, p, unit, zero, b.param(1, 3), unit, zero, b.param(1, 3)))
}

// TestExactWalk compares the terms with a filter of three numbers, which the
// three independent walks allow.
func TestExactWalk(t *testing.T) {
	m, b := modelOf(false, walk), batchOf([]int{5, 3, 1})
	lay := op.NewLayout(b.Lens)
	b.Present = [][]float32{make([]float32, lay.N*dataCols), nil, nil}
	for i := range b.Present[0] {
		b.Present[0][i] = float32(i % 3 % 2)
	}
	x, p := start[float64](t, m, nil, false)
	copy(p.Get(0), []float64{0.5, 1, 2})
	copy(p.Get(1), []float64{3, 2, 1})
	r := runOf(x, 1)
	r.Grad = false
	run(t, x, b, r)
	got := x.forward[slices.IndexFunc(x.forward, func(t *task[float64]) bool { return t.name == "Kalman" })].writes[0]
	for i := range b.Lens {
		var mean, variance [3]float64
		for s := range b.Lens[i] {
			row, ll := lay.Off[s]+i, 0.0
			for j := range 3 {
				variance[j] += p.Get(0)[j]
				if b.Present[0][row*3+j] == 0 {
					continue
				}
				f, v := variance[j]+p.Get(1)[j], float64(b.Data[0][row*3+j])-mean[j]
				ll -= (math.Log(2*math.Pi*f) + v*v/f) / 2
				mean[j] += variance[j] / f * v
				variance[j] *= p.Get(1)[j] / f
			}
			if math.Abs(got.row(row)[0]-ll) > 1e-12 {
				t.Errorf("sequence %d, time %d: %v, want %v", i, s, got.row(row)[0], ll)
			}
		}
	}
}

// TestExactNotFinite shows where values that are not numbers, and variances
// that are none, are reported.
func TestExactNotFinite(t *testing.T) {
	fresh := func() (*Machine[float64], *runtime.Params[float64], *runtime.Batch) {
		x, p := start[float64](t, modelOf(false, walk), nil, true)
		copy(p.Get(0), []float64{0.5, 1, 2})
		copy(p.Get(1), []float64{3, 2, 1})
		b := batchOf([]int{5, 3, 2}, 17, 4, 8)
		b.Present = [][]float32{make([]float32, len(b.Data[0])), nil, nil}
		fill(b.Present[0], 1)
		b.Data[0][(op.NewLayout(b.Lens).Off[2]+1)*dataCols] = float32(math.NaN()) // sequence 4, time 3
		return x, p, b
	}
	x, p, b := fresh()
	var e *NotFinite
	if err := x.Run(b, runOf(x, 1)); !errors.As(err, &e) || e.Op != "Kalman" || e.Sequence != 4 || e.Time != 3 {
		t.Errorf("error %v where a value is not a number", err)
	}
	b.Present[0][(op.NewLayout(b.Lens).Off[2]+1)*dataCols] = 0
	if err := x.Run(b, runOf(x, 1)); err != nil {
		t.Errorf("error %v where that value is missing", err)
	}
	p.Get(0)[1] = -1
	if err := x.Run(b, runOf(x, 1)); !errors.As(err, &e) || e.Op != "Kalman" || e.Sequence != 17 || e.Time != 1 {
		t.Errorf("error %v where a variance is negative", err)
	}
}

// TestExactShapes refuses inputs that do not fit.
func TestExactShapes(t *testing.T) {
	y, once := op.PerFrame(2), op.Static
	good := []op.Shape{y, once(1, 2), once(3, 3), once(1, 3), once(1, 3), once(2, 3), once(1, 2), once(1, 2)}
	spec := op.Kalman{State: 3, Obs: 2}
	if s, err := spec.Infer(good); err != nil || s != op.PerFrame(1) {
		t.Errorf("%v, %v", s, err)
	}
	for i := range good {
		for _, s := range []op.Shape{once(1, 7), op.PerFrame(7), op.PerSeq(good[i].Cols), {Axis: op.Frame, Sampled: true, Cols: good[i].Rows * good[i].Cols}} {
			bad := slices.Clone(good)
			bad[i] = s
			if _, err := spec.Infer(bad); err == nil && !(i == 0 && s.Sampled) {
				t.Errorf("input %d as %v was accepted", i, s)
			}
		}
	}
	if _, err := spec.Infer(good[:7]); err == nil {
		t.Error("seven inputs were accepted")
	}
	for _, s := range []op.Shape{once(2, 2), {Axis: op.Seq, Sampled: true, Cols: 2}, op.PerSeq(3)} {
		if _, err := (op.Chain{States: 2}).Infer([]op.Shape{y, once(2, 2), s}); err == nil {
			t.Errorf("a start of %v was accepted", s)
		}
	}
}
