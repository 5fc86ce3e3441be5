package ir

import (
	"fmt"

	"ssmc/runtime/op"
)

// Lower adds what roots depend on to a graph: every recurrence becomes one Scan,
// all else is computed for every time at once. Without train there is no dropout.
func Lower(g *op.Graph, roots []*Node, train bool) ([]*op.Value, error) {
	all, out := cells(roots, train)
	findCycles(all)
	count(all)
	fuse(ordered(out))
	l := &lowering{g: g, done: map[*cell]*op.Value{}, order: ordered(out)}
	values := make([]*op.Value, len(out))
	for i, c := range out {
		values[i] = l.value(c)
		if l.err != nil {
			return nil, l.err
		}
	}
	return values, nil
}

type lowering struct {
	g     *op.Graph
	done  map[*cell]*op.Value
	order []*cell
	err   error
}

func (l *lowering) value(c *cell) *op.Value {
	if v, ok := l.done[c]; ok {
		return v
	}
	switch {
	case c.source != nil:
		l.done[c] = l.g.Input(*c.source, c.shape)
	case c.spec == nil:
		panic(fmt.Sprintf("ir: %s: a promise was not kept", c.pos))
	case c.cycle != 0:
		l.scan(c.cycle)
	default:
		l.done[c] = l.g.Apply(c.spec, c.pos, l.values(c.in)...)[0]
	}
	return l.done[c]
}

func (l *lowering) values(in []*cell) []*op.Value {
	v := make([]*op.Value, len(in))
	for i, p := range in {
		v[i] = l.value(p)
	}
	return v
}

// scan lowers one recurrence.
func (l *lowering) scan(cycle int) {
	var body, inputs []*cell
	number := map[*cell]int{}
	for _, c := range l.order {
		if c.cycle == cycle {
			body = append(body, c)
		}
	}
	if body = l.inTurn(body); l.err != nil {
		return
	}
	for _, c := range body {
		for _, p := range c.in {
			if _, ok := number[p]; !ok && p.cycle != cycle {
				number[p] = len(inputs)
				inputs = append(inputs, p)
			}
		}
	}
	for i, c := range body {
		number[c] = len(inputs) + i
	}
	s := &op.Scan{Rev: l.direction(body) < 0, Inputs: shapes(inputs)}
	for _, c := range body {
		st := op.Step{Spec: c.spec, Out: c.shape, Pos: c.pos}
		for _, p := range c.in {
			st.In = append(st.In, number[p])
		}
		s.Body = append(s.Body, st)
	}
	outs := l.results(cycle, body)
	for _, c := range outs {
		s.Outs = append(s.Outs, number[c])
	}
	for i, v := range l.g.Apply(s, body[0].pos, l.values(inputs)...) {
		l.done[outs[i]] = v
	}
}

// inTurn sorts the cells of a recurrence so that each stands behind those that
// it reads at the same time.
func (l *lowering) inTurn(body []*cell) (order []*cell) {
	const under, done = 1, 2
	state := map[*cell]int{}
	var visit func(*cell)
	visit = func(c *cell) {
		switch state[c] {
		case under:
			l.err = fmt.Errorf("%s: this depends on itself at the same time", c.pos)
			return
		case done:
			return
		}
		state[c] = under
		for _, p := range c.inside() {
			visit(p)
		}
		state[c] = done
		order = append(order, c)
	}
	for _, c := range body {
		visit(c)
	}
	return order
}

// direction is the sign of a recurrence's lags, which must agree.
func (l *lowering) direction(body []*cell) (sign int) {
	for _, c := range body {
		by := c.lag()
		if by*sign < 0 {
			l.err = fmt.Errorf("%s: a recurrence runs both forwards and backwards in time", c.pos)
		}
		if by != 0 {
			sign = by
		}
	}
	return sign
}

// results is the cells of a recurrence that others read.
func (l *lowering) results(cycle int, body []*cell) (outs []*cell) {
	read := map[*cell]bool{}
	for _, c := range l.order {
		for _, p := range c.in {
			if c.cycle != cycle {
				read[p] = true
			}
		}
	}
	for _, c := range body {
		if c.root || read[c] {
			outs = append(outs, c)
		}
	}
	return outs
}
