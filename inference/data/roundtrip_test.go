package data

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
)

// mixture is a set with every role, kind and blank that there is.
func mixture() *Set {
	vars := []Var{
		{Name: "x", Kind: Real, Size: 12, Missing: true},
		{Name: "b", Kind: Binary, Size: 2, Role: Input},
		{Name: "n", Kind: Count, Size: 1},
		{Name: "c", Kind: OneOf, Size: 1, Classes: 5, Missing: true},
		{Name: "age", Kind: Real, Size: 1, Role: Static},
		{Name: "demo", Kind: Real, Size: 3, Role: Static, Missing: true},
	}
	r := rand.New(rand.NewPCG(1, 2))
	var sequences []Sequence
	for i, id := range []string{"one", "two, with \"quotes\"", "é3"} {
		n := 4 + 3*i
		q := randomSequence(r, vars, id, n)
		for t := range n {
			q.Times = append(q.Times, float64(t)*1.5+0.1*r.Float64())
		}
		sequences = append(sequences, q)
	}
	return NewSet("mixture", vars, "hours", sequences)
}

func randomSequence(r *rand.Rand, vars []Var, id string, n int) Sequence {
	values, present := make([][]float32, len(vars)), make([][]bool, len(vars))
	for v, x := range vars {
		rows := n
		if !x.perStep() {
			rows = 1
		}
		for range rows * x.Size {
			there := !x.Missing || r.Float64() < 0.7
			value := float32(0)
			if there {
				value = randomValue(r, x)
			}
			values[v] = append(values[v], value)
			present[v] = append(present[v], there)
		}
	}
	return NewSequence(vars, id, n, values, present, nil)
}

func randomValue(r *rand.Rand, v Var) float32 {
	switch v.Kind {
	case Binary:
		return float32(r.IntN(2))
	case Count:
		return float32(r.IntN(100000))
	case OneOf:
		return float32(r.IntN(v.Classes))
	}
	return float32(r.NormFloat64() * math.Exp(10*r.NormFloat64()))
}

// extensions are one of each format.
var extensions = []string{".csv", ".tsv", ".parquet", ".jsonl", ".npz"}

func TestRoundTrip(t *testing.T) {
	want := mixture()
	dir := t.TempDir()
	for _, ext := range extensions {
		t.Run(ext, func(t *testing.T) {
			path := filepath.Join(dir, "set"+ext)
			if err := Write(path, want); err != nil {
				t.Fatal(err)
			}
			got := readPath(t, path, Schema{want.Vars, want.TimeUnit})
			if got.fingerprint() != want.Fingerprint {
				t.Errorf("fingerprint %s, want %s", got.fingerprint(), want.Fingerprint)
			}
			compareSets(t, got, want)
		})
	}
}

// readPath reads a whole file as one set.
func readPath(t *testing.T, path string, s Schema) *Set {
	t.Helper()
	var out *Set
	err := withInput(path, defaultLimit, func(f *format, in input) {
		p := newProblems(path)
		if out = readSet(f, in, s, p); out == nil {
			t.Fatal(p.list())
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// compareSets compares exactly: every format keeps 32-bit floats whole.
func compareSets(t *testing.T, got, want *Set) {
	t.Helper()
	if len(got.Sequences) != len(want.Sequences) {
		t.Fatalf("%d sequences, want %d", len(got.Sequences), len(want.Sequences))
	}
	for i := range want.Sequences {
		g, w := &got.Sequences[i], &want.Sequences[i]
		if g.ID != w.ID || g.Len != w.Len || !slices.Equal(g.Times, w.Times) {
			t.Errorf("sequence %q of %d at %v, want %q of %d at %v", g.ID, g.Len, g.Times, w.ID, w.Len, w.Times)
		}
		for v := range want.Vars {
			if !slices.Equal(g.Values(v), w.Values(v)) || !slices.Equal(g.Present(v), w.Present(v)) {
				t.Errorf("%s of %s: %v, want %v", want.Vars[v].Name, w.ID, g.Values(v), w.Values(v))
			}
		}
	}
}

func TestFingerprintTellsSetsApart(t *testing.T) {
	seen := map[string]string{}
	check := func(name string, s *Set) {
		if other, ok := seen[s.fingerprint()]; ok {
			t.Errorf("%s and %s have one fingerprint", name, other)
		}
		seen[s.fingerprint()] = name
	}
	base := "sequence,t,x\n1,1,1\n1,2,0\n2,1,1\n"
	s := Schema{Vars: []Var{{Name: "x", Kind: Count, Size: 1, Missing: true}}}
	check("base", mustRead(t, "a.csv", base, s))
	check("value", mustRead(t, "a.csv", "sequence,t,x\n1,1,1\n1,2,2\n2,1,1\n", s))
	check("missing", mustRead(t, "a.csv", "sequence,t,x\n1,1,1\n1,2,\n2,1,1\n", s))
	check("lengths", mustRead(t, "a.csv", "sequence,t,x\n1,1,1\n2,2,0\n2,3,1\n", s))
	check("kind", mustRead(t, "a.csv", base, Schema{Vars: []Var{{Name: "x", Kind: Binary, Size: 1, Missing: true}}}))
	check("name", mustRead(t, "a.csv", base, Schema{Vars: []Var{{Name: "y", Kind: Count, Size: 1, Columns: []string{"x"}}}}))
}

func TestWriteRefuses(t *testing.T) {
	vars := []Var{{Name: "x", Size: 1}}
	inf := float32(math.Inf(1))
	s := &Set{Vars: vars, Sequences: []Sequence{NewSequence(vars, "1", 2, [][]float32{{1, inf}}, nil, nil)}}
	for _, ext := range extensions {
		if err := Write(filepath.Join(t.TempDir(), "a"+ext), s); err == nil {
			t.Errorf("%s: an infinity was written", ext)
		}
	}
	if err := Write("a.xls", s); err == nil {
		t.Error("an unknown format was written")
	}
}
