package gpu

import (
	"math"
	"testing"
)

// TestHere: the number that is told is the one that is not finite.
func TestHere(t *testing.T) {
	if e := here(3, math.Inf(1)); !e.Gradient || !math.IsInf(e.Value, 1) {
		t.Errorf("a norm is told as %v", e)
	}
	if e := here(math.Inf(-1), 3); e.Gradient || !math.IsInf(e.Value, -1) {
		t.Errorf("a cost is told as %v", e)
	}
}
