package cpu

import (
	"slices"

	"gorgonia.org/gorgonia"

	"ssmc/runtime/op"
)

// A group is the array of one gradient: Gorgonia's sums of gradients and their
// summands share one, so that the sums cost nothing.
type group[F Float] struct{ array *array[F] }

// groupOf is the group of node n.
func (c *compiler[F]) groupOf(n *gorgonia.Node) *group[F] {
	if c.groups[n] == nil {
		c.groups[n] = &group[F]{}
	}
	return c.groups[n]
}

// group gives sums and summands their groups, and finds the Picks of each Grad.
func (c *compiler[F]) group() {
	for _, n := range slices.Backward(c.order) {
		if p, ok := n.Op().(*op.Pick); ok {
			if c.picks[p.Arg] == nil {
				c.picks[p.Arg] = map[int]*gorgonia.Node{}
			}
			c.picks[p.Arg][p.Index] = n
		}
		if n.Op() == nil || !op.IsAdd(n.Op()) || c.tuple(n) {
			continue
		}
		for _, a := range c.operands(n) {
			c.groups[a] = c.groupOf(n)
		}
	}
}

// tuple reports whether n is the gradients of several results.
func (c *compiler[F]) tuple(n *gorgonia.Node) bool {
	if n.Op() != nil && op.IsAdd(n.Op()) {
		return c.tuple(c.operands(n)[0])
	}
	_, ok := n.Op().(*op.Unpick)
	return ok
}

// place puts the gradients of parameters where they belong in the gradient. Of
// two inputs that hold one parameter, the second is added later.
func (c *compiler[F]) place(wrt, grads []*op.Value) {
	taken := map[int]bool{}
	for i, v := range wrt {
		k := c.params.Index(v.Source.Name)
		lo := c.params.Off[k]
		data := c.gradient[lo:][:c.params.List[k].Size()]
		a := c.env.array(v.Shape)
		if !taken[k] {
			a.give(data)
			a.part = lo + 1
		} else {
			sum := c.env.array(v.Shape)
			sum.give(data)
			sum.part = lo + 1
			c.extra = append(c.extra, accumulation[F]{sum, a})
		}
		taken[k] = true
		c.groupOf(grads[i].Node).array = a
	}
}

// results is the gradients of the results of f, nil where zero: those that
// node n, an Unpick or a sum of them, holds, or the one array that n is.
func (c *compiler[F]) results(n *gorgonia.Node, f *op.Forward) []*array[F] {
	douts := make([]*array[F], len(f.Out))
	var collect func(*gorgonia.Node)
	collect = func(n *gorgonia.Node) {
		if u, ok := n.Op().(*op.Unpick); ok {
			douts[u.Pick.Index] = c.groups[u.Arg].array
			return
		}
		for _, a := range c.operands(n) {
			collect(a)
		}
	}
	if c.tuple(n) {
		collect(n)
	} else if g := c.groups[n]; g != nil { // else the constant one at the cost
		douts[0] = g.array
	}
	return douts
}

// backwardTask makes the task of a Grad.
func (c *compiler[F]) backwardTask(n *gorgonia.Node, g *op.Grad) {
	f := g.Of
	m, douts := c.made[f], c.results(g.DOut, f)
	for _, d := range douts {
		if d != nil {
			c.plan.settle(d, 0, d.shape.Cols)
		}
	}
	din := c.targets(n, f)
	t := &task[F]{name: f.Spec.Name(), pos: f.Pos, back: true, zero: c.plan.take()}
	for _, d := range din {
		if d.array != nil && !slices.Contains(t.writes, d.array) {
			t.writes = append(t.writes, d.array)
		}
	}
	if m.scan != nil {
		m.scan.back = newReversal(m.scan, douts, din)
		t.stage = m.scan
	} else {
		l := m.op.link()
		l.dout, l.din = douts[0], din
		m.op.prepare()
		t.stage = alone[F]{m.op}
	}
	c.backward = append(c.backward, t)
}

// targets is where a Grad's gradients go.
func (c *compiler[F]) targets(n *gorgonia.Node, f *op.Forward) []target[F] {
	din := make([]target[F], len(f.Args))
	for _, p := range []phase{direct, summed, last} {
		for i := range f.Args {
			pick := c.picks[n][i]
			if pick == nil {
				continue
			}
			if print := footprintOf(f.Spec, f.In, f.Out[0], i); print.phase == p {
				g := c.groupOf(pick)
				if g.array == nil {
					g.array = c.env.array(f.In[i])
				}
				din[i] = target[F]{g.array, c.plan.claim(g.array, print)}
			}
		}
	}
	return din
}

// settleGradient clears what no task writes of the parameters' gradients.
func (c *compiler[F]) settleGradient(wrt, grads []*op.Value) {
	for i := range wrt {
		c.plan.settle(c.groups[grads[i].Node].array, 0, wrt[i].Shape.Cols)
	}
	c.leftover = c.plan.take()
}

// add performs the accumulation.
func (a accumulation[F]) add() {
	for r := range a.src.rows {
		addTo(a.dst.row(r), a.src.row(r))
	}
}
