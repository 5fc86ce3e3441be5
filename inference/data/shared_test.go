package data

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// sharedData is the folder of a file of the test data that is not part of the
// repository; the test is skipped where it is absent.
func sharedData(t *testing.T, elem ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{"..", "..", "..", "shared", "data"}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skip("no shared data")
	}
	return path
}

// The counts are those that were published with the data: Boulanger-Lewandowski
// et al. 2012, as converted.
func TestChorales(t *testing.T) {
	b := mustOpen(t, sharedData(t, "poly", "jsb"), Schema{Vars: []Var{{Name: "x", Kind: Binary, SizeName: "note"}}}, Options{})
	for _, c := range []struct {
		set                         *Set
		n, frames, low, high, notes int
		first, last                 int // columns in use
	}{
		{b.Train, 229, 13807, 25, 129, 53824, 22, 75},
		{b.Valid, 76, 4602, 32, 144, 17811, 27, 75},
		{b.Test, 77, 4725, 32, 160, 18367, 24, 75},
	} {
		l := c.set.Lengths()
		if len(l) != c.n || c.set.Frames() != c.frames || slices.Min(l) != c.low || slices.Max(l) != c.high {
			t.Errorf("%s: %d sequences of %d to %d, %d frames", c.set.Name, len(l), slices.Min(l), slices.Max(l), c.set.Frames())
		}
		notes, first, last := pitches(c.set)
		if notes != c.notes || first != c.first || last != c.last {
			t.Errorf("%s: %d notes in columns %d to %d, want %d in %d to %d", c.set.Name, notes, first, last, c.notes, c.first, c.last)
		}
	}
}

// pitches counts the notes, and finds the first and last column with any.
func pitches(s *Set) (notes, first, last int) {
	first, last = math.MaxInt, -1
	for i := range s.Sequences {
		for k, x := range s.Sequences[i].Values(0) {
			if x != 0 {
				notes++
				first, last = min(first, k%88), max(last, k%88)
			}
		}
	}
	return notes, first, last
}

func TestSeries(t *testing.T) {
	for _, c := range []struct {
		file          string
		s             Schema
		n, rows, size int
		missing       int
	}{
		{"nile.csv", Schema{Vars: []Var{{Name: "y", Size: 1}}}, 1, 100, 1, 0},
		{"coal_disasters.csv", Schema{Vars: []Var{{Name: "y", Kind: Count, Size: 1}}}, 1, 112, 1, 0},
		{"gait.csv", Schema{Vars: []Var{{Name: "angle"}}}, 39, 780, 2, 0},
		{"us_macro.csv", Schema{Vars: []Var{{Name: "y"}}}, 1, 203, 12, 0},
		{"us_employment.csv", Schema{Vars: []Var{{Name: "y"}}}, 1, 120, 23, 0},
		{"meningo_age.csv", Schema{Vars: []Var{{Name: "y", Kind: Count}}}, 1, 156, 4, 0},
		{"seattle_weather.csv", Schema{TimeUnit: "days", Vars: []Var{{Name: "y"}}}, 1, 1461, 4, 0},
		{"yap_dengue.csv", Schema{Vars: []Var{{Name: "cases", Kind: Count, Size: 1, Missing: true}}}, 1, 183, 1, 12},
		{"quinidine.csv", Schema{Vars: []Var{{Name: "conc", Size: 1, Missing: true}, {Name: "dose", Role: Input, Size: 1}}}, 136, 1471, 1, 1110},
	} {
		t.Run(c.file, func(t *testing.T) {
			set := readPath(t, sharedData(t, "series", c.file), c.s)
			if len(set.Sequences) != c.n || set.Frames() != c.rows || set.Vars[0].Size != c.size {
				t.Errorf("%d sequences, %d rows, size %d; want %d, %d, %d", len(set.Sequences), set.Frames(), set.Vars[0].Size, c.n, c.rows, c.size)
			}
			missing := 0
			for i := range set.Sequences {
				for _, ok := range set.Sequences[i].Present(0) {
					missing += int(1 - bit(ok))
				}
			}
			if missing != c.missing {
				t.Errorf("%d values missing, want %d", missing, c.missing)
			}
		})
	}
}

func TestNileValues(t *testing.T) {
	set := readPath(t, sharedData(t, "series", "nile.csv"), scalar(Real))
	mean := 0.0
	for _, x := range set.Sequences[0].Values(0) {
		mean += float64(x) / 100
	}
	if math.Abs(mean-919.35) > 1e-9 { // Durbin & Koopman's series; whole numbers add up exactly
		t.Errorf("mean %v, want 919.35", mean)
	}
}

// Every file can be described; that each has rows is checked by its guess.
func TestDescribeShared(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(sharedData(t, "series"), "*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		s, found, err := Describe(path, Options{})
		if err != nil || found.HasErrors() || len(s.Guess.Vars) == 0 {
			t.Errorf("%s: %v %v", path, err, found)
			continue
		}
		readPath(t, path, s.Guess)
	}
}
