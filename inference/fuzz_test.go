package inference

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ssmc/inference/optim"
	"ssmc/lang/diag/diagtest"
	"ssmc/runtime"
)

// anyRun is a run with every transform, a posterior and a snapshot.
func anyRun() *Run {
	p := boundedParams()
	p.List = append(p.List, runtime.Param{Name: "m", Belief: &runtime.Belief{SD: "m.sd"}}, runtime.Param{Name: "m.sd"})
	p = runtime.ZeroParams[float32](p.List)
	values := make([]float32, len(p.Values))
	c := DefaultConfig()
	if err := c.Set("regularize", "l2"); err != nil {
		panic(err)
	}
	return &Run{
		ID: "r", Model: "M", Guide: "G", Text: "model M {}\n", Config: c, Params: p, State: Complete, Started: time.Unix(0, 0).UTC(),
		Data: []DataInfo{{"train", "d", "f", 1, 2}}, Metrics: []Metric{{Epoch: 1, Update: 2}}, Scores: []Score{{Name: "nll"}},
		snapshot: &snapshot{values: values, slots: []optim.Slot{{Name: "mean", Values: values}}, carried: []runtime.Carried{{Op: 1, Sequence: 2, Step: 3, Rows: []float32{4}}}},
	}
}

// fuzzed are the files of a run that FuzzLoad changes.
var fuzzed = []string{runFile, paramsFile, snapshotFile, metricsFile}

// FuzzLoad loads the folder of a run with any contents. It must not crash nor
// take memory out of proportion, and what it loads must be whole: it can be summed
// up, written and read again.
func FuzzLoad(f *testing.F) {
	dir := f.TempDir()
	if err := Save(dir, anyRun(), true); err != nil {
		f.Fatal(err)
	}
	file := func(i int) []byte { return []byte(diagtest.ReadFile(f, filepath.Join(dir, fuzzed[i]))) }
	f.Add(file(0), file(1), file(2), file(3))
	f.Fuzz(func(t *testing.T, run, params, snapshot, metrics []byte) {
		size := 0
		for i, b := range [][]byte{run, params, snapshot, metrics} {
			size += len(b)
			if err := os.WriteFile(filepath.Join(dir, fuzzed[i]), b, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		diagtest.Bounded(t, 32<<20+1000*uint64(size), func() { reload(t, dir) })
	})
}

// reload loads a run, uses it, and reads again what would be written of it.
func reload(t *testing.T, dir string) {
	r, err := Load(dir)
	if err != nil {
		return
	}
	r.Estimates()
	if _, err := r.Restore(&runtime.Model{Params: r.Params.List}); err != nil {
		t.Fatal(err)
	}
	if _, err := json.Marshal(newRecord(r)); err != nil {
		return // numbers that JSON has not
	}
	var b bytes.Buffer
	if err := encodeParams(&b, r.Params, r.ID); err != nil {
		return // names that JSON has not
	}
	p, err := decodeParams(b.Bytes(), r.Params.List, r.ID)
	if err != nil || len(p.Values) != len(r.Params.Values) {
		t.Fatalf("it can't be read again: %v", err)
	}
}
