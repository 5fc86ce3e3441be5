package dist

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"
	"gonum.org/v1/gonum/stat/distuv"

	"ssmc/compiler/ir"
	"ssmc/runtime"
	"ssmc/runtime/cpu"
	"ssmc/runtime/op"
)

// classes is how many classes the tests give a distribution over classes.
const classes = 4

// oracles gives each distribution an independent log density: p has the values
// of its parameters, in order, by their own names.
var oracles = map[string]func(x float64, p [][]float64) float64{
	"Normal": func(x float64, p [][]float64) float64 {
		return distuv.Normal{Mu: p[0][0], Sigma: math.Sqrt(p[1][0])}.LogProb(x)
	},
	"Bernoulli": func(x float64, p [][]float64) float64 {
		return distuv.Bernoulli{P: 1 / (1 + math.Exp(-p[0][0]))}.LogProb(x)
	},
	"Poisson": func(x float64, p [][]float64) float64 {
		return distuv.Poisson{Lambda: p[0][0]}.LogProb(x)
	},
	"Categorical": func(x float64, p [][]float64) float64 {
		w := make([]float64, classes)
		for k, l := range p[0] {
			w[k] = math.Exp(l)
		}
		return distuv.NewCategorical(w, nil).LogProb(x)
	},
}

// alternatives turns the value of a parameter into that of an alternative.
var alternatives = map[string]func(v []float64) []float64{
	"sd":     each(math.Sqrt),
	"logvar": each(math.Log),
	"probs": func(v []float64) []float64 {
		if len(v) == 1 {
			return []float64{1 / (1 + math.Exp(-v[0]))}
		}
		sum := 0.0
		for _, l := range v {
			sum += math.Exp(l)
		}
		return each(func(l float64) float64 { return math.Exp(l) / sum })(v)
	},
	"log_rate": each(math.Log),
}

func each(f func(float64) float64) func([]float64) []float64 {
	return func(v []float64) []float64 {
		out := make([]float64, len(v))
		for i, x := range v {
			out[i] = f(x)
		}
		return out
	}
}

// value draws a parameter or a point of support s.
func value(s Support, r *rand.Rand) float64 {
	switch s {
	case Binary:
		return float64(r.IntN(2))
	case Count:
		return float64(r.IntN(12))
	case Class:
		return float64(r.IntN(classes))
	case Positive:
		return math.Exp(r.NormFloat64())
	case Unit:
		return 0.05 + 0.9*r.Float64()
	}
	return 2 * r.NormFloat64()
}

func values(d *Dist, r *rand.Rand) (p [][]float64) {
	for _, q := range d.Params {
		v := []float64{value(q.Support, r)}
		for d.Vector && len(v) < classes {
			v = append(v, value(q.Support, r))
		}
		p = append(p, v)
	}
	return p
}

// A bench evaluates the density of d in the graph, with its gradient.
type bench struct {
	params  *runtime.Params[float64]
	machine *cpu.Machine[float64]
}

