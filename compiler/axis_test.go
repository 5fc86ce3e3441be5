package compiler

import (
	"math/rand/v2"
	"testing"

	"ssmc/lang"
	"ssmc/lang/diag"
)

// rates is a model of two rates: w stays for three steps, v for two.
const rates = `
use std.nets
model R {
  index s = every(3, t)
  index r = every(2, t)
  observed x[t]: real[2] missing
  latent   w[s]: real[2]
  latent   v[r]: real
  latent   z[t]: real
  net slow = gated(2, hidden=3)
  w[1] ~ Normal(mean=0, var=1)
  w[s] ~ Normal(slow(w[s-1]))
  v[0] = 0.5
  v[r] ~ Normal(mean=0.7 * v[r-1], sd=0.4)
  z[1] ~ Normal(mean=linear(w[1], 1), var=1)
  z[t] ~ Normal(mean=0.5 * z[t-1] + sum(w[s]) * v[r], var=0.2)
  x[t] ~ Normal(mean=z[t] + w[s], var=0.3)
}
guide G = q(w[s] | w[s-1], x[1:T]) * q(v[r] | v[r-1], w[s], x[t:T]) * q(z[t] | z[t-1], w[s], v[r], x[t:T]) with rnn=gru(3), embed=none
`

// TestRates compares bounds of several rates with the plain twin and with finite
// differences: a block counts once, and is held.
func TestRates(t *testing.T) {
	for _, guide := range []string{"G", "auto", "ST_L"} {
		checkPlain(t, load(t, rates, guide))
		checkGradient(t, load(t, rates, guide).Model, false)
		checkGradient(t, load(t, rates, guide).Model, true)
	}
}

// TestRatesDerived derives factors for a block and for its steps.
func TestRatesDerived(t *testing.T) {
	u := placed(t, `
  index s = every(4, t)
  observed x[t]: real
  latent w[s]: real
  latent z[t]: real
  w[1] ~ Normal(mean=0, var=1)
  w[s] ~ Normal(mean=w[s-1], var=1)
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=z[t-1] + w[s], var=1)
  x[t] ~ Normal(mean=z[t], var=1)`)
	const want = "q(w[s] | w[s-1], z[t-1], x[t:T]) * q(z[t] | w[s], z[t-1], x[t:T])"
	if got := factorisation(u.invert(false)); got != want {
		t.Errorf("derived %s, want %s", got, want)
	}
}

// TestRatesDraw simulates a block that stays what it was drawn as: w begins at
// 100 and doubles from block to block, and x is w.
func TestRatesDraw(t *testing.T) {
	f, found := lang.Parse(&diag.Source{Name: "test.ssm", Text: `
model M {
  index s = every(3, t)
  observed x[t]: real
  latent   w[s]: real
  w[1] ~ Normal(mean=100, var=1)
  w[s] ~ Normal(mean=2 * w[s-1], var=1)
  x[t] ~ Normal(mean=w[s], var=1e-6)
}`})
	s, more := NewSimulator(f, Config{Library: library}, "")
	if found.HasErrors() || more.HasErrors() {
		t.Fatal(found, more)
	}
	got, err := s.Draw(Given{Steps: 8, Data: [][]float32{nil}}, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	w, x := got.Latents[0], got.Data[0]
	for i := range x {
		if !near32(x[i], w[i], 0.01) || w[i] != w[i-i%3] || i >= 3 && !near32(w[i], 2*w[i-3], 6) {
			t.Fatal("w is", w, "and x", x)
		}
	}
}
