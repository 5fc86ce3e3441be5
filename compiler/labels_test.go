package compiler

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLabels tells which sizes of parameters count the classes of a latent.
func TestLabels(t *testing.T) {
	s := simulator(t, `
model M {
  const K = 2
  observed x[t]: real[2]
  latent   c[t]: one_of[K]
  latent   d[t]: one_of[3]
  param P: simplex[K] for k in 1:K
  param R: simplex[3] for k in 1:3
  param A: real[K, 2, 2]
  param B: real[3]
  param Q: cov[2] for k in 1:K
  param s: real[2] > 0
  c[1] ~ Categorical(probs=[0.5, 0.5])
  c[t] ~ Categorical(probs=P[c[t-1]])
  d[1] ~ Categorical(probs=[0.5, 0.5, 0])
  d[t] ~ Categorical(probs=R[d[t-1]])
  x[t] ~ MVNormal(mean=A[c[t]] @ s + B[d[t]], cov=Q[c[t]])
}`)
	want := []Labels{
		{"c", 2, map[string][]int{"M.P": {0, 1}, "M.A": {0}, "M.Q": {0}}},
		{"d", 3, map[string][]int{"M.R": {0, 1}, "M.B": {0}}},
	}
	if d := cmp.Diff(want, s.Labels()); d != "" {
		t.Error(d)
	}
}
