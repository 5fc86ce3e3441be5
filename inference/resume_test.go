package inference

import (
	"context"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ssmc/inference/data"
	"ssmc/runtime"
)

// brokenOff is a fit that was interrupted in the update after step at.
func brokenOff(t *testing.T, at uint64, settings ...string) *Run {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	device := &fakeDevice{before: func(r runtime.Run) error {
		if r.Grad && r.Step == at {
			cancel()
		}
		return nil
	}}
	part, err := Fit(ctx, meanModel, bundle(), config(t, settings...), Options{Device: device})
	if err != nil || part.State != Interrupted || part.Updates != int(at)+1 {
		t.Fatalf("%v; %s after %d", err, part.State, part.Updates)
	}
	return part
}

// timeless is metrics without what the clock tells.
func timeless(list []Metric) []Metric {
	out := slices.Clone(list)
	for i := range out {
		out[i].Seconds, out[i].FramesPerSec = 0, 0
	}
	return out
}

// sameRuns compares all that two fits have computed, bit for bit.
func sameRuns(t *testing.T, what string, got, want *Run) {
	t.Helper()
	if !slices.Equal(got.Params.Values, want.Params.Values) || got.Best != want.Best || got.State != want.State || got.Updates != want.Updates {
		t.Errorf("%s: %v, %s after %d, best %+v; want %v, %s after %d, %+v", what,
			got.Params.Get(0), got.State, got.Updates, got.Best, want.Params.Get(0), want.State, want.Updates, want.Best)
	}
	a, b := timeless(got.Metrics), timeless(want.Metrics)
	if !reflect.DeepEqual(a, b) {
		t.Errorf("%s: the metrics are %+v, want %+v", what, a, b)
	}
	s, u := *got.snapshot, *want.snapshot
	s.Epoch.busy, u.Epoch.busy = 0, 0
	if !reflect.DeepEqual(s, u) {
		t.Errorf("%s: the snapshot is %+v, want %+v", what, s, u)
	}
}

// A fit that is interrupted in the middle of an epoch and resumed, from memory or
// from a folder, ends with the same bits, the same best and the same metrics as
// one that is not: with schedules, early stopping, and whatever else has a state.
func TestResumeGoesOnAsIfNeverStopped(t *testing.T) {
	for _, settings := range [][]string{
		{"batch=3", "epochs=9", "validate.every=2", "optimizer.lr=0.1"},
		{"batch=3", "epochs=9", "validate=none", "optimizer.schedule=cosine", "optimizer.schedule.warmup=5"},
		{"batch=3", "epochs=9", "validate.every=3", "validate.unit=updates", "objective.anneal=linear", "objective.anneal.steps=20", "optimizer=rmsprop", "optimizer.momentum=0.5"},
		{"batch=3", "epochs=90", "validate.every=1", "stop.patience=3", "optimizer=sgd", "optimizer.clip_norm=0", "divide=none", "optimizer.lr=0.06", "order=pooled"},
	} {
		whole := fit(t, bundle(), Options{}, settings...)
		for _, at := range []uint64{0, 4, 6, 7, uint64(whole.Updates) - 2} {
			part := brokenOff(t, at, settings...)
			sameRuns(t, "from memory", fit(t, bundle(), Options{Resume: part}, settings...), whole)
			dir := t.TempDir()
			if err := Save(dir, part, false); err != nil {
				t.Fatal(err)
			}
			loaded, _, err := LoadCheckpoint(dir)
			if err != nil {
				t.Fatal(err)
			}
			rest := fit(t, bundle(), Options{Resume: loaded}, settings...)
			sameRuns(t, "from a folder", rest, whole)
			if rest.ID != part.ID || len(rest.Resumed) != 1 || rest.Resumed[0].Update != part.Updates {
				t.Errorf("run %s, resumed %+v", rest.ID, rest.Resumed)
			}
			if err := Save(dir, rest, false); err != nil {
				t.Errorf("a resumed run does not replace itself: %v", err)
			}
		}
	}
}

// More epochs, or more patience, than a run had: it goes on as it would have gone.
func TestExtendedRunGoesOn(t *testing.T) {
	settings := []string{"batch=3", "validate.every=2", "epochs=4"}
	more := append(slices.Clone(settings), "epochs=9")
	sameRuns(t, "epochs", fit(t, bundle(), Options{Resume: fit(t, bundle(), Options{}, settings...)}, more...), fit(t, bundle(), Options{}, more...))

	settings = []string{"batch=10", "epochs=40", "validate.every=1", "stop.patience=3", "optimizer=sgd", "optimizer.clip_norm=0", "divide=none", "optimizer.lr=0.06"}
	more = append(slices.Clone(settings), "stop.patience=6")
	short := fit(t, bundle(), Options{}, settings...)
	if short.State != Stopped {
		t.Fatal(short.State)
	}
	sameRuns(t, "patience", fit(t, bundle(), Options{Resume: short}, more...), fit(t, bundle(), Options{}, more...))
}

