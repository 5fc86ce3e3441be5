package compiler

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
)

// forecasterOf compiles a program that must be right, with the parameters of a simulator.
func forecasterOf(t testing.TB, text string, s *Simulator, sum bool) *Forecaster {
	t.Helper()
	file, found := lang.Parse(&diag.Source{Name: "test.ssm", Text: text})
	if found.HasErrors() {
		t.Fatal(found)
	}
	f, found := NewForecaster(file, Config{Library: library}, sum)
	if found.HasErrors() {
		t.Fatal(found)
	}
	p := runtime.ZeroParams[float32](s.params.List)
	for i := range p.List {
		for j, v := range s.params.Get(i) {
			p.Get(i)[j] = float32(v)
			s.params.Get(i)[j] = float64(float32(v))
		}
	}
	f.Use(p)
	return f
}

// forecastModels are models of which each has something of its own.
var forecastModels = map[string]string{
	"plain": `
model M {
  observed x[t]: real[2]
  latent   z[t]: real
  param a: real init 0.7
  z[1] ~ Normal(mean=1, var=1)
  z[t] ~ Normal(mean=a * z[t-1], var=0.5)
  x[t] ~ Normal(mean=[z[t], 2 * z[t]], var=0.3)
}`,
	"what is observed is fed back, and read at its own time": `
model M {
  observed u[t]: real
  observed x[t]: real
  input    w[t]: real
  latent   z[t]: real
  x[0] = 0
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=0.5 * z[t-1] + 0.2 * x[t-1] + w[t], var=0.5)
  u[t] ~ Normal(mean=z[t], var=1)
  x[t] ~ Normal(mean=u[t] + z[t] + 0.1 * x[t-1], var=0.3)
}`,
	"a latent reads what is observed": `
model M {
  observed u[t]: binary
  observed x[t]: real
  latent   z[t]: real
  u[t] ~ Bernoulli(probs=0.3)
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=0.5 * z[t-1] + u[t], var=0.5)
  x[t] ~ Normal(mean=z[t], var=0.3)
}`,
	"two steps back, of one value a sequence, and held": `
model M {
  index s = every(3, t)
  observed x[t]: count
  latent   b: real
  latent   z[t]: real
  latent   h[s]: real
  b ~ Normal(mean=0, var=1)
  h[1] ~ Normal(mean=0, var=0.1)
  h[s] ~ Normal(mean=h[s-1], var=0.1)
  z[1] ~ Normal(mean=0, var=1)
  z[2] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=0.4 * z[t-1] + 0.3 * z[t-2] + b, var=0.2)
  x[t] ~ Poisson(log_rate=0.3 * z[t] + h[s])
}`,
	"a net runs over the past": `
use std.cells
use std.nets
model M {
  observed x[t]: one_of[3]
  latent   z[t]: real
  let h[t] = gru(z[1:t], 3)
  let e[t] = onehot(x[t], 3)
  let d[t] = gru(e[1:t], 2)
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=linear(concat(h[t-1], d[t-1]), 1), var=0.2)
  x[t] ~ Categorical(logits=linear(h[t], 3))
}`,
	"classes": `
model M {
  observed x[t]: real
  observed y[t]: real[2]
  latent   c[t]: one_of[3]
  latent   z[t]: real
  param P: real[3, 3] init normal(1)
  param m: real[3] init normal(2)
  c[1] ~ Categorical(probs=[0.2, 0.5, 0.3])
  c[t] ~ Categorical(logits=P[c[t-1]])
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=m[c[t]] + z[t-1], var=1)
  x[t] ~ Normal(mean=z[t] + m[c[t]], var=0.1)
  y[t] ~ MVNormal(mean=z[t], cov=[[1, 0.5], [0.5, 1]])
}`,
}

// drawnOf is a sequence of so many steps from a model, as a forecaster takes it.
func drawnOf(t testing.TB, s *Simulator, steps int) (data, latents [][]float32) {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 9))
	g := Given{Steps: steps}
	for _, p := range s.Ports {
		var values []float32
		for range steps * p.Cols {
			values = append(values, float32(r.NormFloat64()))
		}
		if p.Observed {
			values = nil
		}
		g.Data = append(g.Data, values)
	}
	x, err := s.Draw(g, r)
	if err != nil {
		t.Fatal(err)
	}
	return x.Data, x.Latents
}

