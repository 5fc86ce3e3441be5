package data

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ssmc/lang/diag"
)

// readText reads a file of the given name and contents.
func readText(t *testing.T, name, text string, s Schema) (*Set, diag.List) {
	t.Helper()
	f, err := formatOf(name)
	if err != nil {
		t.Fatal(err)
	}
	p := newProblems(name)
	set := readSet(f, input{name, strings.NewReader(text), int64(len(text)), defaultLimit}, s, p)
	return set, p.list()
}

// mustRead reads a file that has nothing wrong with it.
func mustRead(t *testing.T, name, text string, s Schema) *Set {
	t.Helper()
	set, found := readText(t, name, text, s)
	if found.HasErrors() {
		t.Fatalf("%s: %v", name, found)
	}
	return set
}

// wantValues compares all values of a variable, sequence after sequence; NaN
// stands for one that is missing.
func wantValues(t *testing.T, s *Set, name string, want ...float64) {
	t.Helper()
	v := s.Index(name)
	var got []float64
	for i := range s.Sequences {
		present := s.Sequences[i].Present(v)
		for k, x := range s.Sequences[i].Values(v) {
			if present != nil && !present[k] {
				got = append(got, math.NaN())
			} else {
				got = append(got, float64(x))
			}
		}
	}
	same := func(a, b float64) bool { return float32(a) == float32(b) || a != a && b != b }
	if !slices.EqualFunc(got, want, same) {
		t.Errorf("%s = %v, want %v", name, got, want)
	}
}

// wantCode checks that a list holds exactly one code, and a text in one message.
func wantCode(t *testing.T, found diag.List, code diag.Code, text string) {
	t.Helper()
	hit := false
	for _, d := range found {
		if d.Code != code {
			t.Errorf("unexpected %v", d)
		}
		hit = hit || strings.Contains(d.Error(), text)
	}
	if !hit {
		t.Errorf("no %s with %q in:\n%v", code, text, found)
	}
}

// npz makes an archive by calls of add.
func npz(t *testing.T, fill func(add func(name, descr string, shape []int, body []byte))) string {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	fill(func(name, descr string, shape []int, body []byte) {
		if err := writeArray(z, name, descr, shape, body); err != nil {
			t.Fatal(err)
		}
	})
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// raw writes values as little-endian bytes.
func raw(values any) []byte {
	out, err := binary.Append(nil, binary.LittleEndian, values)
	if err != nil {
		panic(err)
	}
	return out
}

// writeFile writes a file into a folder and returns its path.
func writeFile(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// scalar is a schema of one variable x.
func scalar(k Kind) Schema { return Schema{Vars: []Var{{Name: "x", Kind: k, Size: 1}}} }

// vector is a schema of one variable x of size d.
func vector(k Kind, d int) Schema { return Schema{Vars: []Var{{Name: "x", Kind: k, Size: d}}} }
