package compiler

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"

	"ssmc/runtime"
	"ssmc/runtime/cpu"
)

// partlySeen has what may be blank in every way: coordinates that are correlated,
// and others that are independent given the latent.
const partlySeen = `
model M {
  observed x[t]: real[2] missing
  observed y[t]: real missing
  observed b[t]: binary missing
  latent   z[t]: real[2]
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=0.8 * z[t-1], var=0.5)
  x[t] ~ MVNormal(mean=z[t], cov=[[1, 0.7], [0.7, 0.9]])
  y[t] ~ Normal(mean=z[t][1] - z[t][2], sd=0.6)
  b[t] ~ Bernoulli(logits=z[t][1])
}
guide G = q(z[t]) {
  z[t] ~ Normal(mean=0.2, sd=0.7)
}`

// partlyExact is the same without what a Kalman filter cannot sum over.
const partlyExact = `
model M {
  observed x[t]: real[2] missing
  observed y[t]: real missing
  latent   z[t]: real[2]
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=0.8 * z[t-1], var=0.5)
  x[t] ~ MVNormal(mean=z[t], cov=[[1, 0.7], [0.7, 0.9]])
  y[t] ~ Normal(mean=z[t][1] - z[t][2], sd=0.6)
}`

// partlyData is one sequence of three steps, in which coordinates are blank.
func partlyData(m *runtime.Model) *runtime.Batch {
	b := &runtime.Batch{Lens: []int{3}, Index: []int{0}}
	x := [][]float32{{0.5, 9, 9, -0.3, 9, 9}, {0.2, 9, -0.8}, {1, 9, 0}}
	here := [][]float32{{1, 0, 0, 1, 0, 0}, {1, 0, 1}, {1, 0, 1}}
	b.Data, b.Present = x[:len(m.Ports)], here[:len(m.Ports)]
	return b
}

// likelihoodOf is the sum of the likelihood terms of a batch, at the same noise
// each time.
func likelihoodOf(t *testing.T, x *cpu.Machine[float64], b *runtime.Batch) (total float64) {
	t.Helper()
	if err := x.Run(b, runtime.Run{K: 1, Coef: coefficients(x.Terms(), 1), Seed: 3}); err != nil {
		t.Fatal(err)
	}
	for i, term := range x.Terms() {
		if term.Kind == runtime.Likelihood {
			total += floats.Sum(x.Term(i))
		}
	}
	return total
}

// TestMissingQuadrature compares the likelihood where a coordinate is blank with
// the integral of that where it is there, over all its values: the trapezoid rule
// with steps of 1/8 over 48 units is exact to rounding for these smooth densities.
func TestMissingQuadrature(t *testing.T) {
	for name, c := range map[string]struct{ text, guide string }{"sampled": {partlySeen, "G"}, "exact": {partlyExact, "exact"}} {
		t.Run(name, func(t *testing.T) {
			m := load(t, c.text, c.guide).Model
			x, err := cpu.New(m, runtime.Spec{}, runtime.NewParams[float64](m.Params, 1), nil, false)
			if err != nil {
				t.Fatal(err)
			}
			b := partlyData(m)
			want := likelihoodOf(t, x, b)
			for i, p := range m.Ports {
				for j, here := range b.Present[i] {
					if here == 1 {
						continue
					}
					if got := integrated(t, x, b, p, i, j); math.Abs(got-want) > 1e-9*math.Abs(want) {
						t.Errorf("%s without number %d: %.12f, and the integral is %.12f", p.Name, j, want, got)
					}
				}
			}
		})
	}
}

// integrated is the log of the integral of the likelihood over one number that is
// blank; others stay so.
func integrated(t *testing.T, x *cpu.Machine[float64], b *runtime.Batch, p runtime.Port, port, number int) float64 {
	old := b.Data[port][number]
	b.Present[port][number] = 1
	defer func() { b.Present[port][number], b.Data[port][number] = 0, old }()
	var logs []float64
	values, width := grid(-24, 24, 1.0/8)
	if p.Kind == runtime.Binary {
		values, width = []float64{0, 1}, 1
	}
	for _, v := range values {
		b.Data[port][number] = float32(v)
		logs = append(logs, likelihoodOf(t, x, b)+math.Log(width))
	}
	return floats.LogSumExp(logs)
}

func grid(lo, hi, step float64) (values []float64, width float64) {
	for v := lo; v <= hi; v += step {
		values = append(values, v)
	}
	return values, step
}

// TestMissingBlanks shows that what stands in a blank makes no difference to a
// density, nor to its gradient.
func TestMissingBlanks(t *testing.T) {
	m := load(t, strings.Replace(partlySeen, "sd=0.6)", "sd=s)\n  param s: real > 0", 1), "G").Model
	params := runtime.NewParams[float64](m.Params, 1)
	x, err := cpu.New(m, runtime.Spec{}, params, nil, true)
	if err != nil {
		t.Fatal(err)
	}
	b := partlyData(m)
	var costs []float64
	var grads [][]float32
	for _, filler := range []float32{0, 0.9, -123} {
		for i := range b.Data {
			for j, here := range b.Present[i] {
				if here == 0 && (m.Ports[i].Kind != runtime.Binary || filler == 0) {
					b.Data[i][j] = filler
				}
			}
		}
		if err := x.Run(b, runtime.Run{K: 1, Coef: coefficients(x.Terms(), 1), Seed: 3, Grad: true}); err != nil {
			t.Fatal(err)
		}
		costs, grads = append(costs, x.Cost()), append(grads, slices.Clone(x.Gradient()))
	}
	for i := range costs {
		if costs[i] != costs[0] || !slices.Equal(grads[i], grads[0]) {
			t.Errorf("the cost is %v where blanks hold something else, and was %v", costs[i], costs[0])
		}
	}
}

// TestMissingGuide shows that a guide of one line reads of what may be missing
// both the value, where it is there, and whether it is: of observations and of
// inputs.
func TestMissingGuide(t *testing.T) {
	text := `
model M {
  observed y[t]: real missing
  input    u[t]: real missing
  latent   z[t]: real
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=0.5 * z[t-1] + present(u[t]) * u[t], var=1)
  y[t] ~ Normal(mean=z[t], var=1)
}`
	m := load(t, text, "q(z[t] | z[t-1], y[t:T], u[t]) with rnn=gru(4)").Model
	x, err := cpu.New(m, runtime.Spec{Latents: true}, runtime.NewParams[float64](m.Params, 1), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	first := func(y, yHere, u, uHere float32) float64 {
		b := &runtime.Batch{Lens: []int{2}, Index: []int{0}, Data: [][]float32{{y, 1}, {u, 1}}, Present: [][]float32{{yHere, 1}, {uHere, 1}}}
		if err := x.Run(b, runtime.Run{K: 1, Coef: coefficients(x.Terms(), 1), Seed: 3}); err != nil {
			t.Fatal(err)
		}
		return x.Latent(0)[0]
	}
	base := first(0, 1, 0, 1)
	for what, z := range map[string]float64{"another y": first(1, 1, 0, 1), "no y": first(0, 0, 0, 1), "another u": first(0, 1, 1, 1), "no u": first(0, 1, 0, 0)} {
		if z == base {
			t.Errorf("with %s z is %v, as where zeros are seen", what, z)
		}
	}
}
