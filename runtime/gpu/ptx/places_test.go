package ptx_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"ssmc/runtime/gpu/ptx"
	"ssmc/runtime/gpu/ptx/ptxtest"
	"ssmc/runtime/scalar"
)

// rows is the rows of the arrays of these tests, of which [from,to) are run.
const rows, from, to = 37, 2, 35

// matrix is rows of width columns within rows that are wider by three.
func matrix(r *rand.Rand, width int) ptxtest.Array {
	a := ptxtest.Array{Data: make([]float32, rows*(width+3)), LD: width + 3}
	for i := range a.Data {
		a.Data[i] = float32(r.NormFloat64())
	}
	return a
}

// run runs a program over copies of its arrays, in so many blocks, and yields them.
func run(t *testing.T, card *ptxtest.Card, program, blocks int, arrays []ptxtest.Array) []ptxtest.Array {
	t.Helper()
	copies := slices.Clone(arrays)
	for i := range copies {
		copies[i].Data = slices.Clone(copies[i].Data)
	}
	if err := card.Run(program, from, to, blocks, copies...); err != nil {
		t.Fatal(err)
	}
	return copies
}

// places is a program with arguments and outputs of every form.
func places(width int) ptx.Program {
	a, b, c, d := scalar.Var("a"), scalar.Var("b"), scalar.Var("c"), scalar.Var("d")
	sum := scalar.Add(scalar.Mul(a, b), scalar.Mul(c, d))
	p := ptx.Program{Width: width, Args: []ptx.Arg{{Name: "a", Wide: true}, {Name: "b"}, {Name: "c", Once: true, Wide: true}, {Name: "d", Once: true}}}
	for _, add := range []bool{false, true} {
		p.Outs = append(p.Outs, ptx.Out{Expr: sum, Wide: true, Add: add}, ptx.Out{Expr: scalar.Square(a), Wide: true, Add: add})
	}
	return p
}

// withSums is places with outputs that are sums as well.
func withSums(width int) ptx.Program {
	p := places(width)
	for _, add := range []bool{false, true} {
		p.Outs = append(p.Outs, ptx.Out{Expr: p.Outs[0].Expr, Sum: true, Add: add}, ptx.Out{Expr: scalar.Num(1), Sum: true, Add: add})
	}
	return p
}

// plain evaluates p in Go.
func plain(p ptx.Program, arrays []ptxtest.Array) {
	vars := make([]string, len(p.Args))
	for i, a := range p.Args {
		vars[i] = a.Name
	}
	for i, o := range p.Outs {
		out, tape := arrays[len(p.Args)+i], o.Expr.Tape(vars)
		for r := from; r < to; r++ {
			total := 0.0
			for j := range p.Width {
				for k, a := range p.Args {
					tape.In[k] = float64(arrays[k].Data[index(a.Once, a.Wide, arrays[k].LD, r, j)])
				}
				v := tape.Run()
				if total += v; !o.Sum {
					put(&out.Data[r*out.LD+j], v, o.Add)
				}
			}
			if o.Sum {
				put(&out.Data[r*out.LD], total, o.Add)
			}
		}
	}
}

func index(once, wide bool, ld, r, j int) (i int) {
	if !once {
		i = r * ld
	}
	if wide {
		i += j
	}
	return i
}

func put(dst *float32, v float64, add bool) {
	if add {
		v += float64(*dst)
	}
	*dst = float32(v)
}

// TestPlaces compares with plain loops where arguments and results lie in every way,
// at widths that fill a part of a warp, and more than one; nothing else is written.
// Sums of 67 terms may lose some more than single results.
func TestPlaces(t *testing.T) {
	var programs []ptx.Program
	for _, width := range []int{1, 2, 3, 16, 31, 32, 33, 40, 67} {
		programs = append(programs, places(width), withSums(width))
	}
	card, err := ptxtest.Load(programs)
	if err != nil {
		t.Fatal(err)
	}
	for n, p := range programs {
		t.Run(fmt.Sprint(n, " of ", p.Width, " columns"), func(t *testing.T) { comparePlaces(t, card, n, p) })
	}
}

func comparePlaces(t *testing.T, card *ptxtest.Card, n int, p ptx.Program) {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	var arrays []ptxtest.Array
	for range len(p.Args) + len(p.Outs) {
		arrays = append(arrays, matrix(r, p.Width))
	}
	got := run(t, card, n, 1, arrays)
	for _, blocks := range []int{2, 5} {
		same(t, got, run(t, card, n, blocks, arrays))
	}
	plain(p, arrays)
	for i := range arrays {
		for j, want := range arrays[i].Data {
			if v := got[i].Data[j]; math.Abs(float64(v-want)) > 3e-6*(1+math.Abs(float64(want))) {
				t.Fatalf("array %d, element %d is %v, want %v", i, j, v, want)
			}
		}
	}
}

// same asks for the same bits.
func same(t *testing.T, a, b []ptxtest.Array) {
	t.Helper()
	for i := range a {
		for j, v := range a[i].Data {
			if math.Float32bits(v) != math.Float32bits(b[i].Data[j]) {
				t.Fatalf("array %d, element %d: %v and %v by number of threads", i, j, v, b[i].Data[j])
			}
		}
	}
}

// TestInPlace has results where arguments are, and two of them added to one array.
func TestInPlace(t *testing.T) {
	a, b := scalar.Var("a"), scalar.Var("b")
	p := ptx.Program{Width: 5, Args: []ptx.Arg{{Name: "a", Wide: true}, {Name: "b", Wide: true}}, Outs: []ptx.Out{
		{Expr: scalar.Mul(a, b), Wide: true, Add: true}, {Expr: b, Wide: true}, {Expr: a, Wide: true, Add: true},
	}}
	x, y := matrix(rand.New(rand.NewPCG(2, 1)), 5), matrix(rand.New(rand.NewPCG(2, 2)), 5)
	wasX, wasY := slices.Clone(x.Data), slices.Clone(y.Data)
	card, err := ptxtest.Load([]ptx.Program{p})
	if err != nil {
		t.Fatal(err)
	}
	if err := card.Run(0, 0, rows, 2, x, y, y, x, y); err != nil { // y += x y, x = y, y += x
		t.Fatal(err)
	}
	for r := range rows {
		for i := r * x.LD; i < r*x.LD+5; i++ {
			if want := wasY[i]; x.Data[i] != want {
				t.Fatalf("x[%d] is %v, want %v", i, x.Data[i], want)
			}
			want := float32(wasX[i]*wasY[i]) + wasY[i]
			if want = want + wasX[i]; y.Data[i] != want {
				t.Fatalf("y[%d] is %v, want %v", i, y.Data[i], want)
			}
		}
	}
}

// TestNumber runs each of several programs.
func TestNumber(t *testing.T) {
	for _, n := range []int{1, 2, 7} {
		var programs []ptx.Program
		for i := range n {
			programs = append(programs, ptx.Program{Width: 1, Outs: []ptx.Out{{Expr: scalar.Num(float64(i))}}})
		}
		card, err := ptxtest.Load(programs)
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			out := []float32{-1}
			if err := card.Run(i, 0, 1, 1, ptxtest.Array{Data: out, LD: 1}); err != nil {
				t.Fatal(err)
			}
			if out[0] != float32(i) {
				t.Errorf("program %d of %d yields %v", i, n, out[0])
			}
		}
	}
}
