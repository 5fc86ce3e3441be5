package compiler

import (
	"fmt"

	"ssmc/lang"
	"ssmc/lang/diag"
)

// A rewriting turns an expression of a query into one of the model at time t:
// v[lo:hi] becomes v[t], v[k] a value of its own, and v[t].column a coordinate.
type rewriting struct {
	*asking
	window *window // of a report, or nil
	found  bool    // it has a range
	failed bool
}

// findWindow finds the range of times that a report runs over: several ranges are
// equally long, and the latest counts. Without any it is a single time.
func (r *rewriting) findWindow(n lang.Node) bool {
	ok := true
	var single *moment
	walk(n, func(n lang.Node) bool {
		idx, isIndex := n.(*lang.Index)
		if !ok || !isIndex || !r.timed(idx) {
			return ok
		}
		w, fine := r.asking.window(idx.Slices[0])
		switch {
		case !fine:
			ok = false
		case !idx.Slices[0].Range:
			single = &w.lo
		case !r.found:
			*r.window, r.found = w, true
		default:
			ok = r.align(w, idx)
		}
		return false
	})
	if !ok || r.found {
		return ok
	}
	if single == nil {
		r.u.errorf(diag.BadReport, n.At(), "%s is read at no time", lang.Text(n)).Helpf("read a variable at some: x[k:T], or x[T]")
		return false
	}
	*r.window = window{*single, *single}
	return true
}

// align compares one more range with those before.
func (r *rewriting) align(w window, idx *lang.Index) bool {
	lo, okLo := minus(w.lo, r.window.lo)
	hi, okHi := minus(w.hi, r.window.hi)
	if !okLo || !okHi || lo != hi {
		r.u.errorf(diag.BadTime, idx.Span, "the ranges of times in one report are equally long, and this one is not").Helpf("write two reports")
		return false
	}
	if lo > 0 {
		*r.window = w
	}
	return true
}

// minus is a - b in steps, if that is known.
func minus(a, b moment) (int, bool) { return a.off - b.off, a.base == b.base }

// timed reports whether an index is the time of what varies in time.
func (r *rewriting) timed(n *lang.Index) bool {
	ref, ok := n.X.(*lang.NameRef)
	return ok && timeIndexed(r.u.names[ref.Name])
}

func (r *rewriting) rewrite(n lang.Node) lang.Node {
	switch n := n.(type) {
	case *lang.Unary:
		return &lang.Unary{Span: n.Span, Op: n.Op, X: r.rewrite(n.X)}
	case *lang.Binary:
		return &lang.Binary{Span: n.Span, Op: n.Op, X: r.rewrite(n.X), Y: r.rewrite(n.Y)}
	case *lang.Call:
		return &lang.Call{Span: n.Span, Fun: n.Fun, Args: r.args(n.Args)}
	case *lang.Index:
		return r.index(n)
	case *lang.Field:
		return r.field(n)
	case *lang.List:
		out := &lang.List{Span: n.Span}
		for _, item := range n.Items {
			out.Items = append(out.Items, r.rewrite(item))
		}
		return out
	case *lang.Tuple:
		return &lang.Tuple{Span: n.Span, Args: r.args(n.Args)}
	}
	return n
}

func (r *rewriting) args(in []*lang.ArgNode) (out []*lang.ArgNode) {
	for _, a := range in {
		b := *a
		b.Value = r.rewrite(a.Value)
		out = append(out, &b)
	}
	return out
}

// index is v[time] or v[time, coordinate], or an index of something else.
func (r *rewriting) index(n *lang.Index) lang.Node {
	if !r.timed(n) {
		return &lang.Index{Span: n.Span, X: r.rewrite(n.X), Slices: n.Slices}
	}
	out := r.atTime(n)
	if len(n.Slices) > 1 {
		return &lang.Index{Span: n.Span, X: out, Slices: n.Slices[1:]}
	}
	return out
}

// atTime is v at its time.
func (r *rewriting) atTime(n *lang.Index) lang.Node {
	ref, s := n.X.(*lang.NameRef), n.Slices[0]
	if m, ok := r.scope.moment(s.Lo); ok && !s.Range && m.base == "t" {
		return &lang.Index{Span: n.Span, X: ref, Slices: n.Slices[:1]}
	}
	w, ok := r.asking.window(s)
	switch {
	case !ok:
		r.failed = true
	case s.Range && r.window == nil:
		r.u.errorf(diag.BadTime, s.Span, "a range of times stands only in a report, after given and after do").Helpf("write %s[t]", ref.Name)
		r.failed = true
	case s.Range:
		off, _ := minus(w.lo, r.window.lo)
		return refNode(ref.Name, off, n.Span)
	default:
		return r.pinned(ref, w.lo, n)
	}
	return n
}

// pinned is a name for v at a fixed time.
func (r *rewriting) pinned(ref *lang.NameRef, m moment, n *lang.Index) lang.Node {
	name := fmt.Sprintf("%s[%s%+d]", ref.Name, m.base, m.off)
	if r.scope.vals[name] == nil {
		now := refNode(ref.Name, 0, n.Span)
		s := *r.scope
		s.need = nil
		a, ok := s.within("", now).array(now)
		if !ok {
			r.failed = true
			return n
		}
		r.scope.vals[name] = r.pin(name, a, m)
	}
	return &lang.NameRef{Span: n.Span, Name: name}
}

// field is a column of a variable, or a part of a record.
func (r *rewriting) field(n *lang.Field) lang.Node {
	ref, ok := n.X.(*lang.NameRef)
	idx, isIndex := n.X.(*lang.Index)
	if isIndex {
		ref, ok = idx.X.(*lang.NameRef)
	}
	v, isVariable := value(nil), false
	if ok {
		v, isVariable = r.u.names[ref.Name].(*variable)
	}
	if !isVariable {
		return &lang.Field{Span: n.Span, X: r.rewrite(n.X), Name: n.Name, NameSpan: n.NameSpan}
	}
	i, found := r.column(v.(*variable), n.Name, n.NameSpan)
	if !found {
		r.failed = true
		return n
	}
	x := r.rewrite(n.X)
	if len(v.(*variable).Dims) == 0 {
		return x
	}
	return &lang.Index{Span: n.Span, X: x, Slices: []*lang.SliceNode{{Span: n.NameSpan, Lo: &lang.Number{Span: n.NameSpan, Value: float64(i + 1), Text: itoa(i + 1)}}}}
}
