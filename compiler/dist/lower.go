package dist

import (
	"maps"

	"ssmc/compiler/ir"
	"ssmc/runtime/op"
)

// Density is the log density or mass of x, in nats, summed over coordinates:
// [rows,1]. The parameters are given by any of their names. Coordinates where
// present, which may be nil, is zero do not count. A class is its number, or K
// indicators.
func (d *Dist) Density(b *ir.Builder, x *ir.Node, given map[string]*ir.Node, present *ir.Node) *ir.Node {
	if d.Joint != nil {
		return d.Joint.density(b, x, given, present)
	}
	if d.classes != nil && x.Shape.Cols > 1 { // indicators
		return b.Dot(x, d.classes(b, given))
	}
	if d.classes != nil {
		in := b.Align([]*ir.Node{d.classes(b, given), x})
		p := b.Apply(op.Take{}, in[0], in[1])
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

// Densities is the log density or mass of each number of x, in nats, [rows,D], of a
// distribution of independent coordinates. A class has one number.
func (d *Dist) Densities(b *ir.Builder, x *ir.Node, given map[string]*ir.Node) *ir.Node {
	if d.classes != nil {
		return d.Density(b, x, given, nil)
	}
	text, vars := d.form(b, given)
	vars["x"] = x
	return b.Formula(Formula(text), vars, false)
}

// Expected is the expected value of each number, [rows,D] or one for all, or nil where
// there is no formula.
func (d *Dist) Expected(b *ir.Builder, given map[string]*ir.Node) *ir.Node {
	if d.Mean == "" || d.Joint != nil {
		return nil
	}
	return b.Formula(Formula(d.Mean), d.Canonical(b, given), false)
}

// Classes is the log probability of each class [rows,K], of a distribution over
// classes.
func (d *Dist) Classes(b *ir.Builder, given map[string]*ir.Node) *ir.Node { return d.classes(b, given) }

// form is the formula of the log density for the parameters as they are given.
func (d *Dist) form(b *ir.Builder, given map[string]*ir.Node) (string, map[string]*ir.Node) {
	text, vars := d.LogProb, d.Canonical(b, given)
	for _, p := range d.Params {
		for _, a := range p.Alts {
			if given[a.Name] != nil && a.LogProb != "" && text == d.LogProb {
				text = a.LogProb
			}
		}
	}
	maps.Copy(vars, given)
	return text, vars
}

// Canonical is the parameters by their own names, alternatives converted.
func (d *Dist) Canonical(b *ir.Builder, given map[string]*ir.Node) map[string]*ir.Node {
	out := map[string]*ir.Node{}
	for _, p := range d.Params {
		if k, rest, ok := d.partOf(p.Name); ok {
			out[p.Name] = d.parts[k].resolve(b, d.givenTo(k, given), rest)
			continue
		}
		out[p.Name] = d.resolve(b, given, p.Name)
	}
	return out
}

// resolve is the parameter of that name, as it is given or by the formula of the
// alternative that is.
func (d *Dist) resolve(b *ir.Builder, given map[string]*ir.Node, name string) *ir.Node {
	if n := given[name]; n != nil {
		return n
	}
	p, _ := d.Find(name)
	for _, a := range p.Alts {
		if given[a.Name] == nil {
			continue
		}
		if a.convert != nil {
			return a.convert(b, given)
		}
		f, vars := Formula(a.Formula), map[string]*ir.Node{}
		for _, v := range f.Vars() {
			vars[v] = d.resolve(b, given, v)
		}
		return b.Formula(f, vars, false)
	}
	panic("dist: " + d.Name + " lacks its " + name)
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
