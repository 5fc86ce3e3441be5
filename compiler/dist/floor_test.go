package dist

import (
	"math"
	"testing"

	"ssmc/compiler/ir"
	"ssmc/runtime/op"
)

// at is the numbers of a node where a parameter in the graph has a value.
func at(n *ir.Node, value float64) float64 {
	i := ir.NewInterpreter(func(*ir.Node, int) []float64 { return []float64{value} })
	return i.At(n, 0)[0]
}

// TestFloored takes every parameter of every distribution at zero and at one half:
// what must be positive is a floor higher, by its own name or by that of the
// parameter that it becomes, and nothing else changes.
func TestFloored(t *testing.T) {
	const floor = 1e-3
	as := map[string]string{"sd": "var", "logvar": "var"}
	value := map[string]func(float64) float64{"sd": func(x float64) float64 { return x * x }, "logvar": math.Exp}
	for _, d := range All() {
		for _, name := range d.ParamNames() {
			b := ir.NewBuilder()
			x := b.Input(op.Source{Kind: op.Param, Name: "x"}, op.Static(1, 1))
			got, n, ok := d.Floored(b, name, map[string]*ir.Node{name: x}, floor)
			p, alt := d.Find(name)
			normal := alt != nil && as[name] == p.Name
			positive := alt == nil && p.Support == Positive || alt != nil && alt.Support == Positive
			if ok != (positive || normal) {
				t.Errorf("%s.%s: floored %v", d.Name, name, ok)
			}
			if !ok {
				continue
			}
			want, of := name, func(x float64) float64 { return x }
			if normal {
				want, of = p.Name, value[name]
			}
			for _, v := range []float64{0, 0.5} {
				if y := at(n, v); got != want || math.Abs(y-of(v)-floor) > 1e-12 {
					t.Errorf("%s.%s is %s of %g at %g, want %s of %g", d.Name, name, got, y, v, want, of(v)+floor)
				}
			}
		}
	}
}

// TestFlooredExp leaves a rate alone that is an exponential, for its density is
// computed from what stands inside, and not a variance.
func TestFlooredExp(t *testing.T) {
	for _, c := range []struct {
		d    *Dist
		name string
		want bool
	}{{Poisson, "rate", false}, {NegativeBinomial, "mean", false}, {Normal, "var", true}, {Normal, "sd", true}, {Gamma, "rate", true}} {
		b := ir.NewBuilder()
		x := b.Call("exp", b.Input(op.Source{Kind: op.Param, Name: "x"}, op.Static(1, 1)))
		if _, _, ok := c.d.Floored(b, c.name, map[string]*ir.Node{c.name: x}, 1); ok != c.want {
			t.Errorf("%s.%s: floored %v", c.d.Name, c.name, ok)
		}
	}
}

// TestFlooredDensity is finite where the scale of what is observed is zero.
func TestFlooredDensity(t *testing.T) {
	for d, name := range map[*Dist]string{Normal: "sd", Laplace: "scale", StudentT: "scale", Exponential: "scale"} {
		b := ir.NewBuilder()
		given := map[string]*ir.Node{name: b.Input(op.Source{Kind: op.Param, Name: "x"}, op.Static(1, 1))}
		for _, p := range d.Params {
			if q, _ := d.Find(name); p.Name != q.Name {
				given[p.Name] = b.Number(1)
			}
		}
		as, n, _ := d.Floored(b, name, given, 1e-8)
		floored := map[string]*ir.Node{as: n}
		for other, o := range given {
			if other != name {
				floored[other] = o
			}
		}
		if y := at(d.Density(b, b.Number(2), floored, nil), 0); math.IsNaN(y) || math.IsInf(y, 0) {
			t.Errorf("%s: the density is %g", d.Name, y)
		}
		if y := at(d.Density(b, b.Number(2), given, nil), 0); !math.IsNaN(y) && !math.IsInf(y, 0) {
			t.Errorf("%s: without a floor the density is %g", d.Name, y)
		}
	}
}
