package compiler

import (
	"math"
	"strings"

	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// param is a parameter, one for each name: a net's body is evaluated at each of
// its calls, and shares its weights.
func (s *scope) param(p *lang.Param, name string) value {
	if !s.paramType(p) {
		return bad{}
	}
	dims, ok := s.paramSizes(p)
	if !ok {
		return bad{}
	}
	r := runtime.Param{Name: name, Init: runtime.Init{Kind: "uniform", A: -0.1, B: 0.1}, Guide: s.guide != nil}
	for _, d := range dims {
		r.Dims = append(r.Dims, d.N)
	}
	if p.Init != nil {
		if r.Init, ok = s.initOf(p.Init.Tree(), r); !ok {
			return bad{}
		}
	}
	lo, hi, ok := s.bounds(p.Bound)
	if !ok {
		return bad{}
	}
	if !s.unconstrain(&r, lo, hi, p) {
		return bad{}
	}
	raw := s.u.addParam(r, p.Name.Span)
	if p.Type.Name.Text == "simplex" {
		return array{s.u.build.Call("exp", s.u.build.Apply(op.LogSoftmax{}, raw)), dims, dist.Unit}
	}
	return array{s.constrain(raw, lo, hi), dims, boundSupport(lo, hi)}
}

// paramType reports a type that a parameter cannot have.
func (s *scope) paramType(p *lang.Param) bool {
	switch p.Type.Name.Text {
	case "real":
	case "simplex":
		if p.Bound != nil || len(p.Type.Sizes) != 1 {
			s.errorf(diag.BadSize, p.Type.Span, "a simplex has one size and no bounds: its numbers are positive and add up to one").Helpf("write simplex[K]")
			return false
		}
	case "cov", "corr":
		s.errorf(diag.Unsupported, p.Type.Span, "a parameter of type %s is not supported by this version", p.Type.Name.Text)
		return false
	default:
		s.errorf(diag.UnknownType, p.Type.Name.Span, "a parameter is real, not %s", p.Type.Name.Text).Helpf("write param %s: real", p.Name.Text)
		return false
	}
	if p.Prior != nil {
		s.errorf(diag.Unsupported, p.Prior.Span, "priors on parameters are not supported by this version").Helpf("drop the prior: the parameter is then fitted by maximum likelihood")
		return false
	}
	return true
}

// paramSizes is the sizes of a parameter; one that is repeated, for k in 1:K,
// has K rows.
func (s *scope) paramSizes(p *lang.Param) (dims []Size, ok bool) {
	sizes := p.Type.Sizes
	if p.For != nil {
		one, okOne := s.whole(p.For.Range.Lo.Tree())
		if !p.For.Range.Range || !okOne || one != 1 {
			s.errorf(diag.BadSize, p.For.Span, "a parameter is repeated for k in 1:K")
			return nil, false
		}
		sizes = append([]*lang.Expr{p.For.Range.Hi}, sizes...)
	}
	for _, e := range sizes {
		n, ok := s.whole(e.Tree())
		if !ok {
			return nil, false
		}
		if n < 1 || n > maxSize {
			s.errorf(diag.BadSize, e.Span, "a size is a whole number from 1 to %d, not %d", int(maxSize), n)
			return nil, false
		}
		name := ""
		if v, isNumber := s.eval(e.Tree()).(number); isNumber {
			name = v.name
		}
		dims = append(dims, Size{n, name})
	}
	if len(dims) > 3 {
		s.errorf(diag.Unsupported, p.Type.Span, "a parameter of more than three sizes is not supported by this version")
		return nil, false
	}
	return dims, true
}

// addParam registers a parameter, once, and gives its node.
func (u *unit) addParam(r runtime.Param, at diag.Span) *ir.Node {
	if _, ok := u.byName[r.Name]; !ok {
		u.byName[r.Name] = len(u.params)
		u.params = append(u.params, r)
	}
	return u.build.Input(op.Source{Kind: op.Param, Name: r.Name}, r.Shape())
}

// bounds are the limits of a parameter, infinite where there is none.
func (s *scope) bounds(b *lang.Bound) (lo, hi float64, ok bool) {
	lo, hi = math.Inf(-1), math.Inf(1)
	if b == nil {
		return lo, hi, true
	}
	lo, okLo := s.limit(b.Lo, lo)
	hi, okHi := s.limit(b.Hi, hi)
	if okLo && okHi && lo >= hi {
		s.errorf(diag.BadBound, b.Span, "no number lies between %g and %g", lo, hi)
		return lo, hi, false
	}
	return lo, hi, okLo && okHi
}

func (s *scope) limit(e *lang.Expr, otherwise float64) (float64, bool) {
	if e == nil {
		return otherwise, true
	}
	v := s.eval(e.Tree())
	n, ok := v.(number)
	if !ok && !isBad(v) {
		s.errorf(diag.NotConstant, e.Span, "a bound is a number, not %s", v.describe())
	}
	return n.v, ok
}

// constrain maps the real line to the bounds: by exp from one bound, by the
// logistic function between two.
func (s *scope) constrain(raw *ir.Node, lo, hi float64) *ir.Node {
	b := s.u.build
	switch {
	case math.IsInf(lo, 0) && math.IsInf(hi, 0):
		return raw
	case math.IsInf(hi, 0):
		return b.Call("+", b.Call("exp", raw), b.Number(lo))
	case math.IsInf(lo, 0):
		return b.Call("-", b.Number(hi), b.Call("exp", raw))
	}
	return b.Call("+", b.Call("*", b.Call("sigmoid", raw), b.Number(hi-lo)), b.Number(lo))
}

// unconstrain moves a parameter's initial value to the real line. Without one
// it starts at one above its bound, or in the middle of two.
func (s *scope) unconstrain(r *runtime.Param, lo, hi float64, p *lang.Param) bool {
	if math.IsInf(lo, 0) && math.IsInf(hi, 0) {
		return true
	}
	r.Low, r.High = bound(lo), bound(hi)
	if p.Init == nil {
		r.Init = runtime.Init{Kind: "constant"}
		return true
	}
	if r.Init.Kind != "constant" {
		s.errorf(diag.Unsupported, p.Init.Span, "a parameter with bounds starts at a number in this version").Helpf("write init NUMBER")
		return false
	}
	v := r.Init.A
	if v <= lo || v >= hi {
		s.errorf(diag.BadBound, p.Init.Span, "%g is not between %g and %g", v, lo, hi)
		return false
	}
	r.Init.A = toLine(v, lo, hi)
	return true
}

// toLine moves a value between bounds to the real line: it undoes constrain.
func toLine(v, lo, hi float64) float64 {
	switch {
	case math.IsInf(lo, 0) && math.IsInf(hi, 0):
		return v
	case math.IsInf(hi, 0):
		return math.Log(v - lo)
	case math.IsInf(lo, 0):
		return math.Log(hi - v)
	}
	return math.Log((v - lo) / (hi - v))
}

// fromLine moves a value on the real line between bounds, as constrain does.
func fromLine(v, lo, hi float64) float64 {
	switch {
	case math.IsInf(lo, 0) && math.IsInf(hi, 0):
		return v
	case math.IsInf(hi, 0):
		return lo + math.Exp(v)
	case math.IsInf(lo, 0):
		return hi - math.Exp(v)
	}
	return lo + (hi-lo)/(1+math.Exp(-v))
}

func bound(v float64) *float64 {
	if math.IsInf(v, 0) {
		return nil
	}
	return &v
}

func boundSupport(lo, hi float64) dist.Support {
	switch {
	case lo >= 0 && hi <= 1:
		return dist.Unit
	case lo >= 0:
		return dist.Positive
	}
	return dist.Real
}

// initKinds are the initialisers that need no number, and those that take some.
var initKinds = map[string]int{"uniform": 2, "normal": 2, "laplace": 2, "xavier": 0, "he": 0, "orthogonal": 0, "eye": 0}

// initOf is what follows init: an initialiser, a number, or a constant array.
func (s *scope) initOf(n lang.Node, r runtime.Param) (runtime.Init, bool) {
	if ref, ok := n.(*lang.NameRef); ok {
		if v, isInit := s.lookup(ref.Name).(initial); isInit {
			return v.Init, true
		}
		if b, isBuiltin := s.lookup(ref.Name).(builtin); isBuiltin {
			return s.initCall(b.name, &lang.Call{Span: ref.Span, Fun: ref})
		}
	}
	if call, ok := n.(*lang.Call); ok {
		if ref, ok := call.Fun.(*lang.NameRef); ok && s.isInit(ref.Name) && !(ref.Name == "eye" && len(call.Args) == 1) {
			return s.initCall(strings.ToLower(ref.Name), call)
		}
	}
	switch v := s.eval(n).(type) {
	case bad:
		return runtime.Init{}, false
	case initial:
		return v.Init, true
	case number:
		return runtime.Init{Kind: "constant", A: v.v}, true
	case list, array:
		a, ok := s.asArray(v, n.At())
		if !ok {
			return runtime.Init{}, false
		}
		data, ok := ir.Evaluate(a.node)
		if ok && len(data) == r.Shape().Rows*r.Shape().Cols {
			return runtime.Init{Kind: "values", Values: data}, true
		}
	}
	s.errorf(diag.BadInit, n.At(), "%s cannot start here", r.Name).
		Helpf("init takes a number, uniform(a), normal(sd), laplace(s), xavier, he, orthogonal, eye, or a constant of the same size")
	return runtime.Init{}, false
}

// isInit reports whether a name is an initialiser, also written like a
// distribution: Uniform(-1, 1).
func (s *scope) isInit(name string) bool {
	_, ok := initKinds[strings.ToLower(name)]
	if b, isBuiltin := s.lookup(name).(builtin); isBuiltin {
		return ok && b.name == name
	}
	return ok && s.lookup(name) == nil
}

// initCall is an initialiser with its numbers: uniform(a) is from -a to a,
// uniform(a, b) from a to b, normal(sd) and laplace(scale) are around zero.
func (s *scope) initCall(kind string, call *lang.Call) (runtime.Init, bool) {
	kind = strings.ToLower(kind)
	most, ok := initKinds[kind]
	if !ok || len(call.Args) > most || most > 0 && len(call.Args) == 0 {
		s.errorf(diag.BadInit, call.Span, "%s is no initialiser as it stands", lang.Text(call)).
			Helpf("write uniform(a), uniform(a, b), normal(sd), laplace(scale), xavier, he, orthogonal or eye")
		return runtime.Init{}, false
	}
	var k []float64
	for _, a := range call.Args {
		v := s.eval(a.Value)
		x, isNumber := v.(number)
		if isBad(v) {
			return runtime.Init{}, false
		}
		if !isNumber {
			s.errorf(diag.NotConstant, a.Span, "an initialiser takes numbers, not %s", v.describe())
			return runtime.Init{}, false
		}
		k = append(k, x.v)
	}
	in := runtime.Init{Kind: kind}
	switch {
	case len(k) == 2:
		in.A, in.B = k[0], k[1]
	case len(k) == 1 && kind == "uniform":
		in.A, in.B = -k[0], k[0]
	case len(k) == 1:
		in.B = k[0]
	case kind == "orthogonal" || kind == "eye":
		in.A = 1
	}
	return in, true
}
