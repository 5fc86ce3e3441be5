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
	"ssmc/models"
)

// walk draws n sequences of 25 steps from models/linear1d.ssm.
func walk(name string, n int, r *rand.Rand) (*data.Set, [][]float32) {
	vars := []data.Var{{Name: "x", Role: data.Observed, Kind: data.Real, Size: 1}}
	var seqs []data.Sequence
	var xs [][]float32
	for range n {
		z, x := r.NormFloat64(), make([]float32, 25)
		for t := range x {
			if t > 0 {
				z += 0.05 + math.Sqrt(10)*r.NormFloat64()
			}
			x[t] = float32(0.5*z + math.Sqrt(20)*r.NormFloat64())
		}
		seqs = append(seqs, data.NewSequence(vars, name, len(x), [][]float32{x}, nil, nil))
		xs = append(xs, x)
	}
	return data.NewSet(name, vars, "", seqs), xs
}

// kalman is the exact negative log likelihood of linear1d, nats a frame.
func kalman(xs [][]float32) float64 {
	total, frames := 0.0, 0
	for _, x := range xs {
		m, p := 0.0, 1.0
		for t, v := range x {
			if t > 0 {
				m, p = m+0.05, p+10
			}
			s, e := 0.25*p+20, float64(v)-0.5*m
			total += 0.5 * (math.Log(2*math.Pi*s) + e*e/s)
			k := 0.5 * p / s
			m, p = m+k*e, (1-0.5*k)*p
			frames++
		}
	}
	return total / float64(frames)
}

// TestKalman fits the shipped guide of a linear-Gaussian model and compares its
// bound with the exact likelihood: no bound beats it, beyond the Monte-Carlo
// error, and this guide comes within 0.02 nats a frame.
func TestKalman(t *testing.T) {
	if testing.Short() {
		t.Skip("fits for half a minute")
	}
	r := rand.New(rand.NewPCG(1, 1))
	var b data.Bundle
	b.Train, _ = walk("train", 2000, r)
	b.Valid, _ = walk("valid", 200, r)
	test, xs := walk("test", 400, r)
	b.Test = test

	text, _ := models.Model("linear1d")
	file, found := lang.Parse(&diag.Source{Name: "linear1d.ssm", Text: text})
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
	exact := kalman(xs)
	t.Logf("exact %.4f, bound %.4f, importance-sampled %.4f ± %.4f nats a frame", exact, bound.Value, nll.Value, nll.Error)
	if bound.Value < exact-4*bound.Error {
		t.Errorf("the bound %v beats the likelihood %v", bound.Value, exact)
	}
	if bound.Value > exact+0.02 {
		t.Errorf("the bound %v is more than 0.02 from the likelihood %v", bound.Value, exact)
	}
	if math.Abs(nll.Value-exact) > 4*nll.Error+0.002 {
		t.Errorf("the importance-sampled likelihood %v ± %v is not %v", nll.Value, nll.Error, exact)
	}
}
