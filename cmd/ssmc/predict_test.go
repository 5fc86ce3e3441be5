package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"

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

// TestPredictHMM compares exact predictions of binary numbers with the forward algorithm
// by hand, and those of particles with both.
func TestPredictHMM(t *testing.T) {
	text := shipped(t, "hmm")
	set := drawnSet(t, text, 10, 15)
	x := predictingOf(t, text, "EXACT", set, 2)
	plan := predict.Plan{Ahead: 2, Filters: 5, Particles: 400, Seed: 3}
	exact := x.scored(t, "exact", plan)
	for h := range 2 {
		joint, log, brier := forward(x.fitted.Params, set, h+1)
		s := &exact.Steps[h]
		for what, pair := range map[string][2]float64{
			"log score": {float64(s.Log.Value), joint}, "log score of a number": {float64(s.Vars[0].Log.Value), log}, "Brier score": {float64(s.Vars[0].Brier.Value), brier},
		} {
			if math.Abs(pair[0]-pair[1]) > 1e-5*pair[1] { // the parameters are in float32
				t.Errorf("%d ahead: %s %.9g, want %.9g", h+1, what, pair[0], pair[1])
			}
		}
	}
	closeTo(t, "bootstrap", x.scored(t, "bootstrap", plan), exact, 1e-3)
}

// forward is the scores of predictions of the hidden Markov model by probabilities, one
// after another: of a frame, and of a number.
func forward(params *runtime.Params[float32], set *data.Set, ahead int) (joint, log, brier float64) {
	value := func(name string) []float64 {
		i := params.Index("HMM." + name)
		return params.List[i].Natural(widened(params.Get(i)))
	}
	start, trans, e := value("start"), value("P"), value("e")
	on := func(k, j int) float64 { return 1 / (1 + math.Exp(-e[6*k+j])) }
	emit := func(x []float32, k int) float64 {
		p := 1.0
		for j, v := range x {
			p *= 1 - math.Abs(float64(v)-on(k, j))
		}
		return p
	}
	move := func(p []float64) []float64 {
		next := make([]float64, 3)
		for k, v := range p {
			floats.AddScaled(next, v, trans[3*k:3*k+3])
		}
		return next
	}
	frames := 0.0
	for i := range set.Sequences {
		x := set.Sequences[i].Values(0)
		pred := start // of the next step
		for last := -1; last+ahead < set.Sequences[i].Len; last++ {
			p := pred
			for range ahead - 1 {
				p = move(p)
			}
			row, sum := x[6*(last+ahead):][:6], 0.0
			for k := range p {
				sum += p[k] * emit(row, k)
			}
			joint, frames = joint-math.Log(sum), frames+1
			for j, v := range row {
				one := 0.0
				for k := range p {
					one += p[k] * on(k, j)
				}
				log -= math.Log(1 - math.Abs(float64(v)-one))
				brier += (one - float64(v)) * (one - float64(v))
			}
			post, total := make([]float64, 3), 0.0
			for k := range pred {
				post[k] = pred[k] * emit(x[6*(last+1):][:6], k)
				total += post[k]
			}
			floats.Scale(1/total, post)
			pred = move(post)
		}
	}
	return joint / frames, log / frames / 6, brier / frames / 6
}

// TestPredictCalibrated predicts data that were drawn from the model itself: intervals
// hold what they say, to four standard errors of a share, and places are even.
func TestPredictCalibrated(t *testing.T) {
	set, _ := walk("x", 200, rand.New(rand.NewPCG(4, 4)))
	x := predictingOf(t, shipped(t, "linear1d"), "ST_R", set, 2)
	for filter, particles := range map[string]int{"exact": 1, "bootstrap": 20} {
		got := x.scored(t, filter, predict.Plan{Ahead: 1, Filters: 5, Particles: particles, Seed: 1})
		v := &got.Steps[0].Vars[0]
		for _, c := range v.Coverage {
			if se := math.Sqrt(c.Level * (1 - c.Level) / float64(v.Numbers)); math.Abs(float64(c.Holds)-c.Level) > 4*se {
				t.Errorf("%s: %g intervals hold %.4f ± %.4f", filter, c.Level, float64(c.Holds), se)
			}
		}
		csv, err := predict.Calibration([]*predict.Prediction{got})
		if err != nil {
			t.Fatal(err)
		}
		bins := 0
		for _, line := range strings.Split(string(csv), "\n") {
			cells := strings.Split(line, ",")
			if len(cells) < 9 || cells[3] != "pit" {
				continue
			}
			bins++
			var want, got float64
			fmt.Sscan(cells[7], &want)
			fmt.Sscan(cells[8], &got)
			if math.Abs(got-want) > 4*math.Sqrt(want*(1-want)/float64(v.Numbers)) {
				t.Errorf("%s: %s", filter, line)
			}
		}
		if bins != 20 {
			t.Errorf("%d bins of places:\n%s", bins, csv)
		}
	}
}

