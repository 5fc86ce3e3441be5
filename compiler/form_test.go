package compiler

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"ssmc/runtime"
	"ssmc/runtime/cpu"
	"ssmc/runtime/kernel"
	"ssmc/runtime/op"
)

// manyLags is a program whose latents are read at several times, and
// one latent that each sequence has once.
const manyLags = `
use std.nets
use std.cells

model Lags {
  observed x[t]: real[2]
  observed y[t]: count missing
  latent   b: real
  latent   z[t]: real[2]
  latent   s[t]: real
  b ~ Normal(mean=0.3, var=1)
  s[1] ~ Normal(mean=b, var=1)
  s[t] ~ Normal(mean=0.5 * s[t-1] + 0.1 * b, var=0.5)
  z[1] ~ Normal(mean=0, var=1)
  z[2] ~ Normal(mean=linear(z[1], 2), var=1)
  z[t] ~ Normal(mean=linear(concat(z[t-1], z[t-2], s[t], b), 2), sd=exp(0.1 * s[t-1]))
  x[t] ~ Normal(mean=linear(z[t], 2), sd=0.8)
  y[t] ~ Poisson(log_rate=0.3 * z[t][1] + 0.2 * b)
}

guide G = q(b | x[1:T]) * q(s[t] | s[t-1], b, x[t:T]) * q(z[t] | z[t-1], s[t], x[t:T]) with rnn=rnn(3)
`

var (
	lagsOnce  sync.Once
	lagsModel *runtime.Model
)

// lags is manyLags, which takes seconds to compile, compiled once.
func lags(t *testing.T) *runtime.Model {
	lagsOnce.Do(func() { lagsModel = load(t, manyLags, "G").Model })
	return lagsModel
}

// forwardGuides are those that a filter can take its proposals from.
var forwardGuides = []string{"ST_R", "ST_LR", "MF_L", "G"}

// TestFormGradient compares the gradients of joined samples with differences, as
// TestGradient does. Ancestors do not change with small steps.
func TestFormGradient(t *testing.T) {
	text := strings.Replace(small, "CELL", "gru(3)", 1)
	for _, guide := range forwardGuides {
		for _, join := range []op.Join{op.LogMean, op.Filter} {
			spec := runtime.Spec{Sampled: true, Train: true, Join: join}
			t.Run(join.String()+"/"+guide, func(t *testing.T) { checkForm(t, load(t, text, guide).Model, spec) })
		}
	}
	for _, join := range []op.Join{op.LogMean, op.Filter} {
		spec := runtime.Spec{Sampled: true, Train: true, Join: join}
		t.Run(join.String()+"/lags", func(t *testing.T) { checkForm(t, lags(t), spec) })
	}
}

// evaluate runs one form of a model on a batch, in float64.
func evaluate(t *testing.T, m *runtime.Model, s runtime.Spec, b *runtime.Batch, r runtime.Run, pool *kernel.Pool) *cpu.Machine[float64] {
	t.Helper()
	x, err := cpu.New(m, s, runtime.NewParams[float64](m.Params, 1), pool, r.Grad)
	if err != nil {
		t.Fatal(err)
	}
	if r.Coef == nil {
		r.Coef = coefficients(x.Terms(), 1)
	}
	if err := x.Run(b, r); err != nil {
		t.Fatal(err)
	}
	return x
}

// TestFormValues: forms that differ in their gradient alone have one value, and
// all forms of one sample are the sampled bound.
func TestFormValues(t *testing.T) {
	for _, m := range []*runtime.Model{load(t, strings.Replace(small, "CELL", "rnn(3)", 1), "G").Model, lags(t)} {
		b := invent(m, []int{5, 4, 4, 1}, rand.New(rand.NewPCG(1, 2)))
		cost := func(k int, s runtime.Spec) float64 {
			s.Sampled = true
			return evaluate(t, m, s, b, runtime.Run{K: k, Seed: 3}, nil).Cost()
		}
		for _, join := range []op.Join{op.Mean, op.LogMean} {
			if got, want := cost(4, runtime.Spec{Join: join, Pathwise: true}), cost(4, runtime.Spec{Join: join}); math.Abs(got-want) > 1e-9 {
				t.Errorf("%v by paths %v, plain %v", join, got, want)
			}
		}
		want := cost(1, runtime.Spec{})
		for _, s := range []runtime.Spec{{Join: op.LogMean}, {Join: op.Filter}, {FreeBits: 1}} {
			if got := cost(1, s); math.Abs(got-want) > 1e-9 {
				t.Errorf("%+v of one sample %v, want %v", s, got, want)
			}
		}
	}
}

