package cpu

import (
	"fmt"
	"maps"
	"testing"

	"ssmc/runtime"
	"ssmc/runtime/op"
)

// TestMemory asks for the same bits from machines whose arrays share memory, all
// of which is not a number before each run, and from those that keep all apart.
func TestMemory(t *testing.T) {
	cases := maps.Clone(opCases)
	for name, build := range scanCases {
		cases[name+" forwards"] = func(b *builder) { build(b, false) }
		cases[name+" backwards"] = func(b *builder) { build(b, true) }
	}
	for name, build := range cases {
		for _, k := range []int{0, 1, 3} { // 0: without Repeat
			t.Run(fmt.Sprint(name, "/", k), func(t *testing.T) {
				compareUses(t, modelOf(k > 0, build), runtime.Spec{}, max(1, k), batchOf([]int{5, 3, 3, 1}), batchOf([]int{9}), batchOf([]int{4, 4}))
			})
		}
	}
}

// TestMemoryOfModel is TestMemory for a whole model.
func TestMemoryOfModel(t *testing.T) {
	for _, k := range []int{1, 3} {
		compareUses(t, dmm(large, true), runtime.Spec{}, k, rolls([]int{9, 7, 2}, large.x), rolls([]int{20, 20, 20, 4}, large.x))
	}
}

// TestMemoryOfJoins is TestMemory for samples that make one bound together.
func TestMemoryOfJoins(t *testing.T) {
	for _, join := range []op.Join{op.LogMean, op.Filter} {
		compareUses(t, modelOf(false, joinedTerms), runtime.Spec{Join: join}, 3, batchOf([]int{5, 3, 1}), batchOf([]int{2, 2}))
	}
	compareUses(t, modelOf(false, resampled), runtime.Spec{Join: op.Filter}, 4, batchOf([]int{5, 3, 1}), batchOf([]int{2, 2}))
}

// compareUses runs batches, each with its gradient and without, and with fewer
// samples in between.
func compareUses(t *testing.T, m *runtime.Model, s runtime.Spec, k int, batches ...*runtime.Batch) {
	t.Helper()
	machine := func(u Use) *Machine[float32] {
		x, err := New(m, s, paramsOf[float32](m), nil, true)
		if err != nil {
			t.Fatal(err)
		}
		x.SetUse(u)
		return x
	}
	x, y := machine(Apart), machine(Poisoned)
	for _, b := range batches {
		for _, r := range []runtime.Run{runOf(x, k), {K: 1, Coef: runOf(x, 1).Coef, Seed: 1}, runOf(x, k)} {
			run(t, x, b, r)
			run(t, y, b, r)
			same(t, x, y)
		}
	}
	if x.Bytes() < y.Bytes() {
		t.Errorf("%d bytes where arrays share memory, %d where they do not", y.Bytes(), x.Bytes())
	}
}
