// Package models holds what is written in the language itself: the standard
// library, whole models and the data that some of them are shown with. All of it
// is embedded. There is no other code here, and no knowledge of the language.
package models

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed *.ssm std/*.ssm data
var files embed.FS

const suffix = ".ssm"

// Library is the text of a library by the path that a program uses it under,
// such as std.nets.
func Library(name string) (text string, ok bool) {
	if !strings.Contains(name, ".") {
		return "", false
	}
	return read(strings.ReplaceAll(name, ".", "/"))
}

// Libraries lists the paths of the libraries.
func Libraries() []string {
	names := list("std/*" + suffix)
	for i, n := range names {
		names[i] = "std." + n
	}
	return names
}

// Model is the text of a whole model by its name, such as polyphonic.
func Model(name string) (text string, ok bool) {
	if strings.Contains(name, "/") {
		return "", false
	}
	return read(name)
}

// Names lists the whole models.
func Names() []string { return list("*" + suffix) }

// Data is the sample data called name, as a fit reads them: a folder of train,
// valid and test files, or of one file that is divided into these.
func Data(name string) (fs.FS, bool) {
	if !slices.Contains(DataNames(), name) {
		return nil, false
	}
	folder := must(fs.Sub(files, "data"))
	for _, e := range must(fs.ReadDir(folder, ".")) {
		switch {
		case stem(e.Name()) != name:
		case e.IsDir():
			return must(fs.Sub(folder, name)), true
		default:
			return only{folder, e.Name()}, true
		}
	}
	panic("models: data that are listed are not there")
}

// DataNames lists the sample data.
func DataNames() []string {
	var names []string
	for _, e := range must(files.ReadDir("data")) {
		if path.Ext(e.Name()) != ".md" {
			names = append(names, stem(e.Name()))
		}
	}
	return names
}

// only is a folder of which one file is seen.
type only struct {
	fs.FS
	name string
}

// Open opens the file, or the folder.
func (o only) Open(name string) (fs.File, error) {
	if name != "." && name != o.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return o.FS.Open(name)
}

// ReadDir lists the file.
func (o only) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(o.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() != o.name }), err
}

func stem(file string) string { return strings.TrimSuffix(file, path.Ext(file)) }

// must is v: what is embedded is there.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func read(name string) (string, bool) {
	text, err := files.ReadFile(name + suffix)
	return string(text), err == nil
}

func list(pattern string) []string {
	names := must(fs.Glob(files, pattern))
	for i, n := range names {
		names[i] = stem(path.Base(n))
	}
	return names
}
