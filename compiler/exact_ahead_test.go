package compiler

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/floats"

	"ssmc/compiler/ir"
	"ssmc/runtime"
)

// exactModels are linear and Gaussian, or of classes, each with something of its own.
var exactModels = map[string]struct {
	text string
	free int
}{
	"linear, with blanks and what no latent touches": {`
model M {
  observed x[t]: real[2] missing
  observed n[t]: count
  latent   z[t]: real[2]
  z[1] ~ Normal(mean=1, var=2)
  z[t] ~ MVNormal(mean=[0.9 * z[t-1][1] + 0.2 * z[t-1][2], 0.8 * z[t-1][2]], cov=[[1, 0.4], [0.4, 0.6]])
  x[t] ~ Normal(mean=[z[t][1] + 3, z[t][2] - z[t][1]], var=[0.3, 0.8])
  n[t] ~ Poisson(rate=3)
}`, ir.Unlimited},
	"linear, of one value a sequence, and fed back": {`
model M {
  observed x[t]: real
  latent   b: real
  latent   z[t]: real
  x[0] = 0
  b ~ Normal(mean=0, var=1)
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=0.5 * z[t-1] + 0.3 * x[t-1], var=0.5)
  x[t] ~ Normal(mean=z[t] + b, var=0.3)
}`, 1},
	"linear, read at its own time": {`
model M {
  observed u[t]: real
  observed x[t]: real
  latent   z[t]: real
  u[t] ~ Normal(mean=2, sd=1)
  z[1] ~ Normal(mean=0, sd=1)
  z[t] ~ Normal(mean=0.6 * z[t-1], sd=0.8)
  x[t] ~ Normal(mean=1 + 0.5 * u[t] + z[t], sd=0.5)
}`, 0},
	"classes, two chains": {`
model M {
  observed x[t]: real
  observed y[t]: binary[2] missing
  latent   c[t]: one_of[3]
  latent   d[t]: one_of[2]
  param m: real[3] init normal(2)
  c[1] ~ Categorical(probs=[0.2, 0.5, 0.3])
  c[t] ~ Categorical(logits=[m[c[t-1]], 1, 0])
  d[1] ~ Categorical(probs=[0.5, 0.5])
  d[t] ~ Categorical(probs=[0.9, 0.1])
  x[t] ~ Normal(mean=m[c[t]] + onehot(d[t], 2)[1], var=0.5)
  y[t] ~ Bernoulli(logits=onehot(c[t], 3)[1:2])
}`, ir.Unlimited},
	"classes, fed back from two steps ago": {`
model M {
  observed x[t]: real
  latent   c[t]: one_of[2]
  x[0] = 0
  x[-1] = 0
  c[1] ~ Categorical(probs=[0.5, 0.5])
  c[t] ~ Categorical(logits=[x[t-2], 0])
  x[t] ~ Normal(mean=onehot(c[t], 2)[1] + 0.2 * x[t-2], var=0.5)
}`, 2},
}

// exactCase is a model with one sequence, as both the exact program and a forecaster
// have it.
func exactCase(t *testing.T, text string, steps int) (p *Program, x *Exact, f *Forecaster, data [][]float32, here [][]bool) {
	t.Helper()
	p = load(t, text, "exact")
	s := simulator(t, text)
	data, _ = drawnOf(t, s, steps)
	f = forecasterOf(t, text, s, false)
	params := runtime.NewParams[float32](p.Model.Params, 1)
	x = p.Exact(params)
	f.Use(params)
	here = make([][]bool, len(data))
	r := rand.New(rand.NewPCG(8, 9))
	for i, port := range p.Model.Ports {
		for range data[i] {
			if port.Missing {
				here[i] = append(here[i], r.Float64() < 0.7)
			}
		}
	}
	x.Begin(steps, data, here)
	f.Begin(steps, data, here)
	return p, x, f, data, here
}

// TestExactLog adds up the densities of all steps: they are the likelihood.
func TestExactLog(t *testing.T) {
	const steps = 6
	for name, c := range exactModels {
		t.Run(name, func(t *testing.T) {
			p, x, _, data, here := exactCase(t, c.text, steps)
			if x.Free() != c.free {
				t.Errorf("it tells %d steps ahead, want %d", x.Free(), c.free)
			}
			b := &runtime.Batch{Lens: []int{steps}, Index: []int{0}, Data: data, Present: make([][]float32, len(data))}
			for i, list := range here {
				for _, is := range list {
					v := float32(0)
					if is {
						v = 1
					}
					b.Present[i] = append(b.Present[i], v)
				}
			}
			total := 0.0
			for k := range steps {
				total += x.Log(k)
			}
			if want := exactLikelihood(t, p, b); math.Abs(total-want) > 1e-5*math.Abs(want) { // parameters in float32
				t.Errorf("the steps add up to %.8g, and the likelihood is %.8g", total, want)
			}
		})
	}
}

