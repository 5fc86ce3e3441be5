package compiler

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"ssmc/runtime"
	"ssmc/runtime/cpu"
	"ssmc/runtime/op"
)

// filterable are linear models, whose likelihood is known, with guides that are
// far from the posterior.
var filterable = map[string]string{
	"walk": `
model M {
  observed x[t]: real
  latent   z[t]: real
  param a: real init 0.9
  param s: real > 0 init 0.8
  z[1] ~ Normal(mean=0.3, var=2)
  z[t] ~ Normal(mean=a * z[t-1] + 0.05, var=0.5)
  x[t] ~ Normal(mean=0.5 * z[t], sd=s)
}
guide N = q(z[t] | z[t-1], x[t]) {
  param g: real init 0.6
  param h: real init 0.4
  param v: real > 0 init 0.9
  z[t] ~ Normal(mean=g * z[t-1] + h * x[t], var=v)
}`,
	"second order": `
model M {
  observed x[t]: real
  latent   z[t]: real
  z[0] = 0
  z[-1] = 0
  z[t] ~ Normal(mean=0.6 * z[t-1] + 0.3 * z[t-2], var=0.4)
  x[t] ~ Normal(mean=z[t], sd=0.9)
}
guide N = q(z[t] | z[t-1]) {
  z[t] ~ Normal(mean=0.8 * z[t-1], var=1)
}`,
	"state": `
model M {
  observed x[t]: real
  latent   z[t]: real
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=0.5 * z[t-1], var=1)
  let h[0] = 0
  let h[t] = 0.7 * h[t-1] + z[t]
  x[t] ~ Normal(mean=h[t], sd=0.9)
}
guide N = q(z[t] | z[t-1]) {
  z[t] ~ Normal(mean=0.4 * z[t-1], var=1.2)
}`,
	"two latents": `
model M {
  observed x[t]: real
  latent   z[t]: real
  latent   w[t]: real
  w[1] ~ Normal(mean=0, var=1)
  w[t] ~ Normal(mean=0.8 * w[t-1] + 0.2 * z[t-1], var=0.3)
  z[1] ~ Normal(mean=w[1], var=1)
  z[t] ~ Normal(mean=0.5 * z[t-1] + w[t], var=0.4)
  x[t] ~ Normal(mean=z[t] - 0.5 * w[t], sd=0.9)
}
guide N = q(w[t] | w[t-1]) * q(z[t] | z[t-1], w[t]) {
  w[t] ~ Normal(mean=0.7 * w[t-1], var=0.6)
  z[t] ~ Normal(mean=0.5 * z[t-1] + w[t], var=0.8)
}`,
	"two rates": `
model M {
  index s = every(3, t)
  observed x[t]: real
  latent   w[s]: real
  latent   z[t]: real
  w[1] ~ Normal(mean=0, var=1)
  w[s] ~ Normal(mean=0.8 * w[s-1], var=1)
  z[1] ~ Normal(mean=w[s], var=1)
  z[t] ~ Normal(mean=0.5 * z[t-1] + w[s], var=0.4)
  x[t] ~ Normal(mean=z[t], sd=0.9)
}
guide N = q(w[s] | w[s-1]) * q(z[t] | z[t-1], w[s]) {
  w[s] ~ Normal(mean=0.7 * w[s-1], var=1.2)
  z[t] ~ Normal(mean=0.4 * z[t-1] + w[s], var=0.6)
}`,
	"one value a sequence": `
model M {
  observed x[t]: real
  latent   b: real
  latent   z[t]: real
  b ~ Normal(mean=0, var=2)
  z[1] ~ Normal(mean=b, var=1)
  z[t] ~ Normal(mean=0.5 * z[t-1] + 0.5 * b, var=0.4)
  x[t] ~ Normal(mean=z[t], sd=0.9)
}
guide N = q(b) * q(z[t] | z[t-1], b) {
  b ~ Normal(mean=0.2, var=2)
  z[t] ~ Normal(mean=0.4 * z[t-1] + 0.5 * b, var=0.6)
}`,
}

