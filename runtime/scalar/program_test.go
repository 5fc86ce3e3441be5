package scalar

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// random is a formula of the given depth that is finite for variables in (0.2, 1.2).
func random(r *rand.Rand, depth int) *Expr {
	if depth == 0 {
		return []*Expr{x, y, z, Num(float64(r.IntN(3)) + 0.5)}[r.IntN(4)]
	}
	a := func() *Expr { return random(r, depth-1) }
	unary := []string{"sigmoid", "tanh", "softplus", "relu", "step", "sin", "cos", "abs", "neg", "square"}
	binary := []string{"+", "-", "*", "max", "min", "greater", "greaterEq", "equal"}
	switch r.IntN(6) {
	case 0, 1:
		return Call(unary[r.IntN(len(unary))], a())
	case 2:
		return Where(Call("greater", a(), a()), a(), a())
	case 3:
		return Call("lgamma", Add(Num(1), Square(a())))
	}
	return Call(binary[r.IntN(len(binary))], a(), a())
}

// TestProgram compares random programs and their derivatives with Eval, over
// lengths around those of blocks.
func TestProgram(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	vars := []string{"x", "y", "z"}
	var s Scratch[float64]
	for i, n := range []int{1, 2, 15, 16, 17, 640, 641, 1290, 30, 31, 32, 33, 5, 6, 7, 8} {
		e, f := random(r, 4), Mul(Add(x, y), random(r, 3))
		outs := []Output{{Expr: e}, {Expr: f, Add: true}, {Expr: e}, {Expr: y}, {Expr: Num(3)}, {Expr: Call("trigamma", z)}, {Expr: Call("dlbeta", y, z)}}
		for _, g := range f.Gradient(z, "x", "y", "x") {
			outs = append(outs, Output{Expr: g, Add: i%2 == 0})
		}
		comparePrograms(t, r, &s, vars, outs, n)
	}
}

func comparePrograms(t *testing.T, r *rand.Rand, s *Scratch[float64], vars []string, outs []Output, n int) {
	t.Helper()
	p := Compile[float64](vars, outs...)
	in, out := make([][]float64, len(vars)), make([][]float64, len(outs))
	for i := range in {
		in[i] = make([]float64, n)
		for j := range in[i] {
			in[i][j] = 0.2 + r.Float64()
		}
	}
	for i := range out {
		out[i] = make([]float64, n)
		for j := range out[i] {
			out[i][j] = 10
		}
	}
	p.Run(s, n, out, in)
	for j := range n {
		env := map[string]float64{}
		for i, v := range vars {
			env[v] = in[i][j]
		}
		for i, o := range outs {
			want := o.Expr.Eval(env)
			if o.Add {
				want += 10
			}
			// The same operations in the same order: only special functions may
			// differ in the last bits.
			if math.Abs(out[i][j]-want) > 1e-13*(1+math.Abs(want)) {
				t.Fatalf("output %d, %v at %v = %v, want %v", i, o.Expr, env, out[i][j], want)
			}
		}
	}
}

// TestShared counts instructions: what formulas share is computed once, also
// where the operands of a commutative operator are exchanged.
func TestShared(t *testing.T) {
	e := Call("tanh", Mul(x, y))
	p := Compile[float32]([]string{"x", "y"}, Output{Expr: e}, Output{Expr: Add(e, Call("tanh", Mul(y, x)))})
	if p.Cost() != 3 {
		t.Errorf("%d instructions, want 3", p.Cost())
	}
	if p.regs != 1 {
		t.Errorf("%d registers besides inputs and outputs, want 1", p.regs)
	}
}

// TestRegisters shows that registers are reused along a chain.
func TestRegisters(t *testing.T) {
	e := x
	for i := range 20 {
		e = Call("sin", Add(e, Num(float64(i)+1)))
	}
	if p := Compile[float64]([]string{"x"}, Output{Expr: e}); p.regs != 1 {
		t.Errorf("%d registers, want 1", p.regs)
	}
}

func TestUnknownVariable(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("compiled a formula of a variable that is not given")
		}
	}()
	Compile[float64]([]string{"x"}, Output{Expr: Add(x, y)})
}

// TestRunAllocates shows that only the first run asks for memory.
func TestRunAllocates(t *testing.T) {
	p := Compile[float32]([]string{"x"}, Output{Expr: Add(Call("exp", x), Call("sin", x))})
	in, out := [][]float32{make([]float32, 2000)}, [][]float32{make([]float32, 2000)}
	var s Scratch[float32]
	p.Run(&s, 2000, out, in)
	if n := testing.AllocsPerRun(10, func() { p.Run(&s, 2000, out, in) }); n != 0 {
		t.Errorf("%v allocations a run", n)
	}
}

func BenchmarkRun(b *testing.B) {
	lstm := Add(Mul(Call("sigmoid", x), y), Mul(Call("sigmoid", z), Call("tanh", Var("w"))))
	vars := []string{"x", "y", "z", "w"}
	p := Compile[float32](vars, Output{Expr: lstm})
	for _, n := range []int{2, 600, 12000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var s Scratch[float32]
			in := make([][]float32, 4)
			for i := range in {
				in[i] = make([]float32, n)
			}
			out := [][]float32{make([]float32, n)}
			for b.Loop() {
				p.Run(&s, n, out, in)
			}
		})
	}
}
