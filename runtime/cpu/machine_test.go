package cpu

import (
	"math"
	"slices"
	"sync"
	"testing"

	"ssmc/runtime"
	"ssmc/runtime/kernel"
	"ssmc/runtime/op"
	"ssmc/runtime/scalar"
)

var (
	_ runtime.Machine = (*Machine[float32])(nil)
	_ runtime.Machine = (*Machine[float64])(nil)

	small = dmmSize{x: 4, z: 2, trans: 3, emit: 3, rnn: 3}
	large = dmmSize{x: 20, z: 10, trans: 30, emit: 40, rnn: 70}
)

// TestModelGradient compares a whole model's gradient with finite differences.
func TestModelGradient(t *testing.T) {
	for _, k := range []int{1, 3} {
		checkGradient(t, dmm(small, true), rolls([]int{4, 3, 3, 1}, small.x), k)
	}
}

// TestBatch compares a batch with its sequences one by one: only the order of
// sums differs.
func TestBatch(t *testing.T) {
	m := dmm(small, false)
	x, _ := start[float64](t, m, nil, true)
	r := runOf(x, 2)
	lens := []int{6, 4, 4, 2}
	all := rolls(lens, small.x)
	run(t, x, all, r)
	cost, grad := x.Cost(), slices.Clone(x.Grad())
	for i := range lens {
		run(t, x, only(all, i, small.x), r)
		cost -= x.Cost()
		for j, v := range x.Grad() {
			grad[j] -= v
		}
	}
	if math.Abs(cost) > 1e-10 {
		t.Errorf("the cost of the batch is %g more than that of its sequences", cost)
	}
	for j, v := range grad {
		if math.Abs(v) > 1e-10 {
			t.Fatalf("gradient %d of the batch is %g more than that of its sequences", j, v)
		}
	}
}

// only is sequence i of a batch.
func only(b *runtime.Batch, i, cols int) *runtime.Batch {
	l := op.NewLayout(b.Lens)
	var data []float32
	for t := range b.Lens[i] {
		data = append(data, b.Data[0][(l.Off[t]+i)*cols:][:cols]...)
	}
	return &runtime.Batch{Lens: b.Lens[i : i+1], Index: b.Index[i : i+1], Data: [][]float32{data}}
}

func run(t testing.TB, x runtime.Machine, b *runtime.Batch, r runtime.Run) {
	t.Helper()
	if err := x.Run(b, r); err != nil {
		t.Fatal(err)
	}
}

// TestPrecision compares float32 with float64: 24 bits leave 6e-8 an operation,
// some hundreds of which add up here.
func TestPrecision(t *testing.T) {
	m, b := dmm(large, true), rolls([]int{9, 7, 2}, large.x)
	x, p := start[float64](t, m, nil, true)
	y, q := start[float32](t, m, nil, true)
	for i, v := range q.Values { // the same parameters in both
		p.Values[i] = float64(v)
	}
	run(t, x, b, runOf(x, 2))
	run(t, y, b, runOf(y, 2))
	if math.Abs(x.Cost()-y.Cost()) > 1e-4*math.Abs(x.Cost()) {
		t.Errorf("cost %v in float64, %v in float32", x.Cost(), y.Cost())
	}
	if want := math.Sqrt(kernel.SumSq(x.Grad())); math.Abs(x.Norm()-want) > 1e-12*want {
		t.Errorf("norm %v, want %v", x.Norm(), want)
	}
	scale := x.Norm() / math.Sqrt(float64(len(x.Grad())))
	for i, v := range x.Grad() {
		if math.Abs(v-float64(y.Gradient()[i])) > 1e-4*(scale+math.Abs(v)) {
			t.Fatalf("gradient %d: %v in float64, %v in float32", i, v, y.Gradient()[i])
		}
	}
}

// TestThreads asks for the same bits from one thread and from more.
func TestThreads(t *testing.T) {
	m, b := dmm(large, true), rolls([]int{40, 33, 33, 20, 8, 8, 1}, large.x)
	x, _ := start[float32](t, m, nil, true)
	run(t, x, b, runOf(x, 2))
	for _, threads := range []int{2, 3} {
		pool := kernel.NewPool(threads)
		defer pool.Close()
		y, _ := start[float32](t, m, pool, true)
		run(t, y, b, runOf(y, 2))
		same(t, x, y)
	}
}

// same asks for equal bits.
func same[F Float](t *testing.T, x, y *Machine[F]) {
	t.Helper()
	if x.Cost() != y.Cost() || x.Norm() != y.Norm() {
		t.Errorf("costs %v and %v, norms %v and %v", x.Cost(), y.Cost(), x.Norm(), y.Norm())
	}
	for i := range x.Terms() {
		if !slices.Equal(x.Term(i), y.Term(i)) {
			t.Errorf("term %d differs", i)
		}
	}
	for i, v := range x.Grad() {
		if v != y.Grad()[i] {
			t.Fatalf("gradients %d: %v and %v", i, v, y.Grad()[i])
		}
	}
}

