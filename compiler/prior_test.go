package compiler

import (
	"math"
	"math/rand/v2"
	"testing"

	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
	"ssmc/runtime/cpu"
)

// priors is a program with priors of every kind: of numbers and vectors, within
// bounds, of probabilities, one of them given another.
const priors = `
model P {
  observed x[t]: real
  latent   z[t]: real
  param m: real[2] ~ Normal(mean=[0, 1], sd=2)
  param t0: real > 0 init 1
  param h: real[2] ~ Normal(mean=m, sd=t0)
  param w: simplex[3] ~ Dirichlet(alpha=[1, 2, 0.5])
  param P: simplex[2] for k in 1:2 ~ Dirichlet(alpha=2)
  z[1] ~ Normal(mean=m[1] + h[2], var=1)
  z[t] ~ Normal(mean=w[1] * z[t-1] + w[2] + P[1][2], var=0.5)
  x[t] ~ Normal(mean=z[t] + h[1] * m[2], var=0.3)
}
`

// withPosterior is a program with a way to infer parameters with priors.
func withPosterior(t *testing.T, text, posterior string) *Program {
	t.Helper()
	f, found := lang.Parse(&diag.Source{Name: "test.ssm", Text: text})
	p, more := Compile(f, Config{Library: library, Posterior: posterior})
	if found.HasErrors() || more.HasErrors() {
		t.Fatal(found, more)
	}
	return p
}

// TestPriorGradient compares gradients of bounds with priors with finite
// differences.
func TestPriorGradient(t *testing.T) {
	for _, posterior := range []string{MeanField, FullRank, MAP} {
		t.Run(posterior, func(t *testing.T) {
			checkGradient(t, withPosterior(t, priors, posterior).Model, false)
			checkGradient(t, withPosterior(t, priors, posterior).Model, true)
		})
	}
}

// TestPriorMass integrates exp(log prior) over the real line, for each transform:
// the density of the value times the slope of the transform has mass one. The
// trapezoid rule over 60 units with steps of 1/50 errs by less than 1e-4.
func TestPriorMass(t *testing.T) {
	for _, decl := range []string{
		"real ~ Normal(mean=0.5, sd=2)",
		"simplex[1] ~ Dirichlet(alpha=1.5)", // a gamma variable: its size is free
	} {
		p := withPosterior(t, "model M {\n observed x[t]: real\n latent z[t]: real\n param a: "+decl+
			"\n z[t] ~ Normal(mean=0, var=1)\n x[t] ~ Normal(mean=z[t] + sum(concat(a, 0)), var=1)\n}", MeanField)
		total := 0.0
		b := p.unit.beliefs[0]
		for x := -30.0; x <= 30; x += 0.02 {
			in := ir.NewInterpreter(func(n *ir.Node, _ int) []float64 {
				if n.Source.Name == b.param.Name && n.Source.Kind != b.noise.Source.Kind {
					return []float64{x}
				}
				return []float64{0}
			})
			in.Begin(1)
			total += 0.02 * math.Exp(in.At(b.prior, 0)[0])
		}
		if math.Abs(total-1) > 1e-3 {
			t.Errorf("the prior of %s has mass %v", decl, total)
		}
	}
}

// TestPriorPathwise compares gradients where log q moves with the samples alone
// with plain ones: they are equal where the guide of the latents has nothing to
// learn. The posteriors of parameters would collapse if theirs were held.
func TestPriorPathwise(t *testing.T) {
	text := priors + "\nguide G = q(z[t]) {\n  z[t] ~ Normal(mean=0.2, sd=0.7)\n}\n"
	for _, posterior := range []string{MeanField, FullRank} {
		m := withPosterior(t, text, posterior).Model
		b := invent(m, []int{4, 2}, rand.New(rand.NewPCG(1, 2)))
		var grads [2][]float32
		for i := range grads {
			x, err := cpu.New(m, runtime.Spec{Sampled: true, Pathwise: i == 1}, runtime.NewParams[float64](m.Params, 1), nil, true)
			if err != nil {
				t.Fatal(err)
			}
			if err := x.Run(b, runtime.Run{K: 1, Coef: coefficients(x.Terms(), 1), Seed: 3, Grad: true}); err != nil {
				t.Fatal(err)
			}
			grads[i] = x.Gradient()
		}
		for i, g := range grads[0] {
			if math.Abs(float64(g-grads[1][i])) > 1e-5*(1+math.Abs(float64(g))) {
				t.Errorf("%s: a gradient is %v, and plain %v", posterior, grads[1][i], g)
			}
		}
	}
}

// TestHugePosterior asks for a posterior whose correlations are more numbers than
// there can be.
func TestHugePosterior(t *testing.T) {
	text := `
model H {
  observed x[t]: real
  latent   z[t]: real
  param a: real[100000] ~ Normal(mean=0, sd=1)
  z[t] ~ Normal(mean=sum(a), var=1)
  x[t] ~ Normal(mean=z[t], var=1)
}`
	f, found := lang.Parse(&diag.Source{Name: "h.ssm", Text: text})
	_, more := Compile(f, Config{Library: library, Posterior: FullRank})
	found.Add(more...)
	if len(found) != 1 || found[0].Code != diag.BadSize || found[0].Span.Pos.Line != 5 {
		t.Errorf("found %v", found)
	}
}
