package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ssmc/inference"
)

// A folder is where a run is kept, while no other process may write to it.
type folder struct {
	path      string
	overwrite bool // what is there
	made      bool // for this run
	used      bool // something has been saved
	lock      *inference.Lock
}

// reserve makes the folder of a run before the fit begins, so that hours of work
// do not end in a folder that can't be written. Without a name it is one in runs
// that is not there yet.
func reserve(out, label string, overwrite bool) (*folder, error) {
	if out == "" {
		return makeNew(filepath.Join("runs", plainName(label)+time.Now().Format("-20060102-150405")))
	}
	if err := checkFree(out, overwrite); err != nil {
		return nil, err
	}
	_, err := os.Lstat(out) // a link that leads nowhere is somebody's, and there
	f := &folder{path: out, overwrite: overwrite, made: errors.Is(err, fs.ErrNotExist)}
	if err := f.take(); err != nil {
		f.release()
		return nil, err
	}
	if err := checkFree(out, overwrite); err != nil { // a save that was cut short may have been finished
		f.release()
		return nil, err
	}
	return f, nil
}

// take makes the folder, and keeps other processes from writing to it.
func (f *folder) take() (err error) {
	if err := f.probe(); err != nil {
		return unmade(err)
	}
	f.lock, err = inference.LockFolder(f.path)
	return err
}

// unmade is the error of a folder that can't be made or written to.
func unmade(err error) error {
	return &inference.SaveError{Doing: "make the folder of the run", Err: err}
}

// checkFree refuses a folder that is not empty, unless it holds a run, or a
// comparison, a calibration or a recovery, that is to be overwritten.
func checkFree(out string, overwrite bool) error {
	entries, err := os.ReadDir(out)
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return inference.IsLeftover(e.Name()) })
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0:
		return nil
	case err != nil:
		return unmade(err)
	case !holdsRun(out):
		return fmt.Errorf("%s is not empty, and holds no run (%s): choose another --out", out, entries[0].Name())
	case !overwrite:
		return fmt.Errorf("%s holds a run already; choose another --out, or --force to overwrite it", out)
	}
	return nil
}

// holdsRun reports whether a folder is one of ours.
func holdsRun(dir string) bool {
	others := []string{compareJSON, calibrationJSON, recoverJSON}
	return inference.HoldsRun(dir) || slices.ContainsFunc(others, func(name string) bool { return exists(filepath.Join(dir, name)) })
}

// makeNew makes a folder called path, or with a number after it.
func makeNew(path string) (*folder, error) {
	name := path
	for n := 2; ; n++ {
		err := os.MkdirAll(filepath.Dir(name), 0o777)
		if err == nil {
			err = os.Mkdir(name, 0o777)
		}
		switch {
		case err == nil:
			f := &folder{path: name, made: true}
			if err := f.take(); err != nil {
				f.release()
				return nil, err
			}
			return f, nil
		case !errors.Is(err, fs.ErrExist):
			return nil, unmade(err)
		}
		name = fmt.Sprintf("%s-%d", path, n)
	}
}

// probe makes the folder and writes into it.
func (f *folder) probe() error {
	if err := os.MkdirAll(f.path, 0o777); err != nil {
		return err
	}
	t, err := os.CreateTemp(f.path, ".probe-*.part") // as good as nothing, should it stay
	if err != nil {
		return err
	}
	return errors.Join(t.Close(), os.Remove(t.Name()))
}

// hold sees to it, before a save, that no other process writes to the folder: where
// it was moved under the run, or its lock removed, that which is in its place now, or
// a new one, is locked in its stead.
func (f *folder) hold() error {
	if f.lock.Holds() {
		return nil
	}
	if err := os.MkdirAll(f.path, 0o777); err != nil {
		return unmade(err)
	}
	lock, err := inference.LockFolder(f.path)
	if err != nil {
		return err
	}
	f.lock.Release()
	f.lock = lock
	return nil
}

// release lets other processes have the folder, and removes one that was made and
// not used.
func (f *folder) release() {
	if !f.made || f.used {
		f.lock.Release()
		return
	}
	f.lock.Discard()
	os.Remove(f.path) // fails where someone else has put something into it
}

// plainName is a label in lower case, without what file systems may not like.
func plainName(label string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>| `, r) {
			return '_'
		}
		return r
	}, strings.ToLower(label))
}

// runID tells runs apart by what determines them: the program with its settings
// and seed, and the data.
func runID(text string, data []inference.DataInfo) string {
	h := sha256.New()
	h.Write([]byte(text))
	for _, d := range data {
		fmt.Fprintf(h, "\n%s %s", d.Part, d.Fingerprint)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// commandLine is the command as a shell would take it.
func commandLine() string {
	words := []string{"ssmc"}
	for _, a := range os.Args[1:] {
		words = append(words, quoted(a))
	}
	return strings.Join(words, " ")
}

// quoted is a word as a shell would take it.
func quoted(word string) string {
	if word == "" || strings.ContainsAny(word, " \t\n'\"\\$`*?[](){}<>|&;#~!") {
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}
