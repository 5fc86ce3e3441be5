package compiler

import (
	"ssmc/compiler/ir"
	"ssmc/runtime/op"
)

// An emission is x[t] ~ Normal(C s[t] + d, R) for all observed variables that
// the latents touch, side by side.
type emission struct {
	p          int
	y, d       []*ir.Node
	R          []noise
	present    []*ir.Node // nil where nothing is missing
	C          *ir.Node   // [p,n], as rows
	names      []string
	first      *variable
	incomplete bool
}

// here is which components were observed.
func (e *emission) here(b *ir.Builder) *ir.Node {
	if !e.incomplete {
		return b.Fill(1, 1, e.p)
	}
	var parts []*ir.Node
	for i, n := range e.present {
		if n == nil {
			n = b.Apply(op.Expand{To: op.PerFrame(e.y[i].Shape.Cols)}, b.Fill(1, 1, e.y[i].Shape.Cols))
		}
		parts = append(parts, n)
	}
	return b.Concat(parts...)
}

// A piece is an observed variable that the latents touch, and how.
type piece struct {
	v    *variable
	mean *linear
}

// emissions sorts the observed variables: those that the latents touch, and the
// others.
func (k *kalman) emissions() (*emission, []*draw, bool) {
	e := &emission{}
	var rest []*draw
	var pieces []piece
	for _, d := range k.u.likes {
		if !k.touched(d) {
			rest = append(rest, d)
			continue
		}
		mean, ok := k.observe(e, d)
		if !ok {
			return nil, nil, false
		}
		pieces = append(pieces, piece{d.v, mean})
	}
	if len(pieces) == 0 {
		k.u.notExact(k.u.guide.Span, "nothing that is observed depends on the latents")
		return nil, nil, false
	}
	e.first = pieces[0].v
	for _, p := range pieces {
		k.u.together = append(k.u.together, p.v)
	}
	k.loadings(e, pieces)
	return e, rest, true
}

// observe sets d's variable beside those in e.
func (k *kalman) observe(e *emission, d *draw) (*linear, bool) {
	mean, noise, ok := k.moments(d.v, d, d.v.steps)
	if !ok {
		return nil, false
	}
	for p := range mean.by {
		if p.lag != 0 && k.u.names[p.name].(*variable).Timed {
			k.u.notExact(d.v.steps.Span, "%s[t] reads %s[t-%d]: exact inference takes what is observed of the latents at its own time", d.v.Name, p.name, p.lag)
			return nil, false
		}
	}
	e.y, e.d, e.R = append(e.y, d.v.node), append(e.d, k.frames(mean.rest)), append(e.R, noise)
	e.present, e.names = append(e.present, d.v.present), append(e.names, d.v.Name+"[t]")
	e.incomplete = e.incomplete || d.v.present != nil
	e.p += d.v.Cols()
	return mean, true
}

// loadings assembles C of its blocks.
func (k *kalman) loadings(e *emission, pieces []piece) {
	e.C = k.u.build.Fill(0, 1, e.p*k.n)
	at := 0
	for _, p := range pieces {
		for _, from := range k.order { // in order: sums are the same to the last bit each time
			if g, ok := p.mean.by[lagged{from.Name, 0}]; ok {
				e.C = k.u.build.Call("+", e.C, k.place(g, from, p.v.Cols(), at, e.p))
			}
		}
		at += p.v.Cols()
	}
}

// touched reports whether a density depends on a latent.
func (k *kalman) touched(d *draw) bool {
	found := false
	for _, n := range d.nodes() {
		ir.Visit([]*ir.Node{n}, func(n *ir.Node) { found = found || k.lin.latent[n] != nil })
	}
	return found
}
