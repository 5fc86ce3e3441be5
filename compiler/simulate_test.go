package compiler

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
)

// simulator compiles a program that must be right.
func simulator(t testing.TB, text string, set ...string) *Simulator {
	t.Helper()
	f, found := lang.Parse(&diag.Source{Name: "test.ssm", Text: text})
	if found.HasErrors() {
		t.Fatal(found)
	}
	s, found := NewSimulator(f, Config{Library: library}, "")
	if found.HasErrors() {
		t.Fatal(found)
	}
	for i := 0; i < len(set); i += 2 {
		if err := s.Set(set[i], set[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// sample draws n sequences from one stream of random numbers.
func sample(t testing.TB, s *Simulator, n int, g Given) (out []*Sample) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	for range n {
		x, err := s.Draw(g, r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, x)
	}
	return out
}

// column is one number of each sample.
func column(list []*Sample, f func(*Sample) float32) (out []float64) {
	for _, s := range list {
		out = append(out, float64(f(s)))
	}
	return out
}

// checkMean allows five standard errors: of a hundred checks none fails.
func checkMean(t *testing.T, what string, x []float64, want float64) {
	t.Helper()
	mean, sd := stat.MeanStdDev(x, nil)
	if se := sd / math.Sqrt(float64(len(x))); math.Abs(mean-want) > 5*se+1e-12 {
		t.Errorf("%s is %.5f ± %.5f, want %.5f", what, mean, se, want)
	}
}

// products is the mean of x y as data for checkMean.
func products(x, y []float64, mx, my float64) (out []float64) {
	for i := range x {
		out = append(out, (x[i]-mx)*(y[i]-my))
	}
	return out
}

const autoregression = `
model M {
  observed x[t]: real
  latent   z[t]: real
  param a: real in (-1, 1)
  param q: real > 0
  z[1] ~ Normal(mean=2, sd=q)
  z[t] ~ Normal(mean=a * z[t-1] + 0.3, var=q)
  x[t] ~ Normal(mean=3 * z[t] - 1, logvar=-1)
}`

// TestSimulateMoments compares means, variances and covariances over time with
// those of the linear recursion.
func TestSimulateMoments(t *testing.T) {
	const n, steps, a, q = 20000, 4, -0.6, 0.7
	s := simulator(t, autoregression, "a", "-0.6", "M.q", "0.7")
	all := sample(t, s, n, Given{Steps: steps})
	m, v := 2.0, q*q
	for k := range steps {
		if k > 0 {
			m, v = a*m+0.3, a*a*v+q
		}
		z := column(all, func(s *Sample) float32 { return s.Latents[0][k] })
		x := column(all, func(s *Sample) float32 { return s.Data[0][k] })
		mx, vx := 3*m-1, 9*v+math.Exp(-1)
		checkMean(t, fmt.Sprintf("E z[%d]", k+1), z, m)
		checkMean(t, fmt.Sprintf("E x[%d]", k+1), x, mx)
		checkMean(t, fmt.Sprintf("var z[%d]", k+1), products(z, z, m, m), v)
		checkMean(t, fmt.Sprintf("var x[%d]", k+1), products(x, x, mx, mx), vx)
		checkMean(t, fmt.Sprintf("cov(z, x)[%d]", k+1), products(z, x, m, mx), 3*v)
		if k+1 < steps {
			next := column(all, func(s *Sample) float32 { return s.Latents[0][k+1] })
			checkMean(t, fmt.Sprintf("cov(z[%d], z[%d])", k+1, k+2), products(z, next, m, a*m+0.3), a*v)
		}
	}
}

const nonlinear = `
model Nonlinear2D {
  observed x[t]: real[2]
  latent   z[t]: real[2]
  param alpha: real init Uniform(-0.2, 0.2)
  param beta:  real init Uniform(-0.2, 0.2)
  z[1] ~ Normal(mean=0, var=0.01)
  z[t] ~ Normal(mean=[0.2 * z[t-1][1] + tanh(alpha * z[t-1][2]), 0.2 * z[t-1][2] + sin(beta * z[t-1][1])], var=1)
  x[t] ~ Normal(mean=0.5 * z[t], var=0.1)
}
simulate truth {
  alpha = 0.5
  beta  = -0.1
}`

// TestSimulateNonlinear computes the noise back from what was drawn: it must be
// standard normal, and independent of the state before.
func TestSimulateNonlinear(t *testing.T) {
	const steps = 25
	s := simulator(t, nonlinear, "alpha", "0.5", "beta", "-0.1")
	var noise, emission, cross, squares []float64
	for _, s := range sample(t, s, 1000, Given{Steps: steps}) {
		z, x := s.Latents[0], s.Data[0]
		at := func(k, i int) float64 { return float64(z[2*k+i]) }
		for k := 1; k < steps; k++ {
			e := []float64{at(k, 0) - 0.2*at(k-1, 0) - math.Tanh(0.5*at(k-1, 1)), at(k, 1) - 0.2*at(k-1, 1) - math.Sin(-0.1*at(k-1, 0))}
			for i := range 2 {
				noise, squares = append(noise, e[i]), append(squares, e[i]*e[i])
				cross = append(cross, e[i]*at(k-1, 1-i))
				d := float64(x[2*k+i]) - 0.5*at(k, i)
				emission = append(emission, d*d)
			}
		}
	}
	checkMean(t, "the mean of the noise", noise, 0)
	checkMean(t, "its variance", squares, 1)
	checkMean(t, "its covariance with the state before", cross, 0)
	checkMean(t, "the variance of the emission", emission, 0.1)
}

// discrete has variables of every kind, read by each other across time and, with
// y before c, against the order in which they are declared.
const discrete = `
model D {
  observed y[t]: binary[2]
  observed n[t]: count
  observed c[t]: one_of[3]
  observed m[t]: real missing
  input    u[t]: real
  static   s: real
  latent   z[t]: real
  param p: real[3]
  c[0] = 0
  m[0] = 4
  z[t] ~ Normal(mean=0, var=1)
  let odds[t] = onehot(c[t], 3)
  y[t] ~ Bernoulli(probs=sigmoid([s, 2 * odds[t][2]]))
  n[t] ~ Poisson(rate=exp(u[t]) + square(z[t]))
  c[1] ~ Categorical(probs=[0.5, 0.5, 0])
  c[t] ~ Categorical(logits=p + onehot(c[t-1], 3))
  m[t] ~ Normal(mean=2 * present(m[t]) * m[t-1], var=1)
}`

// TestSimulateKinds compares frequencies with probabilities.
func TestSimulateKinds(t *testing.T) {
	s := simulator(t, discrete, "p", "0, 1, -1")
	list := sample(t, s, 20000, Given{Steps: 2, Data: [][]float32{nil, nil, nil, nil, {-1, 1}, {0.5}}})
	port := func(i, at int) []float64 { return column(list, func(s *Sample) float32 { return s.Data[i][at] }) }
	c1, c2 := port(2, 0), port(2, 1)
	checkMean(t, "P(y1)", port(0, 2), logistic(0.5))
	checkMean(t, "E n[1]", port(1, 0), math.Exp(-1)+1)
	checkMean(t, "E n[2]", port(1, 1), math.E+1)
	checkMean(t, "P(c[1] = 1)", indicators(c1, 0), 0.5)
	checkMean(t, "P(c[1] = 3)", indicators(c1, 2), 0)
	checkMean(t, "P(y2 | c[1] = 1)", where(port(0, 1), c1, 0), 0.5)
	checkMean(t, "P(y2 | c[1] = 2)", where(port(0, 1), c1, 1), logistic(2))
	for before := range 2 {
		w := []float64{0, 1, -1}
		w[before]++
		for k := range 3 {
			want := math.Exp(w[k] - floats.LogSumExp(w))
			checkMean(t, fmt.Sprintf("P(c[2] = %d | c[1] = %d)", k+1, before+1), where(indicators(c2, k), c1, before), want)
		}
	}
	checkMean(t, "E m[1]", port(3, 0), 8)
	checkMean(t, "E m[2]", port(3, 1), 16)
	checkMean(t, "cov(m[1], m[2])", products(port(3, 0), port(3, 1), 8, 16), 2)
	if x := list[0]; !slices.Equal(x.Data[4], []float32{-1, 1}) || !slices.Equal(x.Data[5], []float32{0.5}) {
		t.Error("what was given is not kept:", x.Data)
	}
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// indicators is where x is k.
func indicators(x []float64, k int) (out []float64) {
	for _, v := range x {
		is := 0.0
		if v == float64(k) {
			is = 1
		}
		out = append(out, is)
	}
	return out
}

// where is x where c is k.
func where(x, c []float64, k int) (out []float64) {
	for i, v := range x {
		if c[i] == float64(k) {
			out = append(out, v)
		}
	}
	return out
}

// TestSimulateGiven draws where inputs are missing, and lengths differ.
func TestSimulateGiven(t *testing.T) {
	s := simulator(t, `
model M {
  observed x[t]: real
  input    u[t]: real missing
  x[t] ~ Normal(mean=10 * present(u[t]) + u[t], var=1e-10)
}`)
	for _, steps := range []int{3, 1} {
		g := Given{Steps: steps, Data: [][]float32{nil, []float32{1, 0, 3}[:steps]}, Present: [][]bool{nil, []bool{true, false, true}[:steps]}}
		x := sample(t, s, 1, g)[0].Data[0]
		for i, want := range []float64{11, 0, 13}[:steps] {
			if math.Abs(float64(x[i])-want) > 1e-3 { // a hundred standard deviations
				t.Errorf("x[%d] = %g, want %g", i+1, x[i], want)
			}
		}
	}
}

// TestSimulateLikelihood takes the exact likelihood of what was drawn from a
// linear-Gaussian model: its mean is the entropy, by the Riccati recursion of
// the filter's variance. Per frame the likelihood varies by half a chi-squared
// of one degree, whose variance is one half; five standard errors are allowed.
func TestSimulateLikelihood(t *testing.T) {
	const text = `
model Linear1D {
  observed x[t]: real
  latent   z[t]: real
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=z[t-1] + 0.05, var=10)
  x[t] ~ Normal(mean=0.5 * z[t], var=20)
}`
	const n, steps = 1000, 25
	batch := &runtime.Batch{Data: [][]float32{make([]float32, n*steps)}, Present: [][]float32{nil}}
	for b, x := range sample(t, simulator(t, text), n, Given{Steps: steps}) {
		batch.Lens, batch.Index = append(batch.Lens, steps), append(batch.Index, b)
		for k, v := range x.Data[0] {
			batch.Data[0][k*n+b] = v
		}
	}
	entropy, p := 0.0, 1.0
	for k := range steps {
		if k > 0 {
			p += 10
		}
		s := 0.25*p + 20
		entropy += 0.5 * math.Log(2*math.Pi*math.E*s) / steps
		p -= 0.25 * p * p / s
	}
	got := -exactLikelihood(t, load(t, text, "exact"), batch) / (n * steps)
	if math.Abs(got-entropy) > 5*math.Sqrt(0.5/(n*steps)) {
		t.Errorf("%.4f nats a frame, and the entropy is %.4f", got, entropy)
	}
}

// TestSimulateErrors shows what cannot be drawn, and where.
func TestSimulateErrors(t *testing.T) {
	for _, c := range []struct{ stmts, want string }{
		{"x[1] ~ Normal(mean=1, var=1)\nx[t] ~ Normal(mean=1e30 * x[t-1], var=1)", "test.ssm:5:1: x[3] is "},
		{"x[t] ~ Normal(mean=0, var=exp(n[t] + 2000))", "test.ssm:4:1: x[1] cannot be drawn from Normal(mean=0, var=+Inf)"},
		{"x[t] ~ Normal(mean=y[t], var=1)", "x[1] depends on itself"},
		{"x[t] ~ Normal(mean=n[t] / n[t], var=1)", "x[1] cannot be drawn from Normal(mean=NaN, var=1)"},
	} {
		s := simulator(t, "model M {\nobserved n[t]: count\nobserved x[t]: real\n"+c.stmts+
			"\nobserved y[t]: real\ny[t] ~ Normal(mean=x[t], var=1)\nn[t] ~ Poisson(rate=1e-9)\n}")
		if _, err := s.Draw(Given{Steps: 5}, rand.New(rand.NewPCG(1, 1))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.stmts, err, c.want)
		}
	}
}

// TestSimulateClasses draws from a model with a latent that is a class, read by
// what is observed, by another latent and by itself.
func TestSimulateClasses(t *testing.T) {
	s := simulator(t, `
model S {
  observed x[t]: real
  observed y[t]: binary
  latent   z[t]: real
  latent   c[t]: one_of[3]
  param P: real[3, 3]
  let mean[t] = 10 * c[t] + z[t]
  x[t] ~ Normal(mean=mean[t], var=1)
  y[t] ~ Bernoulli(probs=0.3)
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=100 * c[t] + z[t-1], var=1)
  c[1] ~ Categorical(probs=[0.2, 0.5, 0.3])
  c[t] ~ Categorical(logits=P[c[t-1]])
}`, "P", "0,0,0, 0,1,2, 3,0,0")
	list := sample(t, s, 20000, Given{Steps: 2})
	c1 := column(list, func(s *Sample) float32 { return s.Latents[1][0] })
	c2 := column(list, func(s *Sample) float32 { return s.Latents[1][1] })
	x := column(list, func(s *Sample) float32 { return s.Data[0][1] - s.Latents[0][1] })
	z := column(list, func(s *Sample) float32 { return s.Latents[0][1] - s.Latents[0][0] })
	checkMean(t, "P(y)", column(list, func(s *Sample) float32 { return s.Data[1][0] }), 0.3)
	for k, w := range [][]float64{{0, 0, 0}, {0, 1, 2}, {3, 0, 0}} {
		checkMean(t, fmt.Sprintf("P(c[1] = %d)", k+1), indicators(c1, k), []float64{0.2, 0.5, 0.3}[k])
		for next := range 3 {
			want := math.Exp(w[next] - floats.LogSumExp(w))
			checkMean(t, fmt.Sprintf("P(c[2] = %d | c[1] = %d)", next+1, k+1), where(indicators(c2, next), c1, k), want)
		}
		checkMean(t, fmt.Sprintf("E x[2] - z[2] given c[2] = %d", k+1), where(x, c2, k), 10*float64(k+1))
		checkMean(t, fmt.Sprintf("E z[2] - z[1] given c[2] = %d", k+1), where(z, c2, k), 100*float64(k+1))
	}
}
