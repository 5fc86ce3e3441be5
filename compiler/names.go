package compiler

import (
	"fmt"
	"math"
	"slices"

	"ssmc/compiler/dist"
	"ssmc/lang"
	"ssmc/lang/diag"
)

// findModel picks the model, and the guides, blocks and nets beside it.
func (u *unit) findModel() {
	var models []*lang.Model
	for _, it := range u.file.Items {
		switch {
		case it.Model != nil:
			models = append(models, it.Model)
		case it.Guide != nil:
			u.guides = append(u.guides, it.Guide)
		case it.Block != nil:
			u.blocks = append(u.blocks, it.Block)
		case it.Net != nil:
			u.addNet(it.Net)
		case it.Query != nil:
			u.queries = append(u.queries, it.Query)
		}
	}
	if u.config.GuideFile != nil {
		for _, it := range u.config.GuideFile.Items {
			if it.Guide != nil {
				u.guides = append(u.guides, it.Guide)
			}
		}
	}
	u.pickModel(models)
	u.checkUnique()
}

func (u *unit) addNet(n *lang.Net) {
	if first := u.nets[n.Name.Text]; first != nil {
		u.duplicate(n.Name, first.Name.Span)
		return
	}
	u.nets[n.Name.Text] = n
}

func (u *unit) pickModel(models []*lang.Model) {
	if len(models) > 0 {
		u.model = models[0]
	} else {
		at := diag.Span{}
		at.Pos.Filename, at.EndPos.Filename = u.file.Source.Name, u.file.Source.Name
		at.Pos.Line, at.Pos.Column, at.EndPos.Line, at.EndPos.Column = 1, 1, 1, 1
		u.errorf(diag.NoModel, at, "the file has no model").Helpf("begin with: model NAME { ... }")
		u.stopped = true
	}
	if len(models) > 1 {
		u.errorf(diag.Duplicate, models[1].Name.Span, "a second model in one file").
			Helpf("keep one model a file")
	}
}

// checkUnique reports guides, queries and blocks of the same name.
func (u *unit) checkUnique() {
	guides := map[string]*lang.Guide{}
	for _, g := range u.guides {
		if first := guides[g.Name.Text]; first != nil {
			u.duplicate(g.Name, first.Name.Span)
		}
		guides[g.Name.Text] = g
	}
	queries := map[string]*lang.Query{}
	for _, q := range u.queries {
		if first := queries[q.Name.Text]; first != nil {
			u.duplicate(q.Name, first.Name.Span)
		}
		queries[q.Name.Text] = q
	}
	kinds := map[string]*lang.Block{}
	for _, b := range u.blocks {
		name := b.Kind
		if b.Name != nil {
			name += " " + b.Name.Text
		}
		if first := kinds[name]; first != nil {
			u.errorf(diag.Duplicate, b.Span, "a second %s block", name).Notef(first.Span, "the first is here")
		}
		kinds[name] = b
	}
}

func (u *unit) duplicate(n *lang.Name, first diag.Span) {
	u.errorf(diag.Duplicate, n.Span, "%s is already defined", n.Text).
		Helpf("give one of them another name").Notef(first, "first defined here")
}

// declare gives every name of the model its meaning.
func (u *unit) declare() {
	u.names, u.byName = map[string]value{}, map[string]int{}
	first := map[string]diag.Span{}
	for _, s := range u.model.Stmts {
		if s.Time != nil {
			u.declareClock(s.Time)
		}
		n := declared(s)
		if n == nil {
			continue
		}
		if at, ok := first[n.Text]; ok {
			u.duplicate(n, at)
			continue
		}
		if reserved[n.Text] {
			u.errorf(diag.Reserved, n.Span, "%s has a meaning of its own: t is the time, T the last one, dt[t] the time since the row before", n.Text).
				Helpf("choose another name")
			continue
		}
		first[n.Text] = n.Span
		u.names[n.Text] = bad{}
		u.declareOne(s, n)
	}
}

// reserved are names that belong to time.
var reserved = map[string]bool{"t": true, "T": true, "dt": true}

// declared is the name that a statement declares, or nil. A let may define one
// name at several times, and is dealt with in placeStatements.
func declared(s *lang.Stmt) *lang.Name {
	switch {
	case s.Const != nil:
		return s.Const.Name
	case s.Decl != nil:
		return s.Decl.Name
	case s.Param != nil:
		return s.Param.Name
	case s.Net != nil:
		return s.Net.Name
	}
	return nil
}