// TestFormThreads: any number of threads gives the same bits.
func TestFormThreads(t *testing.T) {
	m := lags(t)
	b := invent(m, []int{40, 30, 30, 9}, rand.New(rand.NewPCG(1, 2)))
	pool := kernel.NewPool(3)
	defer pool.Close()
	for _, s := range []runtime.Spec{{Join: op.LogMean, Pathwise: true}, {Join: op.Filter}} {
		s.Sampled = true
		r := runtime.Run{K: 64, Seed: 3, Grad: true}
		one, three := evaluate(t, m, s, b, r, nil), evaluate(t, m, s, b, r, pool)
		if one.Cost() != three.Cost() || !slices.Equal(one.Grad(), three.Grad()) {
			t.Errorf("%+v: %v on one thread, %v on three", s, one.Cost(), three.Cost())
		}
	}
}

// TestFormSteady: what runs allocate, once memory has grown, does not depend on how much there
// is to weigh.
func TestFormSteady(t *testing.T) {
	m := lags(t)
	b := invent(m, []int{20, 20, 7}, rand.New(rand.NewPCG(1, 2)))
	for _, s := range []runtime.Spec{{}, {Join: op.LogMean, Pathwise: true}, {Join: op.Filter}} {
		s.Sampled = true
		x, err := cpu.New(m, s, runtime.NewParams[float32](m.Params, 1), nil, true)
		if err != nil {
			t.Fatal(err)
		}
		r := runtime.Run{K: 8, Seed: 3, Grad: true, Coef: coefficients(x.Terms(), 1)}
		n := testing.AllocsPerRun(5, func() {
			if err := x.Run(b, r); err != nil {
				t.Fatal(err)
			}
		})
		if n > 800 { // a closure for each product in a loop over 20 steps
			t.Errorf("%+v: %g allocations a run", s, n)
		}
	}
}

// TestBackwardGuide: particles cannot be drawn against the order of time, and the
// error says where.
func TestBackwardGuide(t *testing.T) {
	text := strings.Replace(small, "CELL", "rnn(3)", 1)
	for guide, want := range map[string]string{
		"q(z[t] | z[t+1], x[1:t], s)": "reads a later time of what is drawn",
	} {
		m := load(t, text, guide).Model
		_, err := m.Build(op.NewGraph(), runtime.Spec{Sampled: true, Join: op.Filter})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "guide") {
			t.Errorf("%s: %v", guide, err)
		}
	}
	m := load(t, linearModels["first steps"], "exact").Model
	for _, s := range []runtime.Spec{{Join: op.LogMean}, {Join: op.Filter}, {Pathwise: true}, {FreeBits: 1}} {
		if _, err := m.Build(op.NewGraph(), s); err == nil || !strings.Contains(err.Error(), "guide exact sums the latents out") {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

// TestFreeBits: with more free nats than there are, the KL has no gradient; with
// hardly any, it has all of it.
func TestFreeBits(t *testing.T) {
	m := lags(t)
	b := invent(m, []int{5, 4, 1}, rand.New(rand.NewPCG(1, 2)))
	for _, sampled := range []bool{false, true} {
		gradient := func(nats, beta float64) []float64 {
			g := op.NewGraph()
			terms, err := m.Build(g, runtime.Spec{Sampled: sampled})
			if err != nil {
				t.Fatal(err)
			}
			r := runtime.Run{K: 2, Seed: 3, Grad: true, Coef: coefficients(terms, beta)}
			return evaluate(t, m, runtime.Spec{Sampled: sampled, FreeBits: nats}, b, r, nil).Grad()
		}
		full := gradient(0, 1)
		if slices.Equal(gradient(1e6, 1), full) {
			t.Errorf("sampled %v: free bits make no difference", sampled)
		}
		if !sampled && !slices.Equal(gradient(1e-6, 1), full) { // a sampled KL may be negative
			t.Error("free bits are given where there is KL enough")
		}
		got, want := gradient(1e6, 1), gradient(0, 0)
		for i := range got {
			if math.Abs(got[i]-want[i]) > 1e-12 {
				t.Fatalf("sampled %v: gradient %d is %v with free bits, %v without KL", sampled, i, got[i], want[i])
			}
		}
	}
}
