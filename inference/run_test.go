package inference

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ssmc/runtime"
)

// finishedRun is a run with all that a folder can hold.
func finishedRun(t *testing.T) *Run {
	t.Helper()
	run := fit(t, bundle(), Options{}, "batch=3", "epochs=6", "validate.every=2", "regularize=l2", "regularize.0=0.1", "optimizer.lr=0.05")
	run.Text, run.Command = "model Mean {}\n", "ssmc fit mean.ssm data.csv"
	run.Scores = []Score{{Name: "nll", Value: 6.9, Each: []float64{1}}}
	return run
}

func TestSaveAndLoad(t *testing.T) {
	run, dir := finishedRun(t), filepath.Join(t.TempDir(), "a", "run")
	if err := Save(dir, run, false); err != nil {
		t.Fatal(err)
	}
	back, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(back.Params.Values, run.Params.Values) || !slices.Equal(back.Params.Off, run.Params.Off) {
		t.Errorf("parameters %v, want %v", back.Params.Values, run.Params.Values)
	}
	if !reflect.DeepEqual(back.Metrics, run.Metrics) || back.snapshot != nil {
		t.Error("the metrics differ, or there is a snapshot that nobody asked for")
	}
	if !slices.Equal(back.Config.Settings(), run.Config.Settings()) || !back.Started.Equal(run.Started) {
		t.Errorf("settings %v, want %v", back.Config.Settings(), run.Config.Settings())
	}
	for i, p := range back.Params.List {
		if want := run.Params.List[i]; p.Name != want.Name || p.Fixed != want.Fixed {
			t.Errorf("parameter %d is %+v, want %+v", i, p, want)
		}
	}
	same := *back // what is compared above, or not kept
	same.savedIn = run.savedIn
	same.Params, same.snapshot, same.Metrics, same.Config, same.Started, same.Scores = run.Params, run.snapshot, run.Metrics, run.Config, run.Started, run.Scores
	if !reflect.DeepEqual(&same, run) || back.Scores[0].Value != 6.9 {
		t.Errorf("got %+v, want %+v", back, run)
	}
}

func TestSaveRefusesWhatIsNotItsOwn(t *testing.T) {
	first, second, dir := finishedRun(t), finishedRun(t), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, modelFile), []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := Save(dir, first, false); !errors.Is(err, ErrOccupied) {
		t.Errorf("over a foreign file: %v", err)
	}
	if err := Save(dir, first, true); err != nil {
		t.Fatal(err)
	}
	if err := Save(dir, second, false); !errors.Is(err, ErrOccupied) || !strings.Contains(err.Error(), first.ID) {
		t.Errorf("over another run: %v", err)
	}
	if err := Save(dir, second, true); err != nil {
		t.Error(err)
	}
	if back, err := Load(dir); err != nil || back.ID != second.ID {
		t.Errorf("%v", err)
	}
}

// Nothing but whole files is left where a file can't be put in place.
func TestSaveLeavesNoTemporaryFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, runFile, "x"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := Save(dir, finishedRun(t), true); err == nil {
		t.Error("a folder in a file's place is no error")
	}
	if names := hidden(t, dir); len(names) > 0 {
		t.Errorf("%v is left", names)
	}
}

func TestLoadReportsDamage(t *testing.T) {
	for name, want := range map[string]string{paramsFile: "header", runFile: "unexpected end", metricsFile: "", modelFile: ""} {
		dir := t.TempDir()
		if err := Save(dir, finishedRun(t), false); err != nil {
			t.Fatal(err)
		}
		if want != "" {
			if err := os.Truncate(filepath.Join(dir, name), 5); err != nil {
				t.Fatal(err)
			}
			if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), want) {
				t.Errorf("a cut %s: %v", name, err)
			}
		}
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

func TestLoadRefusesFilesOfTwoRuns(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	for _, dir := range []string{a, b} {
		if err := Save(dir, finishedRun(t), false); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Rename(filepath.Join(a, paramsFile), filepath.Join(b, paramsFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(b); err == nil || !strings.Contains(err.Error(), "it is of run") {
		t.Errorf("%v", err)
	}
}

// The header by the format's definition: 8 bytes of length, then JSON.
func TestParametersAreSafetensors(t *testing.T) {
	list := []runtime.Param{{Name: "a.W", Dims: []int{2, 3}, Init: runtime.Init{Kind: "constant", A: 1}}, {Name: "s", Init: runtime.Init{Kind: "constant", A: -2}}}
	var file bytes.Buffer
	if err := encodeParams(&file, runtime.NewParams[float32](list, 1), "r"); err != nil {
		t.Fatal(err)
	}
	b := file.Bytes()
	n := int(b[0]) + int(b[1])<<8
	var header map[string]struct {
		Dtype string `json:"dtype"`
		Shape []int  `json:"shape"`
		Data  [2]int `json:"data_offsets"`
	}
	if err := json.Unmarshal(b[8:8+n], &header); err != nil {
		t.Fatal(err)
	}
	w, s := header["a.W"], header["s"]
	if w.Dtype != "F32" || !slices.Equal(w.Shape, []int{2, 3}) || w.Data != [2]int{0, 24} || s.Shape == nil || len(s.Shape) != 0 || s.Data != [2]int{24, 28} {
		t.Errorf("%+v", header)
	}
	if last := b[len(b)-4:]; !slices.Equal(last, []byte{0, 0, 0, 0xc0}) {
		t.Errorf("-2 is written as %x", last)
	}
}

func TestRestoreMatchesByName(t *testing.T) {
	run := finishedRun(t)
	swapped := &runtime.Model{Params: []runtime.Param{meanModel.Params[1], meanModel.Params[0]}}
	p, err := run.Restore(swapped)
	if err != nil || p.Get(0)[0] != 5 || p.Get(1)[0] != run.Params.Get(0)[0] {
		t.Errorf("%v, %v", p, err)
	}
	for want, list := range map[string][]runtime.Param{
		"no parameter mv; it has mu": {{Name: "mv"}, meanModel.Params[1]},
		"mu is [] in the run":        {{Name: "mu", Dims: []int{2}}, meanModel.Params[1]},
		"that the model lacks":       meanModel.Params[:1],
	} {
		if _, err := run.Restore(&runtime.Model{Params: list}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