// TestReuse runs batches of other sizes, and K, before the one that counts.
func TestReuse(t *testing.T) {
	m := dmm(small, true)
	b := rolls([]int{5, 2, 2}, small.x)
	fresh, _ := start[float64](t, m, nil, true)
	run(t, fresh, b, runOf(fresh, 1))
	used, _ := start[float64](t, m, nil, true)
	run(t, used, rolls([]int{9, 9, 8, 8, 3}, small.x), runOf(used, 1))
	run(t, used, rolls([]int{9, 9, 8, 8, 3}, small.x), runOf(used, 3))
	run(t, used, b, runOf(used, 1))
	same(t, fresh, used)
}

// TestSteady shows that a run allocates nothing once memory has grown.
func TestSteady(t *testing.T) {
	forms := map[string]*runtime.Model{"model": dmm(large, true)}
	for name, build := range opCases {
		forms[name] = modelOf(false, build)
	}
	for name, build := range scanCases {
		forms[name] = modelOf(false, func(b *builder) { build(b, true) })
	}
	pool := kernel.NewPool(2)
	defer pool.Close()
	for name, m := range forms {
		b := batchOf([]int{30, 30, 20})
		if name == "model" {
			b = rolls(b.Lens, large.x)
		}
		for _, p := range []*kernel.Pool{nil, pool} {
			x, _ := start[float32](t, m, p, true)
			r := runOf(x, 2)
			n := 1.0
			for tries := 0; n > 0 && tries < 10; tries++ { // a thread may come late to what it grows
				n = testing.AllocsPerRun(5, func() { run(t, x, b, r) })
			}
			if n > 0 {
				t.Errorf("%s allocates %v times a run on %d threads", name, n, p.Threads())
			}
		}
	}
}

// TestTerms compares the ways of reading terms.
func TestTerms(t *testing.T) {
	const k = 3
	lens := []int{4, 3, 1}
	build := func(b *builder) {
		h := b.frames(2)
		b.sampled = true
		b.score(b.apply(op.Repeat{}, h))
		b.score(h)
		b.score(b.seqs(2))
		b.score(b.param(1, 2))
	}
	x, _ := start[float64](t, modelOf(false, build), nil, false)
	r := runOf(x, k)
	r.Grad = false
	run(t, x, batchOf(lens), r)
	cost := 0.0
	for i := range x.Terms() {
		for _, v := range x.Term(i) {
			cost += r.Coef[i] * v
		}
	}
	if math.Abs(cost-x.Cost()) > 1e-12 {
		t.Errorf("terms add up to %v, the cost is %v", cost, x.Cost())
	}
	l := op.NewLayout(lens)
	for b := range lens {
		for s := range k {
			want := [4]float64{}
			for time := range lens[b] {
				want[0] += x.Term(0)[(l.Off[time]+b)*k+s]
				want[1] += x.Term(1)[l.Off[time]+b]
			}
			want[2] = x.Term(2)[b*k+s]
			for i, w := range want {
				dst := make([]float64, len(lens)*k)
				x.Sequence(dst, i)
				if math.Abs(dst[b*k+s]-w) > 1e-12 {
					t.Errorf("term %d, sequence %d, sample %d: %v, want %v", i, b, s, dst[b*k+s], w)
				}
			}
		}
	}
}

// TestNoise shows that noise is a function of seed, step and input.
func TestNoise(t *testing.T) {
	build := func(b *builder) {
		b.score(b.frames(2))
		b.score(b.formula(va, false, []*op.Value{b.Input(op.Source{Kind: op.Noise, Name: "e"}, op.PerFrame(1))}))
	}
	x, _ := start[float64](t, modelOf(false, build), nil, false)
	x.SetUse(Apart)
	cost := func(seed, step uint64) float64 {
		run(t, x, batchOf([]int{4, 2}), runtime.Run{K: 1, Coef: []float64{1, 1}, Seed: seed, Step: step})
		return x.Cost()
	}
	first := cost(1, 1)
	if cost(1, 2) == first || cost(2, 1) == first || cost(1, 1) != first {
		t.Error("noise is not a function of seed and step")
	}
	seen := map[float64]bool{}
	for _, in := range x.inputs {
		if in.source.Kind == op.Noise && seen[in.data[0]] {
			t.Error("two inputs share their noise")
		}
		seen[in.data[0]] = true
	}
}

