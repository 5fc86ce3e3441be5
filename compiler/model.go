package compiler

import (
	"ssmc/lang"
	"ssmc/lang/diag"
)

// placeStatements gives each variable its statements and evaluates what is
// defined once.
func (u *unit) placeStatements() {
	lets := map[string]*timed{}
	for _, st := range u.model.Stmts {
		switch {
		case st.Relation != nil:
			u.place(st.Relation)
		case st.Let != nil:
			u.placeLet(lets, st.Let)
		case st.Return != nil:
			u.errorf(diag.BadRole, st.Return.Span, "a model returns nothing: only nets do")
		}
	}
	for _, v := range u.order {
		u.checkPlaced(v)
	}
}

func (u *unit) placeLet(lets map[string]*timed, l *lang.Let) {
	name := l.Target.Name.Text
	if reserved[name] {
		u.errorf(diag.Reserved, l.Target.Name.Span, "%s has a meaning of its own: t is the time, T the last one", name)
		return
	}
	if old := u.names[name]; old != nil && lets[name] == nil {
		u.errorf(diag.Duplicate, l.Target.Name.Span, "%s is already defined", name).Helpf("give one of them another name")
		return
	}
	s := u.root()
	if len(l.Target.Index) > 0 {
		s.timedLet(lets, l)
		return
	}
	u.names[name] = s.definition(name, l.Value.Tree())
}

// definition is the value of let NAME = ...: evaluated now or, in a guide and
// where latents are read that are not yet known, when it is needed.
func (s *scope) definition(name string, n lang.Node) value {
	home := s.within(name, n)
	home.still = true
	if s.guide != nil || s.awaits(n) {
		return &lazy{scope: home, expr: n}
	}
	return home.eval(n)
}

// awaits reports whether an expression reads a latent of one value a sequence.
func (s *scope) awaits(n lang.Node) (found bool) {
	walk(n, func(n lang.Node) bool {
		if ref, ok := n.(*lang.NameRef); ok {
			v, isVariable := s.lookup(ref.Name).(*variable)
			_, isLazy := s.lookup(ref.Name).(*lazy)
			found = found || isLazy || isVariable && v.Role == "latent" && !v.Timed
		}
		return !found
	})
	return found
}

// resolve is the value of the definition.
func (l *lazy) resolve() value {
	if l.value == nil {
		l.value = bad{} // of what reads itself
		l.value = l.scope.eval(l.expr)
	}
	return l.value
}

// place files one relation under its variable.
func (u *unit) place(r *lang.Relation) {
	name := r.Target.Name.Text
	v, ok := u.names[name].(*variable)
	if !ok {
		u.notVariable(r)
		return
	}
	if !v.Timed {
		u.placeStill(v, r)
		return
	}
	m, ok := u.targetTime(r, v)
	if !ok {
		return
	}
	switch {
	case v.Clock != "" && r.Op == "=" && m == moment{"", 1}:
		u.fileAt(v, v.starts, 1, r)
	case r.Op == "=" && (m.base != "" || m.off >= 1):
		u.notDrawn(v, r)
	case r.Op == "~" && v.Role != "observed" && v.Role != "latent":
		u.errorf(diag.BadRole, r.Target.Span, "%s is %s: it is given, and has no distribution", name, v.Role).
			Helpf("declare it observed, or drop the statement")
	case m.base == "" && m.off < 1 && r.Op == "~":
		u.errorf(diag.TimeIndex, r.Target.Span, "time begins at 1").Helpf("write %s[0] = VALUE for what stands before it", name)
	case m.base != "":
		u.fileStep(v, r)
	case m.off >= 1:
		u.fileAt(v, v.firsts, m.off, r)
	default:
		u.fileAt(v, v.starts, m.off, r)
	}
}

// placeStill files a relation under a latent that has one value a sequence.
func (u *unit) placeStill(v *variable, r *lang.Relation) {
	switch {
	case v.Role != "latent":
		u.errorf(diag.BadRole, r.Target.Span, "%s is %s: it is given, and has no distribution", v.Name, v.Role).
			Helpf("drop the statement")
	case len(r.Target.Index) > 0:
		u.errorf(diag.TimeIndex, r.Target.Span, "%s has one value a sequence", v.Name).
			Helpf("write %s ~ ..., or declare latent %s[t]", v.Name, v.Name)
	case r.Op == "=":
		u.notDrawn(v, r)
	default:
		u.fileStep(v, r)
	}
}

