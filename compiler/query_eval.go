package compiler

import (
	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// An answerable is the value of an expression of a query at every time t.
type answerable struct {
	array
	from int // the first step at which it has one, from 0
}

// number is the value of an expression that must be one number.
func (x *asking) number(n lang.Node, w *window) *answerable {
	e := x.eval(n, w)
	if e == nil {
		return nil
	}
	if len(e.dims) > 0 {
		x.u.errorf(diag.SizeMismatch, n.At(), "%s is %s, and one number is wanted", lang.Text(n), e.describe()).
			Helpf("take a coordinate, as in x[k:T][1], or a sum, as in sum(x[k:T])")
		return nil
	}
	return e
}

// eval is the value of an expression of the query, or nil where it is wrong. With
// a window it may read ranges of times, and the window is set to the latest.
func (x *asking) eval(n lang.Node, w *window) *answerable {
	r := &rewriting{asking: x, window: w}
	if w != nil && !r.findWindow(n) {
		return nil
	}
	n = r.rewrite(n)
	if r.failed {
		return nil
	}
	s := *x.scope
	s.need = &need{}
	params := len(x.u.params)
	a, ok := s.within("", n).array(n)
	if !ok {
		return nil
	}
	if len(x.u.params) > params {
		x.u.params = x.u.params[:params]
		x.u.errorf(diag.BadNet, n.At(), "%s has weights of its own, which no fit has learned", lang.Text(n)).Helpf("a query calls nets that the model names")
		return nil
	}
	return &answerable{a, s.need.steps}
}

// readAsked is a variable, off steps from now, as a query reads it: classes are
// numbers, from 1, and what is missing in the data has been drawn.
func (s *scope) readAsked(v *variable, off int, at diag.Span) value {
	node := v.node
	if v.class != nil {
		node = s.u.askedClass(v)
	}
	if node == nil {
		return bad{}
	}
	if off > 0 {
		s.errorf(diag.Future, at, "%s is read ahead of the time that is asked about", v.Name).Helpf("read %s[t] or an earlier one", v.Name)
		return bad{}
	}
	if v.Timed {
		var ok bool
		if node, ok = s.u.shift(s, node, v.axis, off, v.starts, at, v.Name); !ok {
			return bad{}
		}
	}
	if v.Kind == runtime.OneOf {
		return array{s.u.build.Call("+", node, s.u.build.Number(1)), nil, unknown}
	}
	return array{node, v.Dims, s.u.varSupport(v)}
}

// askedClass is a node for a latent that is a class.
func (u *unit) askedClass(v *variable) *ir.Node {
	if v.asked == nil {
		v.asked = u.build.Input(op.Source{Kind: op.Noise, Name: "class " + v.Name}, op.PerFrame(1))
	}
	return v.asked
}
