package compiler

import (
	"slices"

	"ssmc/lang/diag"
)

// evalClasses evaluates the distributions of a model with a latent that is a
// class: once for each class, which for the latent itself is that of the step
// before.
func (u *unit) evalClasses() {
	if !u.finite() || u.found.HasErrors() {
		return
	}
	c, ok := u.onlyClass()
	if !ok {
		return
	}
	u.byClass = map[string][]*draw{}
	for _, v := range u.order {
		for k := 1; k <= c.Classes && v.steps != nil; k++ {
			at := &c.class.now
			if v == c {
				at = &c.class.before
			}
			*at = k
			u.forget()
			d, ok := u.root().distribution(v, v.steps, v.firsts)
			*at = 0
			if !ok {
				return // what is wrong is so for every class
			}
			u.byClass[v.Name] = append(u.byClass[v.Name], d)
		}
	}
}

// onlyClass is the latent that is a class. There may be but one, and its first
// step must be one that can be drawn.
func (u *unit) onlyClass() (c *variable, ok bool) {
	for _, z := range u.latents() {
		if z.class == nil {
			continue
		}
		if c != nil {
			u.errorf(diag.Unsupported, z.decl.Span, "several latents that are classes are not supported by this version")
			return nil, false
		}
		c = z
	}
	const far = 50
	before := slot{c.Name, far - 1}
	if len(c.firsts) == 0 && slices.Contains(u.reads(c.steps.Value, far), before) {
		u.errorf(diag.MissingStart, c.steps.Span, "%s has no value before the first step, which this needs at t = 1", c.Name).
			Helpf("add the line %s[1] ~ Categorical(probs=...)", c.Name)
		return nil, false
	}
	return c, true
}

// draws is the distributions of all variables that are drawn, by name: one, or
// where they differ one for each class.
func (u *unit) draws() map[string][]*draw {
	out := map[string][]*draw{}
	for _, d := range u.likes {
		out[d.v.Name] = []*draw{d}
	}
	for name, d := range u.priors {
		out[name] = []*draw{d}
	}
	for name, list := range u.byClass {
		if u.sameDraws(list) {
			list = list[:1]
		}
		out[name] = list
	}
	return out
}

// sameDraws reports whether a distribution is the same for all classes.
func (u *unit) sameDraws(list []*draw) bool {
	return !slices.ContainsFunc(list, func(d *draw) bool { return !slices.Equal(u.canonical(d), u.canonical(list[0])) })
}
