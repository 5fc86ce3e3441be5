package main

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"ssmc/compiler"
	"ssmc/inference"
	"ssmc/inference/data"
	"ssmc/lang"
	"ssmc/lang/diag"
)

// overdispersed has a positive latent that can be summed out by hand: a Poisson
// whose rate is Gamma(2, 1) is negative binomial.
const overdispersed = `model Overdispersed {
  observed x[t]: count
  latent   z[t]: real
  z[t] ~ Gamma(shape=2, rate=1)
  x[t] ~ Poisson(rate=z[t])
}

guide G = q(z[t] | x[t]) with combine=concat

train {
  guide     = G
  epochs    = 60
  optimizer = adam(lr=1e-2)
}
`

// counts draws sequences of 10 steps from it, and gives their exact negative log
// likelihood, nats a frame: p(x) = (x + 1) / 2^(x+2).
func counts(name string, n int, r *rand.Rand) (*data.Set, float64) {
	vars := []data.Var{{Name: "x", Role: data.Observed, Kind: data.Count, Size: 1}}
	var seqs []data.Sequence
	nll, frames := 0.0, 0.0
	for range n {
		x := make([]float32, 10)
		for t := range x {
			for failures := 0; failures < 2; {
				if r.Float64() < 0.5 {
					failures++
				} else {
					x[t]++
				}
			}
			nll -= math.Log(float64(x[t])+1) - (float64(x[t])+2)*math.Ln2
			frames++
		}
		seqs = append(seqs, data.NewSequence(vars, name, len(x), [][]float32{x}, nil, nil))
	}
	return data.NewSet(name, vars, "", seqs), nll / frames
}

// TestPositive fits a guide to a positive latent: its bound comes near the exact
// likelihood and does not beat it, and importance sampling finds that likelihood.
func TestPositive(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var b data.Bundle
	b.Train, _ = counts("train", 100, r)
	b.Valid, _ = counts("valid", 20, r)
	test, exact := counts("test", 100, r)
	b.Test = test
	file, found := lang.Parse(&diag.Source{Name: "overdispersed.ssm", Text: overdispersed})
	p, more := compiler.Compile(file, compiler.Config{Library: library})
	if found = append(found, more...); found.HasErrors() {
		t.Fatal(found)
	}
	c, found := configOf(p.Settings)
	if found.HasErrors() {
		t.Fatal(found)
	}
	c.Eval.BoundSamples = 50
	run, err := inference.Fit(context.Background(), p.Model, &b, c, inference.Options{})
	if err != nil {
		t.Fatal(err)
	}
	device := inference.NewCPU(0)
	defer device.Close()
	fitted := inference.Fitted{Model: p.Model, Params: run.Params, Device: device}
	bound, err := fitted.Bound(context.Background(), test, c)
	if err != nil {
		t.Fatal(err)
	}
	nll, err := fitted.NLL(context.Background(), test, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("exact %.4f, bound %.4f ± %.4f, importance-sampled %.4f ± %.4f nats a frame", exact, bound.Value, bound.Error, nll.Value, nll.Error)
	if bound.Value < exact || bound.Value > exact+0.05 {
		t.Errorf("the bound %v is not just above the likelihood %v", bound.Value, exact)
	}
	if math.Abs(nll.Value-exact) > 4*nll.Error+0.002 {
		t.Errorf("the importance-sampled likelihood %v ± %v is not %v", nll.Value, nll.Error, exact)
	}
}
