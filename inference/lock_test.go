package inference

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestLockFolder(t *testing.T) {
	dir := t.TempDir()
	lock, err := LockFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := LockFolder(dir); !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), "process ") {
		t.Errorf("a second one: %v", err)
	}
	if err := lock.Release(); err != nil {
		t.Error(err)
	}
	again, err := LockFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	again.Release()
	if _, err := LockFolder(filepath.Join(dir, "none")); err == nil || errors.Is(err, ErrInUse) {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// Who takes a folder finishes the save that was cut short, and clears away what
// others have left.
func TestLockFolderSettles(t *testing.T) {
	dir, run := t.TempDir(), finishedRun(t)
	if err := Save(dir, run, false); err != nil {
		t.Fatal(err)
	}
	run.Scores[0].Value = 5
	files, err := filesOf(dir, run)
	if err != nil {
		t.Fatal(err)
	}
	if err := prepare(dir, files, nil); err != nil {
		t.Fatal(err)
	}
	lock, err := LockFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	if names := hidden(t, dir); !slices.Equal(names, []string{lockFile}) {
		t.Errorf("%v is left", names)
	}
	if r, err := Load(dir); err != nil || r.Scores[0].Value != 5 {
		t.Errorf("%v", err)
	}
	os.WriteFile(filepath.Join(dir, temporary(paramsFile)), nil, 0o666)
	sweep(dir)
	if names := hidden(t, dir); !slices.Equal(names, []string{lockFile}) {
		t.Errorf("%v is left", names)
	}
}

// A run whose save was cut short after it was good is read as it was saved.
func TestLoadAfterACut(t *testing.T) {
	dir, first, second := saved(t)
	third := fit(t, bundle(), Options{Resume: second}, "batch=3", "epochs=8", "validate.every=2")
	files, err := filesOf(dir, third)
	if err != nil {
		t.Fatal(err)
	}
	if err := prepare(dir, files, nil); err != nil {
		t.Fatal(err)
	}
	if r, err := Load(dir); err != nil || r.Updates != third.Updates || !slices.Equal(r.Params.Values, third.Params.Values) {
		t.Errorf("%v; %+v", err, r)
	}
	if r, _, err := LoadCheckpoint(dir); err != nil || r.Updates != third.Updates {
		t.Errorf("%v; %+v", err, r)
	}
	if r, err := readCheckpoint(dir, previousFile); err != nil || r.Updates != second.Updates || r.Updates == first.Updates {
		t.Errorf("%v; the one before is %+v", err, r)
	}
}
