package dist

import (
	"ssmc/compiler/ir"
)

// Density is the log density or mass of x, in nats, summed over coordinates:
// [rows,1]. The parameters are given by any of their names. Coordinates where
// present, which may be nil, is zero do not count.
func (d *Dist) Density(b *ir.Builder, x *ir.Node, given map[string]*ir.Node, present *ir.Node) *ir.Node {
	if d.Joint != nil {
		return d.Joint.density(b, x, given, present)
	}
	if d.density != nil {
		p := d.density(b, x, given)
		if present != nil {
			p = b.Call("where", present, p, b.Number(0))
		}
		return p
	}
	text, vars := d.form(b, given)
	vars["x"] = x
	f := Formula(text)
	if present != nil {
		vars["present_"] = present
		f = masked(f)
	}
	return b.Formula(f, vars, true)
}

// form is the formula of the log density for the parameters as they are given.
func (d *Dist) form(b *ir.Builder, given map[string]*ir.Node) (string, map[string]*ir.Node) {
	for _, p := range d.Params {
		for _, a := range p.Alts {
			if n := given[a.Name]; n != nil && a.LogProb != "" {
				vars := d.Canonical(b, given)
				vars[a.Name] = n
				return a.LogProb, vars
			}
		}
	}
	return d.LogProb, d.Canonical(b, given)
}

// Canonical is the parameters by their own names, alternatives converted.
func (d *Dist) Canonical(b *ir.Builder, given map[string]*ir.Node) map[string]*ir.Node {
	out := map[string]*ir.Node{}
	for _, p := range d.Params {
		if n := given[p.Name]; n != nil {
			out[p.Name] = n
		}
		for _, a := range p.Alts {
			if n := given[a.Name]; n != nil && a.convert != nil {
				out[p.Name] = a.convert(b, given)
			} else if n != nil {
				out[p.Name] = b.Formula(Formula(a.Formula), map[string]*ir.Node{a.Name: n}, false)
			}
		}
	}
	return out
}

// Reparameterised is a sample as a function of eps, standard normal noise.
func (d *Dist) Reparameterised(b *ir.Builder, eps *ir.Node, given map[string]*ir.Node) *ir.Node {
	if d.Joint != nil {
		return d.Joint.sample(b, eps, given)
	}
	vars := d.Canonical(b, given)
	vars["eps"] = eps
	return b.Formula(Formula(d.Sample), vars, false)
}

// divergence is KL(q || p) in nats, summed over coordinates: [rows,1], where
// both are of family d, which has a formula for it.
func (d *Dist) divergence(b *ir.Builder, q, p map[string]*ir.Node) *ir.Node {
	vars := d.Canonical(b, q)
	for name, n := range d.Canonical(b, p) {
		vars["p_"+name] = n
	}
	return b.Formula(Formula(d.KL), vars, true)
}
