package data

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"ssmc/lang/diag"
)

// Options says how data are divided and cut.
type Options struct {
	Window int        // longest sequence, in steps; 0 = as they are
	Stride int        // steps between the windows of train; 0 = Window
	Seed   uint64     // of the shuffle that holds sequences out
	Split  [3]float64 // shares of train, valid and test in one file; zero = 0.70, 0.15, 0.15
	Limit  int64      // bytes that a file may unfold to; 0 = 8 GiB
}

const defaultLimit = 8 << 30

func (o Options) limit() int64 {
	if o.Limit > 0 {
		return o.Limit
	}
	return defaultLimit
}

func (o Options) split() [3]float64 {
	if o.Split == [3]float64{} {
		return defaultSplit
	}
	return o.Split
}

// Bundle is the data of a fit. Valid and Test are nil where there are none.
type Bundle struct {
	Train, Valid, Test *Set
	Notes              []string // how columns were matched and data divided
}

// Open reads the data at path for a schema: a folder with train, valid and test
// files, or one file, of which parts are held out. What is wrong with the data
// is in the list; the error is for what cannot be read at all. The bundle is
// nil when either holds an error.
func Open(path string, s Schema, o Options) (*Bundle, diag.List, error) {
	if err := o.check(); err != nil {
		return nil, nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read data: %w", err)
	}
	l := &loader{schema: s, options: o}
	if info.IsDir() {
		err = l.folder(path)
	} else {
		err = l.file(path)
	}
	if err != nil || l.found.HasErrors() {
		return nil, l.found, err
	}
	l.bundle.stamp()
	l.bundle.cutWindows(o)
	return &l.bundle, l.found, nil
}

func (o Options) check() error {
	for _, f := range o.Split {
		if !(f >= 0 && f <= 1e9) {
			return fmt.Errorf("split shares must not be negative: %v", o.Split)
		}
	}
	if o.split()[0] == 0 || o.Window < 0 || o.Stride < 0 {
		return fmt.Errorf("train needs a share, and window and stride must not be negative: %+v", o)
	}
	return nil
}

// A loader reads the files of a bundle, gathering what is wrong with each.
type loader struct {
	schema  Schema
	options Options
	bundle  Bundle
	found   diag.List
}

// read reads one file. It returns nil where the file is wrong.
func (l *loader) read(path string) (*Set, error) {
	var s *Set
	err := withInput(path, l.options.limit(), func(f *format, in input) {
		p := newProblems(path)
		s = readSet(f, in, l.schema, p)
		l.found.Add(p.list()...)
	})
	if s != nil {
		l.bundle.note(s.Notes)
	}
	return s, err
}

// note adds notes, each once: files of a folder mostly have the same.
func (b *Bundle) note(notes []string) {
	for _, n := range notes {
		if !slices.Contains(b.Notes, n) {
			b.Notes = append(b.Notes, n)
		}
	}
}

// file reads one file and holds parts of it out.
func (l *loader) file(path string) error {
	s, err := l.read(path)
	if err != nil || s == nil {
		return err
	}
	p := newProblems(path)
	sets, note := holdOut(s, l.options.split(), l.options.Seed, p)
	l.found.Add(p.list()...)
	l.bundle.Train, l.bundle.Valid, l.bundle.Test = sets[0], sets[1], sets[2]
	l.bundle.Notes = append(l.bundle.Notes, note)
	return nil
}

// stems are the names that files of a folder may have, part by part.
var stems = [3][]string{{"train"}, {"valid", "validation", "val"}, {"test"}}

// folder reads train, valid and test. Sizes bound by train hold for the others.
func (l *loader) folder(path string) error {
	names, others, err := partFiles(path)
	if err != nil {
		return err
	}
	if len(others) > 0 {
		l.bundle.Notes = append(l.bundle.Notes, "not read: "+shorten(strings.Join(others, ", "))+"; of a folder it is train, valid and test")
	}
	var sets [3]*Set
	for i, name := range names {
		if name == "" {
			continue
		}
		if sets[i], err = l.read(name); err != nil {
			return err
		}
		if i == 0 && sets[0] != nil {
			l.schema.Vars = sets[0].Vars
		}
	}
	if l.found.HasErrors() {
		return nil
	}
	l.bundle.Train, l.bundle.Valid, l.bundle.Test = sets[0], sets[1], sets[2]
	if names[1] == "" {
		l.holdOutValid(path)
	}
	if names[2] == "" {
		l.bundle.Notes = append(l.bundle.Notes, "no test file")
	}
	return nil
}

// holdOutValid takes valid out of train where a folder has none.
func (l *loader) holdOutValid(path string) {
	p := newProblems(path)
	p.warnf(diag.DataSplit, place{}, "add a file called valid", "there is no valid file: a part of train is held out in its place")
	share := l.options.split()
	if share[1] == 0 {
		share[1] = defaultSplit[1]
	}
	sets, note := holdOut(l.bundle.Train, [3]float64{share[0], share[1], 0}, l.options.Seed, p)
	l.found.Add(p.list()...)
	l.bundle.Train, l.bundle.Valid = sets[0], sets[1]
	l.bundle.Notes = append(l.bundle.Notes, note)
}

// partFiles finds the files of a folder, "" for those that are not there, and the
// others that might be data.
func partFiles(path string) (names [3]string, others []string, err error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return names, nil, fmt.Errorf("read data: %w", err)
	}
	for _, e := range entries {
		if _, err := formatOf(e.Name()); err != nil || e.IsDir() {
			continue
		}
		stem := strings.ToLower(strings.TrimSuffix(e.Name(), filepath.Ext(e.Name())))
		i := slices.IndexFunc(stems[:], func(s []string) bool { return slices.Contains(s, stem) })
		if i < 0 {
			others = append(others, strconv.QuoteToGraphic(e.Name()))
			continue
		}
		if names[i] != "" {
			return names, nil, fmt.Errorf("read data: %s has both %s and %s", path, filepath.Base(names[i]), e.Name())
		}
		names[i] = filepath.Join(path, e.Name())
	}
	if names[0] == "" {
		return names, nil, fmt.Errorf("read data: %s has no file called train; known formats are %s", path, knownFormats())
	}
	return names, others, nil
}

// stamp takes the fingerprint of each part, whole, before it is cut in windows.
func (b *Bundle) stamp() {
	for _, s := range []*Set{b.Train, b.Valid, b.Test} {
		if s != nil {
			s.Fingerprint = s.fingerprint()
		}
	}
}
