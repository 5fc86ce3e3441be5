package ir

import (
	"fmt"

	"ssmc/runtime/op"
	"ssmc/runtime/scalar"
)

// fuse makes fewer and larger ops of the cells, which stand in order: sums go
// into products, slices and formulas into the formulas that read them.
func fuse(order []*cell) {
	for _, c := range order {
		if c.formula() == nil {
			continue
		}
		foldNumbers(c)
		viewSlices(c)
		if intoAffine(c) {
			continue
		}
		for i := 0; i < len(c.in); i++ {
			if fusible(c, i) {
				inline(c, i)
				i = -1 // the operands have changed
			}
		}
	}
}

// foldNumbers makes constant operands part of the formula.
func foldNumbers(c *cell) {
	m, by := c.formula(), map[string]*scalar.Expr{}
	next := &op.Map{Sum: m.Sum}
	var in []*cell
	for i, p := range c.in {
		if x, ok := p.number(); ok && len(c.in) > 1 {
			by[m.Vars[i].Name] = x
			continue
		}
		next.Vars, in = append(next.Vars, m.Vars[i]), append(in, p)
	}
	if len(by) > 0 && len(in) > 0 {
		next.Formula = m.Formula.Subst(by)
		c.spec, c.in = next, in
		prune(c)
	}
}

// prune drops operands that the formula no longer names.
func prune(c *cell) {
	m, used := c.formula(), map[string]bool{}
	for _, v := range m.Formula.Vars() {
		used[v] = true
	}
	next := &op.Map{Formula: m.Formula, Sum: m.Sum}
	var in []*cell
	for i, v := range m.Vars {
		if used[v.Name] {
			next.Vars, in = append(next.Vars, v), append(in, c.in[i])
		}
	}
	if s, err := next.Infer(shapes(in)); err == nil && len(in) > 0 && s == c.shape {
		c.spec, c.in = next, in
	}
}

// viewSlices lets c read columns of an array where they are.
func viewSlices(c *cell) {
	m := *c.formula()
	m.Vars = append([]op.MapVar{}, m.Vars...)
	for i, p := range c.in {
		if s, ok := p.spec.(op.Slice); ok {
			m.Vars[i].Off += s.Lo
			c.in[i] = p.in[0]
			p.uses--
			p.in[0].uses++
		}
	}
	c.spec = &m
}

// intoAffine turns x W + c, if that is what c is, into one Affine.
func intoAffine(c *cell) bool {
	m := c.formula()
	if m.Sum || len(c.in) != 2 || !isSum(m) {
		return false
	}
	for i, p := range c.in {
		a, ok := p.spec.(op.Affine)
		if !ok || len(p.in) != 2 || p.uses != 1 || p.cycle != c.cycle {
			continue
		}
		in := []*cell{p.in[0], p.in[1], c.in[1-i]}
		if s, err := a.Infer(shapes(in)); err != nil || s != c.shape {
			continue
		}
		c.spec, c.in = a, in
		return true
	}
	return false
}

// isSum reports whether a Map is the sum of its two operands as they are.
func isSum(m *op.Map) bool {
	f := m.Formula
	return f.Op == "+" && f.Args[0].Op == "var" && f.Args[1].Op == "var" && f.Args[0].Name != f.Args[1].Name &&
		m.Vars[0].Off == 0 && m.Vars[1].Off == 0
}

// fusible reports whether operand i of c is a formula that nothing else reads
// and that is computed as often as c.
func fusible(c *cell, i int) bool {
	p, m := c.in[i], c.formula()
	q := p.formula()
	if q == nil || q.Sum || p.uses != 1 || p.cycle != c.cycle || m.Vars[i].Off != 0 {
		return false
	}
	width := 1
	for _, v := range m.Vars {
		width = max(width, v.Cols)
	}
	return m.Vars[i].Cols == width && p.shape.Cols == width && p.shape.SameRows(c.shape)
}

// inline replaces operand i of c by its formula.
func inline(c *cell, i int) {
	m, p := c.formula(), c.in[i]
	q := p.formula()
	next := &op.Map{Sum: m.Sum}
	var in []*cell
	add := func(v op.MapVar, from *cell) *scalar.Expr {
		for j, w := range next.Vars {
			if in[j] == from && w.Off == v.Off && w.Cols == v.Cols {
				return scalar.Var(w.Name)
			}
		}
		v.Name = fmt.Sprint("v", len(in))
		next.Vars, in = append(next.Vars, v), append(in, from)
		return scalar.Var(v.Name)
	}
	inner, outer := map[string]*scalar.Expr{}, map[string]*scalar.Expr{}
	for j, v := range q.Vars {
		inner[v.Name] = add(v, p.in[j])
	}
	for j, v := range m.Vars {
		if j != i {
			outer[v.Name] = add(v, c.in[j])
		}
	}
	outer[m.Vars[i].Name] = q.Formula.Subst(inner)
	next.Formula = m.Formula.Subst(outer)
	c.spec, c.in = next, in
}

func shapes(in []*cell) []op.Shape {
	s := make([]op.Shape, len(in))
	for i, p := range in {
		s[i] = p.shape
	}
	return s
}
