package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ssmc/runtime/gpu/fakecuda"
)

// A fit, its scores and their evaluation come to the same on a GPU, here an emulated
// one, as on the CPU.
func TestCUDA(t *testing.T) {
	if testing.Short() {
		t.Skip("fits and scores on the emulator")
	}
	fakecuda.Install(t)
	dir := t.TempDir()
	rows := []string{"sequence,t,x"}
	for s := range 6 {
		for i := range 3 + s%3 {
			rows = append(rows, fmt.Sprintf("%d,%d,%g", s, i+1, math.Sin(float64(5*s+i))))
		}
	}
	data := filepath.Join(dir, "x.csv")
	if err := os.WriteFile(data, []byte(strings.Join(rows, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	scores := map[string][]float64{}
	for _, device := range []string{"cpu", "cuda"} {
		out := filepath.Join(dir, device)
		args := []string{"fit", "linear1d", data, "--device", device, "--set", "epochs=2", "--set", "batch=2", "--set", "eval.nll.samples=4", "--out", out, "-q"}
		if code := run(context.Background(), args); code != exitOK {
			t.Fatalf("ssmc %s exits with %d", strings.Join(args, " "), code)
		}
		scores[device] = scoresIn(t, out)
	}
	for i, want := range scores["cpu"] {
		if got := scores["cuda"][i]; math.Abs(got-want) > 1e-4*math.Abs(want) { // float32
			t.Errorf("score %d is %g, want %g", i, got, want)
		}
	}
}

// scoresIn is the scores that a run has.
func scoresIn(t *testing.T, dir string) (values []float64) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r struct{ Scores []struct{ Value float64 } }
	if err := json.Unmarshal(b, &r); err != nil || len(r.Scores) == 0 {
		t.Fatalf("no scores in %s: %v", b, err)
	}
	for _, s := range r.Scores {
		values = append(values, s.Value)
	}
	return values
}

// A run remembers where it was computed: it goes on there, to the same bits as one
// that was not interrupted, and elsewhere only if it is told to.
func TestResumeWhereItWas(t *testing.T) {
	if testing.Short() {
		t.Skip("fits on the emulator")
	}
	dir := t.TempDir()
	data := filepath.Join(dir, "x.csv")
	if err := os.WriteFile(data, []byte("sequence,t,x\n0,1,1\n0,2,-1\n1,1,0.5\n2,1,0\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	ssmc := func(want int, args ...string) {
		t.Helper()
		if code := run(context.Background(), args); code != want {
			t.Fatalf("ssmc %s exits with %d, not %d", strings.Join(args, " "), code, want)
		}
	}
	fit := func(out, epochs string) string {
		out = filepath.Join(dir, out)
		ssmc(exitOK, "fit", "linear1d", data, "--out", out, "-q", "--device", "auto", "--precision", "tf32",
			"--set", "optimizer.schedule=constant", "--set", "validate=none", "--set", "eval.nll=none", "--set", "epochs="+epochs)
		return out
	}
	var part, whole string
	t.Run("there", func(t *testing.T) {
		fakecuda.Install(t)
		part, whole = fit("part", "1"), fit("whole", "3")
		ssmc(exitOK, "fit", "--resume", part, "-q", "--set", "epochs=2")
		ssmc(exitOK, "fit", "--resume", part, "-q", "--set", "epochs=3")
	})
	if place := `"place": {
    "device": "cuda",
    "precision": "tf32"
  }`; !strings.Contains(textIn(t, part, "run.json"), place) {
		t.Errorf("the run does not say %s", place)
	}
	if textIn(t, part, "params.safetensors") != textIn(t, whole, "params.safetensors") {
		t.Error("it comes to other parameters than a run that was not interrupted")
	}
	t.Setenv("SSMC_LIBCUDA", filepath.Join(dir, "none"))
	ssmc(exitNotResumed, "fit", "--resume", part, "-q", "--set", "epochs=4")
	ssmc(exitFailure, "fit", "--resume", part, "-q", "--set", "epochs=4", "--device", "cuda")
	ssmc(exitOK, "fit", "--resume", part, "-q", "--set", "epochs=4", "--device", "cpu")
	ssmc(exitOK, "fit", "--resume", part, "-q", "--set", "epochs=5")
	if place := `"place": {
    "device": "cpu"
  }`; !strings.Contains(textIn(t, part, "run.json"), place) {
		t.Errorf("the run does not say %s", place)
	}
}

// textIn is the text of a file of a run.
func textIn(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
