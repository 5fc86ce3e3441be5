package data

import (
	"fmt"
	"math"
	"os"
	"slices"

	"ssmc/lang/diag"
)

// Summary is what a file holds, told without a model.
type Summary struct {
	Path      string
	Format    string // "CSV", "NPZ", ...
	Rows      int
	Sequences int
	Columns   []Column
	Guess     Schema // variables that the columns might be
}

// Column is a summary of one column.
type Column struct {
	Name     string
	Index    bool    // it names the sequence or the time of a row
	Kind     Kind    // of its numbers: Binary, Count or Real
	Text     int     // fields that are not numbers
	Missing  int     // blank fields
	Infinite int     // fields that are infinite
	Min, Max float64 // of its finite numbers; NaN if none
}

// Describe summarises the file at path, or the train file of a folder.
func Describe(path string, o Options) (*Summary, diag.List, error) {
	file, err := fileOf(path)
	if err != nil {
		return nil, nil, err
	}
	var out *Summary
	p := newProblems(file)
	err = withInput(file, o.limit(), func(f *format, in input) {
		if t := f.open(in, Schema{}, p); t != nil {
			out = describeTable(t, in.limit)
			out.Path, out.Format = file, f.name
		}
	})
	if err != nil || p.failed() {
		return nil, p.list(), err
	}
	return out, p.list(), nil
}

// Columns lists the names of the columns of the file at path, or of the train
// file of a folder.
func Columns(path string) ([]string, diag.List, error) {
	file, err := fileOf(path)
	if err != nil {
		return nil, nil, err
	}
	var names []string
	p := newProblems(file)
	err = withInput(file, defaultLimit, func(f *format, in input) {
		if t := f.open(in, Schema{}, p); t != nil {
			names = append(names, t.columns()...)
		}
	})
	return names, p.list(), err
}

// fileOf is path, or the train file in it.
func fileOf(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("read data: %w", err)
	}
	if !info.IsDir() {
		return path, nil
	}
	names, _, err := partFiles(path)
	return names[0], err
}

// describeTable counts what is in each column, in so many cells at most.
func describeTable(t table, limit int64) *Summary {
	s := &Summary{}
	for _, name := range t.columns() {
		s.Columns = append(s.Columns, Column{Name: name, Index: isIndexName(name), Kind: Binary, Min: math.NaN(), Max: math.NaN()})
	}
	ids := map[string]bool{}
	sequence := slices.Index(t.columns(), sequenceName)
	t.rows(func(_ place, row []cell) bool {
		s.Rows++
		for i := range row {
			s.Columns[i].count(row[i].resolve())
		}
		if sequence >= 0 {
			ids[row[sequence].id()] = true
		}
		limit -= int64(len(row))
		return limit > 0
	})
	s.Sequences = len(ids)
	if sequence < 0 && s.Rows > 0 {
		s.Sequences = 1
	}
	s.Guess = s.guess()
	return s
}

// count takes one cell into the summary.
func (c *Column) count(x cell) {
	switch {
	case x.kind == blank:
		c.Missing++
	case x.kind != number && x.kind != truth:
		c.Text++
	case math.IsInf(x.num, 0):
		c.Infinite++
	default:
		c.number(x.num)
	}
}

func (c *Column) number(x float64) {
	if !(c.Min <= x) {
		c.Min = x
	}
	if !(c.Max >= x) {
		c.Max = x
	}
	switch {
	case x != math.Trunc(x) || x < 0 || x > maxExact:
		c.Kind = Real
	case x > 1 && c.Kind == Binary:
		c.Kind = Count
	}
}

// guess makes a variable of each column of numbers, and a vector of those that
// are numbered alike and hold the same kind.
func (s *Summary) guess() Schema {
	var out Schema
	names := make([]string, len(s.Columns))
	taken := make([]bool, len(s.Columns))
	for i, c := range s.Columns {
		names[i] = c.Name
		taken[i] = c.Index || c.Text > 0 || math.IsNaN(c.Min)
	}
	families := familiesOf(names, taken)
	for i, c := range s.Columns {
		if taken[i] {
			continue
		}
		base, _, _ := splitMember(c.Name)
		v := Var{Name: c.Name, Kind: c.Kind, Size: 1, Missing: c.Missing > 0}
		if f := families[base]; complete(f) {
			v = s.vector(base, f, taken)
		}
		out.Vars = append(out.Vars, v)
	}
	return out
}

// complete reports whether members number 1 to D, D > 1, each once.
func complete(members []member) bool {
	for i, m := range members {
		if m.number != i+1 {
			return false
		}
	}
	return len(members) > 1
}

// vector is the variable of a family of columns, of the widest of their kinds.
func (s *Summary) vector(base string, members []member, taken []bool) Var {
	v := Var{Name: base, Kind: Binary, Size: len(members)}
	for _, m := range members {
		c := s.Columns[m.column]
		if c.Kind == Real || v.Kind == Binary {
			v.Kind = c.Kind
		}
		v.Missing = v.Missing || c.Missing > 0
		taken[m.column] = true
	}
	return v
}

// String is one line a column.
func (s *Summary) String() string {
	out := fmt.Sprintf("%s: %s, %s in %s\n", s.Path, s.Format, plural(s.Rows, "row", "rows"), plural(s.Sequences, "sequence", "sequences"))
	for _, c := range s.Columns {
		out += fmt.Sprintf("  %s: %s\n", c.Name, c.text())
	}
	return out
}

func (c Column) text() string {
	out := fmt.Sprintf("%s from %s to %s", c.Kind, formatNumber(c.Min), formatNumber(c.Max))
	if math.IsNaN(c.Min) {
		out = "no numbers"
	}
	if c.Text > 0 {
		out += ", " + plural(c.Text, "text", "texts")
	}
	if c.Missing > 0 {
		out += fmt.Sprintf(", %d missing", c.Missing)
	}
	if c.Infinite > 0 {
		out += fmt.Sprintf(", %d infinite", c.Infinite)
	}
	return out
}
