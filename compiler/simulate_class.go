package compiler

import (
	"slices"

	"ssmc/compiler/ir"
	"ssmc/lang/diag"
)

// evalClasses evaluates the distributions of the latents that are classes: once
// for each state before and, where they read each other at the same time, for
// each state now.
func (u *unit) evalClasses() {
	c := u.chains()
	if c == nil || u.found.HasErrors() {
		return
	}
	u.classDraws = map[string][]*draw{}
	for _, z := range c.vars {
		if !u.startsChain(z) {
			return
		}
		list, ok := u.chainDraws(c, z)
		if !ok {
			return // what is wrong is so for every class
		}
		u.classDraws[z.Name] = list
	}
}

// chainDraws is the distributions of a chain, by the state before and now.
func (u *unit) chainDraws(c *chains, z *variable) (list []*draw, ok bool) {
	defer c.before(noState)
	for before := range c.states {
		c.before(before)
		if u.readsClass(z) {
			for now := range c.states {
				d, ok := u.inState(c, now, z)
				if !ok {
					return nil, false
				}
				list = append(list, d)
			}
			continue
		}
		u.forget()
		d, ok := u.root().distribution(z, z.steps, z.firsts)
		if !ok {
			return nil, false
		}
		list = append(list, d)
	}
	return list, true
}

// startsChain reports a chain whose first step reads one before it.
func (u *unit) startsChain(c *variable) bool {
	far := u.far()
	if len(c.firsts) > 0 || !slices.Contains(u.reads(c.steps.Value, far), slot{c.Name, far - 1}) {
		return true
	}
	u.errorf(diag.MissingStart, c.steps.Span, "%s has no value before the first step, which this needs at t = 1", c.Name).
		Helpf("add the line %s[1] ~ Categorical(probs=...)", c.Name)
	return false
}

// draws is the distributions of all variables that are drawn, by name: one, or
// one for each state of the chains.
func (u *unit) draws() map[string][]*draw {
	out := map[string][]*draw{}
	for _, d := range u.likes {
		out[d.v.Name] = []*draw{d}
	}
	for name, d := range u.priors {
		out[name] = []*draw{d}
	}
	for _, w := range u.switched {
		out[w.v.Name] = w.each
	}
	for name, list := range u.classDraws {
		out[name] = list
	}
	return out
}

// statement is the parameters of x at time t, by the classes that were drawn.
func (s *Simulator) statement(x *series, t int) []*ir.Node { return x.params[s.which(x, t)] }

// which is the number of the parameters of x at time t among those for all classes.
func (s *Simulator) which(x *series, t int) int {
	if len(x.params) == 1 {
		return 0
	}
	all := func(*series) bool { return true }
	if x.v.class == nil {
		return s.state(t, all)
	}
	before := 0
	if t > 0 {
		before = s.state(t-1, all)
	}
	if len(x.params) == s.states {
		return before
	}
	return before*s.states + s.state(t, func(c *series) bool { return x.beside[c.v.Name] })
}

// state is that of the chains at time t. Those that do not count are taken to be
// in their first class.
func (s *Simulator) state(t int, counts func(*series) bool) (state int) {
	for _, c := range s.classes {
		state *= c.v.Classes
		if counts(c) {
			state += int(s.row(c, t)[0])
		}
	}
	return state
}

// beside is the classes that a statement for v reads at the time that it is for.
func (u *unit) beside(v *variable) map[string]bool {
	far := u.far()
	names := map[string]bool{}
	for k, rel := range v.firsts {
		for _, s := range u.reads(rel.Value, k) {
			names[s.name] = names[s.name] || s.t == k
		}
	}
	for _, s := range u.reads(v.steps.Value, far) {
		names[s.name] = names[s.name] || s.t == far
	}
	for name := range names {
		if z, ok := u.names[name].(*variable); !ok || z.class == nil || !names[name] {
			delete(names, name)
		}
	}
	return names
}
