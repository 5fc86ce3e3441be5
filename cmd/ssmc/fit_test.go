package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ssmc/inference"
)

// level is a model that takes no time to fit.
const level = `model Level {
  observed x[t]: real
  latent   z[t]: real
  param walk: real > 0
  z[1] ~ Normal(mean=0, sd=1)
  z[t] ~ Normal(mean=z[t-1], sd=walk)
  x[t] ~ Normal(mean=z[t], sd=0.5)
}

guide G = q(z[t] | z[t-1], x[t:T]) with rnn=gru(3)

train {
  guide  = G
  epochs = 6
  batch  = 2
}

eval {
  nll   = importance(samples=30)
  bound = elbo(samples=10)
}
`

// workplace is a folder with the model and some data for it.
func workplace(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "level.ssm"), level)
	write(t, filepath.Join(dir, "data.csv"), sequences(12))
	return dir
}

// sequences is the text of a table of so many.
func sequences(n int) string {
	var rows strings.Builder
	rows.WriteString("sequence,t,x\n")
	for i := range n {
		for j := range 4 + i%3 { // any numbers do
			fmt.Fprintf(&rows, "%d,%d,%.2f\n", i+1, j+1, float64((7*i+5*j)%11-5)/3)
		}
	}
	return rows.String()
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// command is the program itself: TestMain runs it under that name.
func command(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(exe, args...)
	c.Args[0], c.Dir = "ssmc", dir
	return c
}

// ssmc runs the program, which must end well, and gives what it printed.
func ssmc(t *testing.T, dir string, args ...string) string {
	t.Helper()
	c := command(t, dir, args...)
	var errs bytes.Buffer
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil {
		t.Fatalf("ssmc %v: %v\n%s%s", args, err, out, errs.String())
	}
	return string(out)
}

// digest tells the contents of a file of a run.
func digest(t *testing.T, parts ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(b))
}

// TestFitRepeats fits the same with one seed on one and on two threads, with
// another seed, and from the program that a run keeps: files are equal, or not,
// byte for byte.
func TestFitRepeats(t *testing.T) {
	dir := workplace(t)
	fit := func(out, model string, flags ...string) string {
		ssmc(t, dir, append([]string{"fit", model, "data.csv", "--out", out, "--quiet"}, flags...)...)
		return digest(t, dir, out, "params.safetensors")
	}
	first := fit("a", "level.ssm", "--seed", "7", "--threads", "1")
	for _, c := range []struct {
		name, got string
		same      bool
	}{
		{"two threads", fit("b", "level.ssm", "--seed", "7", "--threads", "2"), true},
		{"another seed", fit("c", "level.ssm", "--seed", "8"), false},
		{"the run's program", fit("d", "a/model.ssm"), true},
		{"its settings changed", fit("e", "a/model.ssm", "--set", "epochs=5"), false},
	} {
		if (c.got == first) != c.same {
			t.Errorf("%s: parameters are equal: %t, want %t", c.name, !c.same, c.same)
		}
	}
	if digest(t, dir, "a", "model.ssm") != digest(t, dir, "d", "model.ssm") {
		t.Error("the program of a run is not its own resolved form")
	}
}

// TestGuidesResolve fits with guides that the file lacks. The program that the
// run keeps must have them, and so give the same parameters.
func TestGuidesResolve(t *testing.T) {
	dir := workplace(t)
	write(t, filepath.Join(dir, "mine.ssm"), `guide Mine = q(z[t] | z[t-1], x[t]) {
  z[0] = 0
  z[t] ~ Normal(mean=linear(concat(z[t-1], x[t]), 1), var=0.1 + exp(linear(x[t], 1)))
}
`)
	for i, guide := range []string{"ST_LR", "MF_R", "q(z[t] | x[1:t]) with rnn=lstm(2)", "mine.ssm"} {
		a, b := fmt.Sprint("a", i), fmt.Sprint("b", i)
		ssmc(t, dir, "fit", "level.ssm", "data.csv", "--out", a, "--quiet", "--guide", guide)
		ssmc(t, dir, "fit", filepath.Join(a, "model.ssm"), "data.csv", "--out", b, "--quiet")
		if digest(t, dir, a, "params.safetensors") != digest(t, dir, b, "params.safetensors") {
			t.Errorf("--guide %s: the run's program gives other parameters", guide)
		}
	}
}

