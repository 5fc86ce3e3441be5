package ptx_test

import (
	"strings"
	"testing"

	"ssmc/runtime/gpu/ptx"
	"ssmc/runtime/gpu/ptx/ptxtest"
	"ssmc/runtime/scalar"
)

// TestOnce asks for common values to be computed once, also where their terms are
// swapped.
func TestOnce(t *testing.T) {
	a, b := scalar.Var("a"), scalar.Var("b")
	text := ptx.Module([]ptx.Program{{Width: 1, Args: []ptx.Arg{{Name: "a"}, {Name: "b"}}, Outs: []ptx.Out{
		{Expr: scalar.Add(scalar.Call("exp", scalar.Mul(a, b)), scalar.Num(2))}, {Expr: scalar.Call("exp", scalar.Mul(b, a))},
	}}})
	for part, want := range map[string]int{"mul.rn.f32": 1, "op_exp": 1, "0f40000000": 1, "st.global": 2} {
		if n := strings.Count(text, part); n != want {
			t.Errorf("%s stands %d times, want %d, in\n%s", part, n, want, text)
		}
	}
}

// TestShortFunctionsAreCopied shows what a module holds of the kernels' functions:
// those that are long are called.
func TestShortFunctionsAreCopied(t *testing.T) {
	a := scalar.Var("a")
	text := ptxtest.Text([]ptx.Program{{Width: 1, Args: []ptx.Arg{{Name: "a"}}, Outs: []ptx.Out{
		{Expr: scalar.Call("exp", a)}, {Expr: scalar.Call("tanh", a)}, {Expr: scalar.Call("lgamma", a)},
	}}})
	_, own, _ := strings.Cut(text, ".func map_0(")
	for _, f := range []string{"op_exp", "op_tanh"} {
		if strings.Contains(own, f) {
			t.Errorf("%s is called:\n%s", f, own)
		}
	}
	if !strings.Contains(own, "op_lgamma") {
		t.Error("op_lgamma is not called")
	}
}

// TestRefused shows what is no program.
func TestRefused(t *testing.T) {
	x := ptx.Arg{Name: "x", Wide: true}
	for name, f := range map[string]func(){
		"no columns": func() { ptx.Module([]ptx.Program{{Args: []ptx.Arg{x}}}) },
		"narrow result": func() {
			ptx.Module([]ptx.Program{{Args: []ptx.Arg{x}, Width: 2, Outs: []ptx.Out{{Expr: scalar.Num(1)}}}})
		},
		"variable": func() {
			ptx.Module([]ptx.Program{{Args: []ptx.Arg{x}, Width: 1, Outs: []ptx.Out{{Expr: scalar.Var("y")}}}})
		},
		"operator": func() {
			e := &scalar.Expr{Op: "gudermannian", Args: []*scalar.Expr{scalar.Var("x")}}
			ptx.Module([]ptx.Program{{Args: []ptx.Arg{x}, Width: 1, Outs: []ptx.Out{{Expr: e}}}})
		},
		"module": func() { ptx.Join(".version 7.0\n", nil) },
	} {
		if !panics(f) {
			t.Errorf("%s: taken", name)
		}
	}
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}