// twins are models of the same observations for those that exact inference does
// not take: w[t] is z[t-1], and h[t] the state, but for variances of 1e-9.
var twins = map[string]string{"second order": `
model M {
  observed x[t]: real
  latent   z[t]: real
  latent   w[t]: real
  w[1] ~ Normal(mean=0, var=1e-9)
  w[t] ~ Normal(mean=z[t-1], var=1e-9)
  z[1] ~ Normal(mean=0, var=0.4)
  z[t] ~ Normal(mean=0.6 * z[t-1] + 0.3 * w[t-1], var=0.4)
  x[t] ~ Normal(mean=z[t], sd=0.9)
}`, "state": `
model M {
  observed x[t]: real
  latent   z[t]: real
  latent   h[t]: real
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=0.5 * z[t-1], var=1)
  h[1] ~ Normal(mean=z[1], var=1e-9)
  h[t] ~ Normal(mean=0.7 * h[t-1] + z[t], var=1e-9)
  x[t] ~ Normal(mean=h[t], sd=0.9)
}`}

// copies is one sequence of so many steps, drawn anew, many times over.
func copies(m *runtime.Model, steps, n int) *runtime.Batch {
	one := invent(m, []int{steps}, rand.New(rand.NewPCG(3, 4)))
	b := &runtime.Batch{Lens: slices.Repeat([]int{steps}, n), Index: make([]int, n)}
	for i, x := range one.Data {
		cols := m.Ports[i].Cols
		var all []float32
		for t := range steps {
			all = append(all, slices.Repeat(x[t*cols:][:cols], n)...)
		}
		b.Data, b.Present = append(b.Data, all), append(b.Present, nil)
	}
	return b
}

// estimates is the bounds of many copies of one sequence.
func estimates(t *testing.T, m *runtime.Model, s runtime.Spec, steps, n, k int) []float64 {
	t.Helper()
	s.Sampled = true
	r := runtime.Run{K: k, Seed: 9}
	if s.Join == op.Mean {
		r.Coef = []float64{-1 / float64(k), -1 / float64(k), 1 / float64(k)} // likelihood, prior, posterior
	}
	x := evaluate(t, m, s, copies(m, steps, n), r, nil)
	out := make([]float64, n)
	x.Bounds(out)
	return out
}

// exactly is the log likelihood of that sequence.
func exactly(t *testing.T, text string, steps int) float64 {
	m := load(t, text, "exact").Model
	return -evaluate(t, m, runtime.Spec{}, copies(m, steps, 1), runtime.Run{K: 1}, nil).Cost()
}

// likelihood is the log likelihood that filters estimate, and the error that may
// have: of what exact inference does not take, by 128,000 importance samples.
func likelihood(t *testing.T, m *runtime.Model, name string, steps int) (log, slack float64) {
	if name == "two rates" {
		logs := estimates(t, m, runtime.Spec{Join: op.LogMean}, steps, 2000, 64)
		return floats.LogSumExp(logs) - math.Log(2000), 0.02
	}
	return exactly(t, cmp.Or(twins[name], filterable[name]), steps), 0
}

// TestUnbiased: the estimates of a filter, and of importance sampling, have the
// likelihood for their mean. A particle that lost its past would show. 2000 estimates; four standard errors.
func TestUnbiased(t *testing.T) {
	const steps, n, k = 7, 2000, 8
	for name, text := range filterable {
		m := load(t, text, "N").Model
		exact, slack := likelihood(t, m, name, steps)
		for _, spec := range []runtime.Spec{{Join: op.LogMean}, {Join: op.Filter}, {Join: op.Filter, Bootstrap: true}} {
			ratio := estimates(t, m, spec, steps, n, k)
			for i, v := range ratio {
				ratio[i] = math.Exp(v - exact)
			}
			mean, sd := stat.MeanStdDev(ratio, nil)
			if se := sd / math.Sqrt(n); math.Abs(mean-1) > 4*se+slack || se > 0.1 {
				t.Errorf("%s, %+v: the estimates are %.4f ± %.4f of the likelihood", name, spec, mean, se)
			}
		}
	}
}

