package compiler

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat"

	"ssmc/runtime"
	"ssmc/runtime/cpu"
)

// bounded has latents over parts of the reals.
const bounded = `
use std.cells

model Bounded {
  observed x[t]: real[2]
  observed n[t]: count
  latent   s[t]: real[2]
  latent   f[t]: real
  param    a: real > 0 init 2
  s[1] ~ Gamma(mean=1, shape=a)
  s[t] ~ Gamma(mean=s[t-1], shape=a)
  f[1] ~ Beta(mean=0.4, concentration=3)
  f[t] ~ Beta(mean=f[t-1], concentration=5 * a)
  x[t] ~ StudentT(df=4, loc=0, scale=s[t])
  n[t] ~ ZeroInflatedPoisson(rate=sum(s[t]), gate=f[t])
}

guide G = q(s[t] | s[t-1], f[t-1], x[t:T]) * q(f[t] | s[t], f[t-2:t-1], n[t:T]) with rnn=gru(4)
guide P = q(s[t] | x[t:T]) * q(f[t] | f[t-1]) {
  let h[t] = gru(x[t:T], 3)
  s[t] ~ LogNormal(mean=linear(h[t], 2), sd=0.3)
  f[t] ~ LogitNormal(mean=logit(f[t-1]), sd=0.5)
}
`

// TestBounded differentiates bounds whose latents are positive, or between zero
// and one, and compares them with the plain twin.
func TestBounded(t *testing.T) {
	for _, guide := range append(structureNames(), "G", "P", "auto") {
		t.Run(guide, func(t *testing.T) {
			checkGradient(t, load(t, bounded, guide).Model, false)
			checkPlain(t, load(t, bounded, guide))
		})
	}
}

// TestBoundedText shows what a one-line guide is written out to.
func TestBoundedText(t *testing.T) {
	text := load(t, bounded, "G").Expanded
	for _, want := range []string{
		"tanh(linear(concat(log(s[t-1]), logit(f[t-1])), 4))", "s[0] = 1\n", "f[0] = 0.5\n",
		"s[t] ~ LogNormal(mean=linear(c_s[t], 2), var=softplus(linear(c_s[t], 2)))",
		"concat(log(s[t]), logit(f[t-2]), logit(f[t-1]))", "f[t] ~ LogitNormal(",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

// TestClosedFamilies asks for closed divergences where both sides are of a family
// that has one.
func TestClosedFamilies(t *testing.T) {
	for _, family := range []string{"Normal(mean=0, sd=2)", "LogNormal(mean=0, sd=2)", "LogitNormal(mean=0, sd=2)",
		"Laplace(loc=0, scale=2)", "Exponential(rate=2)", "HalfNormal(sd=2)"} {
		p := load(t, `
model C {
  observed x[t]: real
  latent   z[t]: real
  z[t] ~ `+family+`
  x[t] ~ Normal(mean=z[t], var=1)
}
guide G = q(z[t] | x[t]) {
  z[t] ~ `+strings.Replace(family, "2", "exp(0.1 * x[t])", 1)+`
}`, "G")
		if len(p.Terms) != 2 || p.Terms[1].How != "closed" {
			t.Errorf("%s: %v", family, p.Terms)
		}
		compareBounds(t, p)
	}
}

// compareBounds compares the mean of the closed bound over many samples with
// that of the sampled one, whose standard error is below 0.01.
func compareBounds(t *testing.T, p *Program) {
	t.Helper()
	const k = 40000
	b := &runtime.Batch{Lens: []int{2}, Index: []int{0}, Data: [][]float32{{0.4, -0.7}}, Present: [][]float32{nil}}
	var cost [2]float64
	for i, sampled := range []bool{false, true} {
		params := runtime.NewParams[float64](p.Model.Params, 1)
		x, err := cpu.New(p.Model, runtime.Spec{Sampled: sampled}, params, nil, false)
		if err != nil {
			t.Fatal(err)
		}
		if err := x.Run(b, runtime.Run{K: k, Coef: coefficients(x.Terms(), 1), Seed: 1}); err != nil {
			t.Fatal(err)
		}
		for j, term := range x.Terms() {
			cost[i] -= term.Kind.Sign() * 2 * stat.Mean(x.Term(j), nil) // two frames, each with its samples or without
		}
	}
	if math.Abs(cost[0]-cost[1]) > 0.02*(1+math.Abs(cost[1])) {
		t.Errorf("the bound is %v with closed divergences, %v with sampled ones", cost[0], cost[1])
	}
}

// TestRanges reads from a program what its distributions allow.
func TestRanges(t *testing.T) {
	p := load(t, `
model R {
  observed a[t]: real
  observed b[t]: real[2]
  observed c[t]: count
  observed d[t]: count
  observed e[t]: real
  input    n[t]: count
  latent   z[t]: real
  z[t] ~ Gamma(shape=2, rate=1)
  a[t] ~ Gamma(mean=z[t], shape=2)
  b[t] ~ Uniform([-1, -2], [3, 2])
  c[t] ~ Binomial(trials=10, logits=z[t])
  d[t] ~ Binomial(trials=n[t], logits=z[t])
  e[t] ~ Normal(mean=z[t], var=1)
}`, "ST_R")
	inf := math.Inf(1)
	for i, want := range []runtime.Range{{Low: 0, High: inf, Of: "Gamma"}, {Low: -2, High: 3, Ends: true, Of: "Uniform"},
		{Low: 0, High: 10, Ends: true, Of: "Binomial"}, {Low: 0, High: inf, Ends: true, Of: "Binomial"}, {Low: -inf, High: inf, Of: "Normal"}} {
		if got := p.Model.Ports[i].Range; got == nil || *got != want {
			t.Errorf("%s has the range %v, want %v", p.Model.Ports[i].Name, got, want)
		}
	}
}

// TestOrdinal scores ordered classes.
func TestOrdinal(t *testing.T) {
	p := load(t, `
model O {
  observed x[t]: one_of[4]
  latent   z[t]: real
  param    c: ordered[3]
  z[t] ~ Normal(mean=0, var=1)
  x[t] ~ OrderedLogistic(eta=z[t], cutpoints=c)
}`, "ST_R")
	checkGradient(t, p.Model, false)
	checkPlain(t, p)
}
