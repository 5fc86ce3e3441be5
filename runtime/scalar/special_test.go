package scalar

import (
	"math"
	"testing"
)

// TestBessel compares with exp(-x) I_n(x), the mean of exp(x (cos a - 1)) cos(na)
// over angles: the rule of equal steps is exact to rounding for what is periodic.
func TestBessel(t *testing.T) {
	const n = 4000
	for _, x := range []float64{0, 1e-3, 0.5, 3, 12, 19.9, 20.1, 45, 300} {
		var i0, i1 float64
		for k := range n {
			c := math.Cos(2 * math.Pi * float64(k) / n)
			e := math.Exp(x*(c-1)) / n
			i0, i1 = i0+e, i1+e*c
		}
		at := map[string]float64{"x": x}
		if got, want := Call("logi0e", Var("x")).Eval(at), math.Log(i0); math.Abs(got-want) > 1e-13*(1+math.Abs(want)) {
			t.Errorf("logi0e(%v) = %v, want %v", x, got, want)
		}
		if got, want := Call("i1i0", Var("x")).Eval(at), i1/i0; math.Abs(got-want) > 1e-13 {
			t.Errorf("i1i0(%v) = %v, want %v", x, got, want)
		}
	}
}

// TestLog1mexp asks for values where 1 - exp(-x) has no digits left, and where
// it is near one.
func TestLog1mexp(t *testing.T) {
	for _, c := range []struct{ x, want float64 }{
		{1e-20, math.Log(1e-20)}, {math.Ln2, -math.Ln2}, {50, -math.Exp(-50)}, {0, math.Inf(-1)},
	} {
		if got := log1mexp(c.x); got != c.want && math.Abs(got-c.want) > 1e-14*math.Abs(c.want) {
			t.Errorf("log1mexp(%v) = %v, want %v", c.x, got, c.want)
		}
	}
}

// TestLogNormalCDF compares with known values and, where it changes its form,
// with its derivative, the ratio of density and distribution function.
func TestLogNormalCDF(t *testing.T) {
	for _, c := range []struct{ x, want float64 }{
		{0, -math.Ln2}, {-40, -804.608442013754}, {10, -7.619853024160526e-24}, {-1.959963984540054, math.Log(0.025)},
	} {
		if got := logNormalCDF(c.x); math.Abs(got-c.want) > 1e-12*math.Abs(c.want) {
			t.Errorf("log Phi(%v) = %v, want %v", c.x, got, c.want)
		}
	}
	compareDiff(t, Call("logndtr", x), map[string]float64{"x": -30})
}

// TestSpecialNaN shows that what is no argument does not go unnoticed.
func TestSpecialNaN(t *testing.T) {
	for name, o := range specialOps() {
		p := Compile[float32]([]string{"x", "y"}, Output{Expr: Call(name, []*Expr{x, y}[:o.arity]...)})
		out := [][]float32{{0}}
		var s Scratch[float32]
		if p.Run(&s, 1, out, [][]float32{{float32(math.NaN())}, {1}}); out[0][0] == out[0][0] {
			t.Errorf("%s(NaN) = %v", name, out[0][0])
		}
	}
	if v := log1mexp(-1); v == v {
		t.Errorf("log1mexp(-1) = %v", v)
	}
}
