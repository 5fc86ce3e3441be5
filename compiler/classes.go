package compiler

import (
	"ssmc/lang/diag"
	"ssmc/runtime"
)

// classes is what a latent that is a class is taken to be while an expression is
// evaluated, once for each class: at the time of the statement, and a step
// before. Classes count from 1; zero is none.
type classes struct{ now, before int }

// chains is the latents that are classes, which are summed out. Their classes at
// one time, side by side, are a state: the first latent's changes the slowest.
type chains struct {
	vars   []*variable
	states int
}

// mostStates bounds the states of all chains together: work rises with their square.
const mostStates = 512

// chains is those of the model, or nil where there is none.
func (u *unit) chains() *chains {
	c := &chains{states: 1}
	for _, z := range u.latents() {
		if z.class != nil {
			c.vars = append(c.vars, z)
			c.states *= z.Classes
		}
	}
	if len(c.vars) == 0 {
		return nil
	}
	return c
}

// markClasses says of each latent that is a class that it is summed out.
func (u *unit) markClasses() {
	for _, z := range u.latents() {
		if z.Kind == runtime.OneOf && !z.relaxed {
			z.class = &classes{}
		}
	}
}

// names is the chains as a sentence lists them.
func (c *chains) names() string {
	var names []string
	for _, z := range c.vars {
		names = append(names, z.Name)
	}
	return joinNames(names)
}

// class is the class of chain i in state s, from 1.
func (c *chains) class(s, i int) int {
	for _, z := range c.vars[i+1:] {
		s /= z.Classes
	}
	return s%c.vars[i].Classes + 1
}

// now and before take the chains to be in state s; none is no state.
func (c *chains) now(s int)    { c.set(s, func(k *classes) *int { return &k.now }) }
func (c *chains) before(s int) { c.set(s, func(k *classes) *int { return &k.before }) }

const noState = -1

func (c *chains) set(s int, which func(*classes) *int) {
	for i, z := range c.vars {
		*which(z.class) = 0
		if s != noState {
			*which(z.class) = c.class(s, i)
		}
	}
}

// readClass is c[t] or c[t-1] as the class that it is taken to be.
func (s *scope) readClass(v *variable, off int, at diag.Span) value {
	k := 0
	switch off {
	case 0:
		k = v.class.now
	case -1:
		k = v.class.before
	}
	if k == 0 {
		s.errorf(diag.NotExact, at, "%s cannot be read here: %s[t] is summed out, given %s[t-1]", v.Name, v.Name, v.Name).
			Helpf("its own statement reads %s[t-1], and what else depends on it reads %s[t]", v.Name, v.Name)
		return bad{}
	}
	return number{v: float64(k)}
}

// readsClass reports whether a statement for v reads a class at the time that it
// is for.
func (u *unit) readsClass(v *variable) bool { return len(u.beside(v)) > 0 }

// byState is the distribution of v, which is no class: one or, where it depends
// on classes, one for each state.
func (u *unit) byState(v *variable) (list []*draw, ok bool) {
	c := u.chains()
	if c == nil || !u.readsClass(v) {
		d, ok := u.root().distribution(v, v.steps, v.firsts)
		return []*draw{d}, ok
	}
	for s := range c.states {
		d, ok := u.inState(c, s, v)
		if !ok {
			return nil, false
		}
		list = append(list, d)
	}
	return list, true
}

// inState is the distribution of v where the chains are in state s. Definitions
// may depend on it: they are evaluated anew.
func (u *unit) inState(c *chains, s int, v *variable) (*draw, bool) {
	defer c.now(noState)
	defer u.forget()
	u.settle()
	u.forget()
	c.now(s)
	d, ok := u.root().distribution(v, v.steps, v.firsts)
	u.settle()
	return d, ok
}
