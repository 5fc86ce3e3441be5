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
	"ssmc/runtime/exact"
)

// together is a model in which what is seen is the sum of two latents: given it
// they are correlated by almost minus one.
const together = `
use std.nets
use std.cells

model Together {
  observed x[t]: real
  latent   z[t]: real[2]
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=0.8 * z[t-1], var=1)
  x[t] ~ Normal(mean=sum(z[t]), var=0.1)
}

train {
  optimizer = adam(lr=1e-2, clip_norm=1)
  batch     = 20
  epochs    = 60
}
`

// sums draws n sequences of 8 steps from the model, and their log likelihood by
// the Kalman filter, nats a frame.
func sums(name string, n int, r *rand.Rand) (*data.Set, float64) {
	const steps = 8
	vars := []data.Var{{Name: "x", Role: data.Observed, Kind: data.Real, Size: 1}}
	g := exact.Gaussian{State: 2, Obs: 1, A: []float64{0.8, 0, 0, 0.8}, B: []float64{0, 0}, Q: []float64{1, 1},
		C: []float64{1, 1}, D: []float64{0}, R: []float64{0.1}}
	var seqs []data.Sequence
	total := 0.0
	for range n {
		x, z, y := make([]float32, steps), [2]float64{}, make([]float64, steps)
		for t := range x {
			for i := range z {
				z[i] = 0.8*z[i] + r.NormFloat64()
			}
			x[t] = float32(z[0] + z[1] + math.Sqrt(0.1)*r.NormFloat64())
			y[t] = float64(x[t])
		}
		g.Y = y
		for _, l := range g.LogLik() {
			total += l
		}
		seqs = append(seqs, data.NewSequence(vars, name, steps, [][]float32{x}, nil, nil))
	}
	return data.NewSet(name, vars, "", seqs), -total / float64(n*steps)
}

// TestMVNormalGuide fits a guide whose draws are correlated and one whose are
// not. The bound of the first comes within 0.06 nats a frame of the likelihood,
// the most that small nets and a short fit leave; that of the second stays apart
// by what correlation costs, -log(1 - rho^2)/2 a frame.
func TestMVNormalGuide(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var b data.Bundle
	b.Train, _ = sums("train", 400, r)
	b.Valid, _ = sums("valid", 50, r)
	test, likelihood := sums("test", 400, r)
	b.Test = test
	bounds := map[string]float64{}
	for _, family := range []string{"normal", "mvnormal"} {
		bounds[family] = fittedBound(t, &b, "q(z[t] | z[t-1], x[t:T]) with rnn=gru(20), family="+family)
	}
	t.Logf("likelihood %.4f, mvnormal %.4f, normal %.4f nats a frame", likelihood, bounds["mvnormal"], bounds["normal"])
	if got := bounds["mvnormal"]; got > likelihood+0.06 || got < likelihood-0.02 {
		t.Errorf("the bound of the correlated guide is %v, and the likelihood %v", got, likelihood)
	}
	if bounds["normal"] < bounds["mvnormal"]+0.2 {
		t.Errorf("the bound without correlation is %v, and with it %v", bounds["normal"], bounds["mvnormal"])
	}
}

// fittedBound fits a guide and gives its bound on the test set.
func fittedBound(t *testing.T, b *data.Bundle, guide string) float64 {
	file, found := lang.Parse(&diag.Source{Name: "together.ssm", Text: together})
	p, more := compiler.Compile(file, compiler.Config{Library: library, Guide: guide})
	if found = append(found, more...); found.HasErrors() {
		t.Fatal(found)
	}
	c, found := configOf(p.Settings)
	if found.HasErrors() {
		t.Fatal(found)
	}
	c.Eval.BoundSamples = 20
	run, err := inference.Fit(context.Background(), p.Model, b, c, inference.Options{})
	if err != nil {
		t.Fatal(err)
	}
	device := inference.NewCPU(0)
	defer device.Close()
	bound, err := (&inference.Fitted{Model: p.Model, Params: run.Params, Device: device}).Bound(context.Background(), b.Test, c)
	if err != nil {
		t.Fatal(err)
	}
	return bound.Value
}
