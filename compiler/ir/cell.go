package ir

import (
	"slices"

	"ssmc/runtime/op"
	"ssmc/runtime/scalar"
)

// A cell is a node on its way into a graph: passes change it, and the node,
// which may be lowered again for another form of the bound, stays as it was.
type cell struct {
	spec   op.Spec
	source *op.Source
	in     []*cell
	shape  op.Shape
	pos    string

	uses  int // cells that read it, and one if it is a root
	cycle int // the recurrence it belongs to, from 1; 0 if none
	root  bool

	mark, low int // of the search for cycles
	onStack   bool
}

// cells copies what roots depend on, every cell behind its operands but for
// the lags of a recurrence. Without train there is no dropout, parameters
// with posteriors are at their medians, and classes are classes.
func cells(roots []*Node, train bool) (all, out []*cell) {
	done := map[*Node]*cell{}
	var copyNode func(*Node) *cell
	copyNode = func(n *Node) *cell {
		n = n.Resolve()
		if c, ok := done[n]; ok {
			return c
		}
		c := &cell{spec: n.Spec, source: n.Source, shape: n.Shape, pos: n.Pos}
		done[n] = c
		if c.source != nil && c.source.Kind == op.Dropout && !train {
			c.source, c.spec, c.shape = nil, &op.Const{Rows: 1, Cols: 1, Data: []float64{1}}, op.Static(1, 1)
		}
		if _, relaxed := c.spec.(op.Relax); relaxed && !train {
			c.spec = op.Relax{}
		}
		if c.source != nil && c.source.Kind == op.Wander && !train {
			c.source, c.spec = nil, &op.Const{Rows: c.shape.Rows, Cols: c.shape.Cols, Data: []float64{0}}
		}
		for _, m := range n.In {
			c.in = append(c.in, copyNode(m))
		}
		all = append(all, c)
		return c
	}
	for _, r := range roots {
		c := copyNode(r)
		c.root = true
		out = append(out, c)
	}
	return all, out
}

// lag is the lag of a cell that reads its recurrence at another time, else 0.
func (c *cell) lag() int {
	l, ok := c.spec.(op.Lag)
	if !ok || c.cycle == 0 || c.in[0].cycle != c.cycle {
		return 0
	}
	return l.By
}

// inside is the operands of c at the same time within its recurrence.
func (c *cell) inside() (in []*cell) {
	for i, p := range c.in {
		if p.cycle == c.cycle && !(i == 0 && c.lag() != 0) {
			in = append(in, p)
		}
	}
	return in
}

// ordered is the cells that roots depend on, operands first.
func ordered(roots []*cell) (order []*cell) {
	seen := map[*cell]bool{}
	var visit func(*cell)
	visit = func(c *cell) {
		if seen[c] {
			return
		}
		seen[c] = true
		for i, p := range c.in {
			if !(i == 0 && c.lag() != 0) {
				visit(p)
			}
		}
		order = append(order, c)
		if c.lag() != 0 {
			visit(c.in[0])
		}
	}
	for _, r := range roots {
		visit(r)
	}
	return order
}

// count counts uses anew.
func count(all []*cell) {
	for _, c := range all {
		c.uses = 0
		if c.root {
			c.uses = 1
		}
	}
	for _, c := range all {
		for i, p := range c.in {
			if !slices.Contains(c.in[:i], p) {
				p.uses++
			}
		}
	}
}

// formula is the Map of c, or nil.
func (c *cell) formula() *op.Map { m, _ := c.spec.(*op.Map); return m }

// number is the value of a constant cell.
func (c *cell) number() (*scalar.Expr, bool) {
	k, ok := c.spec.(*op.Const)
	if !ok || k.Rows*k.Cols != 1 {
		return nil, false
	}
	return scalar.Num(k.Data[0]), true
}
