package ir

import (
	"fmt"

	"ssmc/runtime/op"
)

// Evaluate is the numbers of a node that depends on nothing but constants.
func Evaluate(n *Node) ([]float64, bool) {
	n = n.Resolve()
	switch spec := n.Spec.(type) {
	case *op.Const:
		out := make([]float64, spec.Rows*spec.Cols)
		for i := range out {
			out[i] = spec.At(i/spec.Cols, i%spec.Cols)
		}
		return out, true
	case *op.Map:
		return evaluateMap(n, spec)
	case op.Concat:
		return evaluateConcat(n)
	}
	return nil, false
}

func evaluateConcat(n *Node) (out []float64, ok bool) {
	if n.Shape.Axis != op.Once || n.Shape.Rows != 1 {
		return nil, false
	}
	for _, p := range n.In {
		x, ok := Evaluate(p)
		if !ok {
			return nil, false
		}
		out = append(out, x...)
	}
	return out, true
}

func evaluateMap(n *Node, m *op.Map) ([]float64, bool) {
	if m.Sum {
		return nil, false
	}
	var in [][]float64
	for _, p := range n.In {
		x, ok := Evaluate(p)
		if !ok {
			return nil, false
		}
		in = append(in, x)
	}
	out := make([]float64, n.Shape.Rows*n.Shape.Cols)
	for i := range out {
		row, col := i/n.Shape.Cols, i%n.Shape.Cols
		env := map[string]float64{}
		for k, v := range m.Vars {
			s := n.In[k].Shape
			env[v.Name] = in[k][row%s.Rows*s.Cols+v.Off+min(col, v.Cols-1)]
		}
		out[i] = m.Formula.Eval(env)
	}
	return out, true
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
