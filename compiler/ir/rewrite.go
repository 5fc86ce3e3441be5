package ir

import (
	"fmt"

	"ssmc/runtime/op"
)

// A Rewrite copies what depends on samples, with changes: another form of the
// bound. What it leaves alone is shared. Inputs are never copied: the noise of a
// copy is that of the original.
type Rewrite struct {
	b       *Builder
	done    map[*Node]*Node
	open    map[*Node]*Node // on the way, with a promise where one was needed
	detach  bool
	learned map[*Node]bool // depends on parameters
	filter  *filter        // of particles, or nil
	Err     error          // why the form cannot be had
}

// NewRewrite is a rewrite of nodes that b has made.
func NewRewrite(b *Builder) *Rewrite {
	return &Rewrite{b: b, done: map[*Node]*Node{}, open: map[*Node]*Node{}}
}

// Replace has to stand in the place of n.
func (r *Rewrite) Replace(n, to *Node) { r.done[n.Resolve()] = to }

// Detach stops the gradient of what depends on no sample: on the parameters of a
// guide and what they make of the data.
func (r *Rewrite) Detach() { r.detach, r.learned = true, map[*Node]bool{} }

// Of is n, rewritten.
func (r *Rewrite) Of(n *Node) *Node {
	n = n.Resolve()
	if m, ok := r.done[n]; ok {
		return m
	}
	if !n.Shape.Sampled || n.Source != nil {
		return r.still(n)
	}
	if p, ok := r.open[n]; ok { // a recurrence
		if p == nil {
			p = r.b.Promise(n.Shape)
			r.open[n] = p
		}
		return p
	}
	r.open[n] = nil
	m := r.copy(n)
	r.done[n] = m
	if p := r.open[n]; p != nil {
		r.b.Keep(p, m)
	}
	delete(r.open, n)
	return m
}

// still is a node that is not copied, as copies read it.
func (r *Rewrite) still(n *Node) *Node {
	if r.detach && !n.Shape.Sampled && r.isLearned(n) {
		return r.b.Apply(op.Detach{}, n)
	}
	return n
}

// isLearned reports whether a node without samples depends on parameters.
func (r *Rewrite) isLearned(n *Node) bool {
	n = n.Resolve()
	if n.Source != nil {
		return n.Source.Kind == op.Param
	}
	if found, ok := r.learned[n]; ok {
		return found
	}
	r.learned[n] = false // on the way: a recurrence adds nothing
	for _, p := range n.In {
		if r.isLearned(p) {
			r.learned[n] = true
		}
	}
	return r.learned[n]
}

// copy is n with rewritten operands.
func (r *Rewrite) copy(n *Node) *Node {
	if r.filter != nil && random(n) {
		if m := r.filter.across(n); m != nil {
			return m
		}
	}
	in := make([]*Node, len(n.In))
	for i, p := range n.In {
		in[i] = r.Of(p)
	}
	r.b.Pos = n.Pos
	return r.b.Apply(n.Spec, in...)
}

// fail keeps the first reason why the form cannot be had.
func (r *Rewrite) fail(n *Node, format string, args ...any) {
	if r.Err == nil {
		r.Err = fmt.Errorf("%s: %s", n.Pos, fmt.Sprintf(format, args...))
	}
}
