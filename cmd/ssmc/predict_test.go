package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"ssmc/compiler"
	"ssmc/inference"
	"ssmc/inference/data"
	"ssmc/inference/predict"
	"ssmc/inference/scoring"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/models"
	"ssmc/runtime"
)

// predictingOf compiles a model with a guide, its parameters at their initial values.
func predictingOf(t *testing.T, text, guide string, set *data.Set, threads int) *predicting {
	t.Helper()
	g := newGlobals(context.Background())
	file, found := lang.Parse(&diag.Source{Name: "m.ssm", Text: text})
	p, more := compiler.Compile(file, compiler.Config{Library: library, Guide: guide})
	if found = append(found, more...); found.HasErrors() {
		t.Fatal(found)
	}
	device := inference.NewCPU(threads)
	t.Cleanup(device.Close)
	x := &predicting{g: &g, p: &program{Program: p, source: &diag.Source{Name: "m.ssm", Text: text}}, config: inference.DefaultConfig(), set: set, train: set,
		file: file, compile: compiler.Config{Library: library}}
	x.fitted = inference.Fitted{Model: p.Model, Params: runtime.NewParams[float32](p.Model.Params, 1), Device: device}
	return x
}

// scored is the predictions of a model by a filter.
func (x *predicting) scored(t *testing.T, filter string, plan predict.Plan) *predict.Prediction {
	t.Helper()
	p, err := x.predictor(filter, plan)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Scores(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// shipped is a model that comes with ssmc, with guides of its own beside.
func shipped(t *testing.T, name string, more ...string) string {
	t.Helper()
	text, ok := models.Model(name)
	if !ok {
		t.Fatal(name)
	}
	return text + strings.Join(more, "\n")
}

// drawnSet is n sequences drawn from a model with its parameters at initial values.
func drawnSet(t *testing.T, text string, n, steps int) *data.Set {
	t.Helper()
	file, _ := lang.Parse(&diag.Source{Name: "m.ssm", Text: text})
	s, found := compiler.NewSimulator(file, compiler.Config{Library: library}, "")
	if found.HasErrors() {
		t.Fatal(found)
	}
	vars := boundVars(s.Ports)
	r := rand.New(rand.NewPCG(5, 6))
	var list []data.Sequence
	for i := range n {
		x, err := s.Draw(compiler.Given{Steps: steps, Data: make([][]float32, len(s.Ports))}, r)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, data.NewSequence(vars, fmt.Sprint(i), steps, x.Data, nil, nil))
	}
	return data.NewSet("drawn", vars, "", list)
}

// closeTo compares scores with those that are exact: within five Monte-Carlo errors, and a
// slack for what a mean of few densities is too large by.
func closeTo(t *testing.T, name string, got, want *predict.Prediction, slack float64) {
	t.Helper()
	near := func(what string, a, b *predict.Estimate) {
		t.Helper()
		if d := math.Abs(float64(a.Value - b.Value)); !(d <= 5*float64(a.Error+b.Error)+slack*math.Abs(float64(b.Value))) {
			t.Errorf("%s, %s: %.5f ± %.5f, and exactly %.5f", name, what, float64(a.Value), float64(a.Error), float64(b.Value))
		}
	}
	for h := range got.Steps {
		a, b := &got.Steps[h], &want.Steps[h]
		near(fmt.Sprintf("%d ahead, log score", h+1), &a.Log, &b.Log)
		for x := range a.Vars {
			u, v := &a.Vars[x], &b.Vars[x]
			near(fmt.Sprintf("%d ahead, log score of %s", h+1, u.Name), &u.Log, &v.Log)
			if u.Brier != nil {
				near(fmt.Sprintf("%d ahead, Brier score of %s", h+1, u.Name), u.Brier, v.Brier)
				continue
			}
			near(fmt.Sprintf("%d ahead, CRPS of %s", h+1, u.Name), u.CRPS, v.CRPS)
			near(fmt.Sprintf("%d ahead, RMSE of %s", h+1, u.Name), u.RMSE, v.RMSE)
			for i, c := range u.Coverage {
				if math.Abs(float64(c.Holds-v.Coverage[i].Holds)) > 0.02+3/float64(u.Numbers) { // a few numbers lie at an end
					t.Errorf("%s, %d ahead: %g intervals of %s hold %.3f, and exactly %.3f", name, h+1, c.Level, u.Name, float64(c.Holds), float64(v.Coverage[i].Holds))
				}
			}
		}
	}
}

// A guide of linear1d that looks ahead, and one that does not. Neither has learned.
const linearGuides = `
guide LOOK = q(z[t] | z[t-1], x[t:T]) {
  let h[t] = gru(x[t:T], 3)
  z[0] = 0
  z[t] ~ Normal(mean=z[t-1] + 0.1 * x[t] + 0.2 * linear(h[t], 1), var=9)
}
guide NEAR = q(z[t] | z[t-1], x[t]) {
  z[0] = 0
  z[t] ~ Normal(mean=0.8 * z[t-1] + 0.3 * x[t], var=9)
}`

// TestPredictKalman compares the exact scores with recursions of the Kalman filter by
// hand, one step ahead and two.
func TestPredictKalman(t *testing.T) {
	set, xs := walk("x", 30, rand.New(rand.NewPCG(1, 1)))
	got := predictingOf(t, shipped(t, "linear1d"), "ST_R", set, 1).scored(t, "exact", predict.Plan{Ahead: 2, Filters: 5, Particles: 1})
	for h := range 2 {
		var log, crps, square, n float64
		for _, x := range xs {
			for last := -1; last+h+1 < len(x); last++ {
				m, p := filteredTo(x, last)
				for k := last + 1; k <= last+1+h; k++ {
					if k == 0 {
						m, p = 0, 1
						continue
					}
					m, p = m+0.05, p+10
				}
				f, v := scoring.Normal{Mu: 0.5 * m, SD: math.Sqrt(0.25*p + 20)}, float64(x[last+1+h])
				log, crps, square, n = log-f.LogProb(v), crps+f.CRPS(v), square+(v-f.Mu)*(v-f.Mu), n+1
			}
		}
		s := &got.Steps[h]
		for what, pair := range map[string][2]float64{
			"log score": {float64(s.Log.Value), log / n}, "log score of x": {float64(s.Vars[0].Log.Value), log / n},
			"CRPS": {float64(s.Vars[0].CRPS.Value), crps / n}, "RMSE": {float64(s.Vars[0].RMSE.Value), math.Sqrt(square / n)},
		} {
			if math.Abs(pair[0]-pair[1]) > 1e-9*pair[1] {
				t.Errorf("%d ahead: %s %.10g, want %.10g", h+1, what, pair[0], pair[1])
			}
		}
		if s.Frames != int(n) || s.Log.Error != 0 || s.Vars[0].CRPS.Error != 0 {
			t.Errorf("%d ahead: %+v", h+1, s)
		}
	}
	if want := kalman(xs); math.Abs(float64(got.Steps[0].Log.Value)-want) > 1e-9 {
		t.Errorf("one step ahead the log score is %.9g, and the likelihood %.9g", float64(got.Steps[0].Log.Value), want)
	}
}

// filteredTo is the mean and variance of the latent of linear1d after some steps.
func filteredTo(x []float32, last int) (m, p float64) {
	for k := range last + 1 {
		m, p = m+0.05, p+10
		if k == 0 {
			m, p = 0, 1
		}
		gain := 0.5 * p / (0.25*p + 20)
		m, p = m+gain*(float64(x[k])-0.5*m), (1-0.5*gain)*p
	}
	return m, p
}

// TestPredictConverges compares what particle filters predict with what is exact: of
// models that are linear and Gaussian, with particles from the model and from guides.
func TestPredictConverges(t *testing.T) {
	if testing.Short() {
		t.Skip("it filters for seconds")
	}
	set, _ := walk("x", 8, rand.New(rand.NewPCG(2, 2)))
	plan := predict.Plan{Ahead: 3, Filters: 5, Particles: 300, Seed: 3}
	text := shipped(t, "linear1d", "\nuse std.cells\nuse std.nets\n", linearGuides)
	exact := predictingOf(t, text, "NEAR", set, 1).scored(t, "exact", plan)
	closeTo(t, "bootstrap", predictingOf(t, text, "NEAR", set, 2).scored(t, "bootstrap", plan), exact, 2e-3)
	closeTo(t, "guided, past", predictingOf(t, text, "NEAR", set, 2).scored(t, "guided", plan), exact, 2e-3)
	closeTo(t, "guided, future", predictingOf(t, text, "LOOK", set, 2).scored(t, "guided", plan), exact, 2e-3)
}

// TestPredictNile does so for the Nile, whose parameters have values of their own.
func TestPredictNile(t *testing.T) {
	bundle, _, err := openData("nile", data.Schema{Vars: []data.Var{{Name: "volume", Kind: data.Real, Size: 1}}}, data.Options{Split: [3]float64{1, 0, 0}})
	if err != nil {
		t.Fatal(err)
	}
	plan := predict.Plan{Ahead: 2, Filters: 5, Particles: 400, Seed: 3}
	text := shipped(t, "nile", `
guide NEAR = q(level[t] | level[t-1], volume[t]) {
  level[0] = 0
  level[t] ~ Normal(mean=0.8 * level[t-1] + 0.2 * (volume[t] - center) / scale, var=0.12)
}`)
	x := predictingOf(t, text, "NEAR", bundle.Train, 2)
	exact := x.scored(t, "exact", plan)
	closeTo(t, "bootstrap", x.scored(t, "bootstrap", plan), exact, 1e-3)
	closeTo(t, "guided", x.scored(t, "guided", plan), exact, 1e-3)
}

// statical has a latent of one value a sequence, a number that is blank at times, a count
// that no latent touches, and a step that is fed back.
const statical = `
use std.cells
use std.nets
model M {
  observed x[t]: real
  observed n[t]: count
  latent   b: real
  latent   z[t]: real
  x[0] = 0
  b ~ Normal(mean=0, var=1)
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=0.5 * z[t-1] + 0.3 * x[t-1], var=0.5)
  x[t] ~ Normal(mean=z[t] + b, var=0.3)
  n[t] ~ Poisson(rate=3)
}`

// TestPredictStatic compares filters of a latent of one value a sequence, and exact
// inference that draws where what is observed meanwhile matters.
func TestPredictStatic(t *testing.T) {
	if testing.Short() {
		t.Skip("it filters for seconds")
	}
	set := drawnSet(t, statical, 6, 8)
	plan := predict.Plan{Ahead: 2, Filters: 5, Particles: 600, Seed: 3}
	x := predictingOf(t, statical, "auto", set, 2)
	if !x.p.LooksAhead() {
		t.Error("the guide looks ahead, and that is not seen")
	}
	exact := x.scored(t, "exact", plan)
	if exact.Steps[0].Log.Error != 0 || exact.Steps[1].Log.Error == 0 {
		t.Errorf("one step is exact, and two are drawn: %+v", exact.Steps)
	}
	closeTo(t, "bootstrap", x.scored(t, "bootstrap", plan), exact, 3e-3)
	closeTo(t, "guided", x.scored(t, "guided", plan), exact, 3e-3)
}

// TestPredictBlanks leaves blanks out: exact scores of what is there add up to the
// likelihood, and particles agree.
func TestPredictBlanks(t *testing.T) {
	set, _ := removed(t, 0.4)
	set.Sequences = set.Sequences[:6]
	x := predictingOf(t, gappy, "exact", set, 2)
	plan := predict.Plan{Ahead: 2, Filters: 5, Particles: 200, Seed: 3}
	exact := x.scored(t, "exact", plan)
	nll, err := x.fitted.NLL(context.Background(), set, x.config)
	if err != nil {
		t.Fatal(err)
	}
	if got := float64(exact.Steps[0].Log.Value); math.Abs(got-nll.Value) > 1e-5*math.Abs(nll.Value) {
		t.Errorf("the log score is %g, and the likelihood %g", got, nll.Value)
	}
	there := 0
	for i := range set.Sequences {
		for _, is := range set.Sequences[i].Present(0) {
			if is {
				there++
			}
		}
	}
	if n := exact.Steps[0].Vars[0].Numbers; n != there {
		t.Errorf("%d numbers are scored, and %d are there", n, there)
	}
	closeTo(t, "bootstrap", x.scored(t, "bootstrap", plan), exact, 5e-3)
}
