package compiler

import (
	"maps"
	"slices"

	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime/op"
	"ssmc/runtime/scalar"
)

// A builtinFunc evaluates a call of a function of the compiler.
type builtinFunc func(s *scope, n *lang.Call) value

// builtins are the functions that are not written in the language.
var builtins = map[string]builtin{}

func init() {
	for name, f := range elementwise {
		builtins[name] = builtin{name, f.call}
	}
	maps.Copy(builtins, matrixBuiltins())
	for name, fn := range map[string]builtinFunc{
		"concat": concat, "zeros": filled(0), "ones": filled(1), "dim": dimOf, "fold": foldNet,
		"repeat": repeat, "if": choose, "dropout": dropout, "sum": sum, "present": presence,
		"onehot": oneHot, "prior_mean": priorOf("mean"), "prior_var": priorOf("var"), "softmax": softmax,
		"max": binaryFunc("max", larger), "min": binaryFunc("min", smaller), "pow": binaryFunc("pow", nil), "clip": clip, "where": whereOf,
		"NADE": nade, "Mixture": mixture, "IAF": iaf, "Relaxed": relaxed, "causal_in": causalIn, "causal_out": causalOut,
		"uniform": initFunc, "normal": initFunc, "laplace": initFunc, "xavier": initFunc, "he": initFunc, "orthogonal": initFunc,
	} {
		builtins[name] = builtin{name, fn}
	}
}

// An elementFunc is a function of one number, applied to each coordinate.
type elementFunc struct {
	formula string // in x, as in package dist
	sup     dist.Support
}

// elementwise are the functions of one number. relu may be zero: it passes
// where a positive number is asked for, and is caught when it is.
var elementwise = map[string]elementFunc{
	"exp": {"exp(x)", dist.Positive}, "log": {"log(x)", unknown}, "log1p": {"log1p(x)", unknown}, "expm1": {"expm1(x)", unknown},
	"sqrt": {"sqrt(x)", dist.Positive}, "square": {"square(x)", unknown}, "abs": {"abs(x)", unknown},
	"sigmoid": {"sigmoid(x)", dist.Unit}, "softplus": {"softplus(x)", dist.Positive}, "tanh": {"tanh(x)", dist.Real},
	"relu": {"relu(x)", unknown}, "sin": {"sin(x)", dist.Real}, "cos": {"cos(x)", dist.Real},
	"elu":        {"where(greater(x, 0), x, expm1(min(x, 0)))", dist.Real},
	"leaky_relu": {"where(greater(x, 0), x, 0.01*x)", dist.Real},
	"gelu":       {"x*sigmoid(1.702*x)", dist.Real},
	"logit":      {"log(x) - log1p(-x)", unknown},
	"identity":   {"x", dist.Real},
}

func (f elementFunc) call(s *scope, n *lang.Call) value {
	a, ok := s.oneArray(n)
	if !ok {
		return bad{}
	}
	return f.apply(s.u.build, a)
}

func (f elementFunc) apply(b *ir.Builder, a array) array {
	if f.formula == "x" {
		return a
	}
	node := b.Formula(dist.Formula(f.formula), map[string]*ir.Node{"x": a.node}, false)
	return array{node, a.dims, f.sup}
}

// exactly evaluates the arguments of a function that takes k of them, unnamed.
func (s *scope) exactly(n *lang.Call, k int) ([]*argument, bool) {
	if len(n.Args) != k || slices.ContainsFunc(n.Args, func(a *lang.ArgNode) bool { return a.Name != "" }) {
		s.errorf(diag.BadArgument, n.Span, "%s takes %d unnamed argument%s", lang.Text(n.Fun), k, plural(k))
		return nil, false
	}
	return s.arguments(n.Args)
}

// oneArray is the argument of a function of one array.
func (s *scope) oneArray(n *lang.Call) (array, bool) {
	args, ok := s.exactly(n, 1)
	if !ok {
		return array{}, false
	}
	return s.asArray(args[0].value, args[0].at)
}

