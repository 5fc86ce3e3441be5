package cpu

import (
	"math"
	"testing"

	"ssmc/runtime"
	"ssmc/runtime/kernel"
	"ssmc/runtime/op"
)

// nadeModel scores the port x of d notes by a NADE of h units, whose bias and
// start depend on the port u.
func nadeModel(d, h int) *runtime.Model {
	build := func(b *builder) {
		x := b.Input(op.Source{Kind: op.Data, Name: "x"}, op.PerFrame(d))
		u := b.Input(op.Source{Kind: op.Data, Name: "u"}, op.PerFrame(dataCols))
		bias, start := b.apply(op.Affine{}, u, b.param(dataCols, d)), b.apply(op.Affine{}, u, b.param(dataCols, h))
		logp := b.apply(op.NADE{}, x, bias, start, b.param(d, h), b.param(d, h))
		b.terms = append(b.terms, runtime.Term{Name: "log p(x)", Kind: runtime.Likelihood, Value: logp})
	}
	m := modelOf(false, func(*builder) {})
	first := &builder{Graph: op.NewGraph()}
	build(first)
	m.Params = first.params
	m.Ports = []runtime.Port{{Name: "x", Cols: d, Kind: runtime.Binary}, {Name: "u", Cols: dataCols}}
	m.Build = func(g *op.Graph, _ runtime.Spec) ([]runtime.Term, error) {
		b := &builder{Graph: g}
		build(b)
		return b.terms, nil
	}
	return m
}

// TestNADENormalised adds up the probabilities of all vectors of six notes.
func TestNADENormalised(t *testing.T) {
	const d = 6
	b := &runtime.Batch{Data: make([][]float32, 2), Present: make([][]float32, 2)}
	for k := range 1 << d {
		b.Lens, b.Index = append(b.Lens, 1), append(b.Index, k)
		for i := range d {
			b.Data[0] = append(b.Data[0], float32(k>>i&1))
		}
		b.Data[1] = append(b.Data[1], 0.3, -1.2, 0.8)
	}
	x, _ := start[float64](t, nadeModel(d, 5), nil, false)
	r := runOf(x, 1)
	r.Grad = false
	run(t, x, b, r)
	total := 0.0
	for _, logp := range x.Term(0) {
		total += math.Exp(logp)
	}
	if math.Abs(total-1) > 1e-12 { // a sum of 64 numbers, exact to rounding
		t.Errorf("the probabilities add up to %v", total)
	}
}

// TestNADEThreads asks for the same bits from one thread and from more, and for
// the same numbers in float32 and float64.
func TestNADEThreads(t *testing.T) {
	const d, frames = 30, 50
	b := rolls([]int{30, 15, 5}, d)
	b.Data, b.Present = [][]float32{b.Data[0], nil}, [][]float32{nil, nil}
	for i := range frames * dataCols {
		b.Data[1] = append(b.Data[1], float32(math.Sin(float64(i))))
	}
	m := nadeModel(d, 37)
	x, _ := start[float32](t, m, nil, true)
	run(t, x, b, runOf(x, 1))
	for _, threads := range []int{2, 3} {
		pool := kernel.NewPool(threads)
		defer pool.Close()
		y, _ := start[float32](t, m, pool, true)
		run(t, y, b, runOf(y, 1))
		same(t, x, y)
	}
	z, _ := start[float64](t, m, nil, true)
	run(t, z, b, runOf(z, 1))
	for i, v := range z.Grad() {
		if math.Abs(v-float64(x.Gradient()[i])) > 1e-4*(1+math.Abs(v)) {
			t.Fatalf("gradient %d: %v in float64, %v in float32", i, v, x.Gradient()[i])
		}
	}
}