// TestTightness orders the bounds of a long sequence: those of one sample, of 16,
// of 16 particles, and the likelihood.
func TestTightness(t *testing.T) {
	const steps, n, k = 50, 400, 16
	text := filterable["walk"]
	exact, m := exactly(t, text, steps), load(t, text, "N").Model
	below := math.Inf(-1)
	for _, join := range []op.Join{op.Mean, op.LogMean, op.Filter} {
		mean, sd := stat.MeanStdDev(estimates(t, m, runtime.Spec{Join: join}, steps, n, k), nil)
		se := sd / math.Sqrt(n)
		t.Logf("%s: %.3f ± %.3f below the likelihood %.3f", join, exact-mean, se, exact)
		if mean < below+4*se || mean > exact+4*se {
			t.Errorf("%s: the bound is %.3f ± %.3f, the one before %.3f, the likelihood %.3f", join, mean, se, below, exact)
		}
		below = mean
	}
}

// gradients is the mean and variance of the gradient over runs with noise of
// their own, by parameter.
func gradients(t *testing.T, m *runtime.Model, s runtime.Spec, k int) (mean, variance map[string]float64) {
	t.Helper()
	const runs = 400
	params := runtime.NewParams[float64](m.Params, 1)
	s.Sampled = true
	x, err := cpu.New(m, s, params, nil, true)
	if err != nil {
		t.Fatal(err)
	}
	b, all := copies(m, 6, 25), make(map[string][]float64)
	r := runtime.Run{K: k, Seed: 1, Grad: true, Coef: coefficients(x.Terms(), 1)}
	for i := range r.Coef {
		if s.Join == op.Mean {
			r.Coef[i] /= float64(k)
		}
	}
	for step := range runs {
		r.Step = uint64(step)
		if err := x.Run(b, r); err != nil {
			t.Fatal(err)
		}
		for i, p := range m.Params {
			all[p.Name] = append(all[p.Name], x.Grad()[params.Off[i]])
		}
	}
	mean, variance = map[string]float64{}, map[string]float64{}
	for name, g := range all {
		m, v := stat.MeanVariance(g, nil)
		mean[name], variance[name] = m, v/runs
	}
	return mean, variance
}

// TestPathwise: gradients by the samples' paths have the mean of plain ones, for
// every parameter. With many samples those of a guide are far less noisy (Tucker
// et al. 2019). Four standard errors.
func TestPathwise(t *testing.T) {
	m := load(t, filterable["walk"], "N").Model
	for _, join := range []op.Join{op.Mean, op.LogMean} {
		mean, variance := gradients(t, m, runtime.Spec{Join: join}, 32)
		paths, less := gradients(t, m, runtime.Spec{Join: join, Pathwise: true}, 32)
		for _, p := range m.Params {
			d, se := paths[p.Name]-mean[p.Name], math.Sqrt(variance[p.Name]+less[p.Name])
			t.Logf("%s, %s: plain %.3f, by paths %.3f ± %.3f; variance %.3g to %.3g", join, p.Name, mean[p.Name], paths[p.Name], se, variance[p.Name], less[p.Name])
			if math.Abs(d) > 4*se {
				t.Errorf("%s, %s: the mean gradient by paths is %.4f ± %.4f more", join, p.Name, d, se)
			}
			if join == op.LogMean && p.Guide && less[p.Name] > variance[p.Name]/2 {
				t.Errorf("%s: the variance of %s is %.3g by paths, plain %.3g", join, p.Name, less[p.Name], variance[p.Name])
			}
		}
	}
}
