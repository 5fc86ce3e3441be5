package inference

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"ssmc/inference/data"
	"ssmc/runtime"
)

func bundle() *data.Bundle {
	return &data.Bundle{
		Train: normals("train.csv", 3, 1, 5, 2, 4, 1, 3, 5, 2, 2, 6, 4),
		Valid: normals("valid.csv", 3, 2, 3, 4),
	}
}

func fit(t *testing.T, d *data.Bundle, o Options, settings ...string) *Run {
	t.Helper()
	if o.Device == nil {
		o.Device = &fakeDevice{}
	}
	run, err := Fit(context.Background(), meanModel, d, config(t, settings...), o)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// With the whole set in one batch the fit is gradient descent on
// sum (x-mu)²/2 + B mu²/2, whose minimum is known.
func TestFitFindsTheMinimum(t *testing.T) {
	d := bundle()
	run := fit(t, d, Options{}, "batch=10", "epochs=200", "divide=none", "optimizer=sgd", "optimizer.lr=0.01", "optimizer.clip_norm=0", "stop=none")
	x := frames(d.Train)
	want := sum(x) / float64(len(x)+10)
	if mu := float64(run.Params.Get(0)[0]); math.Abs(mu-want) > 1e-5 { // float32, converged
		t.Errorf("mu = %g, want %g", mu, want)
	}
	if run.Params.Get(1)[0] != 5 || run.State != Complete || run.Updates != 200 || run.Epochs != 200 {
		t.Errorf("held = %g, %s after %d updates", run.Params.Get(1)[0], run.State, run.Updates)
	}
}

// One update by hand: gradients are of the cost over the batch's sequences, the
// KL term has its annealed weight, and the norm is clipped before the step.
func TestOneUpdate(t *testing.T) {
	d := bundle()
	var last Metric
	o := Options{Events: func(e Event) {
		if p, ok := e.(Progress); ok {
			last = p.Metric
		}
	}}
	x := frames(d.Train)
	for clip, step := range map[string]float64{"0": -sum(x) / 10, "0.5": -0.5} {
		run := fit(t, d, o, "batch=10", "epochs=1", "optimizer=sgd", "optimizer.lr=0.1", "optimizer.clip_norm="+clip, "stop=none", "validate=none")
		if mu := float64(run.Params.Get(0)[0]); math.Abs(mu+0.1*step) > 1e-6 { // float32
			t.Errorf("clip %s: mu = %g, want %g", clip, mu, -0.1*step)
		}
	}
	want := 0.0
	for _, v := range x {
		want += (v*v + math.Log(2*math.Pi)) / 2 / float64(len(x))
	}
	if math.Abs(last.Bound-want) > 1e-9 || last.KL != 0 || math.Abs(last.GradNorm-sum(x)/10) > 1e-5 {
		t.Errorf("metric %+v, want the bound %g and norm %g", last, want, sum(x)/10)
	}
}

func TestCoefficients(t *testing.T) {
	var got [][]float64
	o := Options{Device: &fakeDevice{before: func(r runtime.Run) error {
		if r.Grad {
			got = append(got, []float64{r.Scale * r.Coef[0], r.Scale * r.Coef[1]})
		}
		return nil
	}}}
	fit(t, bundle(), o, "batch=5", "epochs=2", "samples=3", "objective.anneal=linear", "objective.anneal.from=0.1", "objective.anneal.steps=2")
	for i, beta := range []float64{0.1, 0.55, 1, 1} { // neither term has a row a sample, so neither is divided by three
		if want := []float64{-1.0 / 5, beta / 5}; math.Abs(got[i][0]-want[0])+math.Abs(got[i][1]-want[1]) > 1e-15 {
			t.Errorf("update %d: coefficients %v, want %v", i, got[i], want)
		}
	}
}

// Far too long a step makes the validation bound worse from the second
// validation on: the fit stops, and keeps the parameters of the first.
func TestEarlyStoppingKeepsTheBest(t *testing.T) {
	run := fit(t, bundle(), Options{}, "batch=10", "epochs=100", "validate.every=1", "stop.patience=3",
		"optimizer=sgd", "optimizer.clip_norm=0", "divide=none", "optimizer.lr=0.06")
	if run.State != Stopped || run.Best.Update >= run.Updates || run.Updates != run.Best.Update+3 {
		t.Fatalf("%s after %d updates, the best at %d", run.State, run.Updates, run.Best.Update)
	}
	score, err := Fitted{Model: meanModel, Params: run.Params, Device: &fakeDevice{}}.Bound(context.Background(), bundle().Valid, run.Config)
	if err != nil || math.Abs(score.Value-run.Best.Bound) > 1e-12 {
		t.Errorf("the run's parameters have the bound %g (%v), the best had %g", score.Value, err, run.Best.Bound)
	}
	least := math.Inf(1)
	for _, m := range run.Metrics {
		least = min(least, *m.Valid)
	}
	if least != run.Best.Bound {
		t.Errorf("the best bound is %g, the run says %g", least, run.Best.Bound)
	}
}

func TestCancellationGivesAPartialRun(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	device := &fakeDevice{before: func(r runtime.Run) error {
		if r.Grad && r.Step == 6 {
			cancel()
		}
		return nil
	}}
	run, err := Fit(ctx, meanModel, bundle(), config(t, "batch=5", "validate.every=1"), Options{Device: device})
	if err != nil || run.State != Interrupted || run.Updates != 7 || run.Epochs != 4 {
		t.Fatalf("%v; %s after %d updates, want 7", err, run.State, run.Updates)
	}
	if !run.Best.Found || len(run.Metrics) != 3 {
		t.Errorf("best %+v, %d metrics", run.Best, len(run.Metrics))
	}
}

func TestFailureKeepsTheBest(t *testing.T) {
	broken := errors.New("x is not finite")
	device := &fakeDevice{before: func(r runtime.Run) error {
		if r.Grad && r.Step == 8 {
			return broken
		}
		return nil
	}}
	run, err := Fit(context.Background(), meanModel, bundle(), config(t, "batch=5", "validate.every=1"), Options{Device: device})
	if !errors.Is(err, broken) || run == nil || run.State != Failed || run.Updates != 8 || !strings.Contains(run.Failure, "update 9") {
		t.Fatalf("%v; run %+v", err, run)
	}
	if mu := run.Params.Get(0)[0]; mu == 0 || math.IsNaN(float64(mu)) || !run.Best.Found {
		t.Errorf("mu = %g, best %+v", mu, run.Best)
	}
}

func TestFitIsDeterministic(t *testing.T) {
	a, b := fit(t, bundle(), Options{}, "batch=3", "epochs=5", "optimizer.clip_norm=0"), fit(t, bundle(), Options{}, "batch=3", "epochs=5", "optimizer.clip_norm=0")
	if !slices.Equal(a.Params.Values, b.Params.Values) || a.Best != b.Best {
		t.Error("two fits differ")
	}
	if c := fit(t, bundle(), Options{}, "batch=3", "epochs=5", "optimizer.clip_norm=0", "seed=2"); slices.Equal(a.Params.Values, c.Params.Values) {
		t.Error("the seed does not matter")
	}
}

func TestWithoutValidationTheLastIsKept(t *testing.T) {
	d := bundle()
	d.Valid = nil
	run := fit(t, d, Options{}, "epochs=3")
	if run.Best.Found || !strings.Contains(strings.Join(run.Notes, ";"), "the last parameters are kept") || run.Params.Get(0)[0] == 0 {
		t.Errorf("notes %q, best %+v", run.Notes, run.Best)
	}
}

func TestEventsTellTheStory(t *testing.T) {
	var kinds []string
	o := Options{Events: func(e Event) {
		switch e := e.(type) {
		case Started:
			kinds = append(kinds, "started")
			if e.Parameters != 1 || e.Updates != 4 || e.UpdatesPerEpoch != 2 || e.Frames != 34 {
				t.Errorf("%+v", e)
			}
		case Validated:
			kinds = append(kinds, "validated")
		case Progress:
			kinds = append(kinds, "progress")
			if e.Update != 4 || e.Left != 0 || e.Epoch != 2 {
				t.Errorf("%+v", e)
			}
		case Finished:
			kinds = append(kinds, "finished")
		}
	}}
	fit(t, bundle(), o, "batch=5", "epochs=2", "validate.every=1")
	if want := []string{"started", "validated", "validated", "progress", "finished"}; !slices.Equal(kinds, want) {
		t.Errorf("events %v, want %v", kinds, want)
	}
}

func TestFitRefuses(t *testing.T) {
	empty, fixed := bundle(), *meanModel
	empty.Train = normals("train.csv", 0, 1)
	fixed.Params = meanModel.Params[1:]
	other := &runtime.Model{Params: meanModel.Params, Ports: []runtime.Port{{Name: "y", Cols: 1}}}
	for _, c := range []struct {
		m        *runtime.Model
		d        *data.Bundle
		settings []string
		want     string
	}{
		{meanModel, empty, nil, "no sequences"},
		{&fixed, bundle(), nil, "nothing to learn"},
		{other, bundle(), nil, "no variable y"},
		{meanModel, bundle(), []string{"regularize=l2", "regularize.0=1", "regularize.on=*.W"}, "no learned parameter"},
		{meanModel, bundle(), []string{"optimizer.momentum=0.5"}, "no effect"},
	} {
		_, err := Fit(context.Background(), c.m, c.d, config(t, c.settings...), Options{Device: &fakeDevice{}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}
