package dist

import (
	"slices"

	"ssmc/compiler/ir"
	"ssmc/runtime/op"
)

// Floored keeps a parameter that must be positive away from zero, where densities
// are infinite and their gradients more so: a small number is added to it, which
// leaves a gradient where a limit would not. One that is given as a standard
// deviation or a log variance becomes the variance, so that the number is in its
// units. It gives the name by which the parameter is given then; ok is false where
// it needs no floor: it may be any number, or its density is computed from its
// logarithm, which exp gives back.
func (d *Dist) Floored(b *ir.Builder, name string, given map[string]*ir.Node, floor float64) (as string, n *ir.Node, ok bool) {
	if k, rest, ok := d.partOf(name); ok {
		as, n, ok := d.parts[k].Floored(b, rest, d.givenTo(k, given), floor)
		return partName(k, as), n, ok
	}
	p, alt := d.Find(name)
	switch n := given[name]; {
	case alt != nil && alt.Floored:
		return p.Name, b.Call("+", d.resolve(b, map[string]*ir.Node{name: n}, p.Name), b.Number(floor)), true
	case alt == nil && p.takesLogs() && isExp(n):
	case alt != nil && alt.Support == Positive, alt == nil && p.Support == Positive:
		return name, b.Call("+", n, b.Number(floor)), true
	}
	return name, nil, false
}

// takesLogs reports whether a parameter may as well be given as its logarithm,
// without harm where that is far below zero: a rate, not a variance.
func (p *Param) takesLogs() bool {
	return slices.ContainsFunc(p.Alts, func(a Alt) bool { return a.Formula == "exp("+a.Name+")" && !a.Floored })
}

// isExp reports whether a node is the exponential of another.
func isExp(n *ir.Node) bool {
	m, ok := n.Resolve().Spec.(*op.Map)
	return ok && m.Formula.Op == "exp"
}
