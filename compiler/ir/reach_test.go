package ir

import (
	"testing"

	"ssmc/runtime/op"
)

// reachNodes is x and z, per frame; a lag of x by two, a block of z held over four
// frames, and a state that reads z of all of the past.
func reachNodes() (b *Builder, x, z, lagged, held, state *Node) {
	b = NewBuilder()
	x = b.Input(op.Source{Kind: op.Data, Name: "x"}, op.PerFrame(1))
	z = b.Input(op.Source{Kind: op.Noise, Name: "z"}, op.PerFrame(1))
	lagged = b.Lag(x, 2, b.Number(0))
	held = b.Apply(op.Hold{Every: 4}, z)
	before := b.Promise(op.PerFrame(1))
	state = b.Call("+", b.Lag(before, 1, b.Number(0)), z)
	b.Keep(before, state)
	return b, x, z, lagged, held, state
}

func TestReach(t *testing.T) {
	b, x, z, lagged, held, state := reachNodes()
	isX, isZ := func(n *Node) bool { return n == x }, func(n *Node) bool { return n == z }
	for _, c := range []struct {
		name string
		node *Node
		is   func(*Node) bool
		want Reach
	}{
		{"itself", x, isX, Reach{true, 0, 0}},
		{"a lag", lagged, isX, Reach{true, 2, 2}},
		{"a lag beside now", b.Call("+", lagged, x), isX, Reach{true, 0, 2}},
		{"a lag of a lag", b.Lag(b.Call("+", lagged, x), 3, b.Number(0)), isX, Reach{true, 3, 5}},
		{"a block", held, isZ, Reach{true, 0, 3}},
		{"a recurrence", state, isZ, Reach{true, 0, Unlimited}},
		{"a recurrence a step ago", b.Lag(state, 1, b.Number(0)), isZ, Reach{true, 1, Unlimited}},
		{"what leads elsewhere", state, isX, Reach{false, Unlimited, 0}},
		{"the edge", b.Apply(op.Edge{}, x), isX, Reach{true, 0, Unlimited}},
	} {
		if got := ReachOf([]*Node{c.node}, c.is); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// Of a sum over now and before, only what reads now is told.
func TestNow(t *testing.T) {
	b, x, _, lagged, _, _ := reachNodes()
	sum := b.Call("+", b.Call("exp", x), b.Call("sin", lagged))
	isX := func(n *Node) bool { return n == x }
	if got := Now([]*Node{sum}, isX); len(got) != 3 { // x, exp and +
		t.Errorf("%v read it now", got)
	}
	if got := Reading([]*Node{sum}, isX); len(got) != 5 {
		t.Errorf("%v read it", got)
	}
}

// What is forgotten is computed anew, and nothing else.
func TestForget(t *testing.T) {
	b, x, z, lagged, _, state := reachNodes()
	values := map[*Node]float64{x: 1, z: 1}
	asked := 0
	p := NewInterpreter(func(n *Node, _ int) []float64 { asked++; return []float64{values[n]} })
	both := b.Call("+", lagged, state)
	p.Begin(6)
	if got := p.At(both, 4)[0]; got != 6 {
		t.Fatalf("%g", got)
	}
	values[z], asked = 2, 0
	cells := p.Cells(Reading([]*Node{both}, func(n *Node) bool { return n == z }))
	cells.Forget(3)
	if got := p.At(both, 4)[0]; got != 8 { // 1 + three ones and two twos
		t.Errorf("%g, want 8", got)
	}
	if asked != 2 { // z twice: what x makes is kept
		t.Errorf("inputs were asked for %d times", asked)
	}
}
