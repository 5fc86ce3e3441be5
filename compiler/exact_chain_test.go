package compiler

import (
	"math"
	"math/rand/v2"
	"testing"

	"ssmc/runtime"
)

const finiteModel = `
model H {
  const K = 3
  observed x[t]: binary[2]
  observed y[t]: real missing
  latent   c[t]: one_of[K]
  param pi: simplex[K]
  param P:  simplex[K] for k in 1:K
  param e:  real[K, 2]
  param m:  real[K] init normal(1)
  y[0] = 0
  c[1] ~ Categorical(probs=pi)
  c[t] ~ Categorical(probs=P[c[t-1]])
  x[t] ~ Bernoulli(logits=e[c[t]])
  y[t] ~ Normal(mean=m[c[t]] + onehot(c[t], K)[2] + 0.5 * present(y[t-1]) * y[t-1], var=2)
}
guide E = exact
`

// TestExactChain compares the exact likelihood with a sum over all paths.
func TestExactChain(t *testing.T) {
	p := load(t, finiteModel, "")
	lens := []int{5, 3, 1}
	b := invent(p.Model, lens, rand.New(rand.NewPCG(9, 10)))
	got := exactLikelihood(t, p, b)
	want := 0.0
	for i := range lens {
		want += math.Log(enumerate(p.Model, b, i))
	}
	if math.Abs(got-want) > 1e-10*(1+math.Abs(want)) {
		t.Errorf("log p(x) = %.12f, want %.12f", got, want)
	}
}

// enumerate is the likelihood of sequence b, by its definition.
func enumerate(m *runtime.Model, b *runtime.Batch, seq int) float64 {
	params := runtime.NewParams[float64](m.Params, 1)
	get := func(name string) []float64 { return params.Get(params.Index("H." + name)) }
	normalise := func(x []float64) []float64 {
		total, out := 0.0, make([]float64, len(x))
		for _, v := range x {
			total += math.Exp(v)
		}
		for i, v := range x {
			out[i] = math.Exp(v) / total
		}
		return out
	}
	pi, e, mean := normalise(get("pi")), get("e"), get("m")
	row := func(t int) int {
		r := 0
		for _, n := range b.Lens {
			r += min(n, t)
		}
		return r + seq
	}
	emit := func(t, k int) float64 {
		p := 1.0
		for j := range 2 {
			on := 1 / (1 + math.Exp(-e[2*k+j]))
			if b.Data[0][2*row(t)+j] == 0 {
				on = 1 - on
			}
			p *= on
		}
		if b.Present[1][row(t)] == 0 {
			return p
		}
		last := 0.0
		if t > 0 {
			last = float64(b.Data[1][row(t-1)])
		}
		d := float64(b.Data[1][row(t)]) - mean[k] - 0.5*last
		if k == 1 {
			d--
		}
		return p * math.Exp(-d*d/4) / math.Sqrt(4*math.Pi)
	}
	var sum func(t, k int) float64
	sum = func(t, k int) float64 {
		p := emit(t, k)
		if t+1 == b.Lens[seq] {
			return p
		}
		next, total := normalise(get("P")[3*k:3*k+3]), 0.0
		for j := range 3 {
			total += next[j] * sum(t+1, j)
		}
		return p * total
	}
	total := 0.0
	for k := range 3 {
		total += pi[k] * sum(0, k)
	}
	return total
}
