package compiler

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"ssmc/runtime"
	"ssmc/runtime/cpu"
)

// linearModels are linear-Gaussian models, each with what makes exact inference
// hard to recognise: nets, slices, inputs, several latents, blanks.
var linearModels = map[string]string{
	"walk": `
model M {
  observed x[t]: real
  latent   z[t]: real
  z[1] ~ Normal(mean=0.3, var=2)
  z[t] ~ Normal(mean=0.9 * z[t-1] + 0.05, var=0.5)
  x[t] ~ Normal(mean=0.5 * z[t], sd=0.8)
}
guide N = q(z[t]) {
  z[t] ~ Normal(mean=0, var=1)
}`,
	"from": `
model M {
  observed x[t]: real[2]
  latent   z[t]: real[2]
  latent   w[t]: real
  z[0] = [2, -1]
  w[0] = 0
  z[t] ~ Normal(mean=0.9 * z[t-1] + 0.1, var=0.5)
  w[t] ~ Normal(mean=0.7 * w[t-1] - z[t-1][2], var=0.3)
  x[t] ~ Normal(mean=z[t] + w[t], sd=0.8)
}
guide N = q(z[t]) * q(w[t]) {
  z[t] ~ Normal(mean=0, var=1)
  w[t] ~ Normal(mean=0, var=1)
}`,
	"vectors": `
use std.nets
model M {
  observed x[t]: real[3] missing
  observed n[t]: count
  input    u[t]: real[2]
  latent   z[t]: real[2]
  latent   w[t]: real
  param A: real[2, 2] init 0.5 * eye(2)
  param q: real[2] > 0
  net emit = linear(3, 3)
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=A @ z[t-1] + [0.1 * w[t-1], 0.2 * z[t-1][1]] + u[t], var=q)
  w[1] ~ Normal(mean=u[1][1], var=1)
  w[t] ~ Normal(mean=0.7 * w[t-1] - u[t-1][2], sd=exp(0.1 * u[t][1]))
  let h[t] = concat(z[t], w[t])
  x[t] ~ Normal(mean=emit(h[t]) + sum(z[t]), sd=0.5 + square(u[t][2]))
  n[t] ~ Poisson(log_rate=u[t][1])
}
guide N = q(z[t]) * q(w[t]) {
  z[t] ~ Normal(mean=0, var=1)
  w[t] ~ Normal(mean=0, var=1)
}`,
	"mixed": `
model M {
  observed x[t]: real[2]
  observed y[t]: real missing
  input    u[t]: real
  latent   b[t]: real[2]
  latent   a[t]: real
  param W: real[2, 2]
  a[1] ~ Normal(mean=0.2, var=1)
  a[t] ~ Normal(mean=0.9 * a[t-1] + b[t-1][1], var=0.3)
  b[1] ~ Normal(mean=[a[1], 0], var=2)
  b[t] ~ Normal(mean=W @ b[t-1] + [a[t], 0.5 * a[t] - u[t]], sd=exp(0.2 * u[t]))
  x[t] ~ Normal(mean=b[t] + a[t], var=0.4)
  y[t] ~ Normal(mean=a[t], var=0.6)
}
guide N = q(a[t]) * q(b[t]) {
  a[t] ~ Normal(mean=0, var=1)
  b[t] ~ Normal(mean=0, var=1)
}`,
	"first steps": `
model M {
  observed x[t]: real
  observed y[t]: real
  latent   z[t]: real
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=0.9 * z[t-1] + 0.2 * y[t-1], var=0.5)
  x[1] ~ Normal(mean=3, var=0.2)
  x[t] ~ Normal(mean=z[t] + 0.5 * x[t-1], var=0.3)
  y[0] = 0
  y[t] ~ Normal(mean=z[t] - 0.5 * y[t-1], var=0.4)
}
guide N = q(z[t]) {
  z[t] ~ Normal(mean=0, var=1)
}`,
	"one value a sequence": `
model M {
  observed x[t]: real[2] missing
  observed y[t]: real
  static   s: real[2]
  latent   z[t]: real
  latent   b: real[2]
  param w: real[2] init 0.6
  b ~ Normal(mean=2 * s, var=[0.5, 3])
  z[1] ~ Normal(mean=b[1], var=0.2)
  z[t] ~ Normal(mean=0.9 * z[t-1] + sum(b * w), var=0.5)
  x[t] ~ Normal(mean=z[t] + b, var=0.3)
  y[t] ~ Normal(mean=z[t], var=0.4)
}
guide N = q(b) * q(z[t]) {
  b ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=0, var=1)
}`,
	"irregular times": `
model M {
  time hours
  observed x[t]: real missing
  observed y[t]: real
  latent   z[t]: real
  param k: real > 0 init 0.8
  z[1] ~ Normal(mean=0, sd=1)
  z[t] ~ Normal(mean=z[t-1] * exp(-k * dt[t]), sd=sqrt((1 - exp(-2 * k * dt[t])) / (2 * k)))
  x[t] ~ Normal(mean=z[t], sd=0.3)
  dt[1] = 2
  y[t] ~ Normal(mean=z[t], var=dt[t])
}
guide N = q(z[t]) {
  z[t] ~ Normal(mean=0, var=1)
}`,
	"varying": `
model M {
  observed x[t]: real[2]
  input    u[t]: real
  latent   z[t]: real[2]
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=z[t-1] * exp(-0.3 * square(u[t])), var=1)
  x[t] ~ Normal(mean=z[t], var=0.1)
}
guide N = q(z[t]) {
  z[t] ~ Normal(mean=0, var=1)
}`,
}

