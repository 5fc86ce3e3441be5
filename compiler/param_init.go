package compiler

import (
	"slices"

	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
)

// start says how a parameter starts. What stands after init is the value that
// the model uses: the numbers that it comes from are found here. Initialisers
// that are random draw numbers on the real line. Without init a parameter starts
// one above its bound or in the middle of two, a covariance at the identity, and
// several of them near it.
func (s *scope) start(r *runtime.Param, p *lang.Param) bool {
	kind := r.Transform.Kind
	if p.Init == nil {
		if r.NaturalSize() == itemSize(*r) && kind != runtime.Simplex && kind != runtime.Plain {
			r.Init = runtime.Init{Kind: "constant"}
		}
		return true
	}
	in, value, ok := s.initOf(p.Init.Tree(), *r)
	if !ok {
		return false
	}
	if r.Init = in; kind == runtime.Plain {
		if value != nil {
			r.Init = runtime.Init{Kind: "values", Values: value}
		}
		return true
	}
	if value == nil && in.Kind == "constant" {
		value = s.alike(*r, in.A)
	}
	if value == nil && in.Kind == "eye" {
		value = s.alike(*r, 1)
	}
	if value == nil {
		return s.drawnInit(*r, p)
	}
	raw, err := r.Raw(value)
	if err != nil {
		s.errorf(diag.BadBound, p.Init.Span, "%s %v", p.Name.Text, err)
		return false
	}
	r.Init = initValues(raw)
	return true
}

// initValues starts at values; a constant, if they are all equal.
func initValues(raw []float64) runtime.Init {
	if slices.ContainsFunc(raw, func(x float64) bool { return x != raw[0] }) {
		return runtime.Init{Kind: "values", Values: raw}
	}
	return runtime.Init{Kind: "constant", A: raw[0]}
}

// itemSize is the numbers of one simplex, one covariance and so on.
func itemSize(r runtime.Param) int {
	n := len(r.Dims)
	switch {
	case n > 0 && (r.Transform.Kind == runtime.Simplex || r.Transform.Kind == runtime.Ordered):
		return r.Dims[n-1]
	case n > 1 && (r.Transform.Kind == runtime.Cov || r.Transform.Kind == runtime.Corr):
		return r.Dims[n-1] * r.Dims[n-1]
	}
	return 1
}

// alike is a parameter that is v everywhere, or v times the identity.
func (s *scope) alike(r runtime.Param, v float64) []float64 {
	out := make([]float64, r.NaturalSize())
	item, matrix := itemSize(r), r.Transform.Kind == runtime.Cov || r.Transform.Kind == runtime.Corr
	for i := range out {
		n := 1
		if matrix {
			n = r.Dims[len(r.Dims)-1]
		}
		if at := i % item; !matrix || at/n == at%n {
			out[i] = v
		}
	}
	return out
}

// drawnInit reports a random start of what has none.
func (s *scope) drawnInit(r runtime.Param, p *lang.Param) bool {
	if slices.Contains([]string{"uniform", "normal", "laplace"}, r.Init.Kind) && r.Transform.Kind != runtime.Bounds {
		return true
	}
	s.errorf(diag.Unsupported, p.Init.Span, "a parameter that is %s starts at a value in this version", r.Transform).
		Helpf("write init and a number, or as many as it has")
	return false
}

// initOf is what follows init: an initialiser, a number, or a constant array.
func (s *scope) initOf(n lang.Node, r runtime.Param) (in runtime.Init, value []float64, ok bool) {
	if ref, ok := n.(*lang.NameRef); ok {
		if v, isInit := s.lookup(ref.Name).(initial); isInit {
			return v.Init, nil, true
		}
		if b, isBuiltin := s.lookup(ref.Name).(builtin); isBuiltin {
			in, ok := s.initCall(b.name, &lang.Call{Span: ref.Span, Fun: ref})
			return in, nil, ok
		}
	}
	if call, ok := n.(*lang.Call); ok {
		if ref, ok := call.Fun.(*lang.NameRef); ok && s.isInit(ref.Name) && !(ref.Name == "eye" && len(call.Args) == 1) {
			in, ok := s.initCall(ref.Name, call)
			return in, nil, ok
		}
	}
	switch v := s.eval(n).(type) {
	case bad:
		return in, nil, false
	case initial:
		return v.Init, nil, true
	case number:
		return runtime.Init{Kind: "constant", A: v.v}, nil, true
	case list, array:
		return s.initArray(v, n, r)
	}
	s.badInit(n, r)
	return in, nil, false
}

// initArray is a constant array: all numbers of a parameter, or those of each
// item of a stack.
func (s *scope) initArray(v value, n lang.Node, r runtime.Param) (in runtime.Init, value []float64, ok bool) {
	a, ok := s.asArray(v, n.At())
	if !ok {
		return in, nil, false
	}
	data, ok := ir.Evaluate(a.node)
	switch size := r.NaturalSize(); {
	case ok && len(data) == size:
		return in, data, true
	case ok && len(data) == itemSize(r) && r.Transform.Kind != runtime.Plain && len(data) > 1:
		return in, slices.Repeat(data, size/len(data)), true
	}
	s.badInit(n, r)
	return in, nil, false
}

func (s *scope) badInit(n lang.Node, r runtime.Param) {
	s.errorf(diag.BadInit, n.At(), "%s cannot start here", r.Name).
		Helpf("init takes a number, uniform(a), normal(sd), laplace(s), xavier, he, orthogonal, eye, or a constant of the same size")
}
