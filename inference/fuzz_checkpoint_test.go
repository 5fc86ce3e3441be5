package inference

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"ssmc/lang/diag/diagtest"
)

// checkpointOf is the file that a fit keeps to go on from.
func checkpointOf(t testing.TB, r *Run) []byte {
	t.Helper()
	record, err := json.Marshal(newRecord(r))
	if err != nil {
		t.Fatal(err)
	}
	metrics, err := encodeMetrics(r.Metrics)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := encodeCheckpoint(&b, r, record, metrics); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rewritten is a checkpoint with other texts in it, and the checksum that it should
// have then, so that what is behind it is reached. One that is no file of tensors
// stays as it is.
func rewritten(file, record, progress, metrics []byte) []byte {
	st, meta, err := openTensors(file)
	if err != nil {
		return file
	}
	tensors := map[string]tensor{}
	for name, v := range viewsOf(st) {
		tensors[name] = tensor{v.DType(), v.Shape(), v.Data()}
	}
	for name, text := range map[string][]byte{recordTensor: record, progressTensor: progress, metricsTensor: metrics} {
		tensors[name] = newText(text)
	}
	var b bytes.Buffer
	if err := encode(&b, tensors, map[string]string{"run": meta["run"], "format": meta["format"], sumKey: checksum(meta["run"], tensors)}); err != nil {
		return file
	}
	return b.Bytes()
}

// FuzzCheckpoint goes on from a checkpoint with any contents, whose checksum is
// right: whoever changed it may have known how. It must not crash, nor take memory
// out of proportion; a fit that takes it up must end.
func FuzzCheckpoint(f *testing.F) {
	settings := []string{"batch=3", "epochs=2", "validate.every=1"}
	o := Options{Device: &fakeDevice{}}
	done, err := Fit(context.Background(), meanModel, bundle(), config(f, settings...), o)
	if err != nil {
		f.Fatal(err)
	}
	begun := *done
	begun.State, begun.Updates, begun.Epochs = Interrupted, 6, 2
	for _, r := range []*Run{done, &begun, anyRun()} {
		file := checkpointOf(f, r)
		st, _, err := openTensors(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file, textOf(st, recordTensor), textOf(st, progressTensor), textOf(st, metricsTensor))
	}
	f.Fuzz(func(t *testing.T, file, record, progress, metrics []byte) {
		size := len(file) + len(record) + len(progress) + len(metrics)
		diagtest.Bounded(t, 32<<20+1000*uint64(size), func() {
			r, err := decodeCheckpoint(rewritten(file, record, progress, metrics))
			if err != nil {
				return
			}
			if _, err := json.Marshal(newRecord(r)); err == nil { // there are numbers that JSON has not
				again(t, checkpointOf(t, r))
			}
			o.Resume = r
			_, _ = Fit(context.Background(), meanModel, bundle(), config(t, settings...), o) // it may refuse
		})
	})
}

// again reads a checkpoint that was written of one that was read.
func again(t *testing.T, file []byte) {
	t.Helper()
	if _, err := decodeCheckpoint(file); err != nil {
		t.Fatalf("it can't be read again: %v", err)
	}
}

// Counts that no fit has come to are told, and not gone on from.
func TestDamagedCounts(t *testing.T) {
	for what, spoil := range map[string]func(*Run){
		"updates":           func(r *Run) { r.Updates = -1 },
		"epochs":            func(r *Run) { r.Epochs = -1 },
		"best":              func(r *Run) { r.Best.Update = r.Updates + 1 },
		"best without":      func(r *Run) { r.snapshot.best = nil },
		"patience":          func(r *Run) { r.snapshot.Stale = -1 },
		"clipped":           func(r *Run) { r.snapshot.Cut = -1 },
		"good":              func(r *Run) { r.snapshot.Good = r.Updates + 1 },
		"rollback":          func(r *Run) { r.Rollbacks = []Rollback{{Update: r.Updates + 1, LR: 0.5}} },
		"rollback to later": func(r *Run) { r.Rollbacks = []Rollback{{Update: 1, To: 2, LR: 0.5}} },
		"rate":              func(r *Run) { r.Rollbacks = []Rollback{{Update: 1, LR: -1}} },
	} {
		r := fit(t, bundle(), Options{}, "batch=3", "epochs=2", "validate.every=1")
		spoil(r)
		if _, err := decodeCheckpoint(checkpointOf(t, r)); err == nil {
			t.Errorf("%s: a checkpoint is taken that can't be", what)
		}
	}
}
