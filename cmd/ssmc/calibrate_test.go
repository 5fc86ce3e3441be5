package main

import (
	"context"
	"io"
	"testing"

	"ssmc/inference/calibration"
	"ssmc/lang/diag"
)

// calibrated is the trials of a model that comes with the program.
func calibrated(t *testing.T, c calibrateCmd) (names []string, list [][]calibration.Trial) {
	t.Helper()
	g := &globals{ctx: context.Background(), out: io.Discard, err: io.Discard, sources: map[string]*diag.Source{}}
	x, err := c.prepare(g)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.run(func(string, float64) {}); err != nil {
		t.Fatal(err)
	}
	return x.trials()
}

// TestCalibrate finds the posteriors of a regression right, at a fixed seed, and
// would not if they were 0.7 or 0.5 times as wide: then the same ranks are rejected.
func TestCalibrate(t *testing.T) {
	if testing.Short() {
		t.Skip("60 fits")
	}
	names, list := calibrated(t, calibrateCmd{Model: "regression", Simulations: 60})
	if len(names) != 2 {
		t.Fatal(names)
	}
	for i, name := range names {
		for _, times := range []float64{1, 0.7, 0.5} {
			var trials []calibration.Trial
			for _, x := range list[i] {
				trials = append(trials, x.Narrowed(times))
			}
			if r := calibration.Assess(name, trials); r.OK() != (times == 1) {
				t.Errorf("%g times as wide: %+v", times, r)
			}
		}
	}
}

// TestCalibrateThreads gives the same ranks whatever the number of threads.
func TestCalibrateThreads(t *testing.T) {
	set := []string{"epochs=3"}
	_, one := calibrated(t, calibrateCmd{Model: "regression", Simulations: 20, Threads: 1, Set: set})
	_, three := calibrated(t, calibrateCmd{Model: "regression", Simulations: 20, Threads: 3, Set: set})
	for k := range one {
		for i, a := range one[k] {
			if b := three[k][i]; a.Truth != b.Truth || a.Rank() != b.Rank() || a.Draws[5] != b.Draws[5] {
				t.Errorf("simulation %d: %v and %v", i+1, a.Truth, b.Truth)
			}
		}
	}
}
