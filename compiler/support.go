package compiler

import (
	"math"
	"slices"

	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
)

// support is the set of values of a variable, as far as its type tells.
func (v *variable) support() dist.Support {
	switch v.Kind {
	case runtime.Binary:
		return dist.Binary
	case runtime.Count:
		return dist.Count
	case runtime.OneOf:
		return dist.Class
	}
	return dist.Real
}

// latentSupport is the part of the reals that a latent's own statement draws
// from, told by the name of its family: a guide is evaluated before the model.
func (u *unit) latentSupport(z *variable) dist.Support {
	if z.Kind != runtime.Real || z.steps == nil {
		return z.support()
	}
	if d := u.familyOf(z.steps.Value.Tree()); d != nil && slices.Contains(latent, d.Over) {
		return d.Over
	}
	return dist.Real
}

// familyOf is the distribution that an expression names, or nil; of a mixture that
// of its first part.
func (u *unit) familyOf(n lang.Node) *dist.Dist {
	call, ok := n.(*lang.Call)
	if !ok {
		return nil
	}
	ref, ok := call.Fun.(*lang.NameRef)
	if !ok || u.names[ref.Name] != nil {
		return nil
	}
	d, _ := dist.Lookup(ref.Name)
	for _, a := range call.Args {
		if l, isList := a.Value.(*lang.List); ref.Name == "Mixture" && a.Name == "of" && isList && len(l.Items) > 0 {
			return u.familyOf(l.Items[0])
		}
	}
	return d
}

// continuous are the supports of real variables, latent those of latents.
var (
	continuous = []dist.Support{dist.Real, dist.Positive, dist.Unit, dist.Interval, dist.Angle}
	latent     = []dist.Support{dist.Real, dist.Positive, dist.Unit}
)

// supportsOf is what v may be drawn from here. A latent's samples are a smooth
// function of noise, so its range must be one that such a function can have.
func (s *scope) supportsOf(v *variable) []dist.Support {
	switch {
	case v.Kind != runtime.Real:
		return []dist.Support{v.support()}
	case v.Role != "latent":
		return continuous
	case s.guide != nil:
		return []dist.Support{s.u.latentSupport(v)}
	}
	return latent
}

// suited reports a distribution over values that a variable does not have.
func (s *scope) suited(v *variable, d *draw) bool {
	over := s.supportsOf(v)
	switch {
	case slices.Contains(over, d.dist.Over):
		return true
	case v.Kind == runtime.Real && s.guide != nil:
		s.errorf(diag.Support, d.at, "the model draws %s from %s, but %s is over %s", v.Name, over[0].Values(), d.dist.Name, d.dist.Over.Values())
	case v.Kind == runtime.Real && v.Role == "latent" && slices.Contains(continuous, d.dist.Over):
		s.errorf(diag.Support, d.at, "a latent cannot be drawn from %s, which is over %s: a guide's samples would leave them", d.dist.Name, d.dist.Over.Values()).
			Helpf("draw what is between 0 and 1 from Beta or LogitNormal, and scale it with let")
		return false
	default:
		s.errorf(diag.Support, d.at, "%s is %s, but %s yields %s values", v.Name, v.decl.Type.Name.Text, d.dist.Name, d.dist.Over)
	}
	s.u.found[len(s.u.found)-1].Helpf("%s", s.suits(v))
	return false
}

// suits names the distributions that a variable can have; of many, the usual one.
func (s *scope) suits(v *variable) string {
	var names []string
	for _, d := range dist.All() {
		if slices.Contains(s.supportsOf(v), d.Over) && (s.guide == nil || d.Sample != "") {
			names = append(names, d.Name)
		}
	}
	switch {
	case len(names) == 0:
		return ""
	case s.guide != nil:
		return "a guide can draw it from " + orList(names)
	case len(names) > 1:
		return "a " + string(v.Kind) + " variable can be " + usual[v.support()].Name + ", among others: ssmc doc lists them"
	}
	return "a " + string(v.Kind) + " variable can be " + names[0]
}

// usual is the distribution that comes to mind first.
var usual = map[dist.Support]*dist.Dist{
	dist.Real: dist.Normal, dist.Binary: dist.Bernoulli, dist.Count: dist.Poisson, dist.Class: dist.Categorical,
}

// orList is names with or between them.
func orList(names []string) string {
	out := names[0]
	for i, n := range names[1:] {
		if i == len(names)-2 {
			out += " or " + n
		} else {
			out += ", " + n
		}
	}
	return out
}

// restOf is the value that a latent is taken to have before the first step, where
// nothing says: what noise of zero is mapped to.
func (u *unit) restOf(name string) float64 {
	z, ok := u.names[name].(*variable)
	if !ok || z.Role != "latent" {
		return 0
	}
	switch u.latentSupport(z) {
	case dist.Positive:
		return 1
	case dist.Unit:
		return 0.5
	}
	return 0
}

// spans widens the range of an observed variable to that of one of its
// distributions. An end that is not constant is no end.
func (s *scope) spans(v *variable, d *draw) {
	text := d.dist.Ends()
	r := &runtime.Range{Low: s.end(d, text[0], math.Inf(-1), slices.Min), High: s.end(d, text[1], math.Inf(1), slices.Max),
		Ends: d.dist.Closed, Of: d.dist.Name}
	if v.values != nil {
		r.Low, r.High, r.Ends = min(r.Low, v.values.Low), max(r.High, v.values.High), r.Ends || v.values.Ends
	}
	v.values = r
}

// end is one end of a range: the extreme of its coordinates.
func (s *scope) end(d *draw, text string, none float64, extreme func([]float64) float64) float64 {
	if text == "" {
		return none
	}
	values, ok := ir.Evaluate(s.u.build.Formula(dist.Formula(text), d.dist.Canonical(s.u.build, d.nodes()), false))
	if !ok {
		return none
	}
	return extreme(values)
}

// supports reports a parameter whose values can't all be right.
func (s *scope) supports(want dist.Support, a array, name string, n lang.Node) bool {
	ask, written := asked[want], lang.Text(n)
	k, constant := a.node.Number()
	switch {
	case ask.words == "":
	case constant && !ask.allows(k):
		s.errorf(diag.Support, n.At(), "%s must be %s, and %g is not", name, ask.words, k)
		return false
	case !constant && a.sup == dist.Real:
		d := s.errorf(diag.Support, n.At(), "%s must be %s, but %s can be any number", name, ask.words, written)
		switch want {
		case dist.Positive:
			d.Helpf("wrap it: softplus(%s) or exp(%s)", written, written)
		case dist.Unit:
			d.Helpf("wrap it: sigmoid(%s)%s", written, logitsHint(name))
		case dist.Count:
			d.Helpf("give a number, or a variable of type count")
		}
		return false
	}
	return true
}

// asked is what a parameter must be.
var asked = map[dist.Support]struct {
	words  string
	allows func(k float64) bool
}{
	dist.Positive: {"positive", func(k float64) bool { return k > 0 }},
	dist.Unit:     {"between 0 and 1", func(k float64) bool { return k >= 0 && k <= 1 }},
	dist.Count:    {"a whole number", func(k float64) bool { return k >= 0 && k == math.Trunc(k) }},
}

func logitsHint(name string) string {
	if name == "probs" {
		return ", or give logits= instead"
	}
	return ""
}
