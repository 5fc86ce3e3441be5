package cpu

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats"

	"ssmc/runtime"
	"ssmc/runtime/op"
	"ssmc/runtime/scalar"
)

// joinedTerms has terms of every kind: with and without samples, of frames, of
// sequences, and one for all.
func joinedTerms(b *builder) {
	x := b.noisy(b.frames(2))
	b.score(x)
	b.score(b.apply(&op.Map{Formula: scalar.Square(va), Vars: []op.MapVar{{Name: "a", Cols: 2}}}, x))
	b.score(b.frames(1))
	b.score(b.seqs(2))
	b.score(b.param(1, 2))
}

// noisy adds noise of its own to each sample of v.
func (b *builder) noisy(v *op.Value) *op.Value {
	s := v.Shape
	s.Sampled = true
	eps := b.Input(op.Source{Kind: op.Noise, Name: fmt.Sprint("e", len(b.Inputs))}, s)
	return b.formula(scalar.Add(va, vb), false, []*op.Value{b.apply(op.Repeat{}, v), eps})
}

// resampled scores particles that were resampled by the terms before.
func resampled(b *builder) {
	x := b.noisy(b.frames(2))
	b.score(x)
	b.score(b.frames(1))
	in := []*op.Value{b.Input(op.Source{Kind: op.Uniform, Name: "u"}, op.PerFrame(1))}
	for _, t := range b.terms {
		in = append(in, t.Value)
	}
	b.score(b.apply(op.Gather{}, x, b.apply(op.Ancestors{}, in...)))
}

// TestJoinGradient compares the gradient of joined samples with finite
// differences, on ragged sequences. Ancestors do not change with small steps.
func TestJoinGradient(t *testing.T) {
	for _, k := range []int{1, 2, 5} {
		t.Run(fmt.Sprint(k), func(t *testing.T) {
			b := batchOf([]int{5, 3, 3, 1})
			checkForm(t, modelOf(false, joinedTerms), runtime.Spec{Join: op.LogMean}, b, k)
			checkForm(t, modelOf(false, resampled), runtime.Spec{Join: op.Filter}, b, k)
		})
	}
}

// machineOf is a machine for one form of m.
func machineOf(t *testing.T, m *runtime.Model, s runtime.Spec) (*Machine[float64], *runtime.Params[float64]) {
	t.Helper()
	p := paramsOf[float64](m)
	x, err := New(m, s, p, nil, true)
	if err != nil {
		t.Fatal(err)
	}
	return x, p
}

// TestLogMean compares the bound with the log mean weight by gonum, and the
// weighed terms with sums over the same weights.
func TestLogMean(t *testing.T) {
	const k = 4
	x, _ := machineOf(t, modelOf(false, joinedTerms), runtime.Spec{Join: op.LogMean})
	b, r := batchOf([]int{5, 3, 1}), runOf(x, k)
	r.Scale = 0.25
	run(t, x, b, r)
	sums, term := make([]float64, 3*k), make([]float64, 3*k)
	weighed := make([][]float64, len(r.Coef))
	for i := range r.Coef {
		x.Sequence(term, i)
		weighed[i] = slices.Clone(term)
		floats.AddScaled(sums, -r.Coef[i], term)
	}
	bounds, cost := make([]float64, 3), 0.0
	x.Bounds(bounds)
	want := make([]float64, len(r.Coef))
	for b, got := range bounds {
		logs := sums[b*k:][:k]
		total := floats.LogSumExp(logs)
		if math.Abs(got-(total-math.Log(k))) > 1e-10 {
			t.Errorf("bound %v, want %v", got, total-math.Log(k))
		}
		cost -= got
		for i := range want {
			for j := range k {
				want[i] += math.Exp(logs[j]-total) * weighed[i][b*k+j]
			}
		}
	}
	for i := range want[:4] {
		if got := x.Weighed(i); math.Abs(got-want[i]) > 1e-10 {
			t.Errorf("term %d weighed %v, want %v", i, got, want[i])
		}
	}
	once := x.Term(4)
	if cost = 0.25 * (cost + r.Coef[4]*floats.Sum(once)); math.Abs(x.Cost()-cost) > 1e-10 {
		t.Errorf("cost %v, want %v", x.Cost(), cost)
	}
}

// TestMeanBounds: without weights, bounds add up to minus the cost, and terms are
// means over samples.
func TestMeanBounds(t *testing.T) {
	x, _ := machineOf(t, modelOf(false, joinedTerms), runtime.Spec{})
	r := runOf(x, 3)
	for _, i := range []int{2, 3} { // what has no samples counts once in the cost
		if x.Terms()[i].Value.Shape.Sampled {
			t.Fatalf("term %d has samples", i)
		}
	}
	run(t, x, batchOf([]int{4, 2}), r)
	bounds := make([]float64, 2)
	x.Bounds(bounds)
	once := r.Coef[4] * floats.Sum(x.Term(4))
	if got := floats.Sum(bounds) - once; math.Abs(got+x.Cost()) > 1e-10 {
		t.Errorf("bounds add up to %v, cost %v", got, x.Cost())
	}
	for i, want := range map[int]float64{0: floats.Sum(x.Term(0)) / 3, 2: floats.Sum(x.Term(2))} {
		if got := x.Weighed(i); math.Abs(got-want) > 1e-10 {
			t.Errorf("term %d weighed %v, want %v", i, got, want)
		}
	}
}

