package main

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat"

	"ssmc/compiler"
	"ssmc/inference"
	"ssmc/inference/data"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
)

// gappy is three series that two latents move, with numbers that may be missing.
const gappy = `
model Gappy {
  observed x[t]: real[3] missing
  latent   z[t]: real[2]
  param A: real[2, 2] init 0.5 * eye(2)
  param C: real[3, 2] init normal(0.5)
  param d: real[3]
  param r: real[3] > 0

  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=A @ z[t-1], var=0.3)
  x[t] ~ Normal(mean=C @ z[t] + d, var=r)
}
`

// removed is sequences with a share of their numbers blank, and all of them.
func removed(t *testing.T, share float64) (seen *data.Set, full [][]float32) {
	t.Helper()
	f, _ := lang.Parse(&diag.Source{Name: "gappy.ssm", Text: gappy})
	s, found := compiler.NewSimulator(f, compiler.Config{}, "")
	if found.HasErrors() {
		t.Fatal(found)
	}
	for name, value := range map[string]string{"A": "0.85, 0.2, -0.2, 0.85", "C": "1, 0, 0.5, 1, 0, 1", "d": "1, -2, 0.5", "r": "0.1, 0.2, 0.05"} {
		if err := s.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	vars := []data.Var{{Name: "x", Role: data.Observed, Size: 3, Missing: true}}
	const steps = 60
	r := rand.New(rand.NewPCG(5, 6))
	var list []data.Sequence
	for range 60 {
		x, err := s.Draw(compiler.Given{Steps: steps}, r)
		if err != nil {
			t.Fatal(err)
		}
		values, here := make([]float32, 3*steps), make([]bool, 3*steps)
		for i, v := range x.Data[0] {
			if here[i] = r.Float64() >= share; here[i] {
				values[i] = v
			}
		}
		full = append(full, x.Data[0])
		list = append(list, data.NewSequence(vars, "s", steps, [][]float32{values}, [][]bool{here}, nil))
	}
	return data.NewSet("gappy", vars, "", list), full
}

// A forecaster says what a number is, as a mean and a variance.
type forecaster func(sequence, t, coord int) (mean, variance float64)

// predictive is the posterior of removed numbers: by the smoother, with the
// parameters that were learned.
func predictive(p *compiler.Program, params *runtime.Params[float32], set *data.Set) forecaster {
	s := p.Smoother(params)
	value := func(name string) []float64 {
		i := params.Index("Gappy." + name)
		return params.List[i].Natural(widened(params.Get(i)))
	}
	c, d, r := value("C"), value("d"), value("r")
	var mean, cov [][]float64
	for i := range set.Sequences {
		m := s.Smooth(allOf(p.Model.Ports, set, &set.Sequences[i]))
		mean, cov = append(mean, m.Mean), append(cov, m.Cov)
	}
	return func(i, t, j int) (float64, float64) {
		m, v := d[j], r[j]
		for a := range 2 {
			m += c[2*j+a] * mean[i][2*t+a]
			for b := range 2 {
				v += c[2*j+a] * c[2*j+b] * cov[i][4*t+2*a+b]
			}
		}
		return m, v
	}
}

func widened(x []float32) (out []float64) {
	for _, v := range x {
		out = append(out, float64(v))
	}
	return out
}

// climate is the mean and variance of each coordinate where it is there.
func climate(set *data.Set) forecaster {
	var seen [3][]float64
	for i := range set.Sequences {
		q := &set.Sequences[i]
		for k, here := range q.Present(0) {
			if here {
				seen[k%3] = append(seen[k%3], float64(q.Values(0)[k]))
			}
		}
	}
	return func(_, _, j int) (float64, float64) { return stat.MeanVariance(seen[j], nil) }
}

// judge compares what was removed with what is said of it: root mean squared
// error, nats of log density a number, and the share within 90 % intervals.
func judge(set *data.Set, full [][]float32, say forecaster) (rmse, score, held float64) {
	n := 0.0
	for i := range set.Sequences {
		for k, here := range set.Sequences[i].Present(0) {
			if here {
				continue
			}
			mean, v := say(i, k/3, k%3)
			e := float64(full[i][k]) - mean
			n, rmse, score = n+1, rmse+e*e, score-0.5*(math.Log(2*math.Pi*v)+e*e/v)
			if math.Abs(e) < 1.6449*math.Sqrt(v) {
				held++
			}
		}
	}
	return math.Sqrt(rmse / n), score / n, held / n
}

// TestMissingPredicted removes three numbers of ten at random, fits to the others,
// and finds those that were removed: their posterior has less than 0.6 times the
// error of the mean of all numbers, gains more than 0.5 nats on its normal
// distribution, and its intervals hold what they say.
func TestMissingPredicted(t *testing.T) {
	if testing.Short() {
		t.Skip("a fit")
	}
	set, full := removed(t, 0.3)
	f, _ := lang.Parse(&diag.Source{Name: "gappy.ssm", Text: gappy})
	p, found := compiler.Compile(f, compiler.Config{Guide: "exact"})
	if found.HasErrors() {
		t.Fatal(found)
	}
	config := inference.DefaultConfig()
	if errs := config.Apply([]inference.Setting{{Key: "epochs", Value: "200"}, {Key: "optimizer.lr", Value: "0.02"}, {Key: "optimizer.clip_norm", Value: "100"}, {Key: "optimizer.schedule", Value: "cosine"}}); len(errs) > 0 {
		t.Fatal(errs)
	}
	run, err := inference.Fit(context.Background(), p.Model, &data.Bundle{Train: set}, config, inference.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rmse, score, held := judge(set, full, predictive(p, run.Params, set))
	baseRMSE, baseScore, _ := judge(set, full, climate(set))
	t.Logf("RMSE %.3f and %.3f by climatology; log score %.3f and %.3f; 90 %% intervals hold %.1f %%", rmse, baseRMSE, score, baseScore, 100*held)
	if rmse > 0.6*baseRMSE || score < baseScore+0.5 || math.Abs(held-0.9) > 0.02 {
		t.Errorf("RMSE %.3f and %.3f, log score %.3f and %.3f, 90 %% intervals hold %.3f", rmse, baseRMSE, score, baseScore, held)
	}
}
