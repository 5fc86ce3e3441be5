package inference

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
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

// A lock that came with a folder from elsewhere may be another name of any file,
// which must not be written to.
func TestLockThatIsALink(t *testing.T) {
	above := t.TempDir()
	dir, victim := filepath.Join(above, "run"), filepath.Join(above, "victim")
	os.Mkdir(dir, 0o777)
	os.WriteFile(victim, []byte("whole"), 0o666)
	if err := os.Symlink("../victim", filepath.Join(dir, lockFile)); err != nil {
		t.Skip("the file system has no links:", err)
	}
	var unsaved *SaveError
	if _, err := LockFolder(dir); !errors.As(err, &unsaved) || !strings.Contains(err.Error(), "it is not a plain file") {
		t.Errorf("%v", err)
	}
	if b, _ := os.ReadFile(victim); string(b) != "whole" {
		t.Errorf("the file that the link leads to is %q", b)
	}
}

// Locks that are discarded while others want the folder are never held by two.
func TestLockIsHeldByOne(t *testing.T) {
	dir := t.TempDir()
	var holders, twice atomic.Int32
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 2000 {
				lock, err := LockFolder(dir)
				if err != nil {
					continue
				}
				if holders.Add(1) > 1 {
					twice.Add(1)
				}
				runtime.Gosched()
				holders.Add(-1)
				lock.Discard()
			}
		})
	}
	all.Wait()
	if n := twice.Load(); n > 0 {
		t.Errorf("%d times two held it", n)
	}
}
