package compiler

import (
	"maps"
	"slices"

	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
)

// drawFrom is a distribution with its parameters.
func (s *scope) drawFrom(d *dist.Dist, n *lang.Call) value {
	out := &draw{dist: d, given: map[string]array{}, at: n.Span}
	ok := true
	for _, a := range n.Args {
		if a.Name == "" {
			ok = s.spread(out, a) && ok
			continue
		}
		v := s.within(a.Name, a.Value).eval(a.Value)
		ok = s.give(out, a.Name, a.NameSpan, v, a.Value) && ok
	}
	if !ok || !s.complete(out, n) {
		return bad{}
	}
	return out
}

// spread gives the parts of a record by their names: Normal(trans(z[t-1])).
func (s *scope) spread(out *draw, a *lang.ArgNode) bool {
	v := s.eval(a.Value)
	r, ok := v.(record)
	switch {
	case isBad(v):
		return false
	case !ok:
		s.positional(out.dist, a)
		return false
	}
	for i, name := range r.names {
		if !s.give(out, name, a.Span, r.values[i], a.Value) {
			return false
		}
	}
	return true
}

// positional reports a parameter without a name.
func (s *scope) positional(d *dist.Dist, a *lang.ArgNode) {
	e := s.errorf(diag.Positional, a.Span, "the parameters of %s are given by name", d.Name)
	if d == dist.Normal {
		e.Helpf("is %s a mean, a variance or a standard deviation? write Normal(mean=..., var=...) or sd=...", lang.Text(a.Value))
		return
	}
	e.Helpf("write %s(%s=%s)", d.Name, d.ParamNames()[0], lang.Text(a.Value))
}

// give sets one parameter.
func (s *scope) give(out *draw, name string, at diag.Span, v value, n lang.Node) bool {
	d := out.dist
	p, alt := d.Find(name)
	if p == nil {
		s.errorf(diag.BadArgument, at, "%s has no parameter %s", d.Name, name).
			Helpf("%s", suggestOr(name, d.ParamNames(), "it takes "+joinNames(d.ParamNames())))
		return false
	}
	for other := range out.given {
		if q, _ := d.Find(other); q == p && !p.Together(name, other) {
			s.errorf(diag.BadArgument, at, "%s is given twice, as %s and %s", p.Name, other, name)
			return false
		}
	}
	a, ok := s.asArray(v, n.At())
	if !ok {
		return false
	}
	sup := p.Support
	if alt != nil {
		sup = alt.Support
	}
	if !s.supports(sup, a, name, n) {
		return false
	}
	out.given[name] = a
	return true
}

// supports reports a parameter whose values can't all be right.
func (s *scope) supports(want dist.Support, a array, name string, n lang.Node) bool {
	k, constant := a.node.Number()
	switch {
	case want == dist.Positive && constant && k <= 0:
		s.errorf(diag.Support, n.At(), "%s must be positive, and %g is not", name, k)
	case want == dist.Unit && constant && (k < 0 || k > 1):
		s.errorf(diag.Support, n.At(), "%s must be between 0 and 1, and %g is not", name, k)
	case want == dist.Positive && !constant && a.sup == dist.Real:
		s.errorf(diag.Support, n.At(), "%s must be positive, but %s can be any number", name, lang.Text(n)).
			Helpf("wrap it: softplus(%s) or exp(%s)", lang.Text(n), lang.Text(n))
	case want == dist.Unit && !constant && a.sup == dist.Real:
		s.errorf(diag.Support, n.At(), "%s must be between 0 and 1, but %s can be any number", name, lang.Text(n)).
			Helpf("wrap it: sigmoid(%s)%s", lang.Text(n), logitsHint(name))
	default:
		return true
	}
	return false
}

func logitsHint(name string) string {
	if name == "probs" {
		return ", or give logits= instead"
	}
	return ""
}

