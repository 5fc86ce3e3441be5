package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"ssmc/runtime"
	"ssmc/runtime/kernel"
	"ssmc/runtime/op"
	"ssmc/runtime/scalar"
)

// A builder writes small models for tests: frames and sequences that depend on
// parameters, and a term that depends on every element of a value.
type builder struct {
	*op.Graph
	sampled bool // values are repeated for each sample
	params  []runtime.Param
	terms   []runtime.Term
}

// dataCols is the columns of the two ports that every test model has.
const dataCols = 3

func (b *builder) apply(s op.Spec, in ...*op.Value) *op.Value {
	return b.Apply(s, "test.ssm:1:1", in...)[0]
}

// param is a parameter of the shape given.
func (b *builder) param(rows, cols int) *op.Value {
	name := fmt.Sprint("p", len(b.params))
	b.params = append(b.params, runtime.Param{Name: name, Dims: []int{rows, cols}, Init: runtime.Init{Kind: "normal", B: 0.5}})
	return b.Input(op.Source{Kind: op.Param, Name: name}, op.Static(rows, cols))
}

// frames is data times a parameter, [N,cols].
func (b *builder) frames(cols int) *op.Value {
	return b.linear(b.Input(op.Source{Kind: op.Data, Name: "x"}, op.PerFrame(dataCols)), cols)
}

// seqs is static data times a parameter, [B,cols].
func (b *builder) seqs(cols int) *op.Value {
	return b.linear(b.Input(op.Source{Kind: op.Data, Name: "s"}, op.PerSeq(dataCols)), cols)
}

func (b *builder) linear(x *op.Value, cols int) *op.Value {
	y := b.apply(op.Affine{}, x, b.param(dataCols, cols))
	if b.sampled {
		return b.apply(op.Repeat{}, y)
	}
	return y
}

// classes is class numbers below 3, [N,1].
func (b *builder) classes() *op.Value {
	c := b.Input(op.Source{Kind: op.Data, Name: "c"}, op.PerFrame(1))
	if b.sampled {
		return b.apply(op.Repeat{}, c)
	}
	return c
}

// formula applies f to its variables, which are named a, b, c and so on; the
// columns of input i from off[i] on, all unless told.
func (b *builder) formula(f *scalar.Expr, sum bool, in []*op.Value, view ...op.MapVar) *op.Value {
	m := &op.Map{Formula: f, Sum: sum}
	for i, v := range in {
		mv := op.MapVar{Cols: v.Shape.Cols}
		if i < len(view) && view[i].Cols > 0 {
			mv = view[i]
		}
		mv.Name = string(rune('a' + i))
		m.Vars = append(m.Vars, mv)
	}
	return b.apply(m, in...)
}

// score adds a term in which every element of v has a weight of its own.
func (b *builder) score(v *op.Value) {
	w := b.Input(op.Source{Kind: op.Noise, Name: fmt.Sprint("w", len(b.terms))}, v.Shape)
	f := scalar.Mul(va, vb)
	b.terms = append(b.terms, runtime.Term{Name: fmt.Sprint("t", len(b.terms)), Value: b.formula(f, true, []*op.Value{v, w})})
}

var va, vb, vc, vd = scalar.Var("a"), scalar.Var("b"), scalar.Var("c"), scalar.Var("d")

// fn applies a function of package scalar.
func fn(f string, args ...*scalar.Expr) *scalar.Expr { return scalar.Call(f, args...) }

// modelOf is the model whose graph build writes.
func modelOf(sampled bool, build func(*builder)) *runtime.Model {
	first := &builder{Graph: op.NewGraph(), sampled: sampled}
	build(first)
	return &runtime.Model{
		Name:   "test",
		Params: first.params,
		Ports: []runtime.Port{
			{Name: "x", Cols: dataCols}, {Name: "s", Cols: dataCols, Static: true}, {Name: "c", Cols: 1, Classes: 3},
		},
		Build: func(g *op.Graph, _ runtime.Spec) ([]runtime.Term, error) {
			b := &builder{Graph: g, sampled: sampled}
			build(b)
			return b.terms, nil
		},
	}
}