// newBench takes the parameters by the given names, each a row of one number or,
// for a distribution over classes, of one a class.
func newBench(t testing.TB, d *Dist, names []string) *bench {
	width := 1
	if d.Vector {
		width = classes
	}
	m := &runtime.Model{Name: d.Name, Ports: []runtime.Port{{Name: "x", Kind: runtime.Real, Cols: 1, Observed: true}}}
	for _, n := range names {
		m.Params = append(m.Params, runtime.Param{Name: n, Dims: []int{width}, Init: runtime.Init{Kind: "constant"}})
	}
	m.Build = func(g *op.Graph, s runtime.Spec) ([]runtime.Term, error) {
		b := ir.NewBuilder()
		given := map[string]*ir.Node{}
		for _, n := range names {
			given[n] = b.Input(op.Source{Kind: op.Param, Name: n}, op.Static(1, width))
		}
		x := b.Input(op.Source{Kind: op.Data, Name: "x"}, op.PerFrame(1))
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

func (b *bench) logProb(t testing.TB, x float64, p [][]float64) float64 {
	for i, v := range p {
		copy(b.params.Get(i), v)
	}
	batch := &runtime.Batch{Lens: []int{1}, Index: []int{0}, Data: [][]float32{{float32(x)}}, Present: [][]float32{nil}}
	if err := b.machine.Run(batch, runtime.Run{K: 1, Coef: []float64{1}, Grad: true}); err != nil {
		t.Fatal(err)
	}
	return b.machine.Cost()
}

// single is every distribution over single numbers.
func single() []*Dist {
	return slices.DeleteFunc(slices.Clone(All()), func(d *Dist) bool { return d.Joint != nil })
}

func names(d *Dist) (n []string) {
	for _, p := range d.Params {
		n = append(n, p.Name)
	}
	return n
}

// TestLogProb compares densities with gonum's: both are exact to rounding.
func TestLogProb(t *testing.T) {
	for _, d := range single() {
		t.Run(d.Name, func(t *testing.T) {
			oracle := oracles[d.Name]
			if oracle == nil {
				t.Fatal("no oracle")
			}
			r, b := rand.New(rand.NewPCG(1, 1)), newBench(t, d, names(d))
			for range 100 {
				x, p := float64(float32(value(d.Over, r))), values(d, r)
				if got, want := b.logProb(t, x, p), oracle(x, p); !scalar.EqualWithinAbsOrRel(got, want, 1e-9, 1e-9) {
					t.Fatalf("log p(%v | %v) = %v, want %v", x, p, got, want)
				}
			}
		})
	}
}

// TestAlternatives gives every parameter by each of its other names: the density
// is the same.
func TestAlternatives(t *testing.T) {
	for _, d := range single() {
		for i, q := range d.Params {
			for _, alt := range q.Alts {
				t.Run(d.Name+"/"+alt.Name, func(t *testing.T) {
					r := rand.New(rand.NewPCG(1, 2))
					n := names(d)
					n[i] = alt.Name
					b, convert := newBench(t, d, n), alternatives[alt.Name]
					for range 100 {
						x, p := float64(float32(value(d.Over, r))), values(d, r)
						want := oracles[d.Name](x, p)
						p[i] = convert(p[i])
						if got := b.logProb(t, x, p); !scalar.EqualWithinAbsOrRel(got, want, 1e-7, 1e-7) {
							t.Fatalf("log p(%v | %v) = %v, want %v", x, p, got, want)
						}
					}
				})
			}
		}
	}
}

// TestGradient compares the gradient by the parameters with central differences
// of step 1e-5 relative, whose own error is below 1e-8.
func TestGradient(t *testing.T) {
	for _, d := range single() {
		t.Run(d.Name, func(t *testing.T) {
			r, b := rand.New(rand.NewPCG(1, 3)), newBench(t, d, names(d))
			for range 30 {
				x, p := float64(float32(value(d.Over, r))), values(d, r)
				b.logProb(t, x, p)
				grad := append([]float64{}, b.machine.Grad()...)
				for i := range p {
					for j, v := range p[i] {
						h := 1e-5 * max(1, math.Abs(v))
						p[i][j] = v + h
						hi := b.logProb(t, x, p)
						p[i][j] = v - h
						want := (hi - b.logProb(t, x, p)) / (2 * h)
						p[i][j] = v
						if got := grad[b.params.Off[i]+j]; !scalar.EqualWithinAbsOrRel(got, want, 1e-5, 1e-5) {
							t.Fatalf("d/d%s[%d] at %v, %v = %v, want %v", d.Params[i].Name, j, x, p, got, want)
						}
					}
				}
			}
		})
	}
}

// TestNormalised needs no oracle: a density integrates to one, by the trapezoid
// rule over a range that holds all but 1e-6 of it.
func TestNormalised(t *testing.T) {
	for _, d := range single() {
		t.Run(d.Name, func(t *testing.T) {
			r, b := rand.New(rand.NewPCG(1, 4)), newBench(t, d, names(d))
			for range 3 {
				p := values(d, r)
				lo, hi, step := -40.0, 40.0, 0.02
				switch d.Over {
				case Binary:
					lo, hi, step = 0, 1, 1
				case Count:
					lo, hi, step = 0, 200, 1
				case Class:
					lo, hi, step = 0, classes-1, 1
				}
				total := 0.0
				for x := lo; x <= hi+step/2; x += step {
					total += step * math.Exp(b.logProb(t, x, p))
				}
				if math.Abs(total-1) > 1e-3 {
					t.Fatalf("the mass at %v is %v", p, total)
				}
			}
		})
	}
}

// TestDraw compares the mean log density of draws with that of the family's
// own entropy, estimated on the grid of x: a sampler of another distribution
// would miss it. 20,000 draws; four standard errors.
func TestDraw(t *testing.T) {
	const n = 20000
	for _, d := range single() {
		t.Run(d.Name, func(t *testing.T) {
			r, b := rand.New(rand.NewPCG(1, 5)), newBench(t, d, names(d))
			p := values(d, r)
			flat := []float64{}
			for _, v := range p {
				flat = append(flat, v...)
			}
			var sum, sq, want, moment, wantMoment float64
			for range n {
				x := d.Draw(r, flat)
				moment += x / n
				l := oracles[d.Name](x, p)
				sum, sq = sum+l, sq+l*l
			}
			lo, hi, step := -40.0, 40.0, 0.01
			if d.Over != Real {
				lo, hi, step = 0, 200, 1
			}
			if d.Over == Class {
				hi = classes - 1
			}
			if d.Over == Binary {
				hi = 1
			}
			var second float64
			for x := lo; x <= hi; x += step {
				if l := b.logProb(t, x, p); l > -700 {
					want += step * math.Exp(l) * l
					wantMoment += step * math.Exp(l) * x
					second += step * math.Exp(l) * x * x
				}
			}
			mean := sum / n
			se := math.Sqrt((sq/n-mean*mean)/n) + 1e-6
			if math.Abs(mean-want) > 4*se {
				t.Errorf("E log p = %v over draws, %v by the density (standard error %v)", mean, want, se)
			}
			if se := math.Sqrt((second - wantMoment*wantMoment) / n); math.Abs(moment-wantMoment) > 4*se {
				t.Errorf("mean %v over draws, %v by the density (standard error %v)", moment, wantMoment, se)
			}
		})
	}
}

// TestKL compares closed divergences with E_q[log q - log p] over samples written
// as functions of noise; four standard errors of 200,000.
func TestKL(t *testing.T) {
	const n = 200000
	for _, d := range single() {
		if d.KL == "" {
			continue
		}
		t.Run(d.Name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 6))
			q, p := map[string]float64{}, map[string]float64{}
			both := map[string]float64{}
			for _, par := range d.Params {
				q[par.Name], p[par.Name] = value(par.Support, r), value(par.Support, r)
				both[par.Name], both["p_"+par.Name] = q[par.Name], p[par.Name]
			}
			sample, logp := Formula(d.Sample), Formula(d.LogProb)
			var sum, sq float64
			for range n {
				q["eps"] = r.NormFloat64()
				q["x"] = sample.Eval(q)
				p["x"] = q["x"]
				v := logp.Eval(q) - logp.Eval(p)
				sum, sq = sum+v, sq+v*v
			}
			mean := sum / n
			se := math.Sqrt((sq/n - mean*mean) / n)
			if got := Formula(d.KL).Eval(both); math.Abs(got-mean) > 4*se {
				t.Errorf("KL = %v, sampled %v with standard error %v", got, mean, se)
			}
		})
	}
}

// TestDocumented asks of every distribution what its page needs.
func TestDocumented(t *testing.T) {
	for _, d := range All() {
		if d.Doc == "" || d.Source == "" || d.LogProb == "" || d.Draw == nil && d.Joint == nil {
			t.Errorf("%s lacks a part of its description", d.Name)
		}
		for _, p := range d.Params {
			if p.Doc == "" {
				t.Errorf("%s does not say what %s is", d.Name, p.Name)
			}
		}
	}
}
