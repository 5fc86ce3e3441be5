package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// little is flags for a few short sequences that the model itself drew, in the
// root of the repository.
func little(t *testing.T) (f *flags, told *bytes.Buffer) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds and runs ssmc")
	}
	t.Chdir("../..")
	dir := t.TempDir()
	told = new(bytes.Buffer)
	f = &flags{ssmc: filepath.Join(dir, "ssmc"), data: filepath.Join(dir, "data"), out: filepath.Join(dir, "out"),
		epochs: 1, samples: 4, threads: 1, jobs: 1, device: "cpu", do: "fit", told: told}
	for _, args := range [][]string{
		{"go", "build", "-o", f.ssmc, "./cmd/ssmc"},
		{f.ssmc, "simulate", "polyphonic", "--out", filepath.Join(f.data, "jsb"), "--split", "40,4,4", "--length", "4"},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%q: %v\n%s", args, err, out)
		}
	}
	if err := os.MkdirAll(f.out, 0o777); err != nil {
		t.Fatal(err)
	}
	return f, told
}

// do performs runs and is what was begun.
func do(t *testing.T, f *flags, told *bytes.Buffer, cells string) string {
	t.Helper()
	chosen, err := choose("", cells)
	if err != nil {
		t.Fatal(err)
	}
	told.Reset()
	if err := f.perform(context.Background(), runs(chosen)); err != nil {
		t.Error(err)
	}
	return told.String()
}

// began reports whether a run's fit or eval was begun.
func began(told, run, verb string) bool { return strings.Contains(told, run+": "+verb+", log in ") }

// TestPerform fits each of the models, goes on with them, and does nothing twice.
func TestPerform(t *testing.T) {
	f, told := little(t)
	const all = "2/jsb/ST_L,jsb/DMM,jsb/DMM-Aug,jsb/DMM-Aug-NADE"
	log := do(t, f, told, all)
	for _, run := range []string{"jsb-dmm-st_l-ar10", "jsb-dmm-dks", "jsb-aug-dks", "jsb-augnade-dks"} {
		if !began(log, run, "fit") || !began(log, run, "eval") {
			t.Errorf("%s was not fitted and scored:\n%s", run, log)
		}
	}
	list, err := f.rows()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		if r.record != nil && (r.NLL.Value <= 0 || r.NLL.Samples != 4 || r.Bound.Value < r.NLL.Value || r.Bound.PerSequence <= 0 || r.Epochs != 1 || r.Asked != 1 || !r.Best.Found) {
			t.Errorf("%s: %+v", r.path(), r.record)
		}
	}
	if n := strings.Count(markdown(list), "| 1 of 2000, stopped early |"); n != 4 {
		t.Errorf("%d rows stopped early, want 4", n)
	}
	if log := do(t, f, told, all); log != "" {
		t.Errorf("done already, but:\n%s", log)
	}
	f.samples = 5
	if log := do(t, f, told, "jsb/DMM"); began(log, "jsb-dmm-dks", "fit") || !began(log, "jsb-dmm-dks", "eval") {
		t.Errorf("of more samples:\n%s", log)
	}
	f.epochs = 2
	do(t, f, told, "jsb/DMM")
	if r, err := openRun(filepath.Join(f.out, "jsb-dmm-dks")); err != nil || r.Epochs != 2 || r.State != "complete" {
		t.Errorf("after more epochs: %+v, %v", r, err)
	}
}

// TestForeignRun takes no run for a cell that it is not of, and scores one that is
// as it is.
func TestForeignRun(t *testing.T) {
	f, told := little(t)
	do(t, f, told, "jsb/DMM")
	if err := os.Rename(filepath.Join(f.out, "jsb-dmm-dks"), filepath.Join(f.out, "jsb-dmm-dks-ar10")); err != nil {
		t.Fatal(err)
	}
	err := f.perform(context.Background(), cells[:1])
	if err == nil || !strings.Contains(err.Error(), "is not that of 2/jsb/DKS: objective.anneal.steps is 5000, not 10; move it away") {
		t.Errorf("%v", err)
	}
	if err := os.Rename(filepath.Join(f.out, "jsb-dmm-dks-ar10"), filepath.Join(f.out, "jsb-dmm-dks")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(f.out, "jsb-dmm-dks.json")); err != nil {
		t.Fatal(err)
	}
	f.do, f.epochs = "score", 3
	if log := do(t, f, told, "jsb/DMM,jsb/DMM-Aug"); began(log, "jsb-dmm-dks", "fit") || !began(log, "jsb-dmm-dks", "eval") || strings.Contains(log, "aug") {
		t.Errorf("scoring did:\n%s", log)
	}
}

// TestInterrupted breaks a fit off, which saves itself, and goes on with it.
func TestInterrupted(t *testing.T) {
	f, told := little(t)
	f.epochs = 100000
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	dir := filepath.Join(f.out, "jsb-dmm-dks")
	go func() {
		defer cancel()
		for range 600 {
			if text, _ := os.ReadFile(dir + ".log"); bytes.Contains(text, []byte(`"event":"progress"`)) {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
	}()
	chosen, err := choose("3", "jsb/DMM,jsb/DMM-Aug")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.perform(ctx, runs(chosen)); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v", err)
	}
	r, err := openRun(dir)
	if err != nil || r.State != "interrupted" || r.Epochs < 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := os.Stat(filepath.Join(f.out, "jsb-aug-dks")); err == nil {
		t.Error("another run was begun after the interruption")
	}
	f.epochs = 1
	do(t, f, told, "jsb/DMM")
	if on, err := openRun(dir); err != nil || on.State != "complete" || on.Epochs != r.Epochs {
		t.Errorf("interrupted in epoch %d, then %+v, %v", r.Epochs, on, err)
	}
}

// TestScoredByItself asks that what a fit has scored is not scored again.
func TestScoredByItself(t *testing.T) {
	c := runs(cells)[0]
	f := &flags{ssmc: "none", out: t.TempDir(), samples: 7, do: "score"}
	r := run{Model: c.model, Guide: c.guide, Seed: c.seed, Config: maps.Clone(settings), Epochs: 3, Scores: []score{
		{Name: "nll", Value: 1, Samples: 7, Frames: 5}, {Name: "bound", Value: 2, Frames: 5}}}
	for _, s := range c.set {
		key, value, _ := strings.Cut(s, "=")
		r.Config[key] = value
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(f.dir(&c), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.dir(&c), "run.json"), text, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := f.finish(context.Background(), &c); err != nil {
		t.Fatal(err)
	}
	if now, err := f.readRecord(&c); err != nil || now.NLL.Value != 1 || now.Bound.Value != 2 || now.Epochs != 3 || now.Scores != nil {
		t.Errorf("%+v, %v", now, err)
	}
	f.samples, f.told = 8, new(bytes.Buffer)
	if err := f.finish(context.Background(), &c); err == nil {
		t.Error("a likelihood by other samples was taken for that of 8")
	}
}
