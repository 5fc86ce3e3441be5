package op

import "testing"

// TestCouples asks which ops let sequences of a batch depend on each other.
func TestCouples(t *testing.T) {
	frames, once := PerFrame(1), Static(1, 1)
	gate := &Scan{Inputs: []Shape{frames}, Body: []Step{{Spec: Gate{}, In: []int{0, 0}, Out: frames}}, Outs: []int{1}}
	lag := &Scan{Inputs: []Shape{frames}, Body: []Step{{Spec: Lag{By: 1}, In: []int{1}, Out: frames}}, Outs: []int{1}}
	for _, c := range []struct {
		spec Spec
		in   []Shape
		out  Shape
		want bool
	}{
		{Affine{}, []Shape{frames, once}, frames, false},
		{Affine{}, []Shape{once, once}, once, false},
		{Total{}, []Shape{once, frames}, once, false},
		{Gate{}, []Shape{frames, frames}, frames, true},
		{Gate{}, []Shape{once, once}, once, false},
		{&Map{}, []Shape{once, PerSeq(1)}, once, true},
		{gate, gate.Inputs, frames, true},
		{lag, lag.Inputs, frames, false},
	} {
		if got := Couples(c.spec, c.in, c.out); got != c.want {
			t.Errorf("%s of %v: %v, want %v", c.spec.Name(), c.in, got, c.want)
		}
	}
}
