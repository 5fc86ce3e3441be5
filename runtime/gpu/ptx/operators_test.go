package ptx_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"ssmc/runtime/gpu/ptx"
	"ssmc/runtime/gpu/ptx/ptxtest"
	"ssmc/runtime/scalar"
)

// ulps is how far an operator's float32 may be from its value in float64, in units in
// the last place; half of one is what rounding alone takes.
var ulps = map[string]float64{
	"exp": 1.1, "expm1": 1.6, "log": 1.1, "log1p": 1.6, "sigmoid": 2.5, "softplus": 1.8, "tanh": 1.5,
	"lgamma": 1.5, "digamma": 1, "trigamma": 1,
}

// special is what operators do not do alike by themselves.
var special = []float64{
	0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(), 1, -1, 2, -2, 3, -3, 0.5, -0.5, 1.5, -2.5, 7, 8, 20, 30, -30, -30.1,
	0x1p-149, -0x1p-149, 0x1p-126, -0x1p-126, 0x1p-140, math.MaxFloat32, -math.MaxFloat32, 0x1p24, 0x1p24 + 2, -0x1p24 + 1, 0x1p25,
	1e10, -1e10, 1e-10, -1e-10, 88, 89, -87.5, -88, -103.9, -105, math.Ln2, 0.9, 1 - 0x1p-24, 1 + 0x1p-23, -1 + 0x1p-24, math.Pi, 1e5, 4e6, 6e6,
}

// arguments is pairs of special values, and more at random of all sizes.
func arguments(r *rand.Rand, n int) (xs [3][]float32) {
	add := func(v ...float64) {
		for i := range xs {
			xs[i] = append(xs[i], float32(v[i]))
		}
	}
	for _, a := range special {
		for _, b := range special {
			add(a, b, r.NormFloat64())
		}
	}
	for range n {
		add(anyNumber(r), anyNumber(r), anyNumber(r))
	}
	return xs
}

func anyNumber(r *rand.Rand) float64 {
	switch r.IntN(4) {
	case 0:
		return float64(math.Float32frombits(r.Uint32()))
	case 1:
		return 3 * r.NormFloat64()
	case 2:
		return math.Exp(3 * r.NormFloat64())
	}
	return float64(r.IntN(60) - 20)
}

// distance is how far got is from want, in units in the last place of float32 there.
func distance(got float32, want float64) float64 {
	switch rounded := float64(float32(want)); {
	case want != want && got != got || math.IsInf(rounded, 0) && float64(got) == rounded:
		return 0
	case want != want || got != got || math.IsInf(rounded, 0) || math.IsInf(float64(got), 0):
		return math.Inf(1)
	}
	_, e := math.Frexp(want)
	return math.Abs(float64(got)-want) / math.Ldexp(1, max(e-24, -149))
}

// TestOperators compares every operator with its value in float64.
func TestOperators(t *testing.T) {
	vars := []*scalar.Expr{scalar.Var("x"), scalar.Var("y"), scalar.Var("z")}
	args := []ptx.Arg{{Name: "x"}, {Name: "y"}, {Name: "z"}}
	var programs []ptx.Program
	for _, f := range scalar.Operators() {
		n, _ := scalar.Arity(f)
		programs = append(programs, ptx.Program{Args: args, Width: 1, Outs: []ptx.Out{{Expr: scalar.Call(f, vars[:n]...)}}})
	}
	card, err := ptxtest.Load(programs)
	if err != nil {
		t.Fatal(err)
	}
	xs := arguments(rand.New(rand.NewPCG(1, 1)), 3000)
	n := len(xs[0])
	for i, f := range scalar.Operators() {
		out := make([]float32, n)
		if err := card.Run(i, 0, n, 2, ptxtest.Array{Data: xs[0], LD: 1}, ptxtest.Array{Data: xs[1], LD: 1}, ptxtest.Array{Data: xs[2], LD: 1},
			ptxtest.Array{Data: out, LD: 1}); err != nil {
			t.Fatal(err)
		}
		compare(t, f, programs[i].Outs[0].Expr, xs, out)
	}
}

func compare(t *testing.T, f string, e *scalar.Expr, xs [3][]float32, out []float32) {
	limit, ok := ulps[f]
	if !ok {
		limit = 0.51
	}
	tape := e.Tape([]string{"x", "y", "z"})
	worst, where := 0.0, ""
	for i, got := range out {
		for k := range xs {
			tape.In[k] = float64(xs[k][i])
		}
		if !defined(f, tape.In) {
			continue
		}
		want := tape.Run()
		if d := distance(got, want) - slack(f, tape.In); d > worst {
			worst, where = d, fmt.Sprintf("at %v: %v, want %v", tape.In, got, want)
		}
	}
	if t.Logf("%s: %.3f ulp %s", f, worst, where); worst > limit {
		t.Errorf("%s is %.3f ulp off %s", f, worst, where)
	}
}

// defined reports whether scalar evaluates f there: of the trigamma function it does
// not at whole numbers from zero down, and takes long far below zero.
func defined(f string, x []float64) bool {
	return f != "trigamma" || x[0] > 0 || x[0] != math.Floor(x[0]) && x[0] > -1000
}

// slack is what a difference loses in float64 too: some of the last places of its
// terms, in float32 units of the result.
func slack(f string, x []float64) float64 {
	of := map[string]string{"lbeta": "lgamma", "dlbeta": "digamma"}[f]
	if of == "" {
		return 0
	}
	terms := 0.0
	for _, v := range []float64{x[0], x[1], x[0] + x[1]} {
		y := scalar.Call(of, scalar.Num(v)).Value
		if math.IsInf(y, 0) || y != y {
			return 0
		}
		terms = max(terms, math.Abs(y))
	}
	want := scalar.Call(f, scalar.Num(x[0]), scalar.Num(x[1])).Value
	_, e := math.Frexp(want)
	return 8 * 0x1p-53 * terms / math.Ldexp(1, max(e-24, -149))
}
