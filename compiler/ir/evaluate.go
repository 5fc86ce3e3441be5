package ir

import (
	"fmt"

	"ssmc/runtime/op"
)

// Evaluate is the numbers of a node that depends on nothing but constants.
func Evaluate(n *Node) (x []float64, ok bool) {
	ok = true
	Visit([]*Node{n}, func(n *Node) { ok = ok && n.Spec != nil && n.Shape.Axis == op.Once })
	if !ok {
		return nil, false
	}
	return NewInterpreter(nil).At(n, 0), true
}

// numbers is those of a constant array.
func numbers(c *op.Const) []float64 {
	out := make([]float64, c.Rows*c.Cols)
	for i := range out {
		out[i] = c.At(i/c.Cols, i%c.Cols)
	}
	return out
}

// Visit calls f for every node that roots depend on, operands first.
func Visit(roots []*Node, f func(*Node)) {
	seen := map[*Node]bool{}
	var visit func(*Node)
	visit = func(n *Node) {
		n = n.Resolve()
		if seen[n] {
			return
		}
		seen[n] = true
		for _, p := range n.In {
			visit(p)
		}
		f(n)
	}
	for _, r := range roots {
		visit(r)
	}
}

// Describe lists the nodes that roots depend on, operands first.
func Describe(roots []*Node) (lines []string) {
	Visit(roots, func(n *Node) {
		line := n.String() + " ="
		for _, p := range n.In {
			line += fmt.Sprintf(" %%%d", p.Resolve().ID)
		}
		if m, ok := n.Spec.(*op.Map); ok {
			line += " " + m.Formula.String()
		}
		lines = append(lines, line)
	})
	return lines
}
