package dist

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"ssmc/compiler/ir"
	"ssmc/runtime"
	"ssmc/runtime/cpu"
	"ssmc/runtime/op"
)

// classes is how many classes the tests give a distribution over classes.
const classes = 4

// width is how many numbers a parameter has.
func (p *Param) width() int {
	switch p.Width {
	case PerClass:
		return classes
	case PerCut:
		return classes - 1
	}
	return 1
}

// value draws a parameter of support s.
func value(s Support, r *rand.Rand) float64 {
	switch s {
	case Count:
		return 5 + float64(r.IntN(12))
	case Positive:
		return math.Exp(r.NormFloat64())
	case Unit:
		return 0.05 + 0.9*r.Float64()
	}
	return 2 * r.NormFloat64()
}

// values draws all parameters: cutpoints rise, and so do the ends of an interval.
func values(d *Dist, r *rand.Rand) (p [][]float64) {
	for _, q := range d.Params {
		var v []float64
		for range q.width() {
			v = append(v, value(q.Support, r))
		}
		if q.Width == PerCut {
			slices.Sort(v)
		}
		p = append(p, v)
	}
	if d.Over == Interval {
		p[1][0] = p[0][0] + math.Exp(p[1][0])
	}
	return p
}

// named is the parameters by their names, for formulas.
func named(d *Dist, p [][]float64) map[string]float64 {
	env := map[string]float64{}
	for i, q := range d.Params {
		env[q.Name] = p[i][0]
	}
	return env
}

// A bench evaluates the density of d in the graph, with its gradient.
type bench struct {
	params  *runtime.Params[float64]
	machine *cpu.Machine[float64]
}

// newBench takes the parameters by the given names, and x as one more, the last.
func newBench(t testing.TB, d *Dist, names []string) *bench {
	m := &runtime.Model{Name: d.Name}
	for i, n := range names {
		m.Params = append(m.Params, runtime.Param{Name: n, Dims: []int{d.Params[i].width()}, Init: runtime.Init{Kind: "constant"}})
	}
	m.Params = append(m.Params, runtime.Param{Name: "x", Dims: []int{1}, Init: runtime.Init{Kind: "constant"}})
	m.Build = func(g *op.Graph, s runtime.Spec) ([]runtime.Term, error) {
		b, given := ir.NewBuilder(), map[string]*ir.Node{}
		for _, p := range m.Params {
			given[p.Name] = b.Input(op.Source{Kind: op.Param, Name: p.Name}, p.Shape())
		}
		x := b.Expand(given["x"], op.PerFrame(1))
		delete(given, "x")
		v, err := ir.Lower(g, []*ir.Node{d.Density(b, x, given, nil)}, false)
		if err != nil {
			return nil, err
		}
		return []runtime.Term{{Name: "log p", Kind: runtime.Likelihood, Value: v[0]}}, nil
	}
	params := runtime.NewParams[float64](m.Params, 1)
	machine, err := cpu.New(m, runtime.Spec{}, params, nil, true)
	if err != nil {
		t.Fatal(err)
	}
	return &bench{params, machine}
}

var oneFrame = &runtime.Batch{Lens: []int{1}, Index: []int{0}}

func (b *bench) logProb(t testing.TB, x float64, p [][]float64) float64 {
	for i, v := range p {
		copy(b.params.Get(i), v)
	}
	b.params.Get(len(p))[0] = x
	if err := b.machine.Run(oneFrame, runtime.Run{K: 1, Coef: []float64{1}, Grad: true}); err != nil {
		t.Fatal(err)
	}
	return b.machine.Cost()
}

func names(d *Dist) (n []string) {
	for _, p := range d.Params {
		n = append(n, p.Name)
	}
	return n
}

// continuous reports whether d has a density.
func continuous(d *Dist) bool { return d.Over != Binary && d.Over != Count && d.Over != Class }

// A node is a point of a quadrature, with its weight.
type node struct{ x, weight float64 }

// grid is a quadrature over the range of d: all values it can have or, of a
// density, equal steps of the number that is mapped there.
func grid(d *Dist, p [][]float64) (nodes []node) {
	add := func(lo, hi, step float64, at func(u float64) node) {
		for k := range int(math.Round((hi-lo)/step)) + 1 {
			n := at(lo + float64(k)*step)
			nodes = append(nodes, node{n.x, n.weight * step})
		}
	}
	same := func(u float64) node { return node{u, 1} }
	switch d.Over {
	case Binary:
		add(0, 1, 1, same)
	case Class:
		add(0, classes-1, 1, same)
	case Count:
		last := 400.0
		if d.Range[1] != "" {
			last = Formula(d.Range[1]).Eval(named(d, p))
		}
		add(0, last, 1, same)
	case Positive:
		add(-60, 60, 0.01, func(u float64) node { return node{math.Exp(u), math.Exp(u)} })
	case Unit:
		add(-36, 36, 0.01, func(u float64) node { return node{logistic(u), logistic(u) * logistic(-u)} })
	case Angle:
		add(-math.Pi, math.Pi*0.998, math.Pi/500, same)
	case Interval:
		lo, h := p[0][0], (p[1][0]-p[0][0])/1000
		add(lo+h/2, p[1][0]-h/2, h, same)
	default:
		add(-40, 40, 0.005, func(u float64) node { return node{math.Sinh(u), math.Cosh(u)} })
	}
	return nodes
}

// point draws a value that d can have.
func point(d *Dist, r *rand.Rand, p [][]float64) float64 {
	switch d.Over {
	case Real:
		return 2 * r.NormFloat64()
	case Positive:
		return math.Exp(r.NormFloat64())
	case Unit:
		return logistic(2 * r.NormFloat64())
	}
	nodes := grid(d, p)
	if continuous(d) {
		return nodes[1+r.IntN(len(nodes)-2)].x // in from the ends
	}
	return nodes[r.IntN(min(12, len(nodes)))].x
}