// TestDropout compares the rate and the mean with their expectations: with 4000
// numbers three standard deviations are 0.022 of the rate and 0.031 of the mean.
func TestDropout(t *testing.T) {
	build := func(b *builder) {
		d := b.Input(op.Source{Kind: op.Dropout, Name: "d", Rate: 0.3}, op.PerFrame(40))
		b.score(b.apply(op.Slice{Lo: 0, Hi: 40}, d))
	}
	x, _ := start[float64](t, modelOf(false, build), nil, false)
	x.SetUse(Apart)
	run(t, x, batchOf([]int{50, 50}), runtime.Run{K: 1, Coef: []float64{1}})
	zeros, sum := 0.0, 0.0
	for _, v := range x.inputs[0].data {
		sum += v
		if v == 0 {
			zeros++
		}
	}
	if math.Abs(zeros/4000-0.3) > 0.022 || math.Abs(sum/4000-1) > 0.031 {
		t.Errorf("%v of 4000 dropped, sum %v", zeros, sum)
	}
}

// TestPresent shows that a complete port is present everywhere.
func TestPresent(t *testing.T) {
	build := func(b *builder) {
		p := b.Input(op.Source{Kind: op.Present, Name: "x"}, op.PerFrame(dataCols))
		b.score(b.formula(scalar.Where(va, vb, scalar.Num(0)), false, []*op.Value{p, b.frames(dataCols)}))
	}
	m := modelOf(false, build)
	x, _ := start[float64](t, m, nil, true)
	b := batchOf([]int{3, 1})
	run(t, x, b, runOf(x, 1))
	cost := x.Cost()
	b.Present = [][]float32{make([]float32, 4*dataCols), nil, nil}
	run(t, x, b, runOf(x, 1))
	if x.Cost() != 0 || cost == 0 {
		t.Errorf("cost %v with nothing present, %v with all", x.Cost(), cost)
	}
	b.Present[0][4] = 1
	checkGradient(t, m, b, 1)
}

// TestParams has a parameter that is fixed, one that the cost does not depend
// on, and one that two inputs hold.
func TestParams(t *testing.T) {
	build := func(b *builder) {
		h := b.linear(b.apply(op.Slice{Lo: 0, Hi: 3}, b.frames(3)), 3)
		b.param(2, 2)
		twice := b.Input(op.Source{Kind: op.Param, Name: "p1"}, op.Static(3, 3))
		b.score(b.apply(op.Affine{}, h, twice))
	}
	m := modelOf(false, build)
	checkGradient(t, m, batchOf([]int{3, 2}), 1)
	m.Params[0].Fixed = true
	x, p := start[float64](t, m, nil, true)
	run(t, x, batchOf([]int{3, 2}), runOf(x, 1))
	for i, want := range []bool{false, true, false} {
		some := slices.ContainsFunc(x.Grad()[p.Off[i]:][:p.List[i].Size()], func(v float64) bool { return v != 0 })
		if some != want {
			t.Errorf("parameter %d has a gradient: %v, want %v", i, some, want)
		}
	}
}

// TestRefusals gives runs that cannot be.
func TestRefusals(t *testing.T) {
	x, _ := start[float32](t, dmm(small, true), nil, false)
	good, run := rolls([]int{3, 2}, small.x), runOf(x, 1)
	run.Grad = false
	if err := x.Run(good, run); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		b *runtime.Batch
		r runtime.Run
	}{
		"samples":      {good, runtime.Run{K: 0, Coef: run.Coef}},
		"coefficients": {good, runtime.Run{K: 1}},
		"gradient":     {good, runtime.Run{K: 1, Coef: run.Coef, Grad: true}},
		"no sequence":  {&runtime.Batch{}, run},
		"rising":       {rolls([]int{3, 2}, small.x), run},
		"data":         {&runtime.Batch{Lens: []int{3, 2}, Data: [][]float32{make([]float32, 7)}}, run},
		"no data":      {&runtime.Batch{Lens: []int{3, 2}}, run},
	} {
		if name == "rising" {
			c.b.Lens = []int{2, 3}
		}
		if x.Run(c.b, c.r) == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestProfile asks for times and memory.
func TestProfile(t *testing.T) {
	x, _ := start[float32](t, dmm(small, true), nil, true)
	x.SetProfile(true)
	run(t, x, rolls([]int{3, 2}, small.x), runOf(x, 1))
	for _, p := range x.Profile() {
		if p.Calls != 1 || p.Op == "" {
			t.Errorf("%+v", p)
		}
	}
	x.SetProfile(false)
	run(t, x, rolls([]int{3, 2}, small.x), runOf(x, 1))
	if p := x.Profile(); len(p) < 20 || p[0].Calls != 0 {
		t.Errorf("%d tasks, %d calls while off", len(p), p[0].Calls)
	}
	if x.Bytes() < 4*5*small.rnn*4 {
		t.Errorf("%d bytes do not hold the gates", x.Bytes())
	}
}

// TestMachinesAtOnce makes machines in several goroutines, for the race detector.
func TestMachinesAtOnce(t *testing.T) {
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			m := modelOf(false, func(b *builder) { b.score(b.apply(op.LogSoftmax{}, b.frames(3))) })
			if _, err := New(m, runtime.Spec{}, runtime.NewParams[float64](m.Params, 1), nil, true); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}