func (u *unit) declareOne(s *lang.Stmt, n *lang.Name) {
	switch {
	case s.Const != nil && s.Const.Kind == "index":
		u.names[n.Text] = u.declareAxis(s.Const)
	case s.Const != nil:
		u.names[n.Text] = u.declareConst(s.Const)
	case s.Decl != nil:
		u.declareVariable(s.Decl)
	case s.Param != nil:
		u.names[n.Text] = u.root().param(s.Param, u.model.Name.Text+"."+n.Text)
	case s.Net != nil:
		u.names[n.Text] = u.declareNet(s.Net)
	}
}

func (u *unit) declareConst(c *lang.Const) value {
	v := u.root().eval(c.Value.Tree())
	n, ok := v.(number)
	l, isList := v.(list)
	switch {
	case isBad(v):
		return bad{}
	case isList && c.Kind == "const" && known(l):
		return l
	case !ok:
		u.errorf(diag.NotConstant, c.Value.Span, "%s needs a number that is known beforehand, not %s", c.Name.Text, v.describe())
		return bad{}
	case c.Kind == "dim" && (n.v < 1 || n.v != math.Trunc(n.v) || n.v > maxSize):
		u.errorf(diag.BadSize, c.Value.Span, "a dim is a whole number from 1 to %d, not %g", int(maxSize), n.v)
		return bad{}
	}
	return number{n.v, c.Name.Text}
}

// known reports whether a list holds nothing but numbers, or lists of them.
func known(l list) bool {
	return !slices.ContainsFunc(l, func(v value) bool {
		inner, isList := v.(list)
		_, isNumber := v.(number)
		return !isNumber && !(isList && known(inner))
	})
}

// The bounds of sizes: beyond them lies a mistake, not a model.
const (
	maxSize    = 1 << 20 // of a vector
	maxMatrix  = 1 << 24 // numbers of a matrix that is made of fewer
	maxNumbers = 1 << 31 // of all parameters together
)

// matrixFits reports a matrix of too many numbers.
func (u *unit) matrixFits(rows, cols int, at diag.Span) bool {
	if rows <= maxMatrix/cols {
		return true
	}
	u.errorf(diag.BadSize, at, "this takes a matrix of %d by %d numbers, and no more than %d can be", rows, cols, maxMatrix)
	return false
}

// declareNet is a named net: a call without its input, whose size stands first.
func (u *unit) declareNet(d *lang.NetDef) value {
	call, ok := d.Value.Tree().(*lang.Call)
	var fun *lang.NameRef
	if ok {
		fun, ok = call.Fun.(*lang.NameRef)
	}
	if !ok {
		u.errorf(diag.BadNet, d.Value.Span, "a net is made by calling one").Helpf("write net %s = mlp(SIZE, hidden=[100], out=10)", d.Name.Text)
		return bad{}
	}
	net, ok := u.lookupNet(fun.Name, true)
	if !ok {
		u.unknownNet(fun)
		return bad{}
	}
	n := netValue{net: net, name: d.Name.Text, path: u.model.Name.Text + "." + d.Name.Text, home: u.root()}
	for i, a := range call.Args {
		v := u.root().eval(a.Value)
		if isBad(v) {
			return bad{}
		}
		if i > 0 || a.Name != "" {
			n.preset = append(n.preset, &argument{a.Name, v, a.Span})
			continue
		}
		size, ok := v.(number)
		if !ok {
			u.errorf(diag.BadNet, a.Span, "the first argument of a named net is the size of its input, not %s", v.describe())
			return bad{}
		}
		n.input = &Size{int(size.v), size.name}
	}
	return n
}

// suggestOr is the nearest candidate as a question, or what to do otherwise.
func suggestOr(name string, candidates []string, otherwise string) string {
	if s := diag.Suggest(name, candidates); s != "" {
		return fmt.Sprintf("did you mean %s?", s)
	}
	return otherwise
}

func isBad(v value) bool { _, ok := v.(bad); return ok }

// supportOf is the support of a constant.
func supportOf(v float64) dist.Support {
	switch {
	case v > 0 && v < 1:
		return dist.Unit
	case v > 0:
		return dist.Positive
	}
	return dist.Real
}

// warnUnused tells of what the model declares and nothing reads: most often a
// name written two ways.
func (u *unit) warnUnused() {
	if u.found.HasErrors() {
		return
	}
	for _, s := range u.model.Stmts {
		n := declared(s)
		if s.Let != nil {
			n = s.Let.Target.Name
		}
		if s.Time != nil && !u.touched[clockName] {
			u.warnf(diag.Unused, s.Time.Span, "nothing reads dt[t], the time since the row before").Helpf("use it, or drop this line")
		}
		if n == nil || u.touched[n.Text] || s.Const != nil {
			continue
		}
		if v, ok := u.names[n.Text].(*variable); ok && v.Role == "observed" {
			continue // scored, which is use enough
		}
		u.warnf(diag.Unused, n.Span, "nothing reads %s", n.Text).Helpf("use it, or drop it")
	}
}