// TestExact compares the exact likelihood with the integral of the joint density
// over the latents: its logarithm is a quadratic, found by its values at unit
// steps, which are exact in float32.
func TestExact(t *testing.T) {
	for name, text := range linearModels {
		t.Run(name, func(t *testing.T) {
			lens := []int{4, 3, 1}
			data := invent(load(t, text, "exact").Model, lens, rand.New(rand.NewPCG(7, 8)))
			got := exactLikelihood(t, load(t, text, "exact"), data)
			want := integral(t, load(t, text, "N"), data)
			if math.Abs(got-want) > 1e-9*(1+math.Abs(want)) {
				t.Errorf("log p(x) = %.12f, want %.12f", got, want)
			}
		})
	}
}

func exactLikelihood(t *testing.T, p *Program, b *runtime.Batch) float64 {
	m := p.Model
	x, err := cpu.New(m, runtime.Spec{}, runtime.NewParams[float64](m.Params, 1), nil, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Run(b, runtime.Run{K: 1, Coef: coefficients(x.Terms(), 1), Grad: true}); err != nil {
		t.Fatal(err)
	}
	return -x.Cost()
}

// integral is the log of the integral of the joint density over the latents of
// all sequences. The guide draws standard normal noise: noise is the latents.
func integral(t *testing.T, p *Program, b *runtime.Batch) float64 {
	noiseAsData(p)
	m := p.Model
	x, err := cpu.New(m, runtime.Spec{Sampled: true}, runtime.NewParams[float64](m.Params, 1), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	batch := *b
	frames := 0
	for _, n := range b.Lens {
		frames += n
	}
	var z []*float32
	for _, port := range m.Ports[len(b.Data):] {
		rows := frames
		if port.Static {
			rows = len(b.Lens)
		}
		values := make([]float32, rows*port.Cols)
		batch.Data, batch.Present = append(batch.Data, values), append(batch.Present, nil)
		for i := range values {
			z = append(z, &values[i])
		}
	}
	coef := coefficients(x.Terms(), 1)
	for i, term := range x.Terms() {
		if term.Kind == runtime.Posterior {
			coef[i] = 0
		}
	}
	joint := func() float64 {
		if err := x.Run(&batch, runtime.Run{K: 1, Coef: coef}); err != nil {
			t.Fatal(err)
		}
		return -x.Cost()
	}
	return gaussianIntegral(z, joint)
}

// gaussianIntegral is the log of the integral of exp f over z, for a quadratic f
// that reads *z.
func gaussianIntegral(z []*float32, f func() float64) float64 {
	n := len(z)
	at := func(i, j int) float64 {
		*z[i]++
		*z[j]++
		v := f()
		*z[i], *z[j] = 0, 0
		return v
	}
	zero := f()
	unit := make([]float64, n)
	for i := range z {
		*z[i] = 1
		unit[i] = f()
		*z[i] = 0
	}
	precision := mat.NewSymDense(n, nil)
	slope := mat.NewVecDense(n, nil)
	for i := range z {
		for j := i; j < n; j++ {
			h := at(i, j) - unit[i] - unit[j] + zero
			precision.SetSym(i, j, -h)
		}
		slope.SetVec(i, unit[i]-zero+0.5*precision.At(i, i))
	}
	var chol mat.Cholesky
	if !chol.Factorize(precision) {
		return math.NaN()
	}
	var mode mat.VecDense
	if err := chol.SolveVecTo(&mode, slope); err != nil {
		return math.NaN()
	}
	return zero + 0.5*mat.Dot(slope, &mode) + 0.5*float64(n)*math.Log(2*math.Pi) - 0.5*chol.LogDet()
}
