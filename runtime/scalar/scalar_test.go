package scalar

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

var x, y, z = Var("x"), Var("y"), Var("z")

// TestDiff compares the derivative of every operator with central differences.
func TestDiff(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for name, o := range ops {
		if name == "trigamma" {
			continue // refused: see TestRefusal
		}
		e := Call(name, []*Expr{x, y, z}[:o.arity]...)
		for range 20 {
			// Bases of powers and arguments of logarithms are positive, where
			// all operators are smooth but for a set that is never drawn.
			p := map[string]float64{"x": 0.2 + 3*r.Float64(), "y": 0.2 + 3*r.Float64(), "z": 0.2 + 3*r.Float64()}
			compareDiff(t, e, p)
		}
	}
}

// TestDiffNegative covers the operators that are not even left of zero.
func TestDiffNegative(t *testing.T) {
	for _, f := range []string{"relu", "abs", "step", "sigmoid", "tanh", "softplus", "neg", "square", "recip", "sin"} {
		compareDiff(t, Call(f, x), map[string]float64{"x": -0.7})
	}
}

// TestDiffComposed shares parts, crosses conditions and goes through every rule.
func TestDiffComposed(t *testing.T) {
	shared := Call("tanh", Mul(x, y))
	for _, e := range []*Expr{
		Mul(shared, Add(shared, x)),
		Div(Square(Sub(x, y)), Call("exp", z)),
		Where(Call("greater", x, y), Mul(x, Call("log", z)), Div(y, z)),
		Add(Call("log", Call("exp", x)), Call("pow", x, Num(3))),
		Sub(Neg(Mul(Num(3), Neg(x))), Call("max", Mul(x, y), z)),
		Call("log", Call("sigmoid", x)),
	} {
		compareDiff(t, e, map[string]float64{"x": 0.9, "y": 0.4, "z": 1.3})
		compareDiff(t, e, map[string]float64{"x": 0.3, "y": 0.8, "z": 0.6})
	}
}

// compareDiff allows 1e-6: a step of 1e-5 leaves an error of order 1e-10 times
// the third derivative, and rounding of 1e-11.
func compareDiff(t *testing.T, e *Expr, at map[string]float64) {
	t.Helper()
	for _, v := range e.Vars() {
		const h = 1e-5
		shifted := func(by float64) float64 {
			p := map[string]float64{}
			for k, w := range at {
				p[k] = w
			}
			p[v] += by
			return e.Eval(p)
		}
		want := (shifted(h) - shifted(-h)) / (2 * h)
		if got := e.Diff(v).Eval(at); math.Abs(got-want) > 1e-6*(1+math.Abs(want)) {
			t.Errorf("d(%v)/d%s at %v = %v by %v, want %v", e, v, at, e.Diff(v), got, want)
		}
	}
}

// TestStable asks for values where naive forms overflow or cancel.
func TestStable(t *testing.T) {
	for _, c := range []struct {
		e    *Expr
		x    float64
		want float64
	}{
		{Call("softplus", x), 800, 800},
		{Call("softplus", x), -40, math.Exp(-40)},
		{Call("softplus", x).Diff("x"), -40, math.Exp(-40)},
		{Call("sigmoid", x).Diff("x"), 800, 0},
		{Call("sigmoid", x), -700, math.Exp(-700)},
		{Call("relu", x).Diff("x"), 0, 0},
		{Call("pow", x, y).Diff("y"), 0, 0},
		{Call("trigamma", x), 1, math.Pi * math.Pi / 6},
	} {
		if got := c.e.Eval(map[string]float64{"x": c.x, "y": 2}); math.Abs(got-c.want) > 1e-14*math.Abs(c.want) {
			t.Errorf("%v at %v = %v, want %v", c.e, c.x, got, c.want)
		}
	}
}

// TestDigamma allows 1e-9: gonum's is no better.
func TestDigamma(t *testing.T) {
	const euler = 0.57721566490153286
	if got := Call("digamma", Num(1)).Value; math.Abs(got+euler) > 1e-9 {
		t.Errorf("digamma(1) = %v, want %v", got, -euler)
	}
}

// TestMask differentiates a hidden part that is not a number: nothing of it
// may show.
func TestMask(t *testing.T) {
	e := Where(Var("present"), Div(Square(Sub(x, y)), z), Num(0))
	at := map[string]float64{"present": 0, "x": math.NaN(), "y": 1, "z": 2}
	for _, v := range []string{"y", "z"} {
		if got := e.Diff(v).Eval(at); got != 0 {
			t.Errorf("d/d%s = %v at %v, want 0", v, e.Diff(v), got)
		}
	}
}

// TestSimplify also shows that equal formulas are one.
func TestSimplify(t *testing.T) {
	for _, c := range []struct {
		got  *Expr
		want string
	}{
		{Add(x, Num(0)), "x"},
		{Mul(Num(1), x), "x"},
		{Mul(x, Num(0)), "0"},
		{Neg(Neg(x)), "x"},
		{Mul(x, x), "square(x)"},
		{Mul(x, Num(2)), "2 * x"},
		{Mul(Num(2), Mul(Num(3), x)), "6 * x"},
		{Sub(x, Neg(y)), "x + y"},
		{Add(x, Num(-2)), "x - 2"},
		{Neg(Sub(x, y)), "y - x"},
		{Div(x, Num(2)), "0.5 * x"},
		{Div(x, Num(3)), "x / 3"},
		{Div(Num(1), x), "recip(x)"},
		{Mul(x, Div(Num(1), y)), "x / y"},
		{Call("pow", x, Num(2)), "square(x)"},
		{Call("^", x, Num(0.5)), "sqrt(x)"},
		{Call("<", x, y), "greater(y, x)"},
		{Call("log", Call("exp", x)), "x"},
		{Call("exp", Num(0)), "1"},
		{Mul(Add(x, y), Sub(x, Add(y, z))), "(x + y) * (x - (y + z))"},
		{Neg(Mul(x, y)), "-(x * y)"},
		{Sub(x, Num(0.1)).Diff("x"), "1"},
		{Square(x).Diff("x"), "2 * x"},
		{Call("softplus", x).Diff("x"), "sigmoid(x)"},
	} {
		if c.got.String() != c.want {
			t.Errorf("got %v, want %s", c.got, c.want)
		}
	}
	if Add(x, Mul(y, z)) != Add(Var("x"), Mul(Var("y"), Var("z"))) {
		t.Error("equal formulas are not one")
	}
}

// TestRefusal shows that what cannot be differentiated says so.
func TestRefusal(t *testing.T) {
	defer func() {
		if s, _ := recover().(string); !strings.Contains(s, "trigamma") {
			t.Errorf("panic %q does not name trigamma", s)
		}
	}()
	Call("trigamma", x).Diff("x")
}

func TestArity(t *testing.T) {
	for f, want := range map[string]int{"+": 2, "<=": 2, "where": 3, "exp": 1} {
		if n, ok := Arity(f); !ok || n != want {
			t.Errorf("Arity(%s) = %d %v, want %d", f, n, ok, want)
		}
	}
	if _, ok := Arity("nothing"); ok {
		t.Error("there is a function called nothing")
	}
}

// TestOperators calls all that is listed.
func TestOperators(t *testing.T) {
	args := []*Expr{x, y, Var("z")}
	for _, f := range Operators() {
		n, ok := Arity(f)
		if !ok || n < 1 {
			t.Fatalf("%s has arity %d, %v", f, n, ok)
		}
		if e := Call(f, args[:n]...); e.Op != f {
			t.Errorf("%s is %v", f, e)
		}
	}
}
