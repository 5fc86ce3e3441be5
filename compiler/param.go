package compiler

import (
	"math"
	"strings"

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
	if r.Transform, ok = s.transform(p); !ok {
		return bad{}
	}
	if !s.start(&r, p) {
		return bad{}
	}
	if !s.library {
		s.u.build.Pos = position(p.Span)
	}
	if p.Prior != nil {
		raw, ok := s.believe(p, r, dims)
		if !ok {
			return bad{}
		}
		return s.natural(raw, r.Transform, dims)
	}
	raw := s.u.addParam(r, p.Name.Span)
	return s.natural(raw, r.Transform, dims)
}

// paramTypes are the types of parameters that are transformed, with the sizes
// that each has.
var paramTypes = map[string]struct {
	kind  runtime.TransformKind
	least int    // the smallest size
	doc   string // what it is
}{
	"simplex": {runtime.Simplex, 1, "its numbers are positive and add up to one"},
	"ordered": {runtime.Ordered, 1, "its numbers increase"},
	"cov":     {runtime.Cov, 1, "it is a covariance, n by n"},
	"corr":    {runtime.Corr, 2, "it is a correlation matrix, n by n, of two at least"},
}

// paramType reports a type that a parameter cannot have.
func (s *scope) paramType(p *lang.Param) bool {
	name := p.Type.Name.Text
	if t, ok := paramTypes[name]; ok {
		if p.Bound != nil || len(p.Type.Sizes) != 1 {
			s.errorf(diag.BadSize, p.Type.Span, "a parameter of type %s has one size and no bounds: %s", name, t.doc).Helpf("write %s[n]", name)
			return false
		}
	} else if name != "real" {
		s.errorf(diag.UnknownType, p.Type.Name.Span, "a parameter is real, simplex, ordered, cov or corr, not %s", name).Helpf("write param %s: real", p.Name.Text)
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
	t := paramTypes[p.Type.Name.Text]
	if last := len(dims) - 1; last >= 0 && dims[last].N < t.least {
		s.errorf(diag.BadSize, p.Type.Span, "a parameter of type %s has a size of at least %d: %s", p.Type.Name.Text, t.least, t.doc)
		return nil, false
	}
	if t.kind == runtime.Cov || t.kind == runtime.Corr {
		n := dims[len(dims)-1]
		if !s.u.matrixFits(n.N, n.N, p.Type.Span) {
			return nil, false
		}
		dims = append(dims, n)
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
		u.countNumbers(r.Size(), at)
	}
	return u.build.Input(op.Source{Kind: op.Param, Name: r.Name}, r.Shape())
}

// countNumbers reports parameters that are more than can be learned, once.
func (u *unit) countNumbers(n int, at diag.Span) {
	if u.numbers > maxNumbers {
		return
	}
	if u.numbers += n; u.numbers > maxNumbers {
		u.errorf(diag.BadSize, at, "with this the program has more than %d numbers to learn", maxNumbers)
	}
}

// transform is how a parameter comes from numbers on the real line.
func (s *scope) transform(p *lang.Param) (runtime.Transform, bool) {
	if t, ok := paramTypes[p.Type.Name.Text]; ok {
		return runtime.Transform{Kind: t.kind}, true
	}
	lo, hi, ok := s.bounds(p.Bound)
	t := runtime.Transform{Low: bound(lo), High: bound(hi)}
	if t.Low != nil || t.High != nil {
		t.Kind = runtime.Bounds
	}
	return t, ok
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

func bound(v float64) *float64 {
	if math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// initKinds are the initialisers that need no number, and those that take some.
var initKinds = map[string]int{"uniform": 2, "normal": 2, "laplace": 2, "xavier": 0, "he": 0, "orthogonal": 0, "eye": 0}

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