// TestBlocksRoundTrip writes settings as blocks, compiles them, and reads them
// back: nothing may be lost, whatever is chosen.
func TestBlocksRoundTrip(t *testing.T) {
	for _, settings := range []string{
		"",
		"seed=18446744073709551615 epochs=3 batch=1 window=9 divide=none order=pooled order.pool=3",
		"optimizer=sgd optimizer.lr=1e-5 optimizer.momentum=0.5 optimizer.schedule=exponential optimizer.schedule.rate=0.25",
		"optimizer=rmsprop optimizer.decay=0.8 optimizer.schedule.warmup=7 stop=none validate=none",
		"objective.kl=sampled objective.samples=3 objective.anneal=linear objective.anneal.to=0.5 validate.unit=updates",
		"window=9 carry=true",
		"eval.nll=none eval.bound.samples=77 eval.frames=123",
		"regularize=l2 regularize.weight=0.05 regularize.on=*.W",
		"regularize.0=l2 regularize.0.weight=1e-3 regularize.1=l1 regularize.1.on=G.*",
	} {
		c := inference.DefaultConfig()
		for _, s := range strings.Fields(settings) {
			key, value, _ := strings.Cut(s, "=")
			if err := c.Set(key, value); err != nil {
				t.Fatal(err)
			}
		}
		text, _, _ := strings.Cut(level, "train {")
		got := compiledConfig(t, text+blocks(c, "G", true))
		if d := cmp.Diff(c.Settings(), got.Settings()); d != "" {
			t.Errorf("%s: read back differently (-want +got):\n%s%s", settings, d, blocks(c, "G", true))
		}
	}
}

// compiledConfig is the settings of a program.
func compiledConfig(t *testing.T, text string) *inference.Config {
	t.Helper()
	path := filepath.Join(t.TempDir(), "m.ssm")
	write(t, path, text)
	g := newGlobals(context.Background())
	var findings bytes.Buffer
	g.err = &findings
	p, err := g.compile(request{model: path})
	if err != nil {
		t.Fatalf("%v\n%s%s", err, findings.String(), text)
	}
	return p.config
}

// TestReserve makes folders that are new each time and never takes one over.
func TestReserve(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	seen := map[string]bool{}
	for range 3 {
		f, err := reserve("", "A b/c-G", false)
		if err != nil || seen[f.path] || !strings.HasPrefix(f.path, filepath.Join("runs", "a_b_c-g-")) {
			t.Fatalf("%+v, %v", f, err)
		}
		seen[f.path] = true
	}
	f, err := reserve("new/deep", "", false)
	if err != nil {
		t.Fatal(err)
	}
	if f.release(); exists("new/deep") {
		t.Error("a folder that was not used stays")
	}
	os.Mkdir("own", 0o777)
	if f, err = reserve("own", "", false); err != nil {
		t.Fatal(err)
	}
	if f.release(); !exists("own") {
		t.Error("a folder that was there before is gone")
	}
	write(t, "own/run.json", "{}")
	if _, err := reserve("own", "", false); err == nil {
		t.Error("a folder with a run is taken over")
	}
	if _, err := reserve("own", "", true); err != nil {
		t.Errorf("with force: %v", err)
	}
	if _, err := reserve("own/run.json/x", "", false); err == nil {
		t.Error("a folder is made in a file")
	}
}

// TestReserveAfterAKill takes folders where a process was killed at its first save:
// when that was good already they hold a run, though its files have no names yet.
func TestReserveAfterAKill(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, dir := range []string{"before", "after"} {
		os.Mkdir(dir, 0o777)
		write(t, filepath.Join(dir, ".run.json.part"), "{}")
	}
	write(t, "after/.commit", "+run.json\n")
	if f, err := reserve("before", "", false); err != nil {
		t.Error(err)
	} else {
		f.release()
	}
	if _, err := reserve("after", "", false); err == nil || !strings.Contains(err.Error(), "holds a run already") {
		t.Errorf("%v", err)
	}
	if _, err := reserve("after", "", true); err != nil || !exists("after/run.json") {
		t.Errorf("with force: %v", err)
	}
}

// TestReserveALink is refused a link that leads nowhere, as to a disk that is not
// there, and leaves it.
func TestReserveALink(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Symlink("nowhere/run", "link"); err != nil {
		t.Skip("the file system has no links:", err)
	}
	if _, err := reserve("link", "", false); err == nil {
		t.Error("it is taken")
	}
	if _, err := os.Lstat("link"); err != nil {
		t.Error("the link is gone")
	}
}

// TestHold has a folder moved under a run: the one that comes in its place is held
// as well, and that which was moved is free.
func TestHold(t *testing.T) {
	t.Chdir(t.TempDir())
	f, err := reserve("run", "", false)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename("run", "moved"); err != nil {
		t.Skip("a folder in use can't be moved:", err)
	}
	for range 2 {
		if err := f.hold(); err != nil {
			t.Fatal(err)
		}
		if _, err := inference.LockFolder("run"); !errors.Is(err, inference.ErrInUse) {
			t.Errorf("another takes it: %v", err)
		}
	}
	if _, err := inference.LockFolder("moved"); err != nil {
		t.Error(err)
	}
	os.Remove("run/.lock")
	other, err := inference.LockFolder("run")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.hold(); !errors.Is(err, inference.ErrInUse) {
		t.Errorf("another has it: %v", err)
	}
	other.Release()
}