// complete reports parameters that are missing.
func (s *scope) complete(out *draw, n *lang.Call) bool {
	for _, p := range out.dist.Params {
		found := false
		for name := range out.given {
			q, _ := out.dist.Find(name)
			found = found || q.Name == p.Name
		}
		if found {
			continue
		}
		names := p.Name + "="
		for _, a := range p.Alts {
			names += " or " + a.Name + "="
		}
		s.errorf(diag.MissingArgument, n.Fun.At(), "%s needs its %s", out.dist.Name, p.Name).Helpf("add %s (%s)", names, p.Doc)
		return false
	}
	return s.paired(out, n)
}

// paired reports a parameter that is given without the one that belongs to it.
func (s *scope) paired(out *draw, n *lang.Call) bool {
	for _, p := range out.dist.Params {
		for _, a := range p.Alts {
			if a.And == nil {
				continue
			}
			_, one := out.given[a.Name]
			_, two := out.given[a.And.Name]
			if one != two {
				s.errorf(diag.MissingArgument, n.Fun.At(), "%s takes %s and %s together", out.dist.Name, a.Name, a.And.Name).
					Helpf("%s is the %s, %s the %s", a.Name, a.Doc, a.And.Name, a.And.Doc)
				return false
			}
		}
	}
	return true
}

// fits reports a distribution that does not suit the variable it is given to.
func (s *scope) fits(v *variable, d *draw, rel *lang.Relation) bool {
	if d.dist.Over != v.support() {
		s.errorf(diag.Support, d.at, "%s is %s, but %s yields %s values", v.Name, v.decl.Type.Name.Text, d.dist.Name, d.dist.Over).
			Helpf("%s", suits(v))
		return false
	}
	if d.dist.Joint != nil {
		return s.fitsJoint(v, d, rel)
	}
	for _, name := range slices.Sorted(maps.Keys(d.given)) {
		a, want := d.given[name], v.Dims
		if d.dist.Vector {
			want = []Size{{v.Classes, ""}}
		}
		if len(a.dims) == 0 && !d.dist.Vector || sameDims(a.dims, want) {
			continue
		}
		if d.dist.Vector && len(a.dims) == 0 { // one number serves every class
			d.given[name] = array{s.u.build.Widen(a.node, v.Classes), want, a.sup}
			continue
		}
		if len(want) == 0 && len(a.dims) == 1 && a.dims[0].N == 1 { // one coordinate is a number
			d.given[name] = array{a.node, nil, a.sup}
			continue
		}
		s.mismatch(v, rel, name, a, want)
		return false
	}
	return true
}

// suits names the distributions that a variable can have.
func suits(v *variable) string {
	names := ""
	for _, d := range dist.All() {
		if d.Over == v.support() {
			if names != "" {
				names += " or "
			}
			names += d.Name
		}
	}
	if names == "" {
		return ""
	}
	return "a " + string(v.Kind) + " variable can be " + names
}

// mismatch reports a parameter of the wrong size, at the argument itself.
func (s *scope) mismatch(v *variable, rel *lang.Relation, name string, a array, want []Size) {
	at, written := rel.Value.Span, name
	if call, ok := rel.Value.Tree().(*lang.Call); ok {
		at = call.Span
		for _, arg := range call.Args {
			if arg.Name == name {
				at, written = arg.Value.At(), lang.Text(arg.Value)
			}
		}
	}
	d := s.errorf(diag.SizeMismatch, at, "%s needs %s of [%s], but %s is %s", v.Name, name, sizesOr1(want), written, a.describe())
	if len(want) == 1 && want[0].Name != "" {
		d.Helpf("give the net that makes it out=%s", want[0].Name)
	} else if len(want) == 1 {
		d.Helpf("give the net that makes it out=%d", want[0].N)
	} else if len(want) == 2 {
		d.Helpf("diag(v) is the matrix with v on its diagonal, eye(%d) the identity", want[0].N)
	}
}

// nodes is the parameters as the graph has them.
func (d *draw) nodes() map[string]*ir.Node {
	m := map[string]*ir.Node{}
	for name, a := range d.given {
		m[name] = a.node
	}
	return m
}

// member is the distribution with its parameters as the graph has them.
func (d *draw) member() dist.Member { return dist.Member{Dist: d.dist, Given: d.nodes()} }

