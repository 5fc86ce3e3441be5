package ir

import "ssmc/runtime/op"

// A filter is a rewrite in which samples are particles: what is read of an
// earlier time is read of the particle's ancestor there.
type filter struct {
	*Rewrite
	ancestors *Node // a promise
	uniform   *Node
	carried   map[*Node]*Node // what a sequence has once, as its particles hand it on
	zero      bool            // before the first frame stand zeros, where no start is given
}

// Filter makes samples the particles of a filter, which Weigh says how to
// resample. What is read before the first frame without a start is of no effect:
// it is the first frame, so that gradients stay finite, or, where a value would
// then depend on itself, zero.
func (r *Rewrite) Filter(zero bool) {
	anc := r.b.Promise(op.Shape{Axis: op.Frame, Sampled: true, Cols: 1})
	noise := r.b.Input(op.Source{Kind: op.Uniform, Name: "resampling"}, op.PerFrame(1))
	r.filter = &filter{r, anc, noise, map[*Node]*Node{}, zero}
}

// Weigh has particles resampled by the terms of the bound, all of them, rewritten.
func (r *Rewrite) Weigh(terms []*Node) {
	in := append([]*Node{r.filter.uniform}, terms...)
	r.b.Keep(r.filter.ancestors, r.b.Apply(op.Ancestors{}, in...))
}

// Ancestors is the number, from 0, of the particle that each goes on from after a frame:
// [N*K,1].
func (r *Rewrite) Ancestors() *Node { return r.filter.ancestors }

// random reports whether a node depends on what a guide draws.
func random(n *Node) (found bool) {
	Visit([]*Node{n}, func(n *Node) { found = found || n.Source != nil && n.Source.Kind == op.Noise })
	return found
}

// across is n where it takes particles from one time to another, or nil.
func (f *filter) across(n *Node) *Node {
	switch spec := n.Spec.(type) {
	case op.Lag:
		return f.lag(n, spec.By)
	case op.Expand:
		return f.carry(n.In[0])
	case op.Hold:
		return f.Hold(f.Of(n.In[0]), spec.Every)
	case op.Splice:
		if first := n.In[0].Resolve(); spec.At > 0 && first.Shape.Axis == op.Seq && random(first) {
			return f.b.Apply(spec, f.carry(first), f.Of(n.In[1]))
		}
	case op.Edge, op.Kalman, op.Chain:
		f.fail(n, "particles know their own past, and this takes in whole sequences of what is drawn")
	}
	return nil
}

// lag is a lag by any number of steps as so many lags by one: at each, a particle
// takes over what its ancestor had.
func (f *filter) lag(n *Node, by int) *Node {
	if by < 0 {
		f.fail(n, "particles move forwards in time, and this reads a later time of what is drawn")
		by = -by
	}
	x := f.Of(n.In[0])
	var start *Node
	if len(n.In) == 2 {
		start = f.Of(n.In[1])
	}
	f.b.Pos = n.Pos
	for range by {
		x = f.step(x, start)
	}
	return x
}

// step is what particles had a step before.
func (f *filter) step(x, start *Node) *Node {
	switch {
	case start != nil:
		return f.b.Apply(op.Lag{By: 1}, f.b.Apply(op.Gather{}, x, f.ancestors), start)
	case f.zero:
		return f.handed(x)
	}
	return f.b.Apply(op.Splice{At: 0}, x, f.handed(x))
}

// Hold is what particles drew at the first frame of a block of so many, and hand
// on over the block. What is drawn is rewritten already.
func (r *Rewrite) Hold(drawn *Node, every int) *Node {
	own := r.b.Promise(drawn.Shape)
	held := r.b.Call("where", r.b.Apply(op.Tick{Every: every}), drawn, r.filter.handed(own))
	r.b.Keep(own, held)
	return held
}

// handed is what a particle's ancestor had a step before.
func (f *filter) handed(n *Node) *Node {
	return f.b.Apply(op.Lag{By: 1}, f.b.Apply(op.Gather{}, n, f.ancestors), f.b.Fill(0, 1, n.Shape.Cols))
}

// carry is what a sequence has once [B*K,D] at each frame [N*K,D]: a particle has
// what its ancestor had.
func (f *filter) carry(n *Node) *Node {
	n = n.Resolve()
	if c := f.carried[n]; c != nil {
		return c
	}
	first := f.b.Expand(f.Of(n), op.PerFrame(n.Shape.Cols))
	own := f.b.Promise(first.Shape)
	f.carried[n] = f.b.Apply(op.Splice{At: 0}, first, f.handed(own))
	f.b.Keep(own, f.carried[n])
	return f.carried[n]
}
