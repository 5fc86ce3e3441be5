package runtime

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"
)

// transforms are parameters with raw numbers and values worked out by hand.
func transforms() map[string]struct {
	p         Param
	raw, want []float64
} {
	lo, hi := 2.0, 5.0
	at := func(dims []int, t Transform) Param { return Param{Dims: dims, Transform: t} }
	r := math.Sqrt(2)
	return map[string]struct {
		p         Param
		raw, want []float64
	}{
		"plain":   {at([]int{2}, Transform{}), []float64{-3, 1}, []float64{-3, 1}},
		"above":   {at(nil, Transform{Kind: Bounds, Low: &lo}), []float64{math.Log(4)}, []float64{6}},
		"below":   {at([]int{2}, Transform{Kind: Bounds, High: &hi}), []float64{math.Log(4), 0}, []float64{1, 4}},
		"both":    {at(nil, Transform{Kind: Bounds, Low: &lo, High: &hi}), []float64{math.Log(2)}, []float64{4}},
		"simplex": {at([]int{2, 2}, Transform{Kind: Simplex}), []float64{math.Log(0.2), math.Log(0.8), math.Log(0.5), math.Log(0.5)}, []float64{0.2, 0.8, 0.5, 0.5}},
		"ordered": {at([]int{3}, Transform{Kind: Ordered}), []float64{-1, 0, math.Log(2)}, []float64{-1, 0, 2}},
		"cov": {at([]int{2, 2, 2}, Transform{Kind: Cov}), []float64{math.Log(2), 3, 0, 0, 0, math.Log(3)},
			[]float64{4, 6, 6, 10, 1, 0, 0, 9}},
		"corr": {at([]int{3, 3}, Transform{Kind: Corr}), []float64{1, 0, -1}, []float64{1, 1 / r, 0, 1 / r, 1, -0.5, 0, -0.5, 1}},
	}
}

// TestTransforms compares with values worked out by hand, and goes back.
func TestTransforms(t *testing.T) {
	for name, c := range transforms() {
		got := c.p.Natural(c.raw)
		if !floats.EqualApprox(got, c.want, 1e-12) {
			t.Errorf("%s: Natural = %v, want %v", name, got, c.want)
		}
		back, err := c.p.Raw(got)
		if err != nil || !floats.EqualApprox(back, c.raw, 1e-9) {
			t.Errorf("%s: Raw(Natural) = %v, want %v; %v", name, back, c.raw, err)
		}
		if c.p.Transformed() != (name != "plain") || c.p.Size() != len(c.raw) || c.p.NaturalSize() != len(c.want) ||
			c.p.Shape().Rows*c.p.Shape().Cols != len(c.raw) {
			t.Errorf("%s: sizes %d, %d of %v", name, c.p.Size(), c.p.NaturalSize(), c.p.Shape())
		}
	}
}

// TestNoValue has no numbers on the line for what is no value.
func TestNoValue(t *testing.T) {
	zero := 0.0
	for _, c := range []struct {
		t     Transform
		dims  []int
		value []float64
		want  string
	}{
		{Transform{Kind: Bounds, Low: &zero}, nil, []float64{-1}, "lies between 0 and +Inf, and -1 does not"},
		{Transform{Kind: Simplex}, []int{2}, []float64{0.5, 0.6}, "add up to one, and not to 1.1"},
		{Transform{Kind: Ordered}, []int{2}, []float64{1, 1}, "1 is not above 1"},
		{Transform{Kind: Cov}, []int{2, 2}, []float64{1, 2, 2, 1}, "positive definite, and this is not"},
		{Transform{Kind: Cov}, []int{2, 2}, []float64{1, 0.5, 0, 1}, "symmetric, and this is not"},
		{Transform{Kind: Corr}, []int{2, 2}, []float64{2, 0, 0, 1}, "ones on its diagonal, and this has 2"},
	} {
		if _, err := (Param{Dims: c.dims, Transform: c.t}).Raw(c.value); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s of %v: %v, want %s", c.t, c.value, err, c.want)
		}
	}
}
