package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestFused compares each routine with its program run one instruction at a time, by
// the routines of the same table: the bits must be the same, NaN and infinity
// included.
func TestFused(t *testing.T) {
	text, err := os.ReadFile("gen/programs.txt")
	if err != nil {
		t.Fatal(err)
	}
	eachTable(t, func(t *testing.T) {
		found := 0
		for p := range strings.Lines(string(text)) {
			p = strings.TrimSpace(p)
			if f := FusedOf[float32](p); f != nil {
				found++
				checkFused(t, p, f)
			}
		}
		if t.Logf("%d routines", found); found < 80 && active.name != "generic" {
			t.Errorf("only %d programs have a routine", found)
		}
	})
}

func checkFused(t *testing.T, text string, f Fused[float32]) {
	t.Helper()
	r := newRand()
	for _, n := range []int{1, 3, 8, 15, 16, 17, 100} {
		x := newInterpreted(r, text, n)
		var at [][]float32
		for _, v := range slices.Concat(x.values, x.outs) {
			at = append(at, slices.Clone(v))
		}
		f(n, at, x.constants)
		x.run()
		for i, want := range x.outs {
			t.Run(fmt.Sprintf("%s, result %d of %d values", text, i, n), func(t *testing.T) {
				requireSame(t, at[x.ins+i][:n], want[:n])
				if at[x.ins+i][n] != want[n] {
					t.Error("what comes after the result is overwritten")
				}
			})
		}
	}
}

// interpreted is a program with inputs and what it is to write to.
type interpreted struct {
	n, ins       int
	steps, ends  []string
	constants    []float32
	values, outs [][]float32
}

func newInterpreted(r *rand.Rand, text string, n int) *interpreted {
	parts := strings.Split(text, "; ")
	x := &interpreted{n: n, steps: parts[1 : len(parts)-1], ends: strings.Fields(parts[len(parts)-1])}
	x.ins, _ = strconv.Atoi(parts[0])
	for range x.ins {
		v := random[float32](r, n+1, 3)
		if r.IntN(2) == 0 {
			ApplyUnary(Abs, v, v) // some programs take variances
		}
		v[r.IntN(n)] = []float32{0, float32(math.NaN()), float32(math.Inf(1)), -1}[r.IntN(4)]
		x.values = append(x.values, v)
	}
	for range x.ends {
		x.outs = append(x.outs, random[float32](r, n+1, 1))
	}
	x.constants = random[float32](r, strings.Count(text, "c"), 2)
	return x
}

func (x *interpreted) run() {
	for _, s := range x.steps {
		f, dst := strings.Fields(s), make([]float32, x.n)
		var args [][]float32
		for _, a := range f[1:] {
			args = append(args, x.operand(a))
		}
		apply(f[0], dst, args)
		x.values = append(x.values, dst)
	}
	for i, e := range x.ends {
		v, out := x.operand(e[1:]), x.outs[i][:x.n]
		if e[0] == '+' {
			ApplyBinary(Add, out, out, v)
		} else {
			copy(out, v)
		}
	}
}

// operand is a value, or a constant n times.
func (x *interpreted) operand(name string) []float32 {
	if at, ok := strings.CutPrefix(name, "c"); ok {
		i, _ := strconv.Atoi(at)
		return slices.Repeat(x.constants[i:i+1], x.n)
	}
	i, _ := strconv.Atoi(name)
	return x.values[i][:x.n]
}

func apply(name string, dst []float32, args [][]float32) {
	switch {
	case name == "set":
		copy(dst, args[0])
	case name == "where":
		for i, c := range args[0] {
			dst[i] = args[2][i]
			if c != 0 {
				dst[i] = args[1][i]
			}
		}
	case len(args) == 1:
		ApplyUnary(Unary(slices.Index(unaryNames[:], name)), dst, args[0])
	default:
		ApplyBinary(Binary(slices.Index(binaryNames[:], name)), dst, args[0], args[1])
	}
}
