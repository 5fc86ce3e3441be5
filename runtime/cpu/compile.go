package cpu

import (
	"fmt"
	"slices"

	"gorgonia.org/gorgonia"

	"ssmc/runtime"
	"ssmc/runtime/kernel"
	"ssmc/runtime/op"
)

// A compiler turns a graph into tasks.
type compiler[F Float] struct {
	*Machine[F]
	graph  *op.Graph
	order  []*gorgonia.Node // what is needed, operands first
	arrays map[*gorgonia.Node][]*array[F]
	made   map[*op.Forward]made[F]
	groups map[*gorgonia.Node]*group[F]
	picks  map[*gorgonia.Node]map[int]*gorgonia.Node // of a Grad
	uses   map[*gorgonia.Node]int                    // as operands of Forwards
	plan   ledger[F]
}

// made is what was made of a Forward: an operation, or a scan.
type made[F Float] struct {
	op   operation[F]
	scan *scan[F]
}

// compile fills in x's tasks from its terms.
func compile[F Float](x *Machine[F], g *op.Graph, join op.Join, grad bool) error {
	in := []*op.Value{g.Input(op.Source{Kind: op.Coef, Name: "terms"}, op.Static(1, len(x.terms)))}
	for _, t := range x.terms {
		in = append(in, t.Value)
	}
	cost := g.Apply(op.Total{Join: join}, "", in...)[0]
	c := &compiler[F]{Machine: x, graph: g, arrays: map[*gorgonia.Node][]*array[F]{}, made: map[*op.Forward]made[F]{},
		groups: map[*gorgonia.Node]*group[F]{}, uses: map[*gorgonia.Node]int{}, picks: map[*gorgonia.Node]map[int]*gorgonia.Node{}}
	var wrt, grads []*op.Value
	if grad {
		x.gradient = kernel.Room[F](len(x.params.Values))
		if wrt = c.learned(cost); len(wrt) > 0 {
			var err error
			if grads, err = g.Grad(cost, wrt...); err != nil {
				return err
			}
		}
	}
	if err := g.Check(); err != nil {
		return err
	}
	for _, z := range x.latents {
		in = append(in, z.Value)
		c.uses[z.Value.Node]++
	}
	if err := c.sort(append(grads, in...), cost); err != nil {
		return err
	}
	return c.tasks(wrt, grads, cost)
}

// learned is the inputs whose gradient is wanted: parameters that are not fixed
// and that the cost depends on.
func (c *compiler[F]) learned(cost *op.Value) []*op.Value {
	reached := map[*gorgonia.Node]bool{}
	var visit func(*gorgonia.Node)
	visit = func(n *gorgonia.Node) {
		if reached[n] {
			return
		}
		reached[n] = true
		switch o := n.Op().(type) {
		case *op.Forward:
			for i, a := range o.Args {
				if o.Spec.Diff(i) {
					visit(a)
				}
			}
		case *op.Pick:
			visit(o.Arg)
		}
	}
	visit(cost.Node)
	var wrt []*op.Value
	for _, v := range c.graph.Inputs {
		if p, ok := c.param(v); ok && reached[v.Node] && !p.Fixed {
			wrt = append(wrt, v)
		}
	}
	return wrt
}

// param is the parameter that an input holds.
func (c *compiler[F]) param(v *op.Value) (runtime.Param, bool) {
	if v.Source.Kind != op.Param {
		return runtime.Param{}, false
	}
	i := c.params.Index(v.Source.Name)
	if i < 0 {
		return runtime.Param{}, false
	}
	return c.params.List[i], true
}

// sort puts the nodes that roots need in order.
func (c *compiler[F]) sort(roots []*op.Value, cost *op.Value) error {
	all, err := gorgonia.Sort(c.graph.ExprGraph)
	if err != nil {
		return fmt.Errorf("sort the graph: %w", err)
	}
	needed := map[*gorgonia.Node]bool{}
	var visit func(*gorgonia.Node)
	visit = func(n *gorgonia.Node) {
		if needed[n] {
			return
		}
		needed[n] = true
		for _, a := range c.operands(n) {
			visit(a)
		}
	}
	for _, v := range append(roots, cost) {
		visit(v.Node)
	}
	for _, n := range slices.Backward(all) {
		if !needed[n] {
			continue
		}
		c.order = append(c.order, n)
		if f, ok := n.Op().(*op.Forward); ok {
			for _, a := range f.Args {
				c.uses[a]++
			}
			c.coupled = c.coupled || op.Couples(f.Spec, f.In, f.Out[0])
		}
	}
	return nil
}

