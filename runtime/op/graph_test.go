package op

import (
	"testing"

	"ssmc/runtime/scalar"
)

// TestGrad builds a graph in which values are used twice and a scan has two
// results, and asks Gorgonia for its derivatives.
func TestGrad(t *testing.T) {
	g := NewGraph()
	x := g.Input(Source{Kind: Data, Name: "x"}, PerFrame(3))
	w := g.Input(Source{Kind: Param, Name: "w"}, Static(3, 3))
	u := g.Input(Source{Kind: Param, Name: "u"}, Static(3, 3))
	k := g.Input(Source{Kind: Coef}, Static(1, 2))
	h := g.Apply(Affine{}, "", x, w)[0]
	tanh := &Map{Formula: scalar.Call("tanh", scalar.Var("x")), Vars: []MapVar{{"x", 0, 3}}}
	s := &Scan{Inputs: []Shape{h.Shape, u.Shape}, Outs: []int{3, 4}, Body: []Step{
		{Spec: Lag{1}, In: []int{4}, Out: PerFrame(3)},
		{Spec: Affine{}, In: []int{2, 1, 0}, Out: PerFrame(3)},
		{Spec: tanh, In: []int{3}, Out: PerFrame(3)},
	}}
	outs := g.Apply(s, "", h, u)
	sq := &Map{Formula: scalar.Mul(scalar.Var("a"), scalar.Var("b")), Vars: []MapVar{{"a", 0, 3}, {"b", 0, 3}}, Sum: true}
	a := g.Apply(sq, "", outs[0], outs[1])[0]
	b := g.Apply(sq, "", outs[1], h)[0]
	cost := g.Apply(Total{}, "", k, a, b)[0]
	grads, err := g.Grad(cost, w, u)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Check(); err != nil {
		t.Fatal(err)
	}
	adds := 0
	for _, n := range g.AllNodes() {
		if n.Op() != nil && IsAdd(n.Op()) {
			adds++
		}
		t.Logf("%v %v", n, n.Shape())
	}
	if adds != 3 || len(grads) != 2 { // outs[1], h, and the scan's two results
		t.Errorf("%d sums of gradients, want 3", adds)
	}
}
