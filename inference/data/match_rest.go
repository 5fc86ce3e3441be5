package data

import (
	"fmt"
	"strconv"
	"strings"

	"ssmc/lang/diag"
)

// takeRest serves a variable whose name no column bears, where only one reading
// is possible. Columns are never counted off into a vector of known size: that
// their number is right says nothing about what they are.
func (m *matcher) takeRest() {
	if m.source.arrays {
		m.takeOnlyArray()
		return
	}
	v, only := m.onlyVariable(func(Var) bool { return true })
	if !only || !m.open(v) {
		return
	}
	switch rest := m.rest(); {
	case m.vars[v].Size == 0:
		m.takeNumbers(v, rest)
	case m.vars[v].Size == 1 && len(rest) == 1:
		m.take(v, rest)
		m.notes = append(m.notes, fmt.Sprintf("%s is read from 1 column: %s", m.vars[v].Name, m.names[rest[0]]))
	}
}

// takeNumbers gives all columns of numbers to a vector whose size is the data's.
// Other files of the same data must then have columns of the same names.
func (m *matcher) takeNumbers(v int, rest []int) {
	if rest = m.numeric(rest); len(rest) == 0 {
		return
	}
	m.take(v, rest)
	x := &m.vars[v]
	x.Columns = m.namesOf(rest)
	m.p.warnf(diag.MissingColumn, place{line: 1}, m.vectorHelp(*x, rest), "no columns are called %s_1, %s_2, ...: %s is read from %s: %s",
		x.Name, x.Name, x.Name, plural(len(rest), "column", "columns in order"), listNames(x.Columns))
}

// rest lists the columns that are neither taken nor known to index rows.
func (m *matcher) rest() []int {
	var out []int
	for i := range m.names {
		if !m.taken[i] && !isIndexName(m.names[i]) {
			out = append(out, i)
		}
	}
	return out
}

// numeric leaves out the columns that hold text.
func (m *matcher) numeric(columns []int) []int {
	if m.source.text == nil || len(columns) == 0 {
		return columns
	}
	text := m.source.text()
	var out []int
	for _, i := range columns {
		if !text[i] {
			out = append(out, i)
		}
	}
	return out
}

// takeOnlyArray lets the array x, where no other is left, serve the model's only
// observed variable, whatever its name: archives of one array mostly call it x.
func (m *matcher) takeOnlyArray() {
	v, only := m.onlyVariable(func(x Var) bool { return x.Role == Observed })
	if !only || !m.open(v) {
		return
	}
	rest := m.rest()
	for i, c := range rest {
		if name := m.names[c]; name != "x_"+itoa(i+1) && (name != "x" || len(rest) > 1) {
			return
		}
	}
	if len(rest) > 0 {
		m.take(v, rest)
		m.notes = append(m.notes, m.vars[v].Name+" is read from the array x")
	}
}

// onlyVariable is the one variable with a row for each step that is wanted.
func (m *matcher) onlyVariable(wanted func(Var) bool) (v int, only bool) {
	v = -1
	for i, x := range m.vars {
		if x.perStep() && wanted(x) {
			only = v < 0
			v = i
		}
	}
	return v, only
}

// missingHelp says how columns can be made to supply variable v.
func (m *matcher) missingHelp(v int) string {
	x := m.vars[v]
	switch {
	case m.source.arrays:
		return "save the array under the name " + x.Name + "; " + m.nearest(x.Name)
	case x.Size > 1:
		return m.vectorHelp(x, m.rest()) + "; " + m.nearest(x.Name)
	}
	return m.nearest(x.Name)
}

// vectorHelp shows both ways to say which columns make a vector: their names in
// the data, and a clause in the model.
func (m *matcher) vectorHelp(x Var, rest []int) string {
	clause := `from columns("...", "...")`
	if fits := len(rest) == x.Size || x.Size == 0; fits && len(rest) <= 8 {
		quoted := make([]string, len(rest))
		for i, name := range m.namesOf(rest) {
			quoted[i] = strconv.Quote(shorten(name))
		}
		clause = "from columns(" + strings.Join(quoted, ", ") + ")"
	}
	last := ""
	if n := x.Size; n > 2 {
		last = ", ..., " + x.Name + "_" + itoa(n)
	}
	return fmt.Sprintf("rename them to %s_1, %s_2%s, or write `%s` after the type of %s in the model", x.Name, x.Name, last, clause, x.Name)
}