// notDrawn reports a variable with = where it is drawn.
func (u *unit) notDrawn(v *variable, r *lang.Relation) {
	u.errorf(diag.NotDistribution, r.Span, "%s is %s: it is drawn from a distribution", v.Name, v.Role).
		Helpf("write %s ~ ..., or let NAME[t] = ... for what is not random", lang.Text(r.Target.Tree()))
}

func (u *unit) notVariable(r *lang.Relation) {
	name := r.Target.Name
	if u.names[name.Text] != nil {
		if isBad(u.names[name.Text]) {
			return
		}
		u.errorf(diag.BadRole, name.Span, "%s is %s, not a variable", name.Text, u.names[name.Text].describe())
		return
	}
	var candidates []string
	for _, v := range u.order {
		candidates = append(candidates, v.Name)
	}
	u.errorf(diag.UnknownName, name.Span, "no variable is named %s", name.Text).
		Helpf("%s", suggestOr(name.Text, candidates, "declare it: latent "+name.Text+"[t]: real"))
	u.names[name.Text] = bad{}
}

// targetTime is the time that a statement is for.
func (u *unit) targetTime(r *lang.Relation, v *variable) (moment, bool) {
	if len(r.Target.Index) == 1 && !r.Target.Index[0].Range {
		m, ok := u.root().moment(r.Target.Index[0].Lo.Tree())
		if ok && (m.base == "" || m.base == v.axis.name && m.off == 0) {
			return m, true
		}
	}
	u.errorf(diag.TimeIndex, r.Target.Span, "a statement is for %s, or for a number such as %s[1]", v.ref(), v.Name)
	return moment{}, false
}

func (u *unit) fileStep(v *variable, r *lang.Relation) {
	if v.steps != nil {
		u.duplicateStatement(r, v.steps)
		return
	}
	v.steps = r
}

func (u *unit) fileAt(v *variable, at map[int]*lang.Relation, k int, r *lang.Relation) {
	if at[k] != nil {
		u.duplicateStatement(r, at[k])
		return
	}
	at[k] = r
}

func (u *unit) duplicateStatement(r, first *lang.Relation) {
	u.errorf(diag.Duplicate, r.Target.Span, "%s is already defined", lang.Text(r.Target.Tree())).Notef(first.Target.Span, "first defined here")
}

// checkPlaced reports a variable whose distribution is missing.
func (u *unit) checkPlaced(v *variable) {
	if v.Role != "latent" && v.Role != "observed" {
		return
	}
	at := v.decl.Name.Span
	switch {
	case v.steps == nil && len(v.firsts) == 0:
		u.errorf(diag.NoDistribution, at, "%s %s has no distribution", v.Role, v.Name).Helpf("add the line %s ~ ...", v.ref())
	case v.steps == nil:
		u.errorf(diag.NoDistribution, at, "%s has a distribution for its first step only", v.Name).Helpf("add the line %s ~ ...", v.ref())
	}
	for k := range v.firsts {
		if k > 1 && v.firsts[k-1] == nil {
			u.errorf(diag.NoDistribution, v.firsts[k].Target.Span, "%s[%d] is given, but not %s[%d]", v.Name, k, v.Name, k-1).
				Helpf("give every time from 1 on")
		}
	}
	if v.steps == nil {
		u.stopped = true
	}
}

// evalModel evaluates the distribution of every variable, at the samples that
// the guide draws.
func (u *unit) evalModel() {
	u.priors = map[string]*draw{}
	for _, v := range u.order {
		if v.Role != "latent" && v.Role != "observed" || v.steps == nil || v.class != nil {
			continue
		}
		list, ok := u.byState(v)
		switch {
		case !ok:
		case len(list) > 1:
			u.switched = append(u.switched, switched{v, list})
		case v.Role == "latent":
			u.priors[v.Name] = list[0]
		default:
			u.likes = append(u.likes, list[0])
		}
	}
	u.settle()
	if len(u.likes)+len(u.switched) == 0 && !u.found.HasErrors() {
		u.errorf(diag.NoDistribution, u.model.Name.Span, "the model %s observes nothing", u.model.Name.Text).
			Helpf("declare what the data hold: observed x[t]: real")
	}
}
