package compiler

import (
	"ssmc/lang"
	"ssmc/lang/diag"
)

// A slot is a variable at a time, from 1; a static variable is at time 0.
type slot struct {
	name string
	t    int
}

// A slice is the model's graph over some steps: what each slot is drawn given.
type sliced struct {
	T       int
	slots   []slot
	parents map[slot][]slot
	latent  map[string]bool
}

// slice unrolls the dependencies of the model over T steps. What lets define is
// replaced by what they read.
func (u *unit) slice(T int) *sliced {
	g := &sliced{T: T, parents: map[slot][]slot{}, latent: map[string]bool{}}
	for _, v := range u.order {
		g.latent[v.Name] = v.Role == "latent"
		if !v.Timed {
			s := slot{v.Name, 0}
			g.slots = append(g.slots, s)
			if v.steps != nil {
				g.parents[s] = u.readsOnce(v.steps.Value, T)
			}
			continue
		}
		for t := 1; t <= T; t += v.every() {
			s := slot{v.Name, t}
			g.slots = append(g.slots, s)
			if v.steps != nil {
				g.parents[s] = u.reads(statementAt(v, t).Value, t)
			}
		}
	}
	return g
}

// statementAt is the statement that draws v at step t of t.
func statementAt(v *variable, t int) *lang.Relation {
	if r := v.firsts[v.index(t)]; r != nil {
		return r
	}
	return v.steps
}

// reads is the slots that an expression reads at time t, each once.
func (u *unit) reads(e *lang.Expr, t int) (out []slot) {
	seen := map[slot]bool{}
	var visit func(e lang.Node, t int)
	visit = func(e lang.Node, t int) {
		walk(e, func(n lang.Node) bool {
			if l := u.lazyIn(n); l != nil {
				visit(l.expr, t)
			}
			for _, s := range u.readBy(n, t) {
				if seen[s] || s.t > t {
					continue
				}
				seen[s] = true
				switch v := u.names[s.name].(type) {
				case *variable:
					if s.t >= 1 || !v.Timed {
						out = append(out, s)
					}
				case *timed:
					if e := v.expression(s.t); e != nil {
						visit(e.Tree(), s.t)
					}
				}
			}
			return true
		})
	}
	visit(e.Tree(), t)
	return out
}

// lazyIn is the definition that a name stands for, or nil.
func (u *unit) lazyIn(n lang.Node) *lazy {
	ref, ok := n.(*lang.NameRef)
	if !ok {
		return nil
	}
	l, _ := u.names[ref.Name].(*lazy)
	return l
}

// readsOnce is the slots that a statement for one value a sequence reads: of
// what varies in time, which a net may run over, all.
func (u *unit) readsOnce(e *lang.Expr, T int) (out []slot) {
	seen := map[slot]bool{}
	for t := 1; t <= T; t++ {
		for _, s := range u.reads(e, t) {
			if !seen[s] {
				seen[s], out = true, append(out, s)
			}
		}
	}
	return out
}

// readBy is the slots that a node reads itself, at time t: one, or those of a
// range.
func (u *unit) readBy(n lang.Node, t int) (out []slot) {
	switch n := n.(type) {
	case *lang.NameRef:
		if v, ok := u.names[n.Name].(*variable); ok && !v.Timed {
			return []slot{{n.Name, 0}}
		}
	case *lang.Index:
		ref, isName := n.X.(*lang.NameRef)
		if !isName || !timeIndexed(u.names[ref.Name]) || len(n.Slices) != 1 {
			return nil
		}
		own := steps
		if v, ok := u.names[ref.Name].(*variable); ok {
			own = v.axis
		}
		now := (t-1)/own.every + 1
		lo, hi := u.timesOf(n.Slices[0], now)
		for at := lo; at <= hi; at++ {
			out = append(out, slot{ref.Name, (at-1)*own.every + 1})
		}
	}
	return out
}

// timesOf is the first and the last time of a slice, seen from t; none where it
// is no place in time.
func (u *unit) timesOf(s *lang.SliceNode, t int) (lo, hi int) {
	at := func(n lang.Node) (int, bool) {
		m, ok := u.root().moment(n)
		if m.base != "" {
			m.off += t
		}
		return m.off, ok
	}
	lo, okLo := at(s.Lo)
	hi, okHi := lo, okLo
	if s.Range {
		hi, okHi = at(s.Hi)
	}
	if !okLo || !okHi {
		return 1, 0
	}
	return lo, hi
}

// checkCycles reports variables that need each other at the same time.
func (u *unit) checkCycles() {
	now := u.far()
	state := map[string]int{}
	var path []*variable
	var visit func(v *variable)
	visit = func(v *variable) {
		state[v.Name] = busy
		path = append(path, v)
		if v.steps != nil {
			for _, s := range u.reads(v.steps.Value, now) {
				next, ok := u.names[s.name].(*variable)
				switch {
				case !ok || s.t != now:
				case state[s.name] == busy:
					u.cycle(v, next, path)
				case state[s.name] == fresh:
					visit(next)
				}
			}
		}
		path = path[:len(path)-1]
		state[v.Name] = done
	}
	for _, v := range u.order {
		if state[v.Name] == fresh {
			visit(v)
		}
	}
}

func (u *unit) cycle(v, back *variable, path []*variable) {
	u.stopped = true
	through := ""
	for i := len(path) - 1; path[i] != back; i-- {
		through = " through " + path[i].Name + "[t]" + through
	}
	u.errorf(diag.Cycle, v.steps.Span, "%s[t] depends on itself at the same time%s", back.Name, through).
		Helpf("one of them must read an earlier time, such as %s[t-1]", back.Name)
}

// expression is what defines d at time t, or nil before the first.
func (d *timed) expression(t int) *lang.Expr {
	switch {
	case t < 1:
		return nil
	case d.firsts[t] != nil:
		return d.firsts[t]
	}
	return d.steps
}

// longestLag is the longest lag in the model's statements, through definitions as
// well; of a definition that reads itself, which has no longest, a few steps.
func (u *unit) longestLag() int {
	lag, direct := 1, 1
	for _, v := range u.order {
		if v.steps == nil {
			continue
		}
		far := u.far()
		for _, s := range u.reads(v.steps.Value, far) {
			if s.t > 0 {
				lag = max(lag, far-s.t)
			}
		}
		direct = max(direct, u.directLag(v.steps.Value))
	}
	for _, d := range u.names {
		if d, ok := d.(*timed); ok && d.steps != nil {
			direct = max(direct, u.directLag(d.steps))
		}
	}
	return min(lag, 4*direct)
}

// directLag is the longest lag that an expression has itself.
func (u *unit) directLag(e *lang.Expr) (lag int) {
	far := u.far()
	walk(e.Tree(), func(n lang.Node) bool {
		for _, s := range u.readBy(n, far) {
			if idx, ok := n.(*lang.Index); ok && !idx.Slices[0].Range && s.t > 0 {
				lag = max(lag, far-s.t)
			}
		}
		return true
	})
	return lag
}
