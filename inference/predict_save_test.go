package inference

import (
	"slices"
	"testing"

	"ssmc/inference/predict"
)

// Predictions are scored while a fit may be saving: its change is left to it.
func TestPredictionsLeaveASaveAlone(t *testing.T) {
	dir, run := t.TempDir(), finishedRun(t)
	if err := Save(dir, run, false); err != nil {
		t.Fatal(err)
	}
	files, err := filesOf(dir, run)
	if err != nil {
		t.Fatal(err)
	}
	if err := prepare(dir, files, nil); err != nil {
		t.Fatal(err)
	}
	before := hidden(t, dir)
	report := &predict.Report{Filter: "bootstrap", By: []*predict.Prediction{{By: "bootstrap"}}}
	if _, _, err := SavePredictions(dir, run, report); err != nil {
		t.Fatal(err)
	}
	if after := hidden(t, dir); !slices.Equal(after, before) {
		t.Errorf("of %v there is %v", before, after)
	}
	if kept, err := LoadPredictions(dir, run, "bootstrap"); err != nil || kept == nil || kept.By[0].By != "bootstrap" {
		t.Errorf("%v, %v", kept, err)
	}
}
