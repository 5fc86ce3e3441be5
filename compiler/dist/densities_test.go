package dist

import (
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"

	"ssmc/compiler/ir"
	"ssmc/runtime/op"
)

// TestDensities compares the density of each of two numbers with its oracle, and the
// expected value of a coin with the probability of a one. Both are exact to rounding.
func TestDensities(t *testing.T) {
	for _, d := range single() {
		r := rand.New(rand.NewPCG(3, 3))
		p := values(d, r)
		x := []float64{point(d, r, p), point(d, r, p)}
		if d.Over == Class {
			x = x[:1] // a class is one number
		}
		b, given, rows := ir.NewBuilder(), map[string]*ir.Node{}, map[string][]float64{"x": x}
		for i, q := range d.Params {
			given[q.Name], rows[q.Name] = b.Input(op.Source{Kind: op.Data, Name: q.Name}, op.PerFrame(len(p[i]))), p[i]
		}
		eval := ir.NewInterpreter(func(n *ir.Node, _ int) []float64 { return rows[n.Source.Name] })
		eval.Begin(1)
		for j, got := range eval.At(d.Densities(b, b.Input(op.Source{Kind: op.Data, Name: "x"}, op.PerFrame(len(x))), given), 0) {
			if want := oracles[d.Name](x[j], p); !scalar.EqualWithinAbsOrRel(got, want, 1e-9, 1e-9) {
				t.Errorf("%s: number %d has log density %v, want %v", d.Name, j, got, want)
			}
		}
		if d.Over != Binary {
			continue
		}
		e := b.Formula(Formula("log(mean)"), map[string]*ir.Node{"mean": d.Expected(b, given)}, false)
		if got, want := eval.At(e, 0)[0], oracles[d.Name](1, p); !scalar.EqualWithinAbsOrRel(got, want, 1e-9, 1e-9) {
			t.Errorf("%s: a one has log probability %v, want %v", d.Name, got, want)
		}
	}
}
