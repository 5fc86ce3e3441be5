package inference

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"ssmc/runtime"
)

// boundedParams has every kind of bounds, with numbers that exp and log do not
// give back to the last bit.
func boundedParams() *runtime.Params[float32] {
	lo, hi := 2.0, 5.0
	p := runtime.ZeroParams[float32]([]runtime.Param{
		{Name: "free", Dims: []int{2}}, {Name: "above", Dims: []int{2}, Transform: runtime.Transform{Kind: runtime.Bounds, Low: &lo}},
		{Name: "S", Dims: []int{2, 2, 2}, Transform: runtime.Transform{Kind: runtime.Cov}},
		{Name: "pi", Dims: []int{3}, Transform: runtime.Transform{Kind: runtime.Simplex}},
		{Name: "below", Transform: runtime.Transform{Kind: runtime.Bounds, High: &hi}}, {Name: "both", Dims: []int{1, 2}, Transform: runtime.Transform{Kind: runtime.Bounds, Low: &lo, High: &hi}},
	})
	for i, v := range [][]float32{{-1, 3}, {-20.123, 0.7}, {0.3, -1.7, 0.2, 1, 2, -0.4}, {0.1, 0.2, -0.7}, {1.3}, {-9.7, 40}} {
		copy(p.Get(i), v)
	}
	return p
}

// The file has the values that the model uses, and gives back those that are
// learned, bit for bit.
func TestParamsAreNatural(t *testing.T) {
	p := boundedParams()
	var written bytes.Buffer
	if err := encodeParams(&written, p, "r"); err != nil {
		t.Fatal(err)
	}
	file := written.Bytes()
	st, err := decode(file, "r")
	if err != nil {
		t.Fatal(err)
	}
	got := make([]float32, 1)
	if err := read(got, st, "below"); err != nil || math.Abs(float64(got[0])-(5-math.Exp(1.3))) > 1e-6 { // float32
		t.Errorf("below is %v, %v", got, err)
	}
	if !strings.Contains(string(file[:1000]), `above`) || !strings.Contains(string(file), `in (2, 5)`) {
		t.Errorf("the header does not tell the bounds: %q", file[:400])
	}
	q, err := decodeParams(file, p.List, "r")
	if err != nil || !slices.Equal(q.Values, p.Values) {
		t.Errorf("%v, want %v; %v", q.Values, p.Values, err)
	}
}

// An edited value counts, and must be within its bounds.
func TestEditedParam(t *testing.T) {
	lo := 0.0
	list := []runtime.Param{{Name: "a", Transform: runtime.Transform{Kind: runtime.Bounds, Low: &lo}}}
	for value, want := range map[float32]float64{3: math.Log(3), -1: math.NaN()} {
		var file bytes.Buffer
		if err := encode(&file, map[string]tensor{"a": newTensor([]float32{value}), "raw/a": newTensor([]float32{0})}, map[string]string{"run": "r"}); err != nil {
			t.Fatal(err)
		}
		p, err := decodeParams(file.Bytes(), list, "r")
		switch {
		case math.IsNaN(want):
			if err == nil || !strings.Contains(err.Error(), "lies between 0 and") {
				t.Errorf("%g: %v", value, err)
			}
		case err != nil || math.Abs(float64(p.Get(0)[0])-want) > 1e-6: // float32
			t.Errorf("%g: %v, %v; want %g", value, p, err, want)
		}
	}
}

// Estimates are the small parameters of the model, as it uses them.
func TestEstimates(t *testing.T) {
	p := boundedParams()
	p.List[0].Guide, p.List[5].Fixed = true, true
	got := estimates(p)
	if len(got) != 4 || got[0].Name != "above" || math.Abs(float64(got[0].Values[1])-2-math.Exp(float64(float32(0.7)))) > 1e-12 {
		t.Errorf("%+v", got)
	}
}