func plural(k int) string {
	if k == 1 {
		return ""
	}
	return "s"
}

func concat(s *scope, n *lang.Call) value {
	args, ok := s.arguments(n.Args)
	if !ok {
		return bad{}
	}
	var parts []part
	var sw *sweep
	for _, x := range args {
		v := x.value
		if w, isSweep := v.(sweep); isSweep && w.raw {
			w.over = joinOver(sw, w.over)
			sw = &w
			v = w.array
		}
		a, ok := s.asArray(v, x.at)
		if !ok {
			return bad{}
		}
		if len(a.dims) > 1 {
			s.errorf(diag.SizeMismatch, x.at, "concat joins numbers and vectors, not %s", a.describe())
			return bad{}
		}
		parts = append(parts, part{a})
	}
	if len(parts) == 0 {
		s.errorf(diag.BadArgument, n.Span, "concat needs something to join")
		return bad{}
	}
	out := s.join(parts, array{})
	if sw != nil {
		return sweep{array: out, back: sw.back, both: sw.both, whole: sw.whole, raw: true, over: sw.over}
	}
	return out
}

// filled is zeros(n) and ones(n).
func filled(v float64) builtinFunc {
	return func(s *scope, n *lang.Call) value {
		if len(n.Args) != 1 {
			s.errorf(diag.BadArgument, n.Span, "%s takes a size", lang.Text(n.Fun))
			return bad{}
		}
		k, ok := s.whole(n.Args[0].Value)
		if !ok {
			return bad{}
		}
		if k < 1 || k > maxSize {
			s.errorf(diag.BadSize, n.Args[0].Span, "a size is a whole number from 1 to %d, not %d", int(maxSize), k)
			return bad{}
		}
		return array{s.u.build.Fill(v, 1, k), []Size{{k, ""}}, supportOf(v)}
	}
}

// dimOf is dim(x): the number of x's coordinates. It takes a variable by name.
func dimOf(s *scope, n *lang.Call) value {
	if len(n.Args) == 1 {
		if ref, ok := n.Args[0].Value.(*lang.NameRef); ok {
			if v, ok := s.lookup(ref.Name).(*variable); ok {
				return number{v: float64(v.Cols()), name: firstName(v.Dims)}
			}
		}
	}
	args, ok := s.exactly(n, 1)
	if !ok {
		return bad{}
	}
	if sw, isSweep := args[0].value.(sweep); isSweep {
		args[0].value = sw.array
	}
	a, ok := s.asArray(args[0].value, args[0].at)
	if !ok {
		return bad{}
	}
	return number{v: float64(a.width()), name: firstName(a.dims)}
}

func firstName(d []Size) string {
	if len(d) == 1 {
		return d[0].Name
	}
	return ""
}

func sum(s *scope, n *lang.Call) value {
	a, ok := s.oneArray(n)
	if !ok {
		return bad{}
	}
	node := s.u.build.Formula(scalar.Var("x"), map[string]*ir.Node{"x": s.rows(a)}, true)
	return array{node, nil, a.sup}
}

// softmax is over a vector, or over each row of a matrix.
func softmax(s *scope, n *lang.Call) value {
	a, ok := s.oneArray(n)
	if !ok {
		return bad{}
	}
	b := s.u.build
	if !a.varies() || len(a.dims) < 2 {
		return array{b.Call("exp", b.Apply(op.LogSoftmax{}, a.node)), a.dims, dist.Unit}
	}
	var rows []*ir.Node
	for cols, at := last(a.dims).N, 0; at < a.width(); at += cols {
		rows = append(rows, b.Apply(op.LogSoftmax{}, b.Slice(a.node, at, at+cols)))
	}
	return array{b.Call("exp", b.Concat(rows...)), a.dims, dist.Unit}
}

// initFunc is an initialiser, which stands only after init.
func initFunc(s *scope, n *lang.Call) value {
	in, ok := s.initCall(lang.Text(n.Fun), n)
	if !ok {
		return bad{}
	}
	return initial{in}
}
