package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ssmc/inference"
)

// lastEvent is the last of a fit's JSON lines, each of which must be an object.
func lastEvent(t *testing.T, out string) (end endEvent) {
	t.Helper()
	last := []byte(nil)
	for s := bufio.NewScanner(strings.NewReader(out)); s.Scan(); {
		if last = bytes.Clone(s.Bytes()); !json.Valid(last) {
			t.Fatalf("not JSON: %s", last)
		}
	}
	if err := json.Unmarshal(last, &end); err != nil {
		t.Fatalf("%v: %s", err, last)
	}
	return end
}

func evaluate(t *testing.T, dir string, args ...string) (e evaluation) {
	t.Helper()
	out := ssmc(t, dir, append([]string{"eval", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(out), &e); err != nil || strings.Count(out, "\n") != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	return e
}

// TestEvalRepeatsFit takes the scores of a run again, from any folder and on any
// number of threads: they are the same numbers, to the last bit.
func TestEvalRepeatsFit(t *testing.T) {
	dir := workplace(t)
	end := lastEvent(t, ssmc(t, dir, "fit", "level.ssm", "data.csv", "--out", "run", "--json"))
	if end.Event != "finished" || end.State != inference.Complete || end.Part != "test" || len(end.Scores) != 4 {
		t.Fatalf("the fit ended with %+v", end)
	}
	for _, threads := range []string{"1", "2"} {
		e := evaluate(t, t.TempDir(), filepath.Join(dir, "run"), "--threads", threads)
		if d := cmp.Diff(end.Scores, e.Scores); d != "" || e.Changed != "" {
			t.Errorf("%s threads: eval differs from fit (-fit +eval):\n%s%s", threads, d, e.Changed)
		}
	}
	r, err := inference.Load(filepath.Join(dir, "run"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(end.Scores, r.Scores, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Each" }, cmp.Ignore())); d != "" {
		t.Errorf("the run keeps other scores:\n%s", d)
	}
}

// TestEvalParts checks the sums of the scores: a frame and by sequence, part by
// part and of a whole file.
func TestEvalParts(t *testing.T) {
	dir := workplace(t)
	ssmc(t, dir, "fit", "level.ssm", "data.csv", "--out", "run", "--quiet")
	frames := 0
	for _, split := range []string{"train", "valid", "test", "all"} {
		e := evaluate(t, dir, "run", "--split", split, "--per-sequence", "--samples", "5")
		checkSums(t, e)
		if split != "all" {
			frames += e.Scores[0].Frames
		} else if e.Scores[0].Frames != frames || e.Scores[0].Sequences != 12 {
			t.Errorf("all is %d frames, and its parts are %d", e.Scores[0].Frames, frames)
		}
		if e.Scores[0].Samples != 5 {
			t.Errorf("%d samples were taken, not 5", e.Scores[0].Samples)
		}
	}
}

func checkSums(t *testing.T, e evaluation) {
	t.Helper()
	for _, s := range e.Scores {
		total, byFrame := 0.0, 0.0
		for _, q := range e.Sequences {
			total += q.Nats[s.Name]
			byFrame += q.Nats[s.Name] / float64(q.Frames)
		}
		// Sums of a dozen float64.
		if near(s.Value, total/float64(s.Frames)) && near(s.PerSequence, byFrame/float64(s.Sequences)) && len(e.Sequences) == s.Sequences {
			continue
		}
		t.Errorf("%s of %s is %g {%g}, its sequences add up to %g {%g}", s.Name, e.Part, s.Value, s.PerSequence,
			total/float64(s.Frames), byFrame/float64(s.Sequences))
	}
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-12*math.Max(1, math.Abs(b)) }

// TestEvalOtherData says plainly that data are not those of the fit.
func TestEvalOtherData(t *testing.T) {
	dir := workplace(t)
	ssmc(t, dir, "fit", "level.ssm", "data.csv", "--out", "run", "--quiet")
	path := filepath.Join(dir, "data.csv")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, strings.ReplaceAll(string(b), "0.33", "0.34"))
	out := ssmc(t, dir, "eval", "run")
	if !strings.Contains(out, "These are not the test data of the fit") {
		t.Errorf("a change of the data is not told: %s", out)
	}
}

// TestVerdict compares models with baselines.
func TestVerdict(t *testing.T) {
	score := func(name string, value, err float64) inference.Score {
		return inference.Score{Name: name, Value: value, Error: err}
	}
	naive := []inference.Score{score("climatology", 3, 0), score("persistence", 2, 0)}
	for _, c := range []struct {
		model inference.Score
		want  string
	}{
		{score("nll", 1.5, 0.01), "beats the naive baselines: persistence, the better one, by 0.5000"},
		{score("nll", 1.99, 0.01), "not clearly better than persistence"},
		{score("bound", 2.25, 0.01), "does not beat persistence, which is better by 0.2500"},
	} {
		if got := verdict(append(naive, c.model)); !strings.Contains(got, c.want) {
			t.Errorf("%+v: %q, want %q in it", c.model, got, c.want)
		}
	}
	if got := verdict(naive); got != "" {
		t.Errorf("without a model: %q", got)
	}
}

// TestShippedModels fits the shipped models to their data. In the time of a test
// they must already beat the baselines that newcomers will compare them with.
func TestShippedModels(t *testing.T) {
	if testing.Short() {
		t.Skip("it fits for seconds")
	}
	for _, c := range []struct{ model, data, epochs string }{{"weather", "seattle-weather", "120"}, {"nile", "nile", "1000"}} {
		end := lastEvent(t, ssmc(t, t.TempDir(), "fit", c.model, c.data, "--json", "--out", "run", "--set", "epochs="+c.epochs))
		nll := scoreNamed(end.Scores, "nll")
		for _, s := range end.Scores {
			if isBaseline(s) && nll.Value+3*nll.Error >= s.Value {
				t.Errorf("%s: %.4f ± %.4f is no better than %s, %.4f", c.model, nll.Value, nll.Error, s.Name, s.Value)
			}
		}
	}
}
