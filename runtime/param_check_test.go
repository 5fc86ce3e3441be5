package runtime

import (
	"strings"
	"testing"
)

func TestCheckParams(t *testing.T) {
	lo, hi := 1.0, 2.0
	good := []Param{
		{Name: "n"}, {Name: "v", Dims: []int{3}}, {Name: "b", Transform: Transform{Kind: Bounds, Low: &lo, High: &hi}},
		{Name: "s", Dims: []int{2, 3}, Transform: Transform{Kind: Simplex}}, {Name: "c", Dims: []int{4, 2, 2}, Transform: Transform{Kind: Cov}},
		{Name: "m", Dims: []int{2}, Belief: &Belief{SD: "m.sd", Mix: []Mix{{"m", "m.m"}}}}, {Name: "m.sd", Dims: []int{2}}, {Name: "m.m", Dims: []int{2, 2}},
	}
	if err := CheckParams(good); err != nil {
		t.Error(err)
	}
	for want, bad := range map[string]Param{
		"two parameters v":  {Name: "v"},
		"x is [0]":          {Name: "x", Dims: []int{0}},
		"x is [2 -1]":       {Name: "x", Dims: []int{2, -1}},
		"x is [1048576 1":   {Name: "x", Dims: []int{1 << 20, 1 << 20, 2}},
		"x has bounds":      {Name: "x", Transform: Transform{Kind: Bounds}},
		"x has bounds that": {Name: "x", Transform: Transform{Kind: Bounds, Low: &hi, High: &lo}},
		"be a simplex":      {Name: "x", Transform: Transform{Kind: Simplex}},
		"be a cov":          {Name: "x", Dims: []int{2, 3}, Transform: Transform{Kind: Cov}},
		"be a corr":         {Name: "x", Dims: []int{2}, Transform: Transform{Kind: Corr}},
		"be a circle":       {Name: "x", Transform: Transform{Kind: "circle"}},
		"posterior of":      {Name: "x", Belief: &Belief{SD: "nil"}},
		"posterior of para": {Name: "x", Belief: &Belief{SD: "v"}},
		"posterior of p":    {Name: "x", Belief: &Belief{SD: "n", Mix: []Mix{{"v", "n"}}}},
		"posterior of par":  {Name: "x", Belief: &Belief{SD: "n", Mix: []Mix{{"x", "v"}}}},
	} {
		if err := CheckParams(append(good[:len(good):len(good)], bad)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", bad, err, want)
		}
	}
}
