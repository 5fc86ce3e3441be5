package main

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"ssmc/compiler"
	"ssmc/inference"
	"ssmc/inference/data"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
)

// regression is a level and a slope, which noise that wanders hides: given the
// data they are Gaussian together, and correlated.
const regression = `
model R {
  observed x[t]: real
  input    u[t]: real
  latent   z[t]: real
  %s
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=0.6 * z[t-1], var=0.4)
  x[t] ~ Normal(mean=a + b * u[t] + z[t], var=0.5)
}
`

func regressed(t *testing.T, decls, posterior string) *runtime.Model {
	t.Helper()
	f, found := lang.Parse(&diag.Source{Name: "test.ssm", Text: fmt.Sprintf(regression, decls)})
	p, more := compiler.Compile(f, compiler.Config{Guide: "exact", Posterior: posterior})
	if found.HasErrors() || more.HasErrors() {
		t.Fatal(found, more)
	}
	return p.Model
}

// levelData is data of one sequence.
func levelData() *data.Bundle {
	vars := []data.Var{{Name: "x", Role: data.Observed, Size: 1}, {Name: "u", Role: data.Input, Size: 1}}
	const n = 30
	x, u := make([]float32, n), make([]float32, n)
	for t := range n {
		u[t] = 2 + float32(t%7)/3
		x[t] = 1 + 0.5*u[t] + float32(math.Sin(float64(3*t)))
	}
	set := data.NewSet("level", vars, "", []data.Sequence{data.NewSequence(vars, "1", n, [][]float32{x, u}, nil, nil)})
	return &data.Bundle{Train: set}
}

// TestPosteriors compares posteriors of parameters with the exact one, which is
// Gaussian: its precision and mean are those of a quadratic, the log likelihood at
// given parameters and the log prior. Of full rank the standard deviations are
// right; of independent numbers they are those given the others.
func TestPosteriors(t *testing.T) {
	d := levelData()
	log := func(a, b float64) float64 {
		m := regressed(t, fmt.Sprintf("const a = %g\n  const b = %g\n  param c: real init 0\n", a, b), "")
		device := inference.NewCPU(1)
		defer device.Close()
		s, err := inference.Fitted{Model: m, Params: runtime.NewParams[float32](m.Params, 1), Device: device}.Bound(context.Background(), d.Train, inference.DefaultConfig())
		if err != nil {
			t.Fatal(err)
		}
		return -s.Value*float64(d.Train.Frames()) - a*a/(2*25) - b*b/(2*4)
	}
	zero, ea, eb := log(0, 0), log(1, 0), log(0, 1)
	paa, pbb := -(log(2, 0) - 2*ea + zero), -(log(0, 2) - 2*eb + zero)
	pab := -(log(1, 1) - ea - eb + zero)
	precision := mat.NewSymDense(2, []float64{paa, pab, pab, pbb})
	slope := mat.NewVecDense(2, []float64{ea - zero + paa/2, eb - zero + pbb/2})
	var chol mat.Cholesky
	chol.Factorize(precision)
	var mean mat.VecDense
	var cov mat.SymDense
	if chol.SolveVecTo(&mean, slope) != nil || chol.InverseTo(&cov) != nil {
		t.Fatal("the posterior is none")
	}
	for _, c := range []struct {
		posterior string
		sd        [2]float64
	}{
		{compiler.FullRank, [2]float64{math.Sqrt(cov.At(0, 0)), math.Sqrt(cov.At(1, 1))}},
		{compiler.MeanField, [2]float64{1 / math.Sqrt(paa), 1 / math.Sqrt(pbb)}},
	} {
		m := regressed(t, "param a: real ~ Normal(mean=0, sd=5)\n  param b: real ~ Normal(mean=0, sd=2)", c.posterior)
		config := inference.DefaultConfig()
		errs := config.Apply([]inference.Setting{{Key: "epochs", Value: "6000"}, {Key: "optimizer.lr", Value: "0.02"},
			{Key: "optimizer.schedule", Value: "cosine"}, {Key: "optimizer.clip_norm", Value: "100"}})
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		run, err := inference.Fit(context.Background(), m, d, config, inference.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range run.Posteriors() {
			if got, want := float64(p.Mean[0]), mean.AtVec(i); math.Abs(got-want) > 0.15*c.sd[i] {
				t.Errorf("%s: %s has mean %.3f, want %.3f", c.posterior, p.Name, got, want)
			}
			if got := float64(p.SD[0]); math.Abs(got/c.sd[i]-1) > 0.1 {
				t.Errorf("%s: %s has sd %.4f, want %.4f", c.posterior, p.Name, got, c.sd[i])
			}
			if width := float64(p.High[0] - p.Low[0]); math.Abs(width/(2*1.645*c.sd[i])-1) > 0.12 {
				t.Errorf("%s: %s is between %.3f and %.3f", c.posterior, p.Name, p.Low[0], p.High[0])
			}
		}
	}
}

// TestPosteriorsClipped warns where the gradient is clipped to the end, which
// makes posteriors too wide, and not where it is not.
func TestPosteriorsClipped(t *testing.T) {
	m := regressed(t, "param a: real ~ Normal(mean=0, sd=5)\n  param b: real ~ Normal(mean=0, sd=2)", compiler.FullRank)
	for clip, want := range map[string]int{"0": 0, "0.5": 1} {
		config := inference.DefaultConfig()
		if errs := config.Apply([]inference.Setting{{Key: "epochs", Value: "40"}, {Key: "optimizer.clip_norm", Value: clip}}); len(errs) > 0 {
			t.Fatal(errs)
		}
		run, err := inference.Fit(context.Background(), m, levelData(), config, inference.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(strings.Join(run.Notes, ";"), "posteriors of parameters come out too wide"); n != want {
			t.Errorf("clipped at %s: %q", clip, run.Notes)
		}
	}
}
