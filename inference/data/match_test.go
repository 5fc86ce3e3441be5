package data

import (
	"slices"
	"strings"
	"testing"

	"ssmc/lang/diag"
)

func TestVectorNames(t *testing.T) {
	for _, header := range []string{
		"x_1,x_2,x_3", "x.1,x.2,x.3", "x[1],x[2],x[3]", "x1,x2,x3", "x_01,x_02,x_03", "x_0,x_1,x_2",
	} {
		for _, size := range []int{0, 3} {
			t.Run(header, func(t *testing.T) {
				s := mustRead(t, "a.csv", header+"\n1,2,3\n4,5,6\n", vector(Real, size))
				wantValues(t, s, "x", 1, 2, 3, 4, 5, 6)
				if s.Vars[0].Size != 3 {
					t.Errorf("size %d, want 3", s.Vars[0].Size)
				}
			})
		}
	}
}

// Components go by their numbers, not by where their columns stand.
func TestComponentsAreSortedByNumber(t *testing.T) {
	s := mustRead(t, "a.csv", "x_10,x_2,x_1,x_9,x_8,x_7,x_6,x_5,x_4,x_3\n10,2,1,9,8,7,6,5,4,3\n", vector(Real, 10))
	wantValues(t, s, "x", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
}

func TestExplicitColumns(t *testing.T) {
	s := Schema{Vars: []Var{{Name: "u", Kind: Real, Columns: []string{"c", "a"}}, {Name: "x", Size: 1}}}
	set := mustRead(t, "a.csv", "a,x,c\n1,2,3\n4,5,6\n", s)
	wantValues(t, set, "u", 3, 1, 6, 4)
	wantValues(t, set, "x", 2, 5)

	s.Vars[0].Columns[0] = "cc"
	_, found := readText(t, "a.csv", "a,x,c\n1,2,3\n", s)
	wantCode(t, found[:1], diag.MissingColumn, "u is read from column cc, which is not there; did you mean c?")
}

func TestExactNamesComeBeforeFamilies(t *testing.T) {
	s := Schema{Vars: []Var{{Name: "x", Kind: Real}, {Name: "x3", Size: 1}}}
	set := mustRead(t, "a.csv", "x1,x2,x3\n1,2,3\n", s)
	wantValues(t, set, "x", 1, 2)
	wantValues(t, set, "x3", 3)
}

func TestOnlyVariableTakesAllColumns(t *testing.T) {
	set := mustRead(t, "a.csv", "sequence,t,year,volume\n0,0,1871,1120\n0,1,1872,1160\n", scalar(Real))
	wantValues(t, set, "x", 1120, 1160)
	if notes := strings.Join(set.Notes, "\n"); !strings.Contains(notes, "x is read from 1 column: volume") || !strings.Contains(notes, "not used: year") {
		t.Errorf("the notes do not say it: %s", notes)
	}
}

// The right number of columns says nothing about what they are.
func TestColumnsAreNotCountedOff(t *testing.T) {
	_, found := readText(t, "a.csv", "patient,sys\n1,120\n1,130\n2,110\n", vector(Real, 2))
	if !found.HasErrors() {
		t.Fatal("patient became x[1]")
	}
	wantCode(t, found[:1], diag.MissingColumn, "rename them to x_1, x_2, or write `from columns(\"patient\", \"sys\")`")
}

func TestFreeSizeTakesColumnsOfNumbers(t *testing.T) {
	set, found := readText(t, "a.csv", "day,name,hip,knee\n1,u,1,2\n2,v,3,4\n", vector(Real, 0))
	if found.HasErrors() {
		t.Fatal(found)
	}
	wantValues(t, set, "x", 1, 2, 3, 4)
	wantCode(t, found[:1], diag.MissingColumn, "x is read from 2 columns in order: hip, knee")
	if !slices.Equal(set.Vars[0].Columns, []string{"hip", "knee"}) {
		t.Errorf("other files would be read by %v", set.Vars[0].Columns)
	}
}

func TestArraysMatchByName(t *testing.T) {
	pain := Schema{Vars: []Var{{Name: "pain", Size: 1}}}
	for name, ok := range map[string]bool{"x": true, "pain": true, "y": false} {
		text := npz(t, func(add func(string, string, []int, []byte)) { add(name, "<f4", []int{2}, raw([]float32{3, 4})) })
		set, found := readText(t, "a.npz", text, pain)
		if found.HasErrors() == ok {
			t.Errorf("array %s: %v", name, found)
		}
		if ok {
			wantValues(t, set, "pain", 3, 4)
		} else {
			wantCode(t, found[:1], diag.MissingColumn, "save the array under the name pain")
		}
	}
}

func TestMatchDiagnostics(t *testing.T) {
	two := Schema{Vars: []Var{{Name: "temp", Size: 1}, {Name: "rain", Size: 1}}}
	shared := Schema{Vars: []Var{{Name: "a", SizeName: "d"}, {Name: "b", SizeName: "d"}}}
	for _, c := range []struct {
		name, header string
		schema       Schema
		code         diag.Code
		want         string
	}{
		{"missing", "temp,wind", two, diag.MissingColumn, "no column is called rain; the columns are temp, wind"},
		{"misspelt", "temp,rian", two, diag.MissingColumn, "did you mean rian?"},
		{"vector missing", "a,b", vector(Real, 3), diag.MissingColumn, "no columns are called x_1 to x_3"},
		{"gap", "x_1,x_3", vector(Real, 2), diag.MissingColumn, "x_3 comes after x_1"},
		{"twice", "x_1,x.1", vector(Real, 2), diag.MissingColumn, "x.1 comes after x_1"},
		{"too many", "x_1,x_2,x_3", vector(Real, 2), diag.DataSize, "x has 2 components, but the data have 3 columns for it: x_1, x_2, x_3; change 2 to 3"},
		{"sizes disagree", "a_1,a_2,b_1", shared, diag.DataSize, "d is 2 by the columns of a, but 1 by those of b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, found := readText(t, "a.csv", c.header+"\n1,2,3\n", c.schema)
			var errors diag.List
			for _, d := range found {
				if d.Severity == diag.Error {
					errors.Add(d)
				}
			}
			wantCode(t, errors, c.code, c.want)
		})
	}
}

func TestUnusedColumnsAreListed(t *testing.T) {
	s := Schema{Vars: []Var{{Name: "x", Size: 1}}}
	_, found := readText(t, "a.csv", "t,x,a,b\n1,2,3,4\n", s)
	wantCode(t, found, diag.UnusedColumn, "2 columns are not used by the model: a, b")
	if found.HasErrors() {
		t.Error("an unused column is an error")
	}
}
