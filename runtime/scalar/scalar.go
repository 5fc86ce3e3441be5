// Package scalar holds formulas: functions of a few real variables that can be
// differentiated, printed and run over blocks of numbers. It knows nothing of
// arrays or their shapes.
package scalar

import (
	"fmt"
	"math"
	"sync"
)

// An Expr is a formula: a number, a variable or an operator over formulas. The
// functions of this package make each formula once, so that two formulas made
// by them are the same where their pointers are. An Expr never changes.
type Expr struct {
	Op    string // "num", "var", or an operator
	Value float64
	Name  string
	Args  []*Expr
}

// identity is what tells formulas apart.
type identity struct {
	op, name string
	bits     uint64 // of the value
	args     [maxArity]*Expr
}

// made holds every formula made so far. Formulas come from programs' sources,
// which bounds their number.
var made struct {
	sync.Mutex
	exprs map[identity]*Expr
}

// intern is the one Expr like e.
func intern(e Expr) *Expr {
	id := identity{op: e.Op, name: e.Name, bits: math.Float64bits(e.Value)}
	copy(id.args[:], e.Args)
	made.Lock()
	defer made.Unlock()
	if p, ok := made.exprs[id]; ok {
		return p
	}
	if made.exprs == nil {
		made.exprs = map[identity]*Expr{}
	}
	made.exprs[id] = &e
	return &e
}

// Num is a number.
func Num(v float64) *Expr { return intern(Expr{Op: "num", Value: v}) }

// Var is a variable.
func Var(name string) *Expr { return intern(Expr{Op: "var", Name: name}) }

// Call applies a function or operator by name, and folds what is plainly
// constant or idle. It panics where there is no such function of so many
// arguments; see Arity.
func Call(f string, args ...*Expr) *Expr {
	f, args = canonical(f, args)
	o, ok := ops[f]
	if !ok || o.arity != len(args) {
		panic(fmt.Sprintf("scalar: no function %s of %d arguments", f, len(args)))
	}
	if v, ok := fold(o, args); ok {
		return Num(v)
	}
	if rule := rules[f]; rule != nil {
		if e := rule(args); e != nil {
			return e
		}
	}
	return intern(Expr{Op: f, Args: append([]*Expr(nil), args...)})
}

// canonical replaces synonyms of operators.
func canonical(f string, args []*Expr) (string, []*Expr) {
	if f == "-" && len(args) == 1 {
		return "neg", args
	}
	s, ok := synonyms[f]
	if !ok || len(args) != 2 {
		return f, args
	}
	if s.swap {
		args = []*Expr{args[1], args[0]}
	}
	return s.op, args
}

// fold is the value of o at arguments that are numbers.
func fold(o operator, args []*Expr) (float64, bool) {
	var x [maxArity]float64
	for i, a := range args {
		if a.Op != "num" {
			return 0, false
		}
		x[i] = a.Value
	}
	return o.eval(x), true
}

// Binary applies an operator of two arguments.
func Binary(o string, a, b *Expr) *Expr { return Call(o, a, b) }

// Add is a + b.
func Add(a, b *Expr) *Expr { return Call("+", a, b) }

// Sub is a - b.
func Sub(a, b *Expr) *Expr { return Call("-", a, b) }

// Mul is a * b.
func Mul(a, b *Expr) *Expr { return Call("*", a, b) }

// Div is a / b.
func Div(a, b *Expr) *Expr { return Call("/", a, b) }

// Neg is -a.
func Neg(a *Expr) *Expr { return Call("neg", a) }

// Square is e*e.
func Square(e *Expr) *Expr { return Call("square", e) }

// Where is a where c is not zero, and b elsewhere.
func Where(c, a, b *Expr) *Expr { return Call("where", c, a, b) }

// Eval is the value of e at the point env.
func (e *Expr) Eval(env map[string]float64) float64 {
	done := map[*Expr]float64{}
	var eval func(*Expr) float64
	eval = func(e *Expr) float64 {
		switch e.Op {
		case "num":
			return e.Value
		case "var":
			return env[e.Name]
		}
		if v, ok := done[e]; ok {
			return v
		}
		var x [maxArity]float64
		for i, a := range e.Args {
			x[i] = eval(a)
		}
		done[e] = ops[e.Op].eval(x)
		return done[e]
	}
	return eval(e)
}

// is reports whether e is the number v.
func (e *Expr) is(v float64) bool { return e.Op == "num" && e.Value == v }
