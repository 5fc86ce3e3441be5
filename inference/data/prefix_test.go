package data

import "testing"

// TestPrefixGaps: the steps of a prefix come after the times that they came after in the
// sequence, the first as well, of which the second tells.
func TestPrefixGaps(t *testing.T) {
	vars := []Var{{Name: "x", Role: Observed, Size: 1}}
	q := NewSequence(vars, "s", 3, [][]float32{{1, 2, 3}}, nil, []float64{2, 2.5, 4})
	want := []float32{0.5, 0.5, 1.5}
	for n := 1; n <= q.Len; n++ {
		p := q.Prefix(vars, n)
		for step, gap := range p.Gaps() {
			if gap != want[step] {
				t.Errorf("of %d steps, number %d has a gap of %g, want %g", n, step, gap, want[step])
			}
		}
	}
}
