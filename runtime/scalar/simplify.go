package scalar

import "math"

// A rule is a shorter form of an operator at given arguments, or nil.
type rule func(x []*Expr) *Expr

var rules map[string]rule

func init() {
	rules = map[string]rule{
		"+": addRule, "-": subRule, "*": mulRule, "/": divRule, "neg": negRule, "pow": powRule, "where": whereRule,
		"log":    inverse("exp"),
		"square": func(x []*Expr) *Expr { return unlessNeg(x[0], Square) },
		"abs":    func(x []*Expr) *Expr { return unlessNeg(x[0], func(a *Expr) *Expr { return Call("abs", a) }) },
		"cos":    func(x []*Expr) *Expr { return unlessNeg(x[0], func(a *Expr) *Expr { return Call("cos", a) }) },
	}
}

// inverse undoes f.
func inverse(f string) rule {
	return func(x []*Expr) *Expr {
		if x[0].Op == f {
			return x[0].Args[0]
		}
		return nil
	}
}

// unlessNeg is f(a) at -a, for even functions f.
func unlessNeg(e *Expr, f func(*Expr) *Expr) *Expr {
	if e.Op == "neg" {
		return f(e.Args[0])
	}
	return nil
}

func addRule(x []*Expr) *Expr {
	a, b := x[0], x[1]
	switch {
	case a.is(0):
		return b
	case b.is(0):
		return a
	case b.Op == "neg":
		return Sub(a, b.Args[0])
	case a.Op == "neg":
		return Sub(b, a.Args[0])
	case b.Op == "num" && b.Value < 0:
		return Sub(a, Num(-b.Value))
	}
	if e := bothWhere(a, b, Add); e != nil {
		return e
	}
	return nil
}

func subRule(x []*Expr) *Expr {
	a, b := x[0], x[1]
	switch {
	case b.is(0):
		return a
	case a.is(0):
		return Neg(b)
	case b.Op == "neg":
		return Add(a, b.Args[0])
	case b.Op == "num" && b.Value < 0:
		return Add(a, Num(-b.Value))
	}
	if e := bothWhere(a, b, Sub); e != nil {
		return e
	}
	return nil
}

func mulRule(x []*Expr) *Expr {
	a, b := x[0], x[1]
	switch {
	case b.Op == "num":
		return Mul(b, a)
	case a.Op == "num":
		return scaleRule(a.Value, b)
	case a == b:
		return Square(a)
	case a.Op == "neg":
		return Neg(Mul(a.Args[0], b))
	case b.Op == "neg":
		return Neg(Mul(a, b.Args[0]))
	case a.Op == "recip":
		return Div(b, a.Args[0])
	case b.Op == "recip":
		return Div(a, b.Args[0])
	case masked(a):
		return intoWhere(a, func(e *Expr) *Expr { return Mul(e, b) })
	case masked(b):
		return intoWhere(b, func(e *Expr) *Expr { return Mul(a, e) })
	}
	return nil
}

// scaleRule is k*e.
func scaleRule(k float64, e *Expr) *Expr {
	switch {
	case k == 0:
		return Num(0)
	case k == 1:
		return e
	case k == -1:
		return Neg(e)
	case e.Op == "neg":
		return Mul(Num(-k), e.Args[0])
	case e.Op == "*" && e.Args[0].Op == "num":
		return Mul(Num(k*e.Args[0].Value), e.Args[1])
	case masked(e):
		return intoWhere(e, func(e *Expr) *Expr { return Mul(Num(k), e) })
	}
	return nil
}

func divRule(x []*Expr) *Expr {
	a, b := x[0], x[1]
	switch {
	case a.is(0):
		return a
	case a.is(1):
		return Call("recip", b)
	case b.Op == "num" && exactRecip(b.Value):
		return Mul(Num(1/b.Value), a)
	case a.Op == "neg":
		return Neg(Div(a.Args[0], b))
	case b.Op == "neg":
		return Neg(Div(a, b.Args[0]))
	case b.Op == "recip":
		return Mul(a, b.Args[0])
	case masked(a):
		return intoWhere(a, func(e *Expr) *Expr { return Div(e, b) })
	}
	return nil
}

// exactRecip reports whether 1/v is exact: v is a power of two.
func exactRecip(v float64) bool {
	frac, _ := math.Frexp(v)
	return math.Abs(frac) == 0.5 && 1/v*v == 1
}

func negRule(x []*Expr) *Expr {
	a := x[0]
	switch {
	case a.Op == "neg":
		return a.Args[0]
	case a.Op == "-":
		return Sub(a.Args[1], a.Args[0])
	case a.Op == "*" && a.Args[0].Op == "num":
		return Mul(Num(-a.Args[0].Value), a.Args[1])
	case masked(a):
		return intoWhere(a, Neg)
	}
	return nil
}

func powRule(x []*Expr) *Expr {
	a, b := x[0], x[1]
	switch {
	case b.is(0):
		return Num(1)
	case b.is(1):
		return a
	case b.is(2):
		return Square(a)
	case b.is(-1):
		return Call("recip", a)
	case b.is(0.5):
		return Call("sqrt", a)
	}
	return nil
}

func whereRule(x []*Expr) *Expr {
	c, a, b := x[0], x[1], x[2]
	switch {
	case a == b:
		return a
	case c.Op == "num" && c.Value != 0:
		return a
	case c.Op == "num":
		return b
	}
	return nil
}

// masked reports whether e is zero by a condition. A condition moves outwards,
// past products: what it hides must not show through 0*NaN, and one condition
// around a derivative is cheaper than many inside it.
func masked(e *Expr) bool {
	return e.Op == "where" && (e.Args[1].is(0) || e.Args[2].is(0))
}

// intoWhere applies f to both cases of e; f must keep zero.
func intoWhere(e *Expr, f func(*Expr) *Expr) *Expr {
	keep := func(a *Expr) *Expr {
		if a.is(0) {
			return a
		}
		return f(a)
	}
	return Where(e.Args[0], keep(e.Args[1]), keep(e.Args[2]))
}

// bothWhere joins two masked formulas that share their condition.
func bothWhere(a, b *Expr, f func(a, b *Expr) *Expr) *Expr {
	if !masked(a) || !masked(b) || a.Args[0] != b.Args[0] {
		return nil
	}
	return Where(a.Args[0], f(a.Args[1], b.Args[1]), f(a.Args[2], b.Args[2]))
}
