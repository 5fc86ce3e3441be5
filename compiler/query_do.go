package compiler

import (
	"slices"

	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
)

// A doing is an intervention of a query.
type doing struct {
	v     *variable
	coord int
	window
	node  *ir.Node
	later bool // it is an input that acts on later steps alone
	at    diag.Span
}

// variable is the one that a reference of a query is to.
func (x *asking) variable(r *lang.Ref) *variable {
	name := r.Name.Text
	v, ok := x.u.names[name].(*variable)
	if ok {
		x.u.touched[name] = true
		return v
	}
	if what := x.u.names[name]; what != nil && !isBad(what) {
		x.u.errorf(diag.BadRole, r.Name.Span, "%s is %s, not a variable", name, what.describe())
		return nil
	}
	var names []string
	for _, v := range x.u.order {
		names = append(names, v.Name)
	}
	x.u.errorf(diag.UnknownName, r.Name.Span, "no variable is named %s", name).
		Helpf("%s", suggestOr(name, names, "the variables are "+joinNames(names)))
	return nil
}

// giveRef is one of what a query is given: x[1:k], or a static variable.
func (x *asking) giveRef(r *lang.Ref) {
	v := x.variable(r)
	switch {
	case v == nil:
	case v.Role == "latent":
		x.u.errorf(diag.BadGiven, r.Span, "%s is latent: it is inferred from what is given", v.Name).Helpf("give what is observed, and inputs")
	case v.Role == "static" && len(r.Index) == 0 && r.Field == nil:
		x.out.given[v.Name] = true
	case len(r.Index) != 1 || !r.Index[0].Range || r.Field != nil || v.Role == "static":
		x.u.errorf(diag.BadGiven, r.Span, "%s is not a variable up to a time", lang.Text(r.Tree())).Helpf("write %s", v.upTo("k"))
	default:
		x.giveUpTo(v, r)
	}
}

func (v *variable) upTo(k string) string {
	if v.Timed {
		return v.Name + "[1:" + k + "]"
	}
	return v.Name
}

// giveUpTo is x[1:k]. All is given up to one time.
func (x *asking) giveUpTo(v *variable, r *lang.Ref) {
	s := r.Index[0].Tree()
	lo, okLo := x.time(s.Lo)
	hi, okHi := x.time(s.Hi)
	switch {
	case !okLo || !okHi:
	case lo != moment{"", 1}:
		x.u.errorf(diag.BadGiven, s.Lo.At(), "what is given begins at 1").Helpf("write %s", v.upTo(lang.Text(s.Hi)))
	case hi.base == "" && hi.off < 1:
		x.inside(window{lo, hi}, s)
	case x.given != nil && hi != x.out.cut:
		x.u.errorf(diag.BadGiven, s.Hi.At(), "%s is given up to another time than %s", v.Name, x.given.Name.Text).
			Helpf("end both at one time; what is not to be seen later can be left out, if it is declared missing").Notef(x.given.Span, "given here")
	default:
		x.out.given[v.Name], x.out.cut = true, hi
		if x.given == nil {
			x.given = r
		}
	}
}

// checkGiven reports what inference cannot do without.
func (x *asking) checkGiven() {
	if x.given == nil {
		return
	}
	for _, v := range x.u.order {
		if v.Role == "observed" && !v.Missing && !x.out.given[v.Name] {
			x.u.errorf(diag.BadGiven, x.given.Span, "%s is observed, and not given", v.Name).
				Helpf("add %s, or declare it missing: inference can then do without it", v.upTo(lang.Text(x.given.Index[0].Hi.Tree())))
		}
	}
}

// do is an intervention: do u[k:T] = 0, do u[k:T].drug = 0, do u[k:T, 2] = 0.
func (x *asking) do(d *lang.Do) {
	v := x.variable(d.Target)
	if v == nil {
		return
	}
	out := doing{v: v, coord: allCoords, at: d.Span, later: x.u.actsLater(v)}
	if !x.target(&out, d.Target) {
		return
	}
	e := x.eval(d.Value.Tree(), nil)
	if e == nil {
		return
	}
	if !x.settable(&out, e, d) {
		return
	}
	if e.from > 0 {
		x.u.errorf(diag.BadTime, d.Value.Span, "%s is set by what is not there at t = 1", lang.Text(d.Target.Tree())).Helpf("read what is there at every time")
		return
	}
	out.node = e.node
	x.out.dos = append(x.out.dos, out)
}

