package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"ssmc/inference"
	"ssmc/inference/data"
	"ssmc/lang/diag"
	"ssmc/models"
)

// openData opens data by their path or, where there is no such file, by the name
// of data that come with the program.
func openData(name string, s data.Schema, o data.Options) (*data.Bundle, diag.List, error) {
	if isPath(name) {
		return data.Open(name, s, o)
	}
	return openShipped(name, s, o)
}

// isPath reports whether data are what lies under a path, and not those that come
// with the program: the folder of a run may have their name.
func isPath(name string) bool {
	_, shipped := models.Data(name)
	return exists(name) && !(shipped && inference.HoldsRun(name))
}

// openRemembered opens data as a run remembers them: those that come with the
// program by their name alone, though a folder may have taken it since.
func openRemembered(name string, s data.Schema, o data.Options) (*data.Bundle, diag.List, error) {
	if _, shipped := models.Data(name); shipped {
		return openShipped(name, s, o)
	}
	return openData(name, s, o)
}

// openShipped opens data that come with the program.
func openShipped(name string, s data.Schema, o data.Options) (*data.Bundle, diag.List, error) {
	shipped, ok := models.Data(name)
	if !ok {
		return nil, nil, noData(name)
	}
	dir, err := os.MkdirTemp("", "ssmc")
	if err != nil {
		return nil, nil, fmt.Errorf("unpack data %s: %w", name, err)
	}
	defer os.RemoveAll(dir)
	path, err := unpack(dir, shipped)
	if err != nil {
		return nil, nil, fmt.Errorf("unpack data %s: %w", name, err)
	}
	bundle, found, err := data.Open(path, s, o)
	for _, d := range found { // name the data, not the copy
		d.Span.Pos.Filename = filepath.Join(name, filepath.Base(d.Span.Pos.Filename))
		d.Span.EndPos.Filename = d.Span.Pos.Filename
	}
	return bundle, found, err
}

// unpack copies files to a folder. Where there is but one, the path is that
// file's: parts of it will be held out.
func unpack(dir string, files fs.FS) (path string, err error) {
	if err := os.CopyFS(dir, files); err != nil {
		return "", err
	}
	entries, err := os.ReadDir(dir)
	if len(entries) == 1 {
		return filepath.Join(dir, entries[0].Name()), err
	}
	return dir, err
}

// noData is the error of data that are nowhere.
func noData(name string) error {
	return fmt.Errorf("read data: no such file or folder, and %w", unknown("data", name, models.DataNames(), ""))
}

// dataSource is how a run remembers data: a full path, which is good from any
// folder, or the name of data that come with the program.
func dataSource(name string) string {
	if !isPath(name) {
		return name
	}
	if path, err := filepath.Abs(name); err == nil {
		return path
	}
	return name
}

// part is a set of a bundle with its name.
type part struct {
	name string
	set  *data.Set
}

// partsOf lists the sets of a bundle that there are.
func partsOf(b *data.Bundle) (parts []part) {
	for _, p := range []part{{"train", b.Train}, {"valid", b.Valid}, {"test", b.Test}} {
		if p.set != nil {
			parts = append(parts, p)
		}
	}
	return parts
}

// heldOut is the set that a fitted model is scored on: the last there is.
func heldOut(b *data.Bundle) (name string, set *data.Set) {
	parts := partsOf(b)
	last := parts[len(parts)-1]
	return last.name, last.set
}

// dataInfo is what a run remembers of its data. The name of each part is where
// the data were found.
func dataInfo(b *data.Bundle, source string) (list []inference.DataInfo) {
	for _, p := range partsOf(b) {
		list = append(list, inference.DataInfo{Part: p.name, Name: source, Fingerprint: p.set.Fingerprint,
			Sequences: len(p.set.Sequences), Frames: p.set.Frames()})
	}
	return list
}
