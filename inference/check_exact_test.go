package inference

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// TestCompareExact compares Gaussians whose overlap is known: the same, one of
// twice the width, one that is a standard deviation off.
func TestCompareExact(t *testing.T) {
	exact := []Posterior{{Name: "z", Mean: [][]float64{{1}, {2, 3}}, Var: [][]float64{{4}, {4, 0}}}}
	mass := func(lo, hi float64) float64 { return distuv.UnitNormal.CDF(hi) - distuv.UnitNormal.CDF(lo) }
	const q = 1.6448536269514722
	for _, c := range []struct {
		shift, scale, coverage float64
	}{{0, 1, 0.9}, {0, 2, mass(-2*q, 2*q)}, {2, 1, mass(1-q, 1+q)}} {
		v := 4 * c.scale * c.scale
		guide := []Posterior{{Name: "z", Mean: [][]float64{{1 + c.shift}, {2 + c.shift, 3 + c.shift}}, Var: [][]float64{{v}, {v, 1}}}}
		got := CompareExact(guide, exact)[0]
		want := ExactCheck{"z", c.shift, c.shift / 2, c.scale, c.coverage}
		for _, d := range []float64{got.RMSE - want.RMSE, got.Relative - want.Relative, got.Spread - want.Spread, got.Coverage - want.Coverage} {
			if math.Abs(d) > 1e-12 {
				t.Errorf("%+v, want %+v", got, want)
			}
		}
	}
}