// TestFilter follows the particles of each sequence by hand.
func TestFilter(t *testing.T) {
	const k = 6
	lens := []int{7, 4, 2}
	x, _ := machineOf(t, modelOf(false, resampled), runtime.Spec{Join: op.Filter})
	x.SetUse(Apart)
	r := runOf(x, k)
	r.Coef[2] = 0 // the third term is made of what the filter draws
	run(t, x, batchOf(lens), r)
	l := op.NewLayout(lens)
	made := madeBy(x, "Ancestors")
	bounds := make([]float64, len(lens))
	x.Bounds(bounds)
	resamplings := 0
	for b, n := range lens {
		logs, want := make([]float64, k), 0.0
		for at := range n {
			row := l.Off[at] + b
			for j := range logs {
				logs[j] -= r.Coef[0]*x.Term(0)[row*k+j] + r.Coef[1]*x.Term(1)[row]
			}
			share, total := make([]float64, k), floats.LogSumExp(logs)
			for j := range share {
				share[j] = math.Exp(logs[j] - total)
			}
			counts := make([]float64, k)
			for j := range k {
				counts[int(made.row(row*k + j)[0])]++
			}
			low := 1/floats.Dot(share, share) < k/2.0
			for j := range k {
				if low && math.Abs(counts[j]-k*share[j]) >= 1 || !low && at < n-1 && counts[j] != 1 {
					t.Errorf("sequence %d, time %d: particle %d of weight %v is drawn %v times", b, at, j, share[j], counts[j])
				}
			}
			if low || at == n-1 {
				resamplings++
				want += total - math.Log(k)
				clear(logs)
			}
		}
		if math.Abs(bounds[b]-want) > 1e-10 {
			t.Errorf("bound %v, want %v", bounds[b], want)
		}
	}
	if resamplings == len(lens) {
		t.Error("nothing was resampled: the test shows nothing")
	}
}

// madeBy is the first result of the op of a name.
func madeBy(x *Machine[float64], name string) *array[float64] {
	for _, task := range x.forward {
		if task.name == name {
			return task.writes[0]
		}
	}
	return nil
}

// TestGate takes a gradient away, or leaves it as it is.
func TestGate(t *testing.T) {
	gradient := func(least float64) []float64 {
		x, _ := machineOf(t, modelOf(false, func(b *builder) {
			h := b.frames(1)
			mean := b.formula(scalar.Square(va), false, []*op.Value{h})
			b.score(b.apply(op.Gate{Least: least}, b.formula(fn("sin", va), false, []*op.Value{h}), mean))
			b.score(h)
		}), runtime.Spec{})
		run(t, x, batchOf([]int{4, 2}), runOf(x, 1))
		return slices.Clone(x.Grad())
	}
	open, shut, alone := gradient(0), gradient(1e6), []float64{}
	x, _ := machineOf(t, modelOf(false, func(b *builder) {
		h := b.frames(1)
		b.score(b.apply(op.Detach{}, b.formula(fn("sin", va), false, []*op.Value{h})))
		b.score(h)
	}), runtime.Spec{})
	run(t, x, batchOf([]int{4, 2}), runOf(x, 1))
	alone = append(alone, x.Grad()...)
	if slices.Equal(open, shut) || !slices.Equal(shut, alone) {
		t.Errorf("open %v, shut %v, detached %v", open[:3], shut[:3], alone[:3])
	}
}

// TestReweigh compares gradients through weighed samples with sums of those of
// each sample alone.
func TestReweigh(t *testing.T) {
	const k = 3
	model := func(reweigh bool) *runtime.Model {
		return modelOf(false, func(b *builder) {
			x := b.noisy(b.frames(2))
			if reweigh {
				x = b.apply(op.Reweigh{}, x)
			}
			b.score(b.formula(fn("sin", va), false, []*op.Value{x}))
		})
	}
	batch := batchOf([]int{4}) // one sequence: a sample has one share
	x, _ := machineOf(t, model(true), runtime.Spec{Join: op.LogMean})
	run(t, x, batch, runOf(x, k))
	got := slices.Clone(x.Grad())
	want := make([]float64, len(got))
	y, _ := machineOf(t, model(false), runtime.Spec{})
	for j := range k {
		share := x.total.w.share[j]
		r := runOf(y, k)
		run(t, y, batch, r)
		for row := range y.values[0].rows {
			if row%k != j {
				continue
			}
			floats.AddScaled(want, share*share, rowGradient(t, y, batch, r, row))
		}
	}
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-9 {
			t.Fatalf("gradient %d: %v, want %v", i, got[i], want[i])
		}
	}
}

// rowGradient is the gradient of one row of the first term, by differences.
func rowGradient(t *testing.T, x *Machine[float64], b *runtime.Batch, r runtime.Run, row int) []float64 {
	r.Grad = false
	out := make([]float64, len(x.params.Values))
	for i := range out {
		out[i] = difference(&x.params.Values[i], func() float64 {
			run(t, x, b, r)
			return x.Term(0)[row]
		})
	}
	return out
}
