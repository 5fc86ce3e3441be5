package data

import (
	"slices"
	"strings"
	"testing"
)

func TestDescribe(t *testing.T) {
	path := writeFile(t, t.TempDir(), "a.csv", "sequence,t,x_1,x_2,dose,n,who,empty\na,1,0.5,1,0,7,al,\na,2,-3,,1,2,bo,\nb,1,2,inf,1,0,al,\n")
	s, found, err := Describe(path, Options{})
	if err != nil || found.HasErrors() {
		t.Fatal(err, found)
	}
	if s.Rows != 3 || s.Sequences != 2 || s.Format != "CSV" {
		t.Errorf("%d rows, %d sequences, %s", s.Rows, s.Sequences, s.Format)
	}
	want := `a.csv: CSV, 3 rows in 2 sequences
  sequence: no numbers, 3 texts
  t: count from 1 to 2
  x_1: real from -3 to 2
  x_2: binary from 1 to 1, 1 missing, 1 infinite
  dose: binary from 0 to 1
  n: count from 0 to 7
  who: no numbers, 3 texts
  empty: no numbers, 3 missing
`
	if got := s.String(); !strings.HasSuffix(got, want) {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	vars := []Var{{Name: "x", Kind: Real, Size: 2, Missing: true}, {Name: "dose", Kind: Binary, Size: 1}, {Name: "n", Kind: Count, Size: 1}}
	if !slices.EqualFunc(s.Guess.Vars, vars, func(a, b Var) bool {
		return a.Name == b.Name && a.Kind == b.Kind && a.Size == b.Size && a.Missing == b.Missing
	}) {
		t.Errorf("guess %+v", s.Guess.Vars)
	}
	names, _, err := Columns(path)
	if err != nil || len(names) != 8 || names[4] != "dose" {
		t.Errorf("columns %v %v", names, err)
	}
}

func TestDescribeErrors(t *testing.T) {
	dir := t.TempDir()
	if _, _, err := Describe(dir, Options{}); err == nil {
		t.Error("an empty folder was described")
	}
	if _, _, err := Columns(dir + "/none.csv"); err == nil {
		t.Error("a file that is not there has columns")
	}
	s, found, err := Describe(writeFile(t, dir, "a.csv", "x,x\n1,2\n"), Options{})
	if s != nil || err != nil || !found.HasErrors() {
		t.Error("doubled columns were described", s, err)
	}
}