// lastOf is the last rows of latents at a known step that a forecaster asks for.
func lastOf(f *Forecaster, latents [][]float32, known int) (out [][]float32) {
	for i, p := range f.Latents() {
		all := latents[i]
		if !p.Static {
			all = all[:known*p.Cols]
			if n := f.Memory() * p.Cols; n >= 0 && n < len(all) {
				all = all[len(all)-n:]
			}
		}
		out = append(out, all)
	}
	return out
}

// TestForecastDraws compares what is drawn from every step on with the simulator, which
// draws whole sequences and keeps the known steps, by the same random numbers: they are
// the same numbers, in whatever order steps are asked for.
func TestForecastDraws(t *testing.T) {
	const steps, ahead = 9, 3
	for name, text := range forecastModels {
		t.Run(name, func(t *testing.T) {
			s := simulator(t, text)
			f := forecasterOf(t, text, s, false)
			data, latents := drawnOf(t, s, steps)
			f.Begin(steps, data, nil)
			var out runtime.Forecast
			for _, known := range []int{0, 1, 2, 5, 4, 6, 3, 3, 6} {
				for key := range uint64(3) {
					s.keyed = &keyed{key: key, pcg: rand.NewPCG(0, 0)}
					err := s.run(Given{Steps: steps, Data: data, Known: known, Latents: latents}, rand.New(s.keyed.pcg))
					if err != nil {
						t.Fatal(err)
					}
					f.From(known, lastOf(f, latents, known), key)
					for at := known; at < known+ahead; at++ {
						if err := f.Next(&out, 1, nil); err != nil {
							t.Fatal(err)
						}
						for i, x := range s.ports {
							if want := x.at(x.values, at); x.dist != nil && fmt.Sprint(out.Vars[i].Draws) != fmt.Sprint(want) {
								t.Fatalf("known %d, step %d: %s is %v, want %v", known, at+1, x.v.Name, out.Vars[i].Draws, want)
							}
						}
					}
				}
			}
		})
	}
}

func normalLog(x, mean, variance float64) float64 {
	return distuv.Normal{Mu: mean, Sigma: math.Sqrt(variance)}.LogProb(x)
}

// TestForecastScores compares densities with their formulas, at the latents that were
// drawn: of all that was observed together, where x reads the u that was observed, and
// of each by itself, where it reads one that was drawn. A blank is left out.
func TestForecastScores(t *testing.T) {
	text := `
model M {
  observed u[t]: real missing
  observed x[t]: real[2] missing
  latent   z[t]: real
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=0.5 * z[t-1], var=0.5)
  u[t] ~ Normal(mean=z[t], var=1)
  x[t] ~ Normal(mean=z[t] + 2 * present(u[t]) * u[t], var=0.3)
}`
	s := simulator(t, text)
	f := forecasterOf(t, text, s, false)
	data := [][]float32{{0.3, -0.2, 9, 0.8}, {1, 2, 3, 9, 0.5, 0.7, 2, 1}}
	here := [][]bool{{true, true, false, true}, {true, true, true, false, true, true, true, true}}
	f.Begin(4, data, here)
	var out runtime.Forecast
	for key := range uint64(20) {
		f.From(1, [][]float32{{0.4}}, key)
		for at := 1; at < 4; at++ {
			if err := f.Next(&out, 1, nil); err != nil {
				t.Fatal(err)
			}
			z, u, drawn := float64(out.Latents[0][0]), float64(data[0][at]), out.Vars[0].Draws[0]
			want := normalLog(u, z, 1)
			if at == 2 { // u is not there: x does not read it
				u, want = 0, 0
			}
			for j := range 2 {
				v := float64(data[1][2*at+j])
				if at == 1 && j == 1 {
					if !math.IsNaN(out.Vars[1].Log[1]) {
						t.Errorf("a blank has the density %g", out.Vars[1].Log[1])
					}
					continue
				}
				want += normalLog(v, z+2*u, 0.3)
				if got, want := out.Vars[1].Log[j], normalLog(v, z+2*drawn, 0.3); math.Abs(got-want) > 1e-5*math.Abs(want) {
					t.Errorf("step %d: number %d of x has log density %g, want %g", at, j, got, want)
				}
			}
			if math.Abs(out.Log-want) > 1e-5*math.Abs(want) { // the data are in float32
				t.Errorf("step %d has log density %g, want %g", at, out.Log, want)
			}
		}
	}
}

