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
	for i, a := range n.Args {
		if a.Name == "" {
			ok = s.spread(out, a, i) && ok
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

// spread gives the parts of a record by their names: Normal(trans(z[t-1])). It
// gives argument i without a name where that can't be mistaken: Uniform(-1, 1).
func (s *scope) spread(out *draw, a *lang.ArgNode, i int) bool {
	v := s.eval(a.Value)
	r, ok := v.(record)
	switch {
	case isBad(v):
		return false
	case !ok && out.dist.Ordered && i < len(out.dist.Params):
		return s.give(out, out.dist.Params[i].Name, a.Span, v, a.Value)
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
	if d.Ordered {
		s.errorf(diag.Positional, a.Span, "%s takes %s, in this order or by name", d.Name, joinNames(d.ParamNames()))
		return
	}
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

// complete reports parameters that are missing, and those that mean nothing
// without another.
func (s *scope) complete(out *draw, n *lang.Call) bool {
	for _, p := range out.dist.Params {
		given := ""
		for name := range out.given {
			if q, _ := out.dist.Find(name); q.Name == p.Name {
				given = name
			}
		}
		_, alt := out.dist.Find(given)
		switch {
		case given == "":
			s.errorf(diag.MissingArgument, n.Fun.At(), "%s needs its %s", out.dist.Name, p.Name).Helpf("add %s (%s)", waysToGive(p), p.Doc)
			return false
		case alt != nil && alt.With != "" && !isGiven(out, alt.With):
			s.errorf(diag.MissingArgument, n.Fun.At(), "%s takes %s together with %s", out.dist.Name, alt.Name, alt.With).
				Helpf("%s", s.pairHelp(out, alt, p.Name))
			return false
		}
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

func isGiven(d *draw, name string) bool { _, ok := d.given[name]; return ok }

// pairHelp says how to mend an alternative without the other that it goes with.
func (s *scope) pairHelp(out *draw, alt *dist.Alt, own string) string {
	q, _ := out.dist.Find(alt.With)
	for name := range out.given {
		if other, _ := out.dist.Find(name); other == q {
			return "write " + alt.With + "= instead of " + name + "=, or " + own + "= instead of " + alt.Name + "="
		}
	}
	return "add " + alt.With + "=, or write " + own + "= instead of " + alt.Name + "="
}

// waysToGive is the names by which a parameter can be given.
func waysToGive(p dist.Param) string {
	names := p.Name + "="
	for _, a := range p.Alts {
		names += " or " + a.Name + "="
	}
	return names
}

// fits reports a distribution that does not suit the variable it is given to.
func (s *scope) fits(v *variable, d *draw, rel *lang.Relation) bool {
	if !s.suited(v, d) {
		return false
	}
	if !s.fitsParams(v, d, rel) {
		return false
	}
	if v.Role == "observed" {
		s.spans(v, d)
	}
	return true
}

// fitsParams gives the parameters the sizes that they have for v.
func (s *scope) fitsParams(v *variable, d *draw, rel *lang.Relation) bool {
	if d.dist.Joint != nil {
		return s.fitsJoint(v, d, rel)
	}
	for _, name := range slices.Sorted(maps.Keys(d.given)) {
		if !s.fitsParam(v, d, rel, name) {
			return false
		}
	}
	return true
}

// fitsParam gives a parameter the size that it has for v, or reports its own.
func (s *scope) fitsParam(v *variable, d *draw, rel *lang.Relation, name string) bool {
	p, _ := d.dist.Find(name)
	a, want := d.given[name], v.Dims
	switch p.Width {
	case dist.PerClass:
		want = []Size{{v.Classes, ""}}
	case dist.PerCut:
		want = []Size{{v.Classes - 1, ""}}
	}
	switch {
	case len(a.dims) == 0 && p.Width == dist.PerCoordinate, sameDims(a.dims, want):
	case p.Width == dist.PerClass && len(a.dims) == 0: // one number serves every class
		d.given[name] = array{s.u.build.Widen(a.node, v.Classes), want, a.sup}
	case p.Width == dist.PerCut && len(a.dims) == 0 && v.Classes == 2: // one cut is a number
		d.given[name] = array{a.node, want, a.sup}
	case len(want) == 0 && len(a.dims) == 1 && a.dims[0].N == 1: // one coordinate is a number
		d.given[name] = array{a.node, nil, a.sup}
	default:
		s.mismatch(v, rel, name, a, want)
		return false
	}
	return true
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
	sub.need, sub.drawing = &need{}, v
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
	_, given := s.u.names[n.what].(*variable) // a let takes no value of its own
	switch left := n.steps - len(v.firsts); {
	case n.what == v.Name && left > 1:
		d.Helpf("add lines for %[1]s[%[2]d] to %[1]s[%[3]d], as %[1]s[%[2]d] ~ %[4]s, or for %[1]s[%[5]d] to %[1]s[0], as %[1]s[0] = 0", v.Name, len(v.firsts)+1, n.steps, first, 1-left)
		return
	case n.what == v.Name || n.what == clockName || !given:
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
	u.build.Pos = position(d.at)
	u.widenFamily(d, firsts)
	params := (*draw).nodes
	for _, f := range firsts {
		if f.dist != d.dist {
			u.errorf(diag.Unsupported, f.at, "%s starts as %s and goes on as %s: one family for all times is all this version does", v.Name, f.dist.Name, d.dist.Name)
			return d
		}
		if d.dist == dist.NADE { // its weights are one array
			u.errorf(diag.Unsupported, f.at, "%s is drawn from one %s at all times in this version", v.Name, d.dist.Name).
				Helpf("write one statement for %s[t], and %s[0] = 0 for what it reads before the first step", v.Name, v.Name)
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
