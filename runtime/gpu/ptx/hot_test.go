package ptx_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"ssmc/runtime/gpu/ptx"
	"ssmc/runtime/gpu/ptx/ptxtest"
	"ssmc/runtime/scalar"
)

// hotFile lists the programs of the shipped models (see scalar.Program.String).
const hotFile = "../../kernel/gen/programs.txt"

// parsed reads a program of that list, with constants at random.
func parsed(r *rand.Rand, text string) ptx.Program {
	parts := strings.Split(text, "; ")
	n, _ := strconv.Atoi(parts[0]) // a number, or the program has no results below
	p := ptx.Program{Width: 1}
	var values []*scalar.Expr
	for i := range n {
		p.Args = append(p.Args, ptx.Arg{Name: fmt.Sprint("x", i)})
		values = append(values, scalar.Var(p.Args[i].Name))
	}
	for _, line := range parts[1 : len(parts)-1] {
		values = append(values, step(r, strings.Fields(line), values))
	}
	for _, o := range strings.Fields(parts[len(parts)-1]) {
		k, _ := strconv.Atoi(o[1:])
		p.Outs = append(p.Outs, ptx.Out{Expr: values[k], Add: o[0] == '+'})
	}
	return p
}

// names is operators that kernels call otherwise.
var names = map[string]string{"add": "+", "sub": "-", "mul": "*", "div": "/", "greater_eq": "greaterEq"}

func step(r *rand.Rand, words []string, values []*scalar.Expr) *scalar.Expr {
	var args []*scalar.Expr
	for _, w := range words[1:] {
		if k, err := strconv.Atoi(w); err == nil {
			args = append(args, values[k])
		} else {
			args = append(args, scalar.Num(float64(float32(0.5+r.Float64()))))
		}
	}
	switch f := words[0]; {
	case f == "set":
		return args[0]
	case names[f] != "":
		return scalar.Call(names[f], args...)
	default:
		return scalar.Call(f, args...)
	}
}

// TestHot compares the programs of the shipped models with their values in float64.
func TestHot(t *testing.T) {
	text, err := os.ReadFile(hotFile)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 3))
	var programs []ptx.Program
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	for _, line := range lines {
		programs = append(programs, parsed(r, line))
	}
	card, err := ptxtest.Load(programs)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range programs {
		if err := card.Compare(i, p, points(r, len(p.Args)), points(r, len(p.Outs))); err != nil {
			t.Errorf("%s: %v", lines[i], err)
		}
	}
}

// points is n rows of numbers.
func points(r *rand.Rand, n int) [][]float32 {
	rows := make([][]float32, n)
	for i := range rows {
		for range 20 {
			rows[i] = append(rows[i], float32(0.1+r.Float64()))
		}
	}
	return rows
}
