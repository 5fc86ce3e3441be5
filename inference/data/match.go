package data

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ssmc/lang/diag"
)

// A match says which columns of a table mean what.
type match struct {
	vars     []Var   // with sizes bound
	columns  [][]int // those of each variable, in order
	sequence int     // -1 = the table is one sequence
	clock    int     // the column that orders rows; -1 = none
	names    []string
	unused   []int // columns that nothing takes
	arrays   bool  // the columns are those of named arrays
	notes    []string
}

// matcher finds the columns of each variable.
type matcher struct {
	match
	p      *problems
	index  map[string]int
	taken  []bool
	failed []bool // a diagnostic about the variable has been given
	source source
}

// A source is what a matcher knows of a table beside the names of its columns.
type source struct {
	arrays bool          // columns are those of named arrays, x_1 to x_D of x
	text   func() []bool // which columns hold text; nil = none does
}

// matchColumns matches the columns of a table to a schema.
func matchColumns(names []string, from source, s Schema, p *problems) *match {
	m := &matcher{p: p, source: from, index: make(map[string]int, len(names)), taken: make([]bool, len(names))}
	m.names, m.sequence, m.clock, m.arrays = names, -1, -1, from.arrays
	m.vars = slices.Clone(s.Vars)
	m.columns = make([][]int, len(s.Vars))
	m.failed = make([]bool, len(s.Vars))
	for i, n := range names {
		m.index[n] = i
	}
	m.byName()
	m.takeIndexColumns(s.TimeUnit)
	m.takeRest()
	m.reportMissing()
	m.bindSizes()
	m.reportUnused()
	return &m.match
}

// byName takes explicit columns first, then exact names, then families, so that
// the scalar x1 is not taken for a part of the vector x.
func (m *matcher) byName() {
	for v := range m.vars {
		if m.vars[v].Columns != nil {
			m.take(v, m.explicit(v))
		}
	}
	for v := range m.vars {
		if i, ok := m.index[m.vars[v].Name]; ok && m.open(v) && m.vars[v].Size <= 1 && !m.taken[i] {
			m.take(v, []int{i})
		}
	}
	families := familiesOf(m.names, m.taken)
	for v := range m.vars {
		if m.open(v) {
			m.take(v, m.family(families[m.vars[v].Name], v))
		}
	}
}

// open reports whether v still lacks columns.
func (m *matcher) open(v int) bool { return m.columns[v] == nil && !m.failed[v] }

func (m *matcher) take(v int, columns []int) {
	m.columns[v] = columns
	for _, i := range columns {
		m.taken[i] = true
	}
}

// explicit finds the columns that the model names.
func (m *matcher) explicit(v int) []int {
	var out []int
	for _, name := range m.vars[v].Columns {
		if i, ok := m.index[name]; ok {
			out = append(out, i)
			continue
		}
		m.failed[v] = true
		m.p.errorf(diag.MissingColumn, "", place{line: 1}, m.nearest(name), "%s is read from column %s, which is not there", m.vars[v].Name, name)
	}
	return out
}

// A member is one column of a family: x_3 is the third of x.
type member struct{ number, column int }

// familiesOf groups the columns that are numbered, by the name before the number.
func familiesOf(names []string, taken []bool) map[string][]member {
	out := map[string][]member{}
	for i, name := range names {
		if base, n, ok := splitMember(name); ok && !taken[i] {
			out[base] = append(out[base], member{n, i})
		}
	}
	for _, f := range out {
		slices.SortStableFunc(f, func(a, b member) int { return a.number - b.number })
	}
	return out
}

// splitMember reads x_12, x.12, x[12] and x12 as component 12 of x.
func splitMember(name string) (base string, n int, ok bool) {
	if inner, found := strings.CutSuffix(name, "]"); found {
		base, digits, found := strings.Cut(inner, "[")
		n, err := strconv.Atoi(digits)
		return base, n, found && base != "" && err == nil && n >= 0
	}
	base = strings.TrimRight(name, "0123456789")
	n, err := strconv.Atoi(name[len(base):])
	if err != nil || base == "" {
		return "", 0, false
	}
	if trimmed := strings.TrimRight(base, "_."); len(trimmed) == len(base)-1 && trimmed != "" {
		base = trimmed
	}
	return base, n, true
}

// family checks that members number 1..D, or 0..D-1, without gaps. Numbers that
// begin later belong to other names, such as y2026.
func (m *matcher) family(members []member, v int) []int {
	if len(members) == 0 || members[0].number > 1 {
		return nil
	}
	var out []int
	for i, c := range members {
		if c.number != members[0].number+i {
			m.failed[v] = true
			m.p.errorf(diag.MissingColumn, "", place{line: 1, column: c.column + 1}, "components are numbered 1, 2, 3, ..., each once",
				"%s comes after %s: the components of %s must follow each other", m.names[c.column], m.names[out[i-1]], m.vars[v].Name)
			return nil
		}
		out = append(out, c.column)
	}
	if members[0].number == 0 {
		m.notes = append(m.notes, fmt.Sprintf("%s is read from %s to %s: its component 1 is column %s", m.vars[v].Name,
			m.names[out[0]], m.names[out[len(out)-1]], m.names[out[0]]))
	}
	return out
}

func (m *match) namesOf(columns []int) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = m.names[c]
	}
	return out
}
