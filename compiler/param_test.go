package compiler

import (
	"math"
	"slices"
	"testing"

	"ssmc/compiler/ir"
	"ssmc/runtime"
)

// typedParams is a model with parameters of every type, once and in stacks.
const typedParams = `
use std.nets
model M {
  observed x[t]: real[2]
  input    c[t]: one_of[3]
  latent   z[t]: real[2]
  param a: real[2] > 0 init [0.5, 2]
  param b: real[2] in (-1, 1)
  param pi: simplex[3] init [0.2, 0.3, 0.5]
  param P: simplex[3] for k in 1:2
  param o: ordered[3] init [-1, 0.5, 2]
  param O: ordered[2] for k in 1:3
  param Q: cov[2] for k in 1:3 init [[2, 0.5], [0.5, 1]]
  param R: cov[2]
  param S: cov[2] init 3
  param C: corr[3] init normal(0.5)
  param D: corr[2] for k in 1:3
  param A: real[3, 2, 2] init uniform(0.5)
  z[1] ~ MVNormal(mean=b, cov=S)
  z[t] ~ MVNormal(mean=A[c[t]] @ z[t-1], cov=Q[c[t]] + C[1:2, 1:2])
  x[t] ~ MVNormal(mean=z[t] * (pi[1] + P[2][3]) + o[1:2] * O[c[t]], cov=R + D[c[t]])
}
guide G = q(z[t] | x[t]) {
  z[t] ~ MVNormal(mean=linear(x[t], 2), cov=diag(softplus(linear(x[t], 2))))
}`

func typedModel(t *testing.T) *Program {
	t.Helper()
	return load(t, typedParams, "G")
}

// TestNatural compares the value of every parameter in the graph with that of
// the runtime, which reports it: the two are written apart.
func TestNatural(t *testing.T) {
	p := typedModel(t)
	params := runtime.NewParams[float64](p.Model.Params, 3)
	x := ir.NewInterpreter(func(n *ir.Node, _ int) []float64 { return params.Get(params.Index(n.Source.Name)) })
	x.Begin(1)
	seen := 0
	for i, q := range p.Model.Params {
		a, ok := p.unit.names[q.Name[len("M."):]].(array)
		if q.Guide || !ok {
			continue
		}
		seen++
		got, want := x.At(a.node, 0), q.Natural(params.Get(i))
		if len(got) != len(want) {
			t.Fatalf("%s: %v, want %v", q.Name, got, want)
		}
		for j, w := range want {
			if math.Abs(got[j]-w) > 1e-12*(1+math.Abs(w)) {
				t.Errorf("%s: %v, want %v", q.Name, got, want)
				break
			}
		}
		if count(a.dims) != q.NaturalSize() {
			t.Errorf("%s has dims %v", q.Name, a.dims)
		}
	}
	if seen != 11 {
		t.Errorf("%d parameters, want all but a, which nothing reads", seen)
	}
}

// TestTypedParams compares bounds with the plain twin and gradients by what is
// learned with differences.
func TestTypedParams(t *testing.T) {
	checkPlain(t, typedModel(t))
	checkGradient(t, typedModel(t).Model, false)
}

// TestInitValues shows where parameters of every type start.
func TestInitValues(t *testing.T) {
	p := typedModel(t)
	params := runtime.NewParams[float64](p.Model.Params, 1)
	for name, want := range map[string][]float64{
		"M.pi": {0.2, 0.3, 0.5}, "M.o": {-1, 0.5, 2}, "M.R": {1, 0, 0, 1}, "M.S": {3, 0, 0, 3},
		"M.Q": {2, 0.5, 0.5, 1, 2, 0.5, 0.5, 1, 2, 0.5, 0.5, 1},
	} {
		i := params.Index(name)
		got := params.List[i].Natural(params.Get(i))
		for j, w := range want {
			if math.Abs(got[j]-w) > 1e-12 {
				t.Errorf("%s starts at %v, want %v", name, got, want)
				break
			}
		}
	}
}

// TestSeveralStartApart gives each class numbers of its own to begin with: where
// all are equal so are their gradients, and no class is ever told from another.
// 0.3 bounds what ±0.1 on the real line is here.
func TestSeveralStartApart(t *testing.T) {
	p := load(t, `model M {
  observed x[t]: real
  latent   c[t]: one_of[2]
  param phi: real in (-1, 1) for k in 1:2
  param sd:  real[2] > 0
  param m:   ordered[2] for k in 1:2
  c[t] ~ Categorical(probs=1 / 2)
  x[1] ~ Normal(mean=m[c[1]][1], sd=1)
  x[t] ~ Normal(mean=phi[c[t]] * x[t-1] + m[c[t]][2], sd=sd[c[t]])
}
`, "exact")
	params := runtime.NewParams[float64](p.Model.Params, 1)
	for name, near := range map[string][]float64{"M.phi": {0, 0}, "M.sd": {1, 1}, "M.m": {0, 1, 0, 1}} {
		i := params.Index(name)
		got := params.List[i].Natural(params.Get(i))
		if half := len(got) / 2; slices.Equal(got[:half], got[half:]) {
			t.Errorf("%s starts alike for both classes, at %v", name, got)
		}
		for j, x := range got {
			if math.Abs(x-near[j]) > 0.3 {
				t.Errorf("%s starts at %v, want near %v", name, got, near)
			}
		}
	}
}
