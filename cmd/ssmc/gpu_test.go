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