// target reads the times and the coordinate of what is set.
func (x *asking) target(out *doing, r *lang.Ref) (ok bool) {
	v, index := out.v, r.Tree()
	rest := r.Index
	if v.Timed {
		if len(rest) == 0 {
			x.u.errorf(diag.BadDo, r.Span, "%s varies in time: the times at which it is set are missing", v.Name).Helpf("write do %s[k:T] = VALUE", v.Name)
			return false
		}
		if out.window, ok = x.window(rest[0].Tree()); !ok {
			return false
		}
		rest = rest[1:]
	}
	switch {
	case r.Field != nil && len(rest) == 0:
		out.coord, ok = x.column(v, r.Field.Text, r.Field.Span)
		return ok
	case len(rest) == 0:
		return true
	}
	i, ok := x.scope.whole(rest[0].Lo.Tree())
	if ok && (len(rest) > 1 || r.Field != nil || rest[0].Range || len(v.Dims) == 0 || i < 1 || i > v.Cols()) {
		x.u.errorf(diag.BadIndex, r.Span, "%s has no such coordinate: it has %d", lang.Text(index), v.Cols())
		return false
	}
	out.coord = i - 1
	return ok
}

// column is the coordinate, from 0, of a variable that a column of the data is.
// Without data the columns of many are not known: the first then stands for any.
func (x *asking) column(v *variable, name string, at diag.Span) (int, bool) {
	columns := v.Columns
	if columns == nil {
		columns = x.u.config.Columns[v.Name]
	}
	for i, c := range columns {
		if c == name {
			return i, true
		}
	}
	if columns == nil && x.u.config.Columns == nil && len(v.Dims) > 0 {
		return 0, true
	}
	d := x.u.errorf(diag.UnknownName, at, "%s has no column %s", v.Name, name)
	if columns != nil {
		d.Helpf("%s", suggestOr(name, columns, "its columns are "+joinNames(columns)))
	}
	return 0, false
}

// settable reports a value that the variable cannot have.
func (x *asking) settable(out *doing, e *answerable, d *lang.Do) bool {
	v := out.v
	n := len(e.dims)
	if n > 0 && (out.coord != allCoords || !sameDims(e.dims, v.Dims)) {
		x.u.errorf(diag.SizeMismatch, d.Value.Span, "%s is set to %s, which is %s", lang.Text(d.Target.Tree()), lang.Text(d.Value.Tree()), e.describe()).
			Helpf("set it to a number, or to one for each coordinate")
		return false
	}
	if v.Clock != "" {
		x.u.errorf(diag.BadDo, d.Target.Span, "%s is the time between rows, which the data give", v.Name).Helpf("set a variable of the model")
		return false
	}
	values, constant := ir.Evaluate(e.node)
	for i := 0; constant && i < len(values); i++ {
		if why := impossible(v, x.u.over(v), values[i]); why != "" {
			x.u.errorf(diag.BadDo, d.Value.Span, "%s is set to %g, and %s", v.Name, values[i], why).Helpf("%s", v.choices())
			return false
		}
	}
	return true
}

// over is the support of what the variable is drawn from, or of its type.
func (u *unit) over(v *variable) dist.Support {
	if list := u.draws()[v.Name]; len(list) > 0 {
		return list[0].dist.Over
	}
	return v.support()
}

// choices says what a variable can be set to.
func (v *variable) choices() string {
	switch v.Kind {
	case runtime.Binary:
		return "set it to 0 or 1"
	case runtime.OneOf:
		return "set it to a class, from 1 to " + itoa(v.Classes)
	}
	return "set it to another value"
}

// actsLater reports whether v is an input that no statement reads at its own time.
func (u *unit) actsLater(v *variable) bool {
	far := u.far()
	for _, y := range u.order {
		if y.steps == nil {
			continue
		}
		if slices.Contains(u.reads(y.steps.Value, far), slot{v.Name, far}) {
			return false
		}
		for k, r := range y.firsts {
			if slices.Contains(u.reads(r.Value, k), slot{v.Name, k}) {
				return false
			}
		}
	}
	return v.Role == "input"
}

// checkLate reports an intervention within what is given: that was inferred without
// it. An input that acts on later steps may be set from the last given one on.
func (x *asking) checkLate(d *doing) {
	if !d.v.Timed || d.lo.base != x.out.cut.base || d.after(0, x.out.cut.off-d.lo.off) {
		return
	}
	what := "from behind it on"
	if d.later {
		what = "from its last step on"
	}
	x.u.errorf(diag.BadDo, d.at, "%s is set within what is given, which is inferred as it was", d.v.Name).
		Helpf("set it %s, or give less", what).Notef(x.given.Span, "given up to here")
}

// after reports whether the intervention, from lo on, comes late enough where so
// many steps are given.
func (d *doing) after(lo, cut int) bool {
	if d.later {
		return lo >= cut
	}
	return lo > cut
}