// operands is what must be computed before n.
func (c *compiler[F]) operands(n *gorgonia.Node) []*gorgonia.Node {
	switch o := n.Op().(type) {
	case *op.Forward:
		return o.Args
	case *op.Pick:
		return []*gorgonia.Node{o.Arg}
	case *op.Unpick:
		return []*gorgonia.Node{o.Arg}
	case *op.Grad:
		return append([]*gorgonia.Node{o.Out, o.DOut}, o.Of.Args...)
	}
	if n.Op() == nil || !op.IsAdd(n.Op()) {
		return nil
	}
	var operands []*gorgonia.Node
	for it := c.graph.From(n.ID()); it.Next(); {
		operands = append(operands, it.Node().(*gorgonia.Node))
	}
	return operands
}

// tasks makes the tasks, forward and then backward.
func (c *compiler[F]) tasks(wrt, grads []*op.Value, cost *op.Value) error {
	for _, v := range c.graph.Inputs {
		if err := c.addInput(v); err != nil {
			return err
		}
	}
	for _, n := range c.order {
		if err := c.forwardTask(n); err != nil {
			return err
		}
	}
	for _, t := range c.terms {
		c.values = append(c.values, c.arrays[t.Value.Node][0])
	}
	for _, z := range c.latents {
		c.samples = append(c.samples, c.arrays[z.Value.Node][0])
	}
	c.total = c.made[cost.Node.Op().(*op.Forward)].op.(*totalOp[F])
	c.group()
	c.place(wrt, grads)
	for _, n := range c.order {
		if g, ok := n.Op().(*op.Grad); ok {
			c.backwardTask(n, g)
		}
	}
	c.settleGradient(wrt, grads)
	return nil
}

func (c *compiler[F]) forwardTask(n *gorgonia.Node) error {
	if p, ok := n.Op().(*op.Pick); ok {
		if all := c.arrays[p.Arg]; all != nil { // else of a Grad
			c.arrays[n] = all[p.Index : p.Index+1]
		}
		return nil
	}
	f, ok := n.Op().(*op.Forward)
	if !ok {
		return nil
	}
	var in []*array[F]
	for _, a := range f.Args {
		in = append(in, c.arrays[a][0])
	}
	t := &task[F]{name: f.Spec.Name(), pos: f.Pos}
	if err := c.make(t, f, in); err != nil {
		return fmt.Errorf("%s: %s: %w", f.Pos, t.name, err)
	}
	c.arrays[n] = t.writes
	c.Machine.forward = append(c.Machine.forward, t)
	return nil
}

// make makes the operation or scan of f.
func (c *compiler[F]) make(t *task[F], f *op.Forward, in []*array[F]) error {
	if spec, ok := f.Spec.(*op.Scan); ok {
		s, err := newScan(c.env, spec, in, c.spare(f))
		if err != nil {
			return err
		}
		t.stage, t.writes = s, s.outs()
		c.made[f] = made[F]{scan: s}
		return nil
	}
	o, err := newOperation(c.env, f.Spec, f.Pos, in, f.Out[0])
	if err != nil {
		return err
	}
	if a, ok := o.(*affine[F]); ok && len(in) == 3 && c.spare(f)[2] {
		a.overwrite()
	}
	t.stage, t.writes = alone[F]{o}, []*array[F]{o.link().out}
	c.made[f] = made[F]{op: o}
	return nil
}

// spare says which operands of f nothing else reads, so that f may overwrite them.
func (c *compiler[F]) spare(f *op.Forward) []bool {
	spare := make([]bool, len(f.Args))
	for i, a := range f.Args {
		if p, ok := a.Op().(*op.Forward); ok {
			spare[i] = c.uses[a] == 1 && forgets(p.Spec)
		}
	}
	return spare
}
