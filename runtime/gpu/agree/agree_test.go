package agree

import (
	"math"
	"slices"
	"testing"

	"ssmc/runtime"
	"ssmc/runtime/gpu"
)

func TestNumbers(t *testing.T) {
	g := Numbers("x", []float64{1, 2.5, -4}, []float64{1, 2, -4}, Least{})
	if g.Index != 1 || g.Size() != 0.125 || math.Abs(g.Norm-0.5/math.Sqrt(21)) > 1e-15 || g.Far(gpu.FP32) != g.Size() || g.Far(gpu.TF32) != g.Norm {
		t.Errorf("%v", g)
	}
	if g := Numbers("x", []float64{0.5}, []float64{0}, Least{10, 5}); g.Size() != 0.05 || g.Norm != 0.1 {
		t.Errorf("%v", g)
	}
	if g := Numbers("x", []float64{math.NaN(), 1}, []float64{1, 1}, Least{}); !math.IsInf(g.Size(), 1) || !math.IsInf(g.Norm, 1) || g.Index != 0 {
		t.Errorf("%v", g)
	}
	if g := Worst([]Gap{{What: "a", Got: 1, Scale: 1}, {What: "b", Got: 3, Scale: 1}, {What: "c", Got: 2, Scale: 1}}, gpu.FP32); g.What != "b" {
		t.Errorf("%v", g)
	}
}

// TestBatch asks for values that ports may have.
func TestBatch(t *testing.T) {
	m := &runtime.Model{Ports: []runtime.Port{
		{Name: "on", Cols: 2, Kind: runtime.Binary}, {Name: "which", Cols: 1, Kind: runtime.OneOf, Classes: 3, Static: true},
		{Name: "maybe", Cols: 1, Missing: true},
	}}
	b := Batch(m, []int{3, 2})
	if len(b.Data[0]) != 10 || len(b.Data[1]) != 2 || len(b.Present[2]) != 5 || b.Present[0] != nil {
		t.Fatalf("%+v", b)
	}
	for _, v := range append(slices.Clone(b.Data[0]), b.Present[2]...) {
		if v != 0 && v != 1 {
			t.Errorf("%v is no truth", v)
		}
	}
	if v := b.Data[1][0]; v != 0 && v != 1 && v != 2 {
		t.Errorf("%v is no class", v)
	}
}