// A spy notes what is drawn of the next step, after each step.
type spy struct {
	predict.Source
	drawn []string
}

func (s *spy) Begin(ctx context.Context, i int) error {
	s.drawn = nil
	return s.Source.Begin(ctx, i)
}

func (s *spy) Observe(next *predict.Drawn) {
	s.drawn = append(s.drawn, fmt.Sprint(next.Latents))
	s.Source.Observe(next)
}

// TestPredictNothingLeaks changes a sequence from some step on: what is predicted before
// stays as it was, to the bit. Were a guide that looks ahead given all, it would not.
func TestPredictNothingLeaks(t *testing.T) {
	const steps, cut = 12, 7
	text := shipped(t, "linear1d", "\nuse std.cells\nuse std.nets\n", linearGuides)
	drawn := func(guide, filter string, change float32, leak bool) []string {
		_, xs := walk("x", 1, rand.New(rand.NewPCG(1, 1)))
		x := xs[0][:steps]
		for i := cut; i < steps; i++ {
			x[i] += change
		}
		vars := []data.Var{{Name: "x", Role: data.Observed, Kind: data.Real, Size: 1}}
		set := data.NewSet("x", vars, "", []data.Sequence{data.NewSequence(vars, "1", steps, [][]float32{x}, nil, nil)})
		p := predictingOf(t, text, guide, set, 2)
		out, err := p.predictor(filter, predict.Plan{Ahead: 1, Filters: 2, Particles: 20, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if leak {
			f := out.Forecasters[0]
			out.Source, err = p.fitted.Source(set, p.config, inference.Filtering{Weighed: filter == "guided", Latents: f.Latents(), Memory: f.Memory(), Plan: out.Plan})
			if err != nil {
				t.Fatal(err)
			}
		}
		s := &spy{Source: out.Source}
		out.Source = s
		if _, err := out.Scores(context.Background()); err != nil {
			t.Fatal(err)
		}
		return s.drawn
	}
	same := func(a, b []string) (n int) {
		for n < len(a) && a[n] == b[n] {
			n++
		}
		return n
	}
	for _, c := range []struct{ guide, filter string }{
		{"ST_R", "guide"}, {"LOOK", "guide"}, {"NEAR", "guide"}, {"ST_LR", "guide"}, {"MF_LR", "guide"},
		{"ST_R", "guided"}, {"LOOK", "guided"}, {"NEAR", "guided"}, {"NEAR", "bootstrap"},
	} {
		// What is known after the first cut steps, none of them changed, is the same.
		if n := same(drawn(c.guide, c.filter, 0, false), drawn(c.guide, c.filter, 5, false)); n != cut+1 {
			t.Errorf("%s by %s: predictions are the same after %d steps, and %d are", c.guide, c.filter, n-1, cut)
		}
	}
	for _, filter := range []string{"guide", "guided"} {
		if n := same(drawn("LOOK", filter, 0, true), drawn("LOOK", filter, 5, true)); n > 1 {
			t.Errorf("%s: what leaks is not seen", filter)
		}
	}
}

// TestPredictThreads: any number of threads gives the same scores, to the bit, and another
// seed gives others.
func TestPredictThreads(t *testing.T) {
	set, _ := walk("x", 3, rand.New(rand.NewPCG(2, 2)))
	text := shipped(t, "linear1d", "\nuse std.cells\nuse std.nets\n", linearGuides)
	for _, filter := range []string{"guide", "bootstrap", "guided"} {
		encoded := func(threads int, seed uint64) string {
			p := predictingOf(t, text, "LOOK", set, threads).scored(t, filter, predict.Plan{Ahead: 2, Filters: 2, Particles: 20, Seed: seed})
			out, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			return string(out)
		}
		one := encoded(1, 1)
		if three := encoded(3, 1); one != three {
			t.Errorf("%s depends on threads:\n%s\n%s", filter, one, three)
		}
		if other := encoded(1, 2); one == other {
			t.Errorf("%s does not depend on the seed", filter)
		}
	}
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

// TestPredictTooLong refuses a guide that looks ahead where a sequence is too long for it.
func TestPredictTooLong(t *testing.T) {
	vars := []data.Var{{Name: "x", Role: data.Observed, Kind: data.Real, Size: 1}}
	set := data.NewSet("long", vars, "", []data.Sequence{data.NewSequence(vars, "1", 100000, [][]float32{make([]float32, 100000)}, nil, nil)})
	plan := predict.Plan{Ahead: 1, Filters: 5, Particles: 100}
	text := shipped(t, "linear1d")
	_, err := predictingOf(t, text, "ST_R", set, 1).predictor("guided", plan)
	if err == nil || !strings.Contains(err.Error(), "--filter guided: the guide looks ahead, so that it is given the steps before each step anew: 5e+09 frames of 500 draws; take fewer draws, another filter, or a guide that looks back, as ST_L") {
		t.Error(err)
	}
	if _, err := predictingOf(t, text, "ST_L", set, 1).predictor("guided", plan); err != nil {
		t.Error(err)
	}
}