// blanks is the last known steps of latents of which nothing is read.
func blanks(f *Forecaster, known int) (out [][]float32) {
	for _, p := range f.Latents() {
		out = append(out, make([]float32, min(known, max(1, f.Memory()))*p.Cols))
	}
	return out
}

// TestExactAhead compares what is told exactly with what is drawn from latents that are
// drawn exactly: densities are to agree, and the means of what is drawn.
func TestExactAhead(t *testing.T) {
	const steps, draws = 4, 2000
	for name, c := range exactModels {
		t.Run(name, func(t *testing.T) {
			_, x, f, _, _ := exactCase(t, c.text, steps)
			for last := -1; last < steps-1; last++ {
				for ahead := 1; last+ahead < steps && ahead <= x.Free(); ahead++ {
					want := told(t, x, f, last, ahead)
					got := sampledAhead(t, x, f, last, ahead, draws)
					if math.Abs(got.log-want.log) > 5*got.logError+1e-4 {
						t.Errorf("last %d, %d ahead: log density %.4f ± %.4f by draws, and %.4f exactly", last, ahead, got.log, got.logError, want.log)
					}
					for i, mean := range want.mean {
						checkMean(t, "what is drawn", got.draws[i], mean)
					}
				}
			}
		})
	}
}

// A foretold step is its log density and, for each number of each observed variable, its
// mean or draws.
type foretold struct {
	log, logError float64
	mean          []float64
	draws         [][]float64
}

// told is what is known exactly: by an outlook, and for what it does not tell by a
// forecaster at the latents that it has.
func told(t *testing.T, x *Exact, f *Forecaster, last, ahead int) (out foretold) {
	t.Helper()
	o := x.Ahead(last, ahead)
	var step runtime.Forecast
	var logs []float64
	sums := map[[2]int]float64{}
	for k, w := range o.Weights {
		f.From(last+ahead, blanks(f, last+ahead), 1)
		if err := f.Next(&step, 10000, o.Latents[k]); err != nil {
			t.Fatal(err)
		}
		logp := o.Log
		for _, v := range f.scored {
			d := v.v.Cols()
			for j := range d {
				if o.Mean[v.port] != nil {
					sums[[2]int{v.port, j}] = o.Mean[v.port][j]
					continue
				}
				for i := j; i < len(step.Vars[v.port].Draws); i += d {
					sums[[2]int{v.port, j}] += w * step.Vars[v.port].Draws[i] / 10000
				}
			}
			for _, l := range step.Vars[v.port].Log {
				if o.Mean[v.port] == nil && !math.IsNaN(l) {
					logp += l
				}
			}
		}
		logs = append(logs, math.Log(w)+logp)
	}
	out.log = floats.LogSumExp(logs)
	for _, v := range f.scored {
		for j := range v.v.Cols() {
			out.mean = append(out.mean, sums[[2]int{v.port, j}])
		}
	}
	return out
}

// sampledAhead draws the latents of the last step and goes on from them.
func sampledAhead(t *testing.T, x *Exact, f *Forecaster, last, ahead, n int) (out foretold) {
	t.Helper()
	latents := make([][][]float32, n)
	if last >= 0 {
		latents = x.Draw(last, rand.New(rand.NewPCG(1, 1)), n)
	}
	var step runtime.Forecast
	var logs []float64
	for k := range n {
		f.From(last+1, latents[k], Key(3, last, k))
		for range ahead {
			if err := f.Next(&step, 1, nil); err != nil {
				t.Fatal(err)
			}
		}
		logs = append(logs, step.Log)
		i := 0
		for _, v := range f.scored {
			for _, d := range step.Vars[v.port].Draws {
				if i == len(out.draws) {
					out.draws = append(out.draws, nil)
				}
				out.draws[i] = append(out.draws[i], d)
				i++
			}
		}
	}
	out.log = floats.LogSumExp(logs) - math.Log(float64(n))
	for _, l := range logs {
		e := math.Exp(l-out.log) - 1
		out.logError += e * e
	}
	out.logError = math.Sqrt(out.logError) / float64(n)
	return out
}
