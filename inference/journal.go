package inference

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The files of a run are replaced as one: all are written under temporary names,
// a list of them makes the change good, and only then do they get their names. A
// program that is killed before the list is there has changed nothing; one that
// is killed after it leaves the rest to be done by settle, and until then
// readFile reads what the list says. All of this is for one process at a time: that
// which has the folder's lock.

// commitFile is the list of a change that is good but not done: a line "+NAME"
// for each file to be put in place, and "-NAME" for each to be taken away.
const commitFile = ".commit"

// replaceFiles writes files into a folder, which it makes if need be, and removes
// those that are gone: all of it, or nothing.
func replaceFiles(dir string, files []file, gone []string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	if err := settle(dir); err != nil {
		return err
	}
	if err := prepare(dir, files, gone); err != nil {
		for _, f := range append(files, file{name: commitFile}) {
			os.Remove(filepath.Join(dir, temporary(f.name)))
		}
		return err
	}
	return settle(dir)
}

// prepare writes files under temporary names, and the list that makes them good.
func prepare(dir string, files []file, gone []string) error {
	var list bytes.Buffer
	for _, f := range files {
		if err := replaceable(dir, f.name); err != nil {
			return err
		}
		if err := writeTemporary(dir, f); err != nil {
			return err
		}
		fmt.Fprintln(&list, "+"+f.name)
	}
	for _, name := range gone {
		fmt.Fprintln(&list, "-"+name)
	}
	if err := writeTemporary(dir, textFile(commitFile, list.Bytes())); err != nil {
		return err
	}
	if err := syncDir(dir); err != nil {
		return err
	}
	return os.Rename(filepath.Join(dir, temporary(commitFile)), filepath.Join(dir, commitFile))
}

// replaceable refuses a folder in the place of a file: no name can be given to
// two things, and that is better known before a change is good.
func replaceable(dir, name string) error {
	path := filepath.Join(dir, name)
	if info, err := os.Lstat(path); err == nil && info.IsDir() {
		return &fs.PathError{Op: "write", Path: path, Err: errors.New("it is a folder")}
	}
	return nil
}

// settle finishes the change that a folder's list tells of, if there is one. What
// of it is done already is left as it is.
func settle(dir string) error {
	list, err := os.ReadFile(filepath.Join(dir, commitFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	lines, err := checkList(dir, string(list))
	if err != nil {
		return err
	}
	if err := syncDir(dir); err != nil { // the list is there for good
		return err
	}
	for _, line := range lines {
		if err := settleLine(dir, line); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := syncDir(dir); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(dir, commitFile)); err != nil {
		return err
	}
	return syncDir(dir)
}

// checkList is the lines of a list. It refuses one that tells of other things than
// files of the folder, as one that came with it from elsewhere may.
func checkList(dir, list string) (lines []string, err error) {
	for line := range strings.Lines(list) {
		line = strings.TrimSpace(line)
		name := strings.TrimPrefix(strings.TrimPrefix(line, "+"), "-")
		if name == "" || name == "." || !filepath.IsLocal(name) || name != filepath.Base(name) {
			return nil, fmt.Errorf("%s tells of what is not a file of the folder: %q; no save wrote it: take it away", filepath.Join(dir, commitFile), line)
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// settleLine does what a line of the list says.
func settleLine(dir, line string) error {
	if name, ok := strings.CutPrefix(line, "+"); ok {
		return os.Rename(filepath.Join(dir, temporary(name)), filepath.Join(dir, name))
	}
	return os.Remove(filepath.Join(dir, strings.TrimPrefix(line, "-")))
}

// readFile reads a file of a folder as it is after the change that is good.
func readFile(dir, name string) ([]byte, error) {
	if list, err := os.ReadFile(filepath.Join(dir, commitFile)); err == nil && bytes.Contains(list, []byte("+"+name+"\n")) {
		if b, err := os.ReadFile(filepath.Join(dir, temporary(name))); err == nil {
			return b, nil
		}
	}
	return os.ReadFile(filepath.Join(dir, name))
}