// distribution is what v is drawn from at every time: the statement for t, with
// those for the first times in their places.
func (s *scope) distribution(v *variable, steps *lang.Relation, firsts map[int]*lang.Relation) (*draw, bool) {
	var parts []*draw
	all := true
	for k := 1; k <= len(firsts) && firsts[k] != nil; k++ {
		d, ok := s.one(v, firsts[k], k)
		all = all && ok
		parts = append(parts, d)
	}
	d, ok := s.one(v, steps, 0)
	if !ok || !all {
		return nil, false
	}
	return s.u.spliceDraws(v, d, parts), true
}

// one evaluates one statement for v, at time k or, if zero, every t.
func (s *scope) one(v *variable, rel *lang.Relation, k int) (*draw, bool) {
	seg := v.Name
	if k > 0 {
		seg += "_" + itoa(k)
	}
	sub := *s
	sub.time, sub.still, sub.axis = k, !v.Timed, v.axis
	sub.need = &need{}
	n := rel.Value.Tree()
	val := sub.within(seg, n).eval(n)
	d, ok := val.(*draw)
	switch {
	case isBad(val):
		return nil, false
	case !ok:
		s.errorf(diag.NotDistribution, rel.Value.Span, "%s is drawn from a distribution, not from %s", v.Name, val.describe()).
			Helpf("write ~ Normal(mean=..., var=...), or let ... = for what is not random")
		return nil, false
	}
	if k == 0 && sub.need.steps > len(v.firsts) && s.guide == nil {
		s.missingStart(v, sub.need)
		return nil, false
	}
	return d, s.fits(v, d, rel)
}

// missingStart reports a lag that reaches before the first step.
func (s *scope) missingStart(v *variable, n *need) {
	d := s.errorf(diag.MissingStart, n.at, "%s has no value before the first step, which this needs at t = %d", n.what, len(v.firsts)+1)
	first := "Normal(mean=0, var=1)"
	if dd, ok := s.u.priorText(v); ok {
		first = dd
	}
	if n.what == v.Name || n.what == clockName {
		d.Helpf("add the line %s[%d] ~ %s", v.Name, len(v.firsts)+1, first)
		return
	}
	d.Helpf("add the line %s[%d] = 0, or %s[%d] ~ %s", n.what, 1-n.steps+len(v.firsts), v.Name, len(v.firsts)+1, first)
}

// priorText is an example of a first distribution for v.
func (u *unit) priorText(v *variable) (string, bool) {
	switch v.support() {
	case dist.Binary:
		return "Bernoulli(probs=0.5)", true
	case dist.Count:
		return "Poisson(rate=1)", true
	}
	return "", false
}

// spliceDraws puts the distributions of the first times in their places.
func (u *unit) spliceDraws(v *variable, d *draw, firsts []*draw) *draw {
	d.v = v
	if len(firsts) == 0 {
		return d
	}
	u.widenFamily(d, firsts)
	params := (*draw).nodes
	for _, f := range firsts {
		if f.dist != d.dist {
			u.errorf(diag.Unsupported, f.at, "%s starts as %s and goes on as %s: one family for all times is all this version does", v.Name, f.dist.Name, d.dist.Name)
			return d
		}
		if !sameForm(d, f) {
			params = func(d *draw) map[string]*ir.Node { return d.dist.Canonical(u.build, d.nodes()) }
		}
	}
	out := &draw{dist: d.dist, given: map[string]array{}, at: d.at, v: v}
	rest := params(d)
	for k, f := range firsts {
		first := params(f)
		for _, name := range slices.Sorted(maps.Keys(first)) {
			rest[name] = u.build.Splice(k*v.every(), first[name], rest[name])
		}
	}
	for name, n := range rest {
		out.given[name] = array{node: n, dims: v.Dims}
	}
	return out
}

// sameForm reports whether two draws give their parameters by the same names.
func sameForm(a, b *draw) bool {
	for name := range a.given {
		if _, ok := b.given[name]; !ok {
			return false
		}
	}
	return len(a.given) == len(b.given)
}
