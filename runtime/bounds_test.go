package runtime

import (
	"math"
	"testing"
)

// TestBounds compares with values worked out by hand, and goes back and forth:
// the tolerance is that of exp and log near the ends.
func TestBounds(t *testing.T) {
	lo, hi := 2.0, 5.0
	for name, c := range map[string]struct {
		p    Param
		raw  float64
		want float64
	}{
		"none":  {Param{}, -3, -3},
		"above": {Param{Low: &lo}, math.Log(4), 6},
		"below": {Param{High: &hi}, math.Log(4), 1},
		"both":  {Param{Low: &lo, High: &hi}, math.Log(2), 4},
	} {
		if got := c.p.Natural(c.raw); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: Natural(%g) = %g, want %g", name, c.raw, got, c.want)
		}
		for _, raw := range []float64{-6, -0.5, 0, 3, 8} {
			if got := c.p.Raw(c.p.Natural(raw)); math.Abs(got-raw) > 1e-9 {
				t.Errorf("%s: Raw(Natural(%g)) = %g", name, raw, got)
			}
		}
		if c.p.Bounded() != (name != "none") {
			t.Errorf("%s: Bounded() = %v", name, c.p.Bounded())
		}
	}
}

// TestBoundsBeyond has no number on the line for what is out of bounds.
func TestBoundsBeyond(t *testing.T) {
	lo := 0.0
	if got := (Param{Low: &lo}).Raw(-1); !math.IsNaN(got) {
		t.Errorf("Raw(-1) above zero is %g, want NaN", got)
	}
}
