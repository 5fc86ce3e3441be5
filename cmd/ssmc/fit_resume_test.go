package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nlpodyssey/safetensors"

	"ssmc/inference"
)

// often is the settings of a fit that is saved all the time.
var often = []string{"--quiet", "--set", "checkpoint=0.0005"}

// started is the program under way, with what it prints.
type started struct {
	*exec.Cmd
	out, err bytes.Buffer
}

// start starts the program.
func start(t *testing.T, dir string, args ...string) *started {
	t.Helper()
	s := &started{Cmd: command(t, dir, args...)}
	s.Stdout, s.Stderr = &s.out, &s.err
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	return s
}

// code waits for the program and gives its exit code, or less than zero if a signal
// ended it.
func (s *started) code(t *testing.T) int {
	t.Helper()
	var exit *exec.ExitError
	if err := s.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return s.ProcessState.ExitCode()
}

// runs runs the program and gives its exit code, and what it said was wrong.
func runs(t *testing.T, dir string, args ...string) (code int, said string) {
	t.Helper()
	s := start(t, dir, args...)
	return s.code(t), s.err.String()
}

// until waits for something to come about.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("for a minute there was no %s", what)
		}
	}
}

// untilUpdate waits for a checkpoint of more than so many updates.
func untilUpdate(t *testing.T, run string, n int) {
	t.Helper()
	until(t, "checkpoint in "+run, func() bool {
		r, err := inference.Load(run)
		return err == nil && r.Updates > n
	})
}

// sameFit compares all that two runs have computed, bit for bit.
func sameFit(t *testing.T, got, want string) {
	t.Helper()
	if digest(t, got, "params.safetensors") != digest(t, want, "params.safetensors") {
		t.Errorf("%s: the parameters differ", got)
	}
	a, b := tensors(t, got), tensors(t, want)
	if len(a) != len(b) || len(a) < 4 {
		t.Errorf("%s: %d arrays in the checkpoint, want %d", got, len(a), len(b))
	}
	for name, data := range a {
		if !bytes.Equal(data, b[name]) {
			t.Errorf("%s: %s differs in the checkpoint", got, name)
		}
	}
	r, u := loaded(t, got), loaded(t, want)
	if r.State != u.State || r.Updates != u.Updates || r.Epochs != u.Epochs || r.Best != u.Best || r.ID != u.ID {
		t.Errorf("%s: %s after %d, best %+v; want %s after %d, %+v", got, r.State, r.Updates, r.Best, u.State, u.Updates, u.Best)
	}
	if !reflect.DeepEqual(r.Metrics, u.Metrics) || !reflect.DeepEqual(r.Scores, u.Scores) {
		t.Errorf("%s: the metrics or the scores differ", got)
	}
}

// tensors is the arrays of the last checkpoint of a run, but for the records, which
// tell the time.
func tensors(t *testing.T, run string) map[string][]byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(run, "snapshot.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	st, err := safetensors.Deserialize(b)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, v := range st.Tensors() {
		if v.Name != "record" && v.Name != "metrics" {
			out[v.Name] = v.TensorView.Data()
		}
	}
	return out
}

// loaded is a run without what the clock tells.
func loaded(t *testing.T, run string) *inference.Run {
	t.Helper()
	r, err := inference.Load(run)
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Metrics {
		r.Metrics[i].Seconds, r.Metrics[i].FramesPerSec = 0, 0
	}
	return r
}

// TestResumeAfterSignal ends a fit as Ctrl-C and a scheduler do: it is saved, says
// how to go on, and comes to the same.
func TestResumeAfterSignal(t *testing.T) {
	if testing.Short() {
		t.Skip("fits that are long enough to be interrupted take seconds")
	}
	dir := workplace(t)
	fit := []string{"fit", "level.ssm", "data.csv", "--set", "epochs=1200"}
	ssmc(t, dir, append(fit, "--out", "whole", "--quiet")...)
	for sig, want := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		run := filepath.Join(dir, sig.String())
		s := start(t, dir, slices.Concat(fit, often, []string{"--out", run})...)
		untilUpdate(t, run, 0)
		s.Process.Signal(sig)
		if code := s.code(t); code != want {
			t.Fatalf("%v: exit code %d, want %d\n%s", sig, code, want, s.err.String())
		}
		if line := "go on with: " + resumeLine(run) + "\n"; !strings.Contains(s.out.String(), line) {
			t.Errorf("%v: it said %q, want %q", sig, s.out.String(), line)
		}
		before := loaded(t, run)
		if before.State != inference.Interrupted || before.Updates >= loaded(t, filepath.Join(dir, "whole")).Updates {
			t.Fatalf("%v: %s after %d", sig, before.State, before.Updates)
		}
		if code, said := runs(t, dir, "fit", "--resume", run, "--quiet", "--threads", "1"); code != 0 {
			t.Fatalf("%v: resumed, it ended with %d: %s", sig, code, said)
		}
		sameFit(t, run, filepath.Join(dir, "whole"))
		if r := loaded(t, run); len(r.Resumed) != 1 || r.Resumed[0].Update != before.Updates || !strings.Contains(r.Command, "level.ssm") {
			t.Errorf("%v: resumed %+v, command %s", sig, r.Resumed, r.Command)
		}
	}
}

// TestExtend goes on with a run that is done to more epochs: it comes to what a fit
// of so many epochs comes to, with the program that says so.
func TestExtend(t *testing.T) {
	dir := workplace(t)
	fit := []string{"fit", "level.ssm", "data.csv", "--quiet"}
	ssmc(t, dir, append(fit, "--out", "run", "--set", "epochs=10")...)
	ssmc(t, dir, append(fit, "--out", "whole", "--set", "epochs=25")...)
	ssmc(t, dir, "fit", "--resume", "run", "--quiet", "--set", "train.epochs=25")
	sameFit(t, filepath.Join(dir, "run"), filepath.Join(dir, "whole"))
	if digest(t, dir, "run", "model.ssm") != digest(t, dir, "whole", "model.ssm") {
		t.Error("the programs differ")
	}
	ssmc(t, dir, "eval", "run")
}

// TestResumeOnlyScores resumes a run that was killed after its last update: it is
// scored, and that is all.
func TestResumeOnlyScores(t *testing.T) {
	dir := workplace(t)
	ssmc(t, dir, "fit", "level.ssm", "data.csv", "--quiet", "--out", "whole")
	s := start(t, dir, "fit", "level.ssm", "data.csv", "--out", "run", "--set", "eval.nll.samples=1e7")
	run := filepath.Join(dir, "run")
	until(t, "end of the fit", func() bool {
		r, err := inference.Load(run)
		return err == nil && r.State == inference.Complete
	})
	s.Process.Kill()
	s.code(t)
	if r := loaded(t, run); len(r.Scores) > 0 {
		t.Fatal("it was scored already")
	}
	ssmc(t, dir, "fit", "--resume", "run", "--quiet", "--set", "eval.nll.samples=30")
	r, u := loaded(t, run), loaded(t, filepath.Join(dir, "whole"))
	if !reflect.DeepEqual(r.Scores, u.Scores) || len(r.Scores) == 0 {
		t.Errorf("scores %+v, want %+v", r.Scores, u.Scores)
	}
	if n := r.Config.Eval.NLLSamples; n != 30 {
		t.Errorf("the record tells of %d samples, of the 30 that it was scored with", n)
	}
}
