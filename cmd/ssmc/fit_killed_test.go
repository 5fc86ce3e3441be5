package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ssmc/inference"
)

// stories are fits with much that has a state.
var stories = [][]string{
	{"--set", "objective.anneal=linear", "--set", "objective.anneal.steps=500", "--set", "optimizer.schedule=cosine", "--set", "validate.every=3"},
	{"--set", "window=2", "--set", "carry=true", "--set", "optimizer.lr=1e-4", "--set", "checkpoint=0.003"},
	{"--set", "optimizer=sgd", "--set", "optimizer.momentum=0.9", "--set", "optimizer.lr=1e-3", "--set", "validate.every=7", "--set", "validate.unit=updates", "--set", "stop.patience=40", "--set", "order=pooled"},
}

// TestKilled kills fits at random moments with the signal that cannot be heeded,
// and resumes them each time, until they are done: they end with the same bits as
// fits that were left alone. SSMC_TEST_KILLS is how often: 100 take some minutes.
func TestKilled(t *testing.T) {
	k, epochs := &killer{dir: workplace(t), left: 6}, "300"
	if testing.Short() {
		k.left = 3
	}
	if n, err := strconv.Atoi(os.Getenv("SSMC_TEST_KILLS")); err == nil {
		k.left, epochs = n, "900"
	}
	runs, kills := 0, k.left
	for ; k.left > 0; runs++ {
		i := runs % len(stories)
		fit := slices.Concat([]string{"fit", "level.ssm", "data.csv", "--set", "epochs=" + epochs}, often, stories[i])
		whole, run := filepath.Join(k.dir, "whole-"+strconv.Itoa(i)), filepath.Join(k.dir, "run-"+strconv.Itoa(runs))
		if !exists(whole) {
			begin := time.Now()
			ssmc(t, k.dir, append(slices.Clip(fit), "--out", whole, "--set", "checkpoint=0")...)
			k.window = max(k.window, time.Since(begin))
		}
		k.finish(t, run, append(slices.Clip(fit), "--out", run))
		sameFit(t, run, whole)
		clean(t, run)
	}
	t.Logf("killed %d times, %d of them before the first checkpoint and %d after new ones: %d runs came to the bits of those left alone", kills, k.early, k.late, runs)
	if k.late == 0 {
		t.Error("no fit was killed in its course")
	}
}

// A killer kills fits, after random times within a window that follows how fast
// the machine is.
type killer struct {
	dir    string
	left   int // how often it will kill yet
	window time.Duration
	early  int // before there was a checkpoint
	late   int // after new checkpoints
}

// finish brings a fit to its end, killed again and again.
func (k *killer) finish(t *testing.T, run string, fit []string) {
	t.Helper()
	args, updates := fit, 0
	for {
		s := start(t, k.dir, args...)
		if k.left > 0 {
			time.AfterFunc(rand.N(k.window), func() { s.Process.Kill() })
		}
		switch code := s.code(t); {
		case code == 0 || code == exitNotResumed && len(loaded(t, run).Scores) > 0: // killed after all was done
			k.window /= 2
			return
		case code > 0:
			t.Fatalf("it ended with %d: %s", code, s.err.String())
		}
		k.left--
		if !inference.HoldsRun(run) {
			k.early++
			k.window = k.window * 3 / 2
			continue
		}
		args = []string{"fit", "--resume", run, "--quiet"}
		updates = k.adjust(updates, loaded(t, run).Updates)
	}
}

// adjust has the next fit live longer where the last came no further, else shorter.
func (k *killer) adjust(before, now int) int {
	if now > before {
		k.late++
		k.window = max(k.window*4/5, 300*time.Millisecond)
	} else {
		k.window = k.window * 3 / 2
	}
	return now
}

// clean reports files of a run that are half written.
func clean(t *testing.T, run string) {
	t.Helper()
	entries, err := os.ReadDir(run)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") && e.Name() != ".lock" {
			t.Errorf("%s is left in %s", e.Name(), run)
		}
	}
}
