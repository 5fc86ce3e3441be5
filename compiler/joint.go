package compiler

import (
	"slices"

	"ssmc/compiler/dist"
	"ssmc/lang"
	"ssmc/lang/diag"
)

// nade is NADE(context=, hidden=): its arrays are those of the net nade_parts.
func nade(s *scope, n *lang.Call) value {
	v := s.drawing
	switch {
	case v == nil:
		s.errorf(diag.NotValue, n.Span, "NADE stands after ~, in a statement for a binary vector")
		return bad{}
	case v.Missing:
		s.errorf(diag.Support, n.Span, "%s may be missing, and NADE cannot leave out a component: the others depend on it", v.Name).
			Helpf("drop missing, or write Bernoulli(logits=...)")
		return bad{}
	}
	own, ok := s.named(n, "NADE", "context", "hidden")
	if !ok {
		return bad{}
	}
	context, ok := s.within("context", own["context"].Value).array(own["context"].Value)
	hidden, okHidden := s.wholeOr(own["hidden"], 1, maxSize, 100)
	if !ok || !okHidden {
		return bad{}
	}
	sub := *s
	sub.segment = &segment{path: s.path + ".nade", total: 1}
	net := netValue{net: s.u.libNets["nade_parts"].net, home: &scope{u: s.u, library: true}}
	r, ok := sub.callNet(net, []*argument{{"context", context, n.Span}, {"out", number{v: float64(v.Cols())}, n.Span},
		{"hidden", number{v: float64(hidden)}, n.Span}}, n).(record)
	if !ok {
		return bad{}
	}
	d := &draw{dist: dist.NADE, given: map[string]array{}, at: n.Span}
	for i, name := range r.names {
		d.given[name] = r.values[i].(array)
	}
	return d
}

// named is the arguments of a call by their names, all of them but the last.
func (s *scope) named(n *lang.Call, what string, names ...string) (map[string]*lang.ArgNode, bool) {
	own := map[string]*lang.ArgNode{}
	for _, a := range n.Args {
		if !slices.Contains(names, a.Name) || own[a.Name] != nil {
			s.errorf(diag.BadArgument, a.Span, "%s takes %s, each once and by name", what, joinNames(names))
			return nil, false
		}
		own[a.Name] = a
	}
	if own[names[0]] == nil {
		s.errorf(diag.MissingArgument, n.Fun.At(), "%s needs its %s", what, names[0]).Helpf("add %s=", names[0])
		return nil, false
	}
	return own, true
}

// mixture is Mixture(probs= | logits=, of=[...]).
func mixture(s *scope, n *lang.Call) value {
	own, ok := s.named(n, "Mixture", "of", "probs", "logits")
	if !ok {
		return bad{}
	}
	parts, ok := s.parts(own["of"].Value)
	if !ok {
		return bad{}
	}
	out := &draw{dist: s.u.mixtureOf(parts), given: map[string]array{}, at: n.Span}
	for k, p := range parts {
		for name, a := range p.given {
			out.given[out.dist.Give(k, name)] = a
		}
	}
	for _, name := range []string{"probs", "logits"} {
		a := own[name]
		if a == nil {
			continue
		}
		if !s.give(out, name, a.NameSpan, s.within(name, a.Value).eval(a.Value), a.Value) {
			return bad{}
		}
		if w := out.given[name]; len(w.dims) != 1 || w.width() != len(parts) {
			s.errorf(diag.SizeMismatch, a.Value.At(), "a mixture of %d needs %s of [%d], but this is %s", len(parts), name, len(parts), w.describe())
			return bad{}
		}
	}
	if own["probs"] == nil && own["logits"] == nil {
		s.errorf(diag.MissingArgument, n.Fun.At(), "Mixture needs its weights").Helpf("add probs= or logits= (one number for each part)")
		return bad{}
	}
	return out
}

// parts is the distributions of a mixture, over one support.
func (s *scope) parts(n lang.Node) (parts []*draw, ok bool) {
	l, ok := n.(*lang.List)
	if !ok || len(l.Items) < 2 {
		s.errorf(diag.BadArgument, n.At(), "a mixture is of a list of distributions").Helpf("write of=[Normal(mean=0, sd=1), Normal(mean=3, sd=1)]")
		return nil, false
	}
	sub := s.within("of", n)
	for _, item := range l.Items {
		v := sub.eval(item)
		d, isDraw := v.(*draw)
		switch {
		case isBad(v):
			return nil, false
		case !isDraw || d.flow != nil || d.dist.Joint != nil || d.dist.Over == dist.Class:
			s.errorf(diag.BadArgument, item.At(), "a mixture is of distributions of numbers, and this is none")
			return nil, false
		case len(parts) > 0 && d.dist.Over != parts[0].dist.Over:
			s.errorf(diag.Support, item.At(), "%s is over %s, but %s before it over %s", d.dist.Name, d.dist.Over.Values(), parts[0].dist.Name, parts[0].dist.Over.Values()).
				Helpf("a mixture is of distributions over the same values")
			return nil, false
		}
		parts = append(parts, d)
	}
	return parts, true
}

// mixtureOf is the mixture of some families, the same whenever they are.
func (u *unit) mixtureOf(parts []*draw) *dist.Dist {
	var of []*dist.Dist
	names := ""
	for _, p := range parts {
		of = append(of, p.dist)
		names += " " + p.dist.Name
	}
	if u.mixtures[names] == nil {
		u.mixtures[names] = dist.NewMixture(of)
	}
	return u.mixtures[names]
}
