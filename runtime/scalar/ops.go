package scalar

import (
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

const maxArity = 3

// An operator is its value and its derivatives: pull takes the derivative d of
// some result by e = f(args) to the derivatives by the arguments, nil standing
// for zero. A nil pull says that all are zero.
type operator struct {
	arity int
	eval  func(x [maxArity]float64) float64
	pull  func(e, d *Expr) []*Expr
}

// Arity is the number of arguments of a function or operator; ok is false
// where there is none of that name.
func Arity(f string) (n int, ok bool) {
	if _, known := synonyms[f]; known {
		return 2, true
	}
	o, ok := ops[f]
	return o.arity, ok
}

// Operators is the names of all operators, in order, synonyms left out.
func Operators() []string { return slices.Sorted(maps.Keys(ops)) }

// synonyms are other names for operators, some with their arguments swapped.
var synonyms = map[string]struct {
	op   string
	swap bool
}{
	"^": {"pow", false}, ">": {"greater", false}, ">=": {"greaterEq", false}, "==": {"equal", false},
	"<": {"greater", true}, "<=": {"greaterEq", true},
}

// ops is every operator that a formula may use. Init breaks a cycle: derivatives
// are made of operators.
var ops map[string]operator

func init() {
	ops = map[string]operator{
		"where": {3, where, whereGrad},
	}
	for _, more := range []map[string]operator{unaryOps(), binaryOps(), specialOps()} {
		maps.Copy(ops, more)
	}
}

func unary(f func(float64) float64) func([maxArity]float64) float64 {
	return func(x [maxArity]float64) float64 { return f(x[0]) }
}

// one is the operator f with derivative diff(e, d, argument of e).
func one(f func(float64) float64, diff func(e, d, a *Expr) *Expr) operator {
	return operator{1, unary(f), func(e, d *Expr) []*Expr { return []*Expr{diff(e, d, e.Args[0])} }}
}

func unaryOps() map[string]operator {
	fn := func(f string) func(*Expr) *Expr { return func(a *Expr) *Expr { return Call(f, a) } }
	sigmoidOf, step, cos, sin := fn("sigmoid"), fn("step"), fn("cos"), fn("sin")
	return map[string]operator{
		"neg":      one(func(x float64) float64 { return -x }, func(_, d, _ *Expr) *Expr { return Neg(d) }),
		"abs":      one(math.Abs, func(_, d, a *Expr) *Expr { return Mul(d, Sub(step(a), step(Neg(a)))) }),
		"sin":      one(math.Sin, func(_, d, a *Expr) *Expr { return Mul(d, cos(a)) }),
		"cos":      one(math.Cos, func(_, d, a *Expr) *Expr { return Neg(Mul(d, sin(a))) }),
		"exp":      one(math.Exp, func(e, d, _ *Expr) *Expr { return Mul(d, e) }),
		"expm1":    one(math.Expm1, func(e, d, _ *Expr) *Expr { return Mul(d, Add(e, Num(1))) }),
		"log":      one(math.Log, func(_, d, a *Expr) *Expr { return Div(d, a) }),
		"log1p":    one(math.Log1p, func(_, d, a *Expr) *Expr { return Div(d, Add(a, Num(1))) }),
		"sqrt":     one(math.Sqrt, func(e, d, _ *Expr) *Expr { return Div(Mul(Num(0.5), d), e) }),
		"square":   one(func(x float64) float64 { return x * x }, func(_, d, a *Expr) *Expr { return Mul(Num(2), Mul(d, a)) }),
		"recip":    one(func(x float64) float64 { return 1 / x }, func(e, d, _ *Expr) *Expr { return Neg(Mul(d, Square(e))) }),
		"sigmoid":  one(sigmoid, func(e, d, _ *Expr) *Expr { return Mul(d, Mul(e, Sub(Num(1), e))) }),
		"tanh":     one(math.Tanh, func(e, d, _ *Expr) *Expr { return Mul(d, Sub(Num(1), Square(e))) }),
		"softplus": one(softplus, func(_, d, a *Expr) *Expr { return Mul(d, sigmoidOf(a)) }),
		"relu":     one(func(x float64) float64 { return max(x, 0) }, func(_, d, a *Expr) *Expr { return Mul(d, step(a)) }),
		"step":     {1, unary(func(x float64) float64 { return indicator(x > 0, x, 0) }), nil},
		"lgamma":   one(lgamma, func(_, d, a *Expr) *Expr { return Mul(d, Call("digamma", a)) }),
		"digamma":  one(digamma, func(_, d, a *Expr) *Expr { return Mul(d, Call("trigamma", a)) }),
	}
}

func binaryOps() map[string]operator {
	two := func(f func(a, b float64) float64, pull func(e, d, a, b *Expr) []*Expr) operator {
		o := operator{2, func(x [maxArity]float64) float64 { return f(x[0], x[1]) }, nil}
		if pull != nil {
			o.pull = func(e, d *Expr) []*Expr { return pull(e, d, e.Args[0], e.Args[1]) }
		}
		return o
	}
	return map[string]operator{
		"+": two(func(a, b float64) float64 { return a + b }, func(_, d, _, _ *Expr) []*Expr { return []*Expr{d, d} }),
		"-": two(func(a, b float64) float64 { return a - b }, func(_, d, _, _ *Expr) []*Expr { return []*Expr{d, Neg(d)} }),
		"*": two(func(a, b float64) float64 { return a * b }, func(_, d, a, b *Expr) []*Expr { return []*Expr{Mul(d, b), Mul(d, a)} }),
		"/": two(func(a, b float64) float64 { return a / b }, func(e, d, _, b *Expr) []*Expr {
			return []*Expr{Div(d, b), Neg(Mul(Div(d, b), e))}
		}),
		"pow":       two(pow, powGrad),
		"max":       two(func(a, b float64) float64 { return max(a, b) }, func(_, d, a, b *Expr) []*Expr { return chosen(d, Call("greaterEq", a, b)) }),
		"min":       two(func(a, b float64) float64 { return min(a, b) }, func(_, d, a, b *Expr) []*Expr { return chosen(d, Call("greaterEq", b, a)) }),
		"greater":   two(func(a, b float64) float64 { return indicator(a > b, a, b) }, nil),
		"greaterEq": two(func(a, b float64) float64 { return indicator(a >= b, a, b) }, nil),
		"equal":     two(func(a, b float64) float64 { return indicator(a == b, a, b) }, nil),
	}
}

// chosen gives d to the first of two arguments where first is one, else to the second.
func chosen(d, first *Expr) []*Expr {
	return []*Expr{Where(first, d, Num(0)), Where(first, Num(0), d)}
}

func where(x [maxArity]float64) float64 {
	if x[0] != 0 {
		return x[1]
	}
	return x[2]
}

func whereGrad(e, d *Expr) []*Expr {
	return append([]*Expr{nil}, chosen(d, e.Args[0])...)
}

// powGrad takes the derivative by the exponent to be zero where the base is,
// the limit for exponents above zero.
func powGrad(e, d, a, b *Expr) []*Expr {
	byExponent := Where(Call("greater", a, Num(0)), Mul(d, Mul(e, Call("log", a))), Num(0))
	return []*Expr{Mul(d, Mul(b, Call("pow", a, Sub(b, Num(1))))), byExponent}
}

// refuse is the derivative of what has none here.
func refuse(e, _ *Expr) []*Expr { panic("scalar: no derivative of " + e.Op) }

// sigmoid keeps full relative precision where it is small.
func sigmoid(x float64) float64 {
	u := math.Exp(-math.Abs(x))
	if x < 0 {
		return u / (1 + u)
	}
	return 1 / (1 + u)
}

func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// lgamma is log |Gamma(x)|.
func lgamma(x float64) float64 { v, _ := math.Lgamma(x); return v }

// digamma is the derivative of lgamma; at infinity its limit.
func digamma(x float64) float64 {
	if math.IsInf(x, 1) {
		return x
	}
	if math.IsInf(x, -1) {
		return math.NaN()
	}
	return mathext.Digamma(x)
}

// trigamma is the derivative of digamma: the Hurwitz zeta function at 2.
func trigamma(x float64) float64 { return mathext.Zeta(2, x) }

// pow is math.Pow but for NaN, which that drops from 1^NaN and NaN^0.
func pow(a, b float64) float64 {
	if a != a || b != b {
		return math.NaN()
	}
	return math.Pow(a, b)
}

// indicator is one or zero as yes says, or NaN where an operand is.
func indicator(yes bool, a, b float64) float64 {
	switch {
	case a != a || b != b:
		return math.NaN()
	case yes:
		return 1
	}
	return 0
}