func TestResumeRefusesWhatDoesNotFit(t *testing.T) {
	settings := []string{"batch=3", "epochs=6", "validate.every=2"}
	longer, test := append(slices.Clone(settings), "epochs=9"), bundle()
	otherTrain, otherValid := bundle(), bundle()
	otherTrain.Train, otherValid.Valid = normals("train.csv", 3, 9, 5, 2), normals("valid.csv", 3, 9, 3, 4)
	test.Test = normals("test.csv", 3, 9, 4)
	wider := *meanModel
	wider.Params = append(slices.Clone(wider.Params), runtime.Param{Name: "more", Init: runtime.Init{Kind: "constant"}})
	for _, c := range []struct {
		m        *runtime.Model
		d        *data.Bundle
		settings []string
		want     string
	}{
		{meanModel, otherTrain, longer, "other data"},
		{meanModel, otherValid, longer, "other data"},
		{meanModel, bundle(), settings, "it is complete already"},
		{meanModel, bundle(), append(slices.Clone(longer), "optimizer.lr=0.1"), "hangs on optimizer.lr"},
		{meanModel, bundle(), append(slices.Clone(longer), "seed=2", "regularize=l2", "regularize.0=1"), "hangs on seed and regularize"},
		{&wider, bundle(), longer, "not those of the model"},
		{meanModel, test, longer, ""}, // which a fit does not learn from
	} {
		o := Options{Device: &fakeDevice{}, Resume: fit(t, bundle(), Options{}, settings...)}
		_, err := Fit(context.Background(), c.m, c.d, config(t, c.settings...), o)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
	o := Options{Device: &fakeDevice{}, Resume: fit(t, bundle(), Options{}, settings...)}
	o.Resume.snapshot = nil
	if _, err := Fit(context.Background(), meanModel, bundle(), config(t, longer...), o); err == nil || !strings.Contains(err.Error(), "no snapshot") {
		t.Errorf("no snapshot: %v", err)
	}
}

// What may change, and what may not, of a run that has begun 4 epochs and waited
// for two validations.
func TestExtend(t *testing.T) {
	no, better := 1.0, 0.5
	run := func(settings ...string) *Run {
		return &Run{Config: config(t, settings...), Epochs: 4, State: Running, Metrics: []Metric{
			{Update: 1, Valid: &no, Best: true}, {Update: 2}, {Update: 3, Valid: &no}, {Update: 4, Valid: &no}, {Update: 5, Valid: &better, Best: true}, {Update: 6, Valid: &no}}}
	}
	for _, c := range []struct{ had, gets, want string }{
		{"", "epochs=4", ""},
		{"", "epochs=3", "less than the run has begun"},
		{"optimizer.schedule=linear", "epochs=9", "another from the start"},
		{"optimizer.schedule=linear optimizer.schedule.steps=50", "epochs=9", ""},
		{"", "stop.patience=3", ""},
		{"", "stop.patience=2", "waited for 2"},
		{"stop.patience=3", "stop.patience=0", ""},
		{"", "threads=3 checkpoint=0 eval.nll=filter eval.bound.samples=9", ""},
		{"", "eval.frames=9", "hangs on eval.frames"},
		{"", "batch=3 window=7", "hangs on batch and window"},
	} {
		r := run(strings.Fields(c.had)...)
		err := r.Extend(config(t, strings.Fields(c.had+" "+c.gets)...))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q, then %q: %v, want %q", c.had, c.gets, err, c.want)
		}
	}
}

// A tally goes through a checkpoint to the last bit.
func TestTallyIsKept(t *testing.T) {
	want := tally{3, 40, -1.0 / 3, math.Pi, 1e-300, 12345}
	b, err := want.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	var got tally
	if err := got.UnmarshalJSON(b); err != nil || got != want {
		t.Errorf("%v; %+v from %s", err, got, b)
	}
}

// A run that has done all of the fewer epochs that it is to have ends as one of so
// many does: with a validation of its end.
func TestShortenedRunIsValidated(t *testing.T) {
	settings := []string{"batch=10", "epochs=9", "validate.every=5", "optimizer.lr=0.1"} // an update an epoch
	less := append(slices.Clone(settings), "epochs=7")
	rest, whole := fit(t, bundle(), Options{Resume: throughFolder(t, brokenOff(t, 6, settings...))}, less...), fit(t, bundle(), Options{}, less...)
	if rest.State != Complete || rest.Best != whole.Best || whole.Best.Update != 7 || !slices.Equal(rest.Params.Values, whole.Params.Values) {
		t.Errorf("%s after %d, best %+v; want %+v", rest.State, rest.Updates, rest.Best, whole.Best)
	}
	if a, b := timeless(rest.Metrics), timeless(whole.Metrics); !reflect.DeepEqual(a, b) {
		t.Errorf("the metrics are %+v, want %+v", a, b)
	}
}
