package compiler

import (
	"math/rand/v2"
	"testing"

	"ssmc/lang"
	"ssmc/lang/diag"
)

// still is a program with latents that have one value a sequence: at the head of
// a chain, beside it, read through definitions and by nets.
const still = `
use std.nets
use std.cells

model Still {
  observed x[t]: real[2] missing
  input    u[t]: real
  static   s: real[2]
  latent   z[t]: real[2]
  latent   b: real[3]
  latent   a: real
  param w: real[3, 2]
  let g = b @ w

  a ~ Normal(mean=linear(gru(u[1:T], 3), 1)[1] + u[1] - u[T], var=1.5)
  b ~ Normal(mean=linear(s, 3) + a, sd=0.7)
  z[1] ~ Normal(mean=g, var=1)
  let h[t] = concat(z[t], b)
  z[t] ~ Normal(mean=tanh(linear(h[t-1], 2)), var=0.2)
  x[t] ~ Normal(mean=z[t] + g * u[t], var=0.3)
}

guide G = q(a | x[1:T], u[1:T], s) * q(b | a, x[1:T]) * q(z[t] | b, z[t-1], x[t:T]) with rnn=gru(4)
guide B = q(a | x[1:T]) * q(b | a, x[1:T]) * q(z[t] | b, z[t-1], x[t:T]) {
  let r[t] = lstm(x[t:T], 4)
  let m = linear(concat(r[1], r[T]), 3)
  a ~ Normal(mean=linear(lstm(x[1:T], 4), 1), sd=0.3)
  b ~ Normal(mean=m + a, var=softplus(m))
  z[t] ~ Normal(mean=linear(concat(z[t-1], b, r[t]), 2), var=0.1)
}
`

// TestStill compares whole bounds with the plain twin and with finite
// differences, as TestPlain and TestGradient do.
func TestStill(t *testing.T) {

	guides := []string{"G", "B", "q(z[t] | z[t-1], x[t:T]) * q(b | z[1:T]) * q(a | b, u[1:T]) with combine=concat",
		"q(a | x[1:T], u[1:T]) * q(b | a, s) * q(z[t] | b, z[t-1], x[t:T]) with combine=prior"}
	if !testing.Short() {
		guides = append(guides, "ST_R", "MF_LR", "auto", "q(a) * q(b | x[1:T]) * q(z[t] | x[t]) with combine=product")
	}
	for _, guide := range guides {
		t.Run(guide, func(t *testing.T) {
			checkPlain(t, load(t, still, guide))
			checkGradient(t, load(t, still, guide).Model, false)
			checkGradient(t, load(t, still, guide).Model, true)
		})
	}
}

// TestStillDraws draws b once a sequence: x at two times has it in common.
func TestStillDraws(t *testing.T) {
	f, found := lang.Parse(&diag.Source{Name: "test.ssm", Text: `
model M {
  observed x[t]: real
  latent   b: real[2]
  b ~ Normal(mean=[100, 10], var=4)
  x[t] ~ Normal(mean=b[1] + b[2], var=1e-6)
}`})
	s, more := NewSimulator(f, Config{Library: library}, "")
	if found.HasErrors() || more.HasErrors() {
		t.Fatal(found, more)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		got, err := s.Draw(Given{Steps: 3, Data: [][]float32{nil}}, r)
		if err != nil {
			t.Fatal(err)
		}
		x, b := got.Data[0], got.Latents[0]
		if len(b) != 2 || !s.Latents[0].Static || !near32(x[0], b[0]+b[1], 0.01) || !near32(x[2], x[0], 0.01) {
			t.Fatal("x is", x, "and b", b)
		}
	}
}

func near32(a, b float32, tol float64) bool { return float64(max(a-b, b-a)) < tol }