// batchOf draws data for sequences of the given lengths; sequence i is the same
// in every batch that numbers it so.
func batchOf(lens []int, index ...int) *runtime.Batch {
	b := &runtime.Batch{Lens: lens, Index: index}
	for i := len(index); i < len(lens); i++ {
		b.Index = append(b.Index, i)
	}
	l := op.NewLayout(lens)
	x, s, c := make([]float32, l.N*dataCols), make([]float32, l.B*dataCols), make([]float32, l.N)
	for i, n := range lens {
		r := rand.New(rand.NewPCG(7, uint64(b.Index[i])))
		draw(r, s[i*dataCols:][:dataCols])
		for t := range n {
			row := l.Off[t] + i
			draw(r, x[row*dataCols:][:dataCols])
			c[row] = float32(r.IntN(3))
		}
	}
	b.Data = [][]float32{x, s, c}
	return b
}

func draw(r *rand.Rand, dst []float32) {
	for i := range dst {
		dst[i] = float32(r.NormFloat64())
	}
}

// start is a machine for m with its own parameters.
func start[F Float](t testing.TB, m *runtime.Model, pool *kernel.Pool, grad bool) (*Machine[F], *runtime.Params[F]) {
	t.Helper()
	p := paramsOf[F](m)
	x, err := New(m, runtime.Spec{}, p, pool, grad)
	if err != nil {
		t.Fatal(err)
	}
	return x, p
}

// runOf weights the terms 1, 1.5, 2 and so on.
func runOf(m interface{ Terms() []runtime.Term }, k int) runtime.Run {
	r := runtime.Run{K: k, Seed: 5, Step: 3, Grad: true}
	for i := range m.Terms() {
		r.Coef = append(r.Coef, 1+0.5*float64(i))
	}
	return r
}

// checkGradient compares the whole gradient with central differences of fourth
// order. With steps of 1e-4 the fifth derivatives leave errors of 1e-16, and
// rounding of 1e-16 of the cost leaves 1e-12 of it: 1e-8 of the largest entry
// is safe even where the fifth derivatives are large.
func checkGradient(t *testing.T, m *runtime.Model, b *runtime.Batch, k int) {
	t.Helper()
	checkForm(t, m, runtime.Spec{}, b, k)
}

// checkForm is checkGradient for one form of the cost.
func checkForm(t *testing.T, m *runtime.Model, s runtime.Spec, b *runtime.Batch, k int) {
	t.Helper()
	p := paramsOf[float64](m)
	x, err := New(m, s, p, nil, true)
	if err != nil {
		t.Fatal(err)
	}
	r := runOf(x, k)
	for range 2 {
		poison(x)
		if err := x.Run(b, r); err != nil {
			t.Fatal(err)
		}
	}
	got := append([]float64{}, x.Grad()...)
	cost := func() float64 {
		r.Grad = false
		if err := x.Run(b, r); err != nil {
			t.Fatal(err)
		}
		return x.Cost()
	}
	scale := 1.0
	for _, v := range got {
		scale = max(scale, math.Abs(v))
	}
	zero := true
	for i := range m.Params {
		for j := range p.Get(i) {
			w := &p.Get(i)[j]
			want, g := difference(w, cost), got[p.Off[i]+j]
			zero = zero && want == 0
			if math.Abs(g-want) > 1e-8*scale {
				t.Errorf("%s[%d]: gradient %v, differences %v", m.Params[i].Name, j, g, want)
			}
		}
	}
	if zero {
		t.Error("the cost depends on no parameter")
	}
}

// poison makes sure that a run reads nothing that it has not written.
func poison[F Float](x *Machine[F]) {
	x.SetUse(Poisoned)
	for _, t := range x.backward {
		for _, a := range t.writes {
			fill(a.data, F(math.NaN())) // also where it is part of the gradient
		}
	}
}

// difference is the derivative of f by *w.
func difference(w *float64, f func() float64) float64 {
	const h = 1e-4
	old := *w
	at := func(d float64) float64 { *w = old + d; return f() }
	near, far := at(h)-at(-h), at(2*h)-at(-2*h)
	*w = old
	return (8*near - far) / (12 * h)
}

func paramsOf[F Float](m *runtime.Model) *runtime.Params[F] {
	return runtime.NewParams[F](m.Params, 11)
}
