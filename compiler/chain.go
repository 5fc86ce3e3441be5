package compiler

import (
	"fmt"

	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// A switched variable has a distribution for each state of the chains.
type switched struct {
	v    *variable
	each []*draw
}

// formChain makes one term of the chains: the log density of what depends on
// them, summed over their paths by the forward algorithm.
func (u *unit) formChain(c *chains) {
	if len(u.switched) == 0 {
		u.notExact(u.guide.Span, "nothing that is observed depends on the latents")
		return
	}
	like, names := u.stateDensities(c)
	start, ok := u.startProbs(c)
	if !ok {
		return
	}
	trans, ok := u.transitionProbs(c)
	if !ok {
		return
	}
	how := "exact"
	if like.Shape.Sampled {
		how = "summed over " + c.names()
	}
	n := u.build.Apply(op.Chain{States: c.states}, like, u.rowsLike(trans, like), u.rowsLike(start, like))
	t := u.term(runtime.Likelihood, fmt.Sprintf("log p(%s | the past)", joinNames(names)), c.vars[0], c.vars[0].steps.Span, how, n)
	u.terms, u.sampled = append(u.terms, t), append(u.sampled, t)
}

// rowsLike gives a node that is not the same for every frame the rows of another.
func (u *unit) rowsLike(n, like *ir.Node) *ir.Node {
	if like.Shape.Sampled {
		return u.build.Repeat(n)
	}
	return n
}

// stateDensities is the log density of what depends on the chains in each state
// side by side, [N,S], and the names of what that is.
func (u *unit) stateDensities(c *chains) (*ir.Node, []string) {
	var names []string
	byState := make([]*ir.Node, c.states)
	for _, w := range u.switched {
		names = append(names, w.v.ref())
		for s, d := range w.each {
			n := u.density(d, w.v.node, w.v.present)
			if byState[s] != nil {
				n = u.build.Call("+", byState[s], n)
			}
			byState[s] = n
		}
	}
	return u.build.Concat(byState...), names
}

// startProbs is the log probabilities of the states at the first step, [1,S].
func (u *unit) startProbs(c *chains) (*ir.Node, bool) {
	return u.stateProbs(c, func(z *variable) (*lang.Relation, int, bool) {
		if len(z.firsts) > 1 {
			u.notExact(z.firsts[2].Span, "%s needs one first step", z.Name)
			return nil, 0, false
		}
		if rel := z.firsts[1]; rel != nil {
			return rel, 1, true
		}
		return z.steps, 0, true
	})
}

// transitionProbs is the log probabilities of the states for each state before:
// [S,S] or, where they vary in time, [N,S*S].
func (u *unit) transitionProbs(c *chains) (*ir.Node, bool) {
	defer c.before(noState)
	var rows []*ir.Node
	static := true
	for s := range c.states {
		c.before(s)
		row, ok := u.stateProbs(c, func(z *variable) (*lang.Relation, int, bool) { return z.steps, 0, true })
		if !ok {
			return nil, false
		}
		rows = append(rows, row)
		static = static && row.Shape.Axis == op.Once
	}
	if static {
		return u.stack(rows), true
	}
	all := u.build.Concat(rows...)
	if all.Shape.Axis != op.Frame {
		all = u.build.Expand(all, op.PerFrame(all.Shape.Cols))
	}
	return all, true
}

// stack sets rows that are the same at all times one below the other.
func (u *unit) stack(rows []*ir.Node) (all *ir.Node) {
	for i, row := range rows {
		pick := make([]float64, len(rows))
		pick[i] = 1
		n := u.build.MatMul(u.build.Apply(&op.Const{Rows: len(rows), Cols: 1, Data: pick}), row, false)
		if all != nil {
			n = u.build.Call("+", all, n)
		}
		all = n
	}
	return all
}

// stateProbs is the log probabilities of the states: for each chain those of its
// classes by the statement that of gives.
func (u *unit) stateProbs(c *chains, of func(*variable) (*lang.Relation, int, bool)) (all *ir.Node, ok bool) {
	for i, z := range c.vars {
		rel, at, ok := of(z)
		if !ok {
			return nil, false
		}
		n, ok := u.chainProbs(c, i, rel, at)
		if !ok {
			return nil, false
		}
		if all != nil {
			n = u.build.Call("+", all, n)
		}
		all = n
	}
	return all, true
}

// chainProbs is the log probabilities of chain i's classes, one for each state:
// a chain that reads another at the same time has its own for each state.
func (u *unit) chainProbs(c *chains, i int, rel *lang.Relation, at int) (*ir.Node, bool) {
	if !u.readsClass(c.vars[i]) {
		n, ok := u.logProbs(c.vars[i], rel, at)
		if !ok || len(c.vars) == 1 {
			return n, ok
		}
		return u.build.MatMul(n, u.classOf(c, i), false), true
	}
	defer c.now(noState)
	var each []*ir.Node
	for s := range c.states {
		c.now(s)
		n, ok := u.logProbs(c.vars[i], rel, at)
		if !ok {
			return nil, false
		}
		k := c.class(s, i)
		each = append(each, u.build.Slice(n, k-1, k))
	}
	return u.build.Concat(each...), true
}

// classOf is the constant [K,S] that is one where state s has class k of chain i.
func (u *unit) classOf(c *chains, i int) *ir.Node {
	k := c.vars[i].Classes
	data := make([]float64, k*c.states)
	for s := range c.states {
		data[(c.class(s, i)-1)*c.states+s] = 1
	}
	return u.build.Apply(&op.Const{Rows: k, Cols: c.states, Data: data})
}

// logProbs is a statement for z, as the log probability of each class.
func (u *unit) logProbs(z *variable, rel *lang.Relation, at int) (*ir.Node, bool) {
	u.settle()
	u.forget()
	d, ok := u.root().one(z, rel, at)
	u.settle()
	u.forget()
	if !ok {
		return nil, false
	}
	return d.dist.Classes(u.build, d.nodes()), true
}
