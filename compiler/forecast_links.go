package compiler

import (
	"slices"

	"ssmc/compiler/ir"
)

// links is which nodes of a forecaster depend on what, and are computed anew when it
// changes.
type links struct {
	onLatents []*ir.Node // on latents, at any time
	onData    []*ir.Node // on observed variables at any time, and no latent
	now       []*ir.Node // on what is scored at a step first, and drawn then
	rereads   bool       // some variable reads another that is observed at its own time
	redraws   bool       // some latent does
}

// cells is the nodes of links, in an interpreter.
type cells struct{ onLatents, onData, now ir.Cells }

func (l *links) of(p *ir.Interpreter) cells {
	return cells{p.Cells(l.onLatents), p.Cells(l.onData), p.Cells(l.now)}
}

// link finds out what depends on what, and how far back.
func (f *Forecaster) link() {
	s := f.sim
	latent := func(n *ir.Node) bool { x := s.inputs[n]; return x != nil && x.v.Role == "latent" }
	observed := func(n *ir.Node) bool {
		x := s.inputs[n]
		if x == nil {
			x = s.present[n]
		}
		return x != nil && x.v.Role == "observed"
	}
	statements, ofLatents := s.statements()
	roots := append(slices.Clone(statements), f.nodes()...)
	l := &f.links
	l.rereads, l.redraws = len(ir.Now(statements, observed)) > 0, len(ir.Now(ofLatents, observed)) > 0
	drawn := observed
	if l.redraws {
		drawn = func(n *ir.Node) bool { return observed(n) || latent(n) }
	}
	l.now, l.onLatents = ir.Now(roots, drawn), ir.Reading(roots, latent)
	known := map[*ir.Node]bool{}
	for _, n := range l.onLatents {
		known[n] = true
	}
	l.onData = slices.DeleteFunc(ir.Reading(roots, observed), func(n *ir.Node) bool { return known[n] })
	f.memory = s.memory(ir.ReachOf(roots, latent))
}

// statements is the parameters of all that is drawn, and those of the latents.
func (s *Simulator) statements() (all, latents []*ir.Node) {
	for _, x := range s.drawn {
		for _, list := range x.params {
			all = append(all, list...)
			if x.v.Role == "latent" {
				latents = append(latents, list...)
			}
		}
	}
	return all, latents
}

// memory is the steps of the latents that are read, less than zero for all: with what
// is held over a block, those to its first. Classes that are drawn given all else take
// all.
func (s *Simulator) memory(r ir.Reach) int {
	if r.Most >= ir.Unlimited || s.chain != nil {
		return -1
	}
	block := 0
	for _, x := range s.latents {
		block = max(block, x.v.every()-1)
	}
	if len(s.classes) > 0 { // their statements are chosen by the class before, and not read
		return max(1, r.Most) + block
	}
	return r.Most + block
}
