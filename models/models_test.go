package models

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestText(t *testing.T) {
	for _, name := range Names() {
		if text, ok := Model(name); !ok || text == "" {
			t.Errorf("the model %s is not there", name)
		}
	}
	for _, path := range Libraries() {
		if text, ok := Library(path); !ok || text == "" {
			t.Errorf("the library %s is not there", path)
		}
	}
	for _, name := range []string{"std/nets", "nothing", "", "../go"} {
		if _, ok := Model(name); ok {
			t.Errorf("there is a model %q", name)
		}
		if _, ok := Library(name); ok {
			t.Errorf("there is a library %q", name)
		}
	}
	if !slices.Contains(Names(), "polyphonic") || !slices.Contains(Libraries(), "std.nets") {
		t.Error(Names(), Libraries())
	}
}

func TestData(t *testing.T) {
	want := map[string][]string{"linear1d": {"test.csv", "train.csv", "valid.csv"}, "nile": {"nile.csv"}}
	for _, name := range DataNames() {
		folder, ok := Data(name)
		if !ok {
			t.Fatalf("no data %s", name)
		}
		dir := t.TempDir()
		if err := os.CopyFS(dir, folder); err != nil {
			t.Fatal(err)
		}
		got, err := filepath.Glob(dir + "/*")
		for i := range got {
			got[i] = filepath.Base(got[i])
		}
		if err != nil || len(got) == 0 || want[name] != nil && !slices.Equal(got, want[name]) {
			t.Errorf("data %s: %v %v", name, got, err)
		}
	}
	if _, ok := Data("README"); ok {
		t.Error("the README is taken for data")
	}
	nile, _ := Data("nile")
	if _, err := fs.ReadFile(nile, "seattle-weather.csv"); !errors.Is(err, fs.ErrNotExist) {
		t.Error("other data are seen in the folder of one:", err)
	}
}
