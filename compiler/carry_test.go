package compiler

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ssmc/runtime"
	"ssmc/runtime/cpu"
	"ssmc/runtime/op"
)

// forward is a program in which everything flows forwards, by every way to read
// an earlier time.
const forward = `
use std.nets
use std.cells

model Forward {
  time days
  observed x[t]: real[2]
  observed y[t]: count missing
  input    u[t]: real
  static   s: real[2]
  index k = every(3, t)
  latent   z[t]: real[2]
  latent   w[k]: real
  z[1] ~ Normal(mean=linear(s, 2), var=1)
  z[2] ~ Normal(mean=linear(z[1], 2), var=1)
  z[t] ~ Normal(mean=linear(concat(z[t-1], z[t-2], u[t-1]), 2), sd=exp(-0.1 * dt[t]))
  w[1] ~ Normal(mean=0, var=1)
  w[k] ~ Normal(mean=0.8 * w[k-1], var=0.5)
  let h[0] = zeros(2)
  let h[t] = tanh(linear(concat(h[t-1], z[t]), 2))
  x[0] = 0
  x[t] ~ Normal(mean=h[t] + 0.3 * x[t-1] + w[k], sd=0.8)
  y[t] ~ Poisson(log_rate=0.3 * z[t][1])
}

guide G = q(w[k] | w[k-1], x[1:t]) * q(z[t] | z[t-2:t-1], x[t], y[1:t], u[t], s) with rnn=CELL

guide Ahead = q(w[k] | w[k-1]) * q(z[t] | z[t-1], x[t+1], x[t:T], y[1:t]) with rnn=gru(3)
`

// walkOnly is a program whose latent can be summed out.
const walkOnly = `
model Walk {
  observed x[t]: real
  latent   z[t]: real
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=0.9 * z[t-1], var=1)
  x[t] ~ Normal(mean=z[t], var=1)
}
`

// pieceOf is the frames lo to hi of sequence i of a batch, of k samples, as a batch
// of a machine that carries.
func pieceOf(m *runtime.Model, b *runtime.Batch, i, lo, hi int) *runtime.Batch {
	lay := op.NewLayout(b.Lens)
	out := &runtime.Batch{Lens: []int{hi - lo}, Index: []int{i}, From: []int{lo}, More: []bool{hi < b.Lens[i]}}
	take := func(x []float32, p runtime.Port) (rows []float32) {
		for t := lo; t < hi && x != nil; t++ {
			row := lay.Off[t] + i
			if p.Static {
				row = i
			}
			if rows = append(rows, x[row*p.Cols:][:p.Cols]...); p.Static {
				break
			}
		}
		return rows
	}
	for j, p := range m.Ports {
		out.Data, out.Present = append(out.Data, take(b.Data[j], p)), append(out.Present, take(b.Present[j], p))
	}
	return out
}

// TestCarryIsWhole compares the terms of pieces with those of whole sequences, of
// the same noise: no term may tell where the cuts are. Rounding leaves 1e-12.
func TestCarryIsWhole(t *testing.T) {
	for _, cell := range testedCells() {
		prog := load(t, strings.Replace(forward, "CELL", cell, 1), "G")
		noiseAsData(prog)
		m := prog.Model
		b := invent(m, []int{11, 7, 4, 1}, rand.New(rand.NewPCG(5, 6)))
		for _, sampled := range []bool{false, true} {
			checkWhole(t, m, runtime.Spec{Sampled: sampled, Train: true}, b)
		}
	}
}

func checkWhole(t *testing.T, m *runtime.Model, s runtime.Spec, b *runtime.Batch) {
	t.Helper()
	want := evaluate(t, m, s, b, runtime.Run{K: 1}, nil)
	s.Carry = true
	x, err := cpu.New(m, s, runtime.NewParams[float64](m.Params, 1), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	lay := op.NewLayout(b.Lens)
	for i, n := range b.Lens {
		for _, cut := range [][2]int{{0, 1}, {1, 4}, {4, 9}, {9, 11}} {
			lo, hi := cut[0], min(n, cut[1])
			if lo >= hi {
				continue
			}
			if err := x.Run(pieceOf(m, b, i, lo, hi), runtime.Run{K: 1, Coef: coefficients(x.Terms(), 1)}); err != nil {
				t.Fatal(err)
			}
			for k, term := range x.Terms() {
				for at, got := range x.Term(k) {
					if want := want.Term(k)[lay.Off[lo+at]+i]; math.Abs(got-want) > 1e-12*(1+math.Abs(want)) {
						t.Fatalf("%s, sequence %d, time %d: %v, whole %v", term.Name, i, lo+at+1, got, want)
					}
				}
			}
		}
	}
}

// TestFlows: what is carried and what looks ahead is said in words of the program.
func TestFlows(t *testing.T) {
	text := strings.Replace(forward, "CELL", "lstm(3)", 1)
	for guide, want := range map[string][2][]string{
		"G": {{"h[t-1]", "lstm over x[1:t]", "lstm over y[1:t]", "u[t-1]", "w[k-1]", "w[k]", "x[t-1]", "z[t-1]", "z[t-2]"}, nil},
		"Ahead": {{"gru over y[1:t]", "h[t-1]", "u[t-1]", "w[k-1]", "w[k]", "x[t-1]", "z[t-1]", "z[t-2]"},
			{"gru over x[t:T]", "x[t+1]"}},
	} {
		m := load(t, text, guide).Model
		if !slices.Equal(m.Past, want[0]) || !slices.Equal(m.Ahead, want[1]) {
			t.Errorf("%s reads the past by %q, ahead by %q", guide, m.Past, m.Ahead)
		}
	}
}

// TestCarryRefusals: what pieces cannot share is an error before anything is run.
func TestCarryRefusals(t *testing.T) {
	whole := strings.NewReplacer("observed x[t]: real", "observed x[t]: real\n  input u[t]: real\n  let last = u[T]", "0.9 * z[t-1]", "0.9 * z[t-1] + last").Replace(walkOnly) +
		"guide G = q(z[t] | z[t-1], x[t])\n"
	for _, c := range []struct{ text, guide, want string }{
		{manyLags, "G", "b has one value a sequence"},
		{walkOnly, "exact", "guide exact sums the latents out"},
		{asChains(), "G", "is summed out over whole sequences"},
		{whole, "G", "takes in whole sequences"},
	} {
		p := load(t, c.text, c.guide)
		_, err := cpu.New(p.Model, runtime.Spec{Carry: true}, runtime.NewParams[float64](p.Model.Params, 1), nil, false)
		if err == nil || !strings.Contains(err.Error(), c.want) || p.CanCarry() == nil {
			t.Errorf("%s: %v, want %q", c.guide, err, c.want)
		}
	}
}
