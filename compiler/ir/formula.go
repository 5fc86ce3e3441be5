package ir

import (
	"fmt"

	"ssmc/runtime/op"
	"ssmc/runtime/scalar"
)

// Call applies an operator or function of package scalar element by element.
func (b *Builder) Call(f string, in ...*Node) *Node {
	args := make([]*scalar.Expr, len(in))
	vars := map[string]*Node{}
	for i, n := range in {
		name := fmt.Sprint("v", i)
		args[i], vars[name] = scalar.Var(name), n
	}
	return b.Formula(scalar.Apply(f, args...), vars, false)
}

// Formula applies a formula element by element, and adds up each row if sum.
// Columns of one broadcast over the others, and constants become part of it.
func (b *Builder) Formula(f *scalar.Expr, vars map[string]*Node, sum bool) *Node {
	m := &op.Map{Sum: sum}
	var names []string
	var in []*Node
	rename := map[string]*scalar.Expr{}
	for _, v := range f.Vars() {
		n := vars[v].Resolve()
		if x, ok := n.Number(); ok {
			rename[v] = scalar.Num(x)
			continue
		}
		names, in = append(names, v), append(in, n)
	}
	wide := 1
	for _, n := range vars {
		wide = max(wide, n.Shape.Cols)
	}
	for i, n := range b.Align(in) {
		name := fmt.Sprint("v", i)
		rename[names[i]] = scalar.Var(name)
		m.Vars = append(m.Vars, op.MapVar{Name: name, Cols: n.Shape.Cols})
		in[i] = n
	}
	m.Formula = f.Subst(rename)
	if m.Formula.Op == "num" && len(in) == 0 {
		return b.constant(m.Formula.Value, wide, sum)
	}
	return b.Apply(m, in...)
}

func (b *Builder) constant(v float64, cols int, sum bool) *Node {
	if sum {
		return b.Number(v * float64(cols))
	}
	return b.Fill(v, 1, cols)
}

// Dot is the sum over columns of a times b.
func (b *Builder) Dot(x, y *Node) *Node {
	f := scalar.Mul(scalar.Var("x"), scalar.Var("y"))
	return b.Formula(f, map[string]*Node{"x": x, "y": y}, true)
}
