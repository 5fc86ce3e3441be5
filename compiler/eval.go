package compiler

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"ssmc/compiler/dist"
	"ssmc/lang"
	"ssmc/lang/diag"
)

func itoa(i int) string { return strconv.Itoa(i) }

// constants are the names of fixed values.
var constants = map[string]value{
	"pi": number{math.Pi, "pi"}, "none": none{}, "true": number{1, "true"}, "false": number{0, "false"},
}

// eval is the value of an expression. What is wrong is reported where it
// stands, once: the value is then bad.
func (s *scope) eval(n lang.Node) value {
	if n == nil {
		return bad{}
	}
	if !s.library { // what is made of n's parts is of n, not of the last of them
		around := s.u.build.Pos
		s.u.build.Pos = position(n.At())
		defer func() { s.u.build.Pos = around }()
	}
	switch n := n.(type) {
	case *lang.Number:
		return number{v: n.Value}
	case *lang.String:
		return text(n.Value)
	case *lang.NameRef:
		return s.evalName(n)
	case *lang.Unary:
		return s.negate(n)
	case *lang.Binary:
		return s.binary(n)
	case *lang.Call:
		return s.call(n)
	case *lang.Index:
		return s.index(n)
	case *lang.Field:
		return s.field(n)
	case *lang.List:
		return s.list(n)
	case *lang.Tuple:
		return s.tuple(n)
	}
	panic(fmt.Sprintf("compiler: no value of %T", n))
}

func (s *scope) evalName(n *lang.NameRef) value {
	switch v := s.lookup(n.Name).(type) {
	case nil:
		return s.unknown(n)
	case *variable:
		if v.Timed {
			s.errorf(diag.TimeIndex, n.Span, "%s varies in time", n.Name).Helpf("write %s[t] or %s[t-1]", n.Name, n.Name)
			return bad{}
		}
		return s.read(v, 0, n.Span)
	case *lazy:
		return v.resolve()
	case *timed:
		s.errorf(diag.TimeIndex, n.Span, "%s varies in time", n.Name).Helpf("write %s[t] or %s[t-1]", n.Name, n.Name)
		return bad{}
	default:
		return v
	}
}

// unknown reports a name that nothing declares, with the nearest that is.
func (s *scope) unknown(n *lang.NameRef) value {
	if l, ok := s.u.libNets[n.Name]; ok {
		s.errorf(diag.UnknownName, n.Span, "there is no net %s here", n.Name).
			Helpf("it is in %s: add the line use %s at the top", l.path, l.path)
		return bad{}
	}
	if _, ok := dist.Lookup(n.Name); ok {
		s.errorf(diag.NotValue, n.Span, "%s is a distribution, not a value", n.Name).Helpf("draw from it: name ~ %s(...)", n.Name)
		return bad{}
	}
	if n.Name == clockName {
		s.errorf(diag.UnknownName, n.Span, "dt[t] is the time since the row before, and this model has no clock").
			Helpf("declare the unit of its times: time days")
		return bad{}
	}
	if reserved[n.Name] {
		s.errorf(diag.TimeIndex, n.Span, "the time %s stands only between brackets, as in x[t-1]", n.Name)
		return bad{}
	}
	d := s.errorf(diag.UnknownName, n.Span, "nothing is named %s", n.Name)
	if near := diag.Suggest(n.Name, s.visible()); near != "" {
		d.Helpf("did you mean %s?", near)
	}
	return bad{}
}

// visible is the names that can be used here.
func (s *scope) visible() (names []string) {
	for e := s; e != nil; e = e.parent {
		for n := range e.vals {
			names = append(names, n)
		}
	}
	for n := range builtins {
		names = append(names, n)
	}
	return append(append(names, s.u.netNames()...), dist.Names()...)
}

func (s *scope) field(n *lang.Field) value {
	v := s.eval(n.X)
	r, ok := v.(record)
	switch {
	case isBad(v):
		return bad{}
	case !ok:
		s.errorf(diag.NotValue, n.X.At(), "%s has no parts", v.describe())
		return bad{}
	}
	for i, name := range r.names {
		if name == n.Name {
			return r.values[i]
		}
	}
	s.errorf(diag.UnknownName, n.NameSpan, "there is no %s in (%s)", n.Name, joinNames(r.names)).
		Helpf("%s", suggestOr(n.Name, r.names, ""))
	return bad{}
}

func (s *scope) list(n *lang.List) value {
	var l list
	for _, x := range n.Items {
		v := s.eval(x)
		if isBad(v) {
			return bad{}
		}
		l = append(l, v)
	}
	return l
}

func (s *scope) tuple(n *lang.Tuple) value {
	var r record
	for i, a := range n.Args {
		sub := s
		name := a.Name
		if name == "" {
			name = itoa(i + 1)
		} else {
			sub = s.within(name, a.Value)
		}
		v := sub.eval(a.Value)
		if isBad(v) {
			return bad{}
		}
		r.names, r.values = append(r.names, name), append(r.values, v)
	}
	return r
}

// array is the value of an expression as numbers for the graph.
func (s *scope) array(n lang.Node) (array, bool) { return s.asArray(s.eval(n), n.At()) }

// asArray turns a value into numbers for the graph, or reports that it is none.
func (s *scope) asArray(v value, at diag.Span) (array, bool) {
	switch v := v.(type) {
	case bad:
		return array{}, false
	case array:
		if v.sup == dist.Class {
			s.errorf(diag.NotValue, at, "a class is not a number to compute with").Helpf("write onehot(c[t], K), or a[c[t]] for what a parameter has for each class")
			return array{}, false
		}
		return v, true
	case number:
		return array{node: s.u.build.Number(v.v), sup: supportOf(v.v)}, true
	case sweep:
		if v.whole && !v.raw {
			return s.asArray(s.u.end(v.array, true), at)
		}
		if !v.raw {
			return s.asArray(v.array, at)
		}
		s.errorf(diag.TimeIndex, at, "a range of times is read by a recurrent net").Helpf("write lstm(x[t:T], 100), or x[t] for one time")
		return array{}, false
	case list:
		return s.vector(v, at)
	}
	s.errorf(diag.NotValue, at, "expected numbers, not %s", v.describe())
	return array{}, false
}

// vector sets the items of a list side by side; lists in a list are the rows of
// a matrix.
func (s *scope) vector(l list, at diag.Span) (array, bool) {
	if len(l) > 0 && !slices.ContainsFunc(l, func(v value) bool { _, ok := v.(list); return !ok }) {
		return s.stacked(l, at)
	}
	out := array{sup: dist.Unit}
	var parts []part
	for _, item := range l {
		a, ok := s.asArray(item, at)
		if !ok {
			return array{}, false
		}
		if len(a.dims) > 1 {
			s.errorf(diag.SizeMismatch, at, "a list holds numbers and vectors, not %s", a.describe())
			return array{}, false
		}
		parts = append(parts, part{a})
	}
	if len(parts) == 0 {
		s.errorf(diag.BadSize, at, "an empty list has no numbers")
		return array{}, false
	}
	return s.join(parts, out), true
}
