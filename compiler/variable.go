package compiler

import (
	"math"
	"slices"

	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// roles are the words that may stand before a variable.
var roles = []string{"observed", "latent", "input", "static"}

func (u *unit) declareVariable(d *lang.Decl) {
	if !slices.Contains(roles, d.Role.Text) {
		u.errorf(diag.UnknownRole, d.Role.Span, "%s is not a role a variable can have", d.Role.Text).
			Helpf("%s", suggestOr(d.Role.Text, append([]string{"param", "const", "dim", "let", "net"}, roles...), "write observed, latent, input or static"))
		return
	}
	v := &variable{Role: d.Role.Text, Name: d.Name.Text, Timed: d.Index != nil, Missing: d.Missing, decl: d,
		firsts: map[int]*lang.Relation{}, starts: map[int]*lang.Relation{}}
	ok := false
	if v.axis, ok = u.axisOf(d); !ok {
		return
	}
	if !u.declareType(v, d.Type) || !u.declareColumns(v, d) {
		return
	}
	u.checkRole(v)
	u.order = append(u.order, v)
	u.names[v.Name] = v
	u.bindData(v)
}

// clockName is the time since the row before, of a model that declares a time.
const clockName = "dt"

// declareClock gives dt[t] its meaning: an input that the data's times feed.
func (u *unit) declareClock(c *lang.Time) {
	if old, ok := u.names[clockName].(*variable); ok {
		u.duplicate(c.Unit, old.decl.Name.Span)
		return
	}
	word := func(text string) *lang.Name { return &lang.Name{Span: c.Unit.Span, Text: text} }
	d := &lang.Decl{Span: c.Span, Role: word("input"), Name: word(clockName), Index: word("t"), Type: &lang.Type{Span: c.Span, Name: word("real")}}
	v := &variable{Role: "input", Name: clockName, Timed: true, Kind: runtime.Real, Clock: c.Unit.Text, axis: steps, decl: d,
		firsts: map[int]*lang.Relation{}, starts: map[int]*lang.Relation{}}
	u.order = append(u.order, v)
	u.names[clockName] = v
	u.bindData(v)
}

// kinds are the types a variable can have.
var kinds = map[string]runtime.Kind{"real": runtime.Real, "binary": runtime.Binary, "count": runtime.Count, "one_of": runtime.OneOf}

func (u *unit) declareType(v *variable, t *lang.Type) bool {
	kind, ok := kinds[t.Name.Text]
	if !ok {
		u.badType(t)
		return false
	}
	v.Kind = kind
	for _, e := range t.Sizes {
		s, ok := u.size(e, v, t)
		if !ok {
			return false
		}
		v.Dims = append(v.Dims, s)
	}
	if kind == runtime.OneOf {
		if len(v.Dims) != 1 {
			u.errorf(diag.BadSize, t.Span, "one_of needs the number of classes").Helpf("write one_of[5] for five classes")
			return false
		}
		v.Classes, v.Dims = v.Dims[0].N, nil
	}
	if len(v.Dims) > 1 {
		u.errorf(diag.Unsupported, t.Span, "a variable is a number or a vector: matrices over time are not supported by this version")
		return false
	}
	return true
}

// badType reports a type that no variable can have.
func (u *unit) badType(t *lang.Type) {
	if slices.Contains([]string{"simplex", "cov", "corr"}, t.Name.Text) {
		u.errorf(diag.Unsupported, t.Span, "the type %s is not supported by this version", t.Name.Text)
		return
	}
	u.errorf(diag.UnknownType, t.Name.Span, "there is no type %s", t.Name.Text).
		Helpf("%s", suggestOr(t.Name.Text, []string{"real", "binary", "count", "one_of"}, "the types are real, binary, count and one_of"))
}

// size is the value of a size. A bare unknown name in an observed variable or
// an input is a size that only the data know.
func (u *unit) size(e *lang.Expr, v *variable, t *lang.Type) (Size, bool) {
	if ref, ok := e.Tree().(*lang.NameRef); ok && v != nil && v.Role != "latent" && u.names[ref.Name] == nil {
		if _, isNet := u.lookupNet(ref.Name, true); !isNet {
			return u.dataSize(ref.Name, v), true
		}
	}
	val := u.root().eval(e.Tree())
	n, ok := val.(number)
	switch {
	case isBad(val):
		return Size{}, false
	case !ok || n.v < 1 || n.v != math.Trunc(n.v) || n.v > maxSize:
		u.errorf(diag.BadSize, e.Span, "a size is a whole number from 1 to %d, not %s", int(maxSize), val.describe())
		return Size{}, false
	}
	return Size{int(n.v), n.name}, true
}

func (u *unit) dataSize(name string, v *variable) Size {
	n, ok := u.config.Sizes[name]
	if !ok {
		primes := []int{17, 19, 23, 29, 31, 37, 41, 43} // unlike any size in use, and unlike each other
		n = primes[u.unbound%len(primes)]
		u.unbound++
	}
	v.Unbound = name
	u.names[name] = number{float64(n), name}
	return Size{n, name}
}

func (u *unit) declareColumns(v *variable, d *lang.Decl) bool {
	if d.From == nil {
		return true
	}
	call, ok := d.From.Tree().(*lang.Call)
	if ok {
		fun, isName := call.Fun.(*lang.NameRef)
		ok = isName && fun.Name == "columns"
	}
	if !ok {
		u.errorf(diag.BadColumns, d.From.Span, "from names the columns of a table").Helpf(`write from columns("a", "b")`)
		return false
	}
	for _, a := range call.Args {
		s, ok := a.Value.(*lang.String)
		if !ok || a.Name != "" {
			u.errorf(diag.BadColumns, a.Span, "a column is named by a text").Helpf(`write from columns("a", "b")`)
			return false
		}
		v.Columns = append(v.Columns, s.Value)
	}
	if v.Unbound != "" { // as many as are named
		v.Dims[0].N = len(v.Columns)
		u.names[v.Unbound] = number{float64(len(v.Columns)), v.Unbound}
		v.Unbound = ""
	}
	if n := v.Cols(); n != len(v.Columns) {
		u.errorf(diag.SizeMismatch, d.From.Span, "%s has %d coordinates, but %d columns are named", v.Name, n, len(v.Columns))
		return false
	}
	return true
}

// checkRole reports what a role does not allow.
func (u *unit) checkRole(v *variable) {
	switch {
	case v.Role == "latent" && v.Kind != runtime.Real && v.Kind != runtime.OneOf:
		u.errorf(diag.Unsupported, v.decl.Type.Span, "a %s latent is not supported by this version", v.Kind).Helpf("a latent is real, or one_of[K]")
	case v.Role == "latent" && !v.Timed && v.Kind == runtime.OneOf:
		u.errorf(diag.Unsupported, v.decl.Span, "a class of a whole sequence is not supported by this version").Helpf("write latent %s[t]: a class that varies in time can be summed out", v.Name)
	case v.Role == "latent" && v.Missing, v.Role == "static" && v.Missing:
		u.errorf(diag.BadRole, v.decl.Span, "only observed variables and inputs can be missing")
		v.Missing = false
	case v.Role == "static" && v.Timed:
		u.errorf(diag.BadRole, v.decl.Span, "%s is static: it has one value a sequence, not one a time", v.Name).
			Helpf("drop [t], or write input %s[t]", v.Name)
	case (v.Role == "observed" || v.Role == "input") && !v.Timed:
		u.errorf(diag.BadRole, v.decl.Name.Span, "%s %s needs a time index", v.Role, v.Name).Helpf("write %s[t]", v.Name)
	}
}

// bindData gives a variable that the data hold its node.
func (u *unit) bindData(v *variable) {
	u.build.Pos = position(v.decl.Span)
	if v.Role == "latent" {
		return
	}
	v.node = u.build.Input(op.Source{Kind: op.Data, Name: v.Name}, v.rows())
	if v.Missing {
		v.present = u.build.Input(op.Source{Kind: op.Present, Name: v.Name}, v.rows())
	}
}

// A variable is a declared quantity of the model.
type variable struct {
	Role    string // observed, latent, input or static
	Name    string
	Timed   bool      // one value a time
	axis    *timeAxis // of its times; nil if it has none
	Kind    runtime.Kind
	Dims    []Size
	Classes int
	Missing bool
	Columns []string
	Unbound string // the name of a size that only the data know
	Clock   string // the unit of dt, which data do not hold as such
	decl    *lang.Decl

	node    *ir.Node       // data, or the latent's samples
	class   *classes       // of a latent that is summed out: what it is taken to be
	relaxed bool           // a class that the guide draws: its samples are indicators
	present *ir.Node       // of a variable with blanks
	values  *runtime.Range // of what is observed: the values that it can have
	asked   *ir.Node       // of a class that a query reads

	steps  *lang.Relation         // v[t] ~ ...
	firsts map[int]*lang.Relation // v[1] ~ ..., v[2] ~ ...
	starts map[int]*lang.Relation // v[0] = ..., v[-1] = ...
}

// ref is how a statement for the variable names it: z[t], or b of one value a
// sequence.
func (v *variable) ref() string {
	if v.Timed {
		return v.Name + "[" + v.axis.name + "]"
	}
	return v.Name
}

// rows is the shape of the variable's array: a row a frame, or a sequence.
func (v *variable) rows() op.Shape {
	if v.Timed {
		return op.PerFrame(v.Cols())
	}
	return op.PerSeq(v.Cols())
}

// Cols is the width of the variable's array; a class is one number.
func (v *variable) Cols() int {
	n := 1
	for _, d := range v.Dims {
		n *= d.N
	}
	return n
}
