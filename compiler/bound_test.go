package compiler

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
	"ssmc/runtime/cpu"
	"ssmc/runtime/op"
)

// small is a program whose pieces a test fills in.
const small = `
use std.nets
use std.cells

model Small {
  observed x[t]: real[2]
  observed y[t]: binary[3]
  observed n[t]: count missing
  observed c[t]: one_of[4]
  input    u[t]: real
  static   s: real[2]
  latent   z[t]: real[3]
  param    a: real > 0 init 0.7
  param    r: real in (-1, 1) init 0.3
  net trans = gated(4, hidden=5, out=3)
  net body  = mlp(3, hidden=[4, 3], act=tanh)
  x[0] = 0
  z[1] ~ Normal(mean=linear(s, 3), sd=1.3)
  z[t] ~ Normal(trans(concat(z[t-1], u[t])))
  let h[t] = body(z[t])
  x[t] ~ Normal(mean=linear(h[t], 2) + r * x[t-1], sd=a)
  y[t] ~ Bernoulli(logits=linear(h[t], 3))
  n[t] ~ Poisson(log_rate=sum(h[t]))
  c[t] ~ Categorical(logits=linear(h[t], 4))
}

guide G = q(z[t] | z[t-1], x[t-1:T], y[t:T], n[t:T], c[t:T], u[t], s) with rnn=CELL
`

// load compiles a program that must be right.
func load(t testing.TB, text, guide string) *Program {
	t.Helper()
	src := &diag.Source{Name: "test.ssm", Text: text}
	f, found := lang.Parse(src)
	if found.HasErrors() {
		t.Fatal(found)
	}
	p, found := Compile(f, Config{Library: library, Guide: guide})
	if found.HasErrors() {
		t.Fatal(found)
	}
	return p
}

// invent draws data of the right kinds for the ports of a model.
func invent(m *runtime.Model, lens []int, r *rand.Rand) *runtime.Batch {
	b := &runtime.Batch{Lens: lens, Index: make([]int, len(lens))}
	frames := 0
	for i, n := range lens {
		frames, b.Index[i] = frames+n, i
	}
	for _, p := range m.Ports {
		rows := frames
		if p.Static {
			rows = len(lens)
		}
		x := make([]float32, rows*p.Cols)
		var here []float32
		for i := range x {
			x[i] = inventOne(p, r)
		}
		if p.Missing {
			here = make([]float32, len(x))
			for i := range here {
				here[i] = float32(r.IntN(2))
				x[i] *= here[i]
			}
		}
		b.Data, b.Present = append(b.Data, x), append(b.Present, here)
	}
	return b
}

func inventOne(p runtime.Port, r *rand.Rand) float32 {
	if p.Clock != "" {
		return float32(0.1 + r.ExpFloat64())
	}
	switch p.Kind {
	case runtime.Binary:
		return float32(r.IntN(2))
	case runtime.Count:
		return float32(r.IntN(5))
	case runtime.OneOf:
		return float32(r.IntN(p.Classes))
	}
	return float32(r.NormFloat64())
}

// coefficients weighs the terms of a bound, the annealed ones by beta.
func coefficients(terms []runtime.Term, beta float64) (c []float64) {
	for _, t := range terms {
		k := -t.Kind.Sign()
		if t.Kind.Annealed() {
			k *= beta
		}
		c = append(c, k)
	}
	return c
}

// testedCells are the cells that whole bounds are tested with.
func testedCells() []string {
	if testing.Short() {
		return []string{"lstm(4, layers=2)"}
	}
	return []string{"rnn(4)", "gru(4)", "lstm(4, layers=2)"}
}

// TestGradient compares the gradient of whole bounds with central differences
// in float64. Steps of 1e-5 leave errors near 1e-9 of the third derivative and
// 1e-10 of rounding; a relative 1e-5 allows for kinks of relu close by.
func TestGradient(t *testing.T) {
	for _, cell := range testedCells() {
		text := strings.Replace(small, "CELL", cell, 1)
		for _, guide := range append(structureNames(), "G", "q(z[t] | z[t-1], x[t:T], u[t], s) with combine=prior") {
			for _, sampled := range []bool{false, true} {
				t.Run(cell+"/"+guide, func(t *testing.T) {
					checkGradient(t, load(t, text, guide).Model, sampled)
				})
			}
		}
	}
}

func checkGradient(t *testing.T, m *runtime.Model, sampled bool) {
	t.Helper()
	checkForm(t, m, runtime.Spec{Sampled: sampled, Train: true})
}

// checkForm compares the gradient of one form of a bound.
func checkForm(t *testing.T, m *runtime.Model, s runtime.Spec) {
	t.Helper()
	params := runtime.NewParams[float64](m.Params, 1)
	x, err := cpu.New(m, s, params, nil, true)
	if err != nil {
		t.Fatal(err)
	}
	b := invent(m, []int{4, 3, 1}, rand.New(rand.NewPCG(1, 2)))
	k := 2
	if s.Join == op.Filter {
		k = 5 // of two particles none is ever dropped
	}
	run := runtime.Run{K: k, Coef: coefficients(x.Terms(), 0.6), Seed: 3, Step: 4, Grad: true}
	if err := x.Run(b, run); err != nil {
		t.Fatal(err)
	}
	grad := append([]float64{}, x.Grad()...)
	run.Grad = false
	cost := func() float64 {
		if err := x.Run(b, run); err != nil {
			t.Fatal(err)
		}
		return x.Cost()
	}
	const h = 1e-5
	bad := 0
	for i, q := range m.Params {
		v := params.Get(i)
		for _, j := range []int{0, len(v) / 2, len(v) - 1} {
			old := v[j]
			v[j] = old + h
			hi := cost()
			v[j] = old - h
			want := (hi - cost()) / (2 * h)
			v[j] = old
			if got := grad[params.Off[i]+j]; math.Abs(got-want) > 1e-5*(1+math.Abs(want)) {
				t.Errorf("d/d %s[%d] = %v, want %v", q.Name, j, got, want)
				bad++
			}
		}
		if bad > 5 {
			return
		}
	}
}
