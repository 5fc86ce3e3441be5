package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
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

// TestKilled kills each fit at random moments with the signal that cannot be heeded,
// and resumes it each time, until it is done: it ends with the same bits as one that
// was left alone. SSMC_TEST_KILLS is how often: 100 take many minutes.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("fits that are long enough to be killed take seconds")
	}
	dir := workplace(t)
	kills, size := 4, []string{"--set", "epochs=1000"}
	if n, err := strconv.Atoi(os.Getenv("SSMC_TEST_KILLS")); err == nil {
		kills, size = n, []string{"--set", "epochs=500", "--set", "batch=1", "--set", "stop.patience=100000"}
		write(t, filepath.Join(dir, "data.csv"), sequences(400))
	}
	for i, story := range stories {
		fit := slices.Concat([]string{"fit", "level.ssm", "data.csv"}, often, story, size)
		whole, run := filepath.Join(dir, "whole-"+strconv.Itoa(i)), filepath.Join(dir, "run-"+strconv.Itoa(i))
		begin := time.Now()
		ssmc(t, dir, append(slices.Clip(fit), "--out", whole, "--set", "checkpoint=0")...)
		k := &killer{run: run, kills: kills, startup: time.Since(begin), total: loaded(t, whole).Updates}
		k.finish(t, dir, append(slices.Clip(fit), "--out", run))
		sameFit(t, run, whole)
		clean(t, run)
		t.Logf("of %d updates, killed %d times: %d before the first checkpoint, %d after new ones", k.total, k.killed, k.early, k.late)
		if k.late == 0 {
			t.Error("it was never killed in its course")
		}
	}
}

// A killer kills a fit: now and then at any time from its start, else at any time
// after its next checkpoint, such that the kills are spread over the updates,
// however fast the machine is.
type killer struct {
	run   string
	total int // updates
	kills int // how often it is to kill

	killed, updates int           // so far
	early           int           // kills before there was a checkpoint
	late            int           // and after new ones
	startup         time.Duration // until there is a new checkpoint
	window          time.Duration // after it
}

// finish brings a fit to its end, killed again and again.
func (k *killer) finish(t *testing.T, dir string, fit []string) {
	t.Helper()
	for args := fit; ; k.killed++ {
		s, over := start(t, dir, args...), make(chan bool)
		var striking sync.WaitGroup
		if k.killed < k.kills {
			striking.Go(func() { k.strike(s.Process, over) })
		}
		code := s.code(t)
		close(over)
		striking.Wait()
		switch {
		case code == 0 || code == exitNotResumed && len(loaded(t, k.run).Scores) > 0: // killed after all was done
			return
		case code > 0:
			t.Fatalf("it ended with %d: %s", code, s.err.String())
		}
		if inference.HoldsRun(k.run) {
			args = []string{"fit", "--resume", k.run, "--quiet"}
			k.count(loaded(t, k.run).Updates)
		} else {
			k.early++
		}
	}
}

// strike kills a process, unless that is over before.
func (k *killer) strike(p *os.Process, over chan bool) {
	begin, before := time.Now(), k.updates
	after := rand.N(k.startup)
	if k.killed%3 < 2 {
		for !k.hasSaved(before) {
			select {
			case <-over:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
		k.startup, after = time.Since(begin), rand.N(k.window+1)
	}
	select {
	case <-over:
	case <-time.After(after):
		p.Kill()
	}
}

// hasSaved reports whether there is a checkpoint of more than so many updates.
func (k *killer) hasSaved(before int) bool {
	r, err := inference.Load(k.run)
	return err == nil && r.Updates > before
}

// count notes how far a fit came that was killed. The next lives shorter if more of
// the updates are done than of the kills, or else longer.
func (k *killer) count(updates int) {
	if updates > k.updates {
		k.late++
	}
	if k.updates = updates; updates*k.kills > k.total*k.killed {
		k.window /= 2
	} else {
		k.window += 20 * time.Millisecond
	}
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