// TestForecastGivenWhatIsRead: where a latent reads what is observed, the latents that
// are told are drawn given it, and what is drawn is not.
func TestForecastGivenWhatIsRead(t *testing.T) {
	text := forecastModels["a latent reads what is observed"]
	s := simulator(t, text)
	f := forecasterOf(t, text, s, false)
	f.Begin(2, [][]float32{{0, 1}, {0, 0}}, nil)
	var given, x []float64
	var out runtime.Forecast
	for key := range uint64(4000) {
		f.From(1, [][]float32{{2}}, key)
		if err := f.Next(&out, 1, nil); err != nil {
			t.Fatal(err)
		}
		given, x = append(given, float64(out.Latents[0][0])), append(x, out.Vars[1].Draws[0])
		if want := math.Log(0.3) + normalLog(0, float64(out.Latents[0][0]), 0.3); math.Abs(out.Log-want) > 1e-5*math.Abs(want) {
			t.Fatalf("log density %g, want %g", out.Log, want)
		}
	}
	checkMean(t, "the mean of z given u", given, 2)
	checkMean(t, "the mean of x", x, 1.3)
}

// TestForecastChances tells the probability of ones and classes, and gives several draws
// of which the first is what later steps read.
func TestForecastChances(t *testing.T) {
	text := `
model M {
  observed b[t]: binary[2]
  observed c[t]: one_of[3]
  observed n[t]: real
  latent   z[t]: real
  n[0] = 0
  z[t] ~ Normal(mean=0, var=1)
  b[t] ~ Bernoulli(logits=[z[t], 1])
  c[t] ~ Categorical(logits=[z[t], 0, 0])
  n[t] ~ Normal(mean=n[t-1], var=1)
}`
	s := simulator(t, text)
	f := forecasterOf(t, text, s, false)
	f.Begin(2, [][]float32{{1, 0, 1, 0}, {2, 1}, {5, 5}}, nil)
	var out runtime.Forecast
	f.From(0, nil, 7)
	if err := f.Next(&out, 3000, [][]float32{{0.5}}); err != nil {
		t.Fatal(err)
	}
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	for i, want := range [][]float64{{sigmoid(0.5), sigmoid(1)}, {math.Exp(0.5) / (math.Exp(0.5) + 2), 1 / (math.Exp(0.5) + 2), 1 / (math.Exp(0.5) + 2)}} {
		for j, w := range want {
			if got := out.Vars[i].Chance[j]; math.Abs(got-w) > 1e-12 {
				t.Errorf("variable %d, chance %d: %g, want %g", i, j, got, w)
			}
		}
	}
	var ones []float64
	for i := 0; i < len(out.Vars[0].Draws); i += 2 {
		ones = append(ones, out.Vars[0].Draws[i])
	}
	checkMean(t, "draws of b", ones, sigmoid(0.5))
	if mean, sd := stat.MeanStdDev(out.Vars[2].Draws, nil); len(ones) != 3000 || math.Abs(mean) > 0.1 || math.Abs(sd-1) > 0.1 {
		t.Errorf("%d draws; of n the mean is %g and the deviation %g", len(ones), mean, sd)
	}
	first := out.Vars[2].Draws[0]
	if err := f.Next(&out, 3000, nil); err != nil {
		t.Fatal(err)
	}
	checkMean(t, "draws of n after the first", out.Vars[2].Draws, first)
}

// TestForecastSumsClasses draws classes of known steps given all else: of a chain that
// is seen without noise, the class that was.
func TestForecastSumsClasses(t *testing.T) {
	text := `
model M {
  observed x[t]: real
  latent   c[t]: one_of[3]
  latent   z[t]: real
  c[1] ~ Categorical(probs=1 / 3)
  c[t] ~ Categorical(probs=[0.1, 0.1, 0.8][c[t-1]] * 0 + 1 / 3)
  z[1] ~ Normal(mean=10 * onehot(c[1], 3)[2], var=0.01)
  z[t] ~ Normal(mean=10 * onehot(c[t], 3)[2] + z[t-1], var=0.01)
  x[t] ~ Normal(mean=z[t] + 20 * onehot(c[t], 3)[1], var=0.01)
}`
	s := simulator(t, text)
	f := forecasterOf(t, text, s, true)
	data, latents := drawnOf(t, s, 8)
	if f.Memory() >= 0 {
		t.Fatalf("only %d steps are remembered", f.Memory())
	}
	f.Begin(8, data, nil)
	for known := 1; known < 8; known++ {
		f.From(known, [][]float32{nil, latents[1][:known]}, uint64(known))
		for at := range known {
			if got := f.sim.latents[0].values[at]; got != float64(latents[0][at]) {
				t.Errorf("known %d: class %d is %g, and was %g", known, at, got, latents[0][at])
			}
		}
	}
}
