package compiler

import (
	"fmt"

	"ssmc/compiler/ir"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// program is what the phases have made.
func (u *unit) program() *Program {
	p := &Program{Settings: u.settings, Guide: u.guide, Expanded: u.expanded, Terms: u.terms, Grades: u.grades, unit: u}
	p.Model = &runtime.Model{Name: u.model.Name.Text, Guide: u.guide.Name.Text, Params: u.usedParams(u.roots(u.sampled, u.terms)), Build: u.lower, Owner: u.owner}
	p.Model.Past, p.Model.Ahead = u.flows()
	for _, v := range u.order {
		if v.Role == "latent" && (u.exact() || v.class != nil) {
			continue
		}
		if v.Role == "latent" {
			p.Model.Sites = append(p.Model.Sites, v.site())
			continue
		}
		p.Model.Ports = append(p.Model.Ports, v.port())
	}
	return p
}

// site is a latent as a runtime has it.
func (v *variable) site() runtime.Site {
	return runtime.Site{Name: v.Name, Cols: v.sampleCols(), Axis: v.rows().Axis}
}

// port is a variable of the data as a runtime has it.
func (v *variable) port() runtime.Port {
	return runtime.Port{Name: v.Name, Kind: v.Kind, Cols: v.Cols(), Scalar: len(v.Dims) == 0,
		Classes: v.Classes, Observed: v.Role == "observed", Static: !v.Timed, Missing: v.Missing,
		SizeName: v.Unbound, Columns: v.Columns, Clock: v.Clock, Range: v.values}
}

// usedParams is the parameters that nodes depend on, in the order in which the
// program declares them.
func (u *unit) usedParams(nodes []*ir.Node) (out []runtime.Param) {
	used := map[string]bool{}
	ir.Visit(nodes, func(n *ir.Node) {
		if n.Source != nil && n.Source.Kind == op.Param {
			used[n.Source.Name] = true
		}
	})
	for _, p := range u.params {
		if used[p.Name] {
			out = append(out, p)
		}
	}
	return out
}

func (u *unit) roots(lists ...[]Term) (nodes []*ir.Node) {
	for _, l := range lists {
		for _, t := range l {
			nodes = append(nodes, t.node)
		}
	}
	return nodes
}

// lower adds the terms of the bound to a graph. A mistake of ours becomes an
// error here, and nowhere else.
func (u *unit) lower(g *op.Graph, s runtime.Spec) (terms []runtime.Term, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("lower %s: %v", u.model.Name.Text, r)
		}
	}()
	from, err := u.form(s)
	if err != nil {
		return nil, err
	}
	values, err := ir.Lower(g, u.roots(from), s.Train)
	if err != nil {
		return nil, err
	}
	for i, t := range from {
		t.Term.Value = values[i]
		terms = append(terms, t.Term)
	}
	return terms, nil
}

// samplesOf is the latents as the guide draws them, in the order of the sites.
func (u *unit) samplesOf() (out []Term) {
	for _, z := range u.drawn() {
		if !u.exact() {
			out = append(out, u.term(runtime.Latent, z.Name, z, z.decl.Span, "sampled", z.node))
		}
	}
	return out
}
