package compiler

import (
	"ssmc/compiler/dist"
	"ssmc/lang"
	"ssmc/lang/diag"
)

// together evaluates the arguments of a function of k arrays of one size, a
// number serving every coordinate.
func (s *scope) together(n *lang.Call, k int) (in []array, dims []Size, ok bool) {
	args, ok := s.exactly(n, k)
	if !ok {
		return nil, nil, false
	}
	for _, x := range args {
		a, ok := s.asArray(x.value, x.at)
		if !ok {
			return nil, nil, false
		}
		if len(dims) > 0 && len(a.dims) > 0 && !sameDims(dims, a.dims) {
			s.errorf(diag.SizeMismatch, x.at, "%s has size [%s], but another argument of %s has size [%s]", lang.Text(n), sizes(a.dims), lang.Text(n.Fun), sizes(dims)).
				Helpf("coordinates are combined one by one: the sizes must be equal")
			return nil, nil, false
		}
		if len(a.dims) > 0 {
			dims = a.dims
		}
		in = append(in, a)
	}
	return in, dims, true
}

// binaryFunc is a function of two numbers, coordinate by coordinate; sup is the
// support of its values, that of ^ unless told.
func binaryFunc(name string, sup func(a, b array) dist.Support) builtinFunc {
	return func(s *scope, n *lang.Call) value {
		in, dims, ok := s.together(n, 2)
		if !ok {
			return bad{}
		}
		level := s.level(in)
		if sup == nil {
			return array{s.elementwise("^", level[0], level[1]), dims, combine("^", in[0], in[1])}
		}
		return array{s.u.build.Call(name, level[0].node, level[1].node), dims, sup(in[0], in[1])}
	}
}

// larger is positive if one of its arguments is.
func larger(a, b array) dist.Support {
	switch {
	case a.sup == dist.Unit && b.sup == dist.Unit:
		return dist.Unit
	case a.sup == dist.Positive || b.sup == dist.Positive || a.sup == dist.Unit || b.sup == dist.Unit:
		return dist.Positive
	}
	return bothOrUnknown(a, b)
}

// smaller is what both of its arguments are.
func smaller(a, b array) dist.Support {
	positive := func(a array) bool { return a.sup == dist.Positive || a.sup == dist.Unit }
	switch {
	case positive(a) && positive(b) && (a.sup == dist.Unit || b.sup == dist.Unit):
		return dist.Unit
	case positive(a) && positive(b):
		return dist.Positive
	}
	return bothOrUnknown(a, b)
}

func bothOrUnknown(a, b array) dist.Support {
	if a.sup == b.sup {
		return a.sup
	}
	return unknown
}

// clip is clip(x, lo, hi): x, but lo below lo and hi above hi.
func clip(s *scope, n *lang.Call) value {
	in, dims, ok := s.together(n, 3)
	if !ok {
		return bad{}
	}
	level, b := s.level(in), s.u.build
	above := array{b.Call("max", level[0].node, level[1].node), dims, larger(in[0], in[1])}
	return array{b.Call("min", above.node, level[2].node), dims, smaller(above, in[2])}
}

// whereOf is where(c, a, b): a where c is not zero, otherwise b.
func whereOf(s *scope, n *lang.Call) value {
	in, dims, ok := s.together(n, 3)
	if !ok {
		return bad{}
	}
	level := s.level(in)
	return array{s.u.build.Call("where", level[0].node, level[1].node, level[2].node), dims, bothOrUnknown(in[1], in[2])}
}
