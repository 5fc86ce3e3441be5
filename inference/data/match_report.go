package data

import (
	"fmt"

	"ssmc/lang/diag"
)

// reportMissing tells which variables found no column.
func (m *matcher) reportMissing() {
	for v := range m.vars {
		if !m.open(v) {
			continue
		}
		m.failed[v] = true
		want := "no column is called " + m.vars[v].Name
		if m.vars[v].Size > 1 {
			want = fmt.Sprintf("no columns are called %s_1 to %s_%d", m.vars[v].Name, m.vars[v].Name, m.vars[v].Size)
		}
		m.p.errorf(diag.MissingColumn, "", place{line: 1}, m.missingHelp(v), "%s", want)
	}
}

// nearest is help for a name that is not there.
func (m *matcher) nearest(name string) string {
	candidates := m.names[:min(len(m.names), 1000)]
	if near := diag.Suggest(name, candidates); near != "" {
		return fmt.Sprintf("did you mean %s? The columns are %s", near, listNames(m.names))
	}
	return "the columns are " + listNames(m.names)
}

// bindSizes settles sizes and checks that those of one name agree.
func (m *matcher) bindSizes() {
	bound := map[string]*Var{}
	for v := range m.vars {
		x, n := &m.vars[v], len(m.columns[v])
		if m.failed[v] {
			continue
		}
		if x.Size != 0 && x.Size != n {
			m.p.errorf(diag.DataSize, "", m.placeOf(v), m.sizeHelp(x, n), "%s has %s components, but the data have %s for it: %s",
				x.Name, x.sizeText(), plural(n, "column", "columns"), listNames(m.namesOf(m.columns[v])))
			continue
		}
		x.Size = n
		first := bound[x.SizeName]
		if first == nil || x.SizeName == "" {
			bound[x.SizeName] = x
		} else if first.Size != n {
			m.p.errorf(diag.DataSize, "", m.placeOf(v), "give each a size of its own name, or put the columns right",
				"%s is %d by the columns of %s, but %d by those of %s", x.SizeName, first.Size, first.Name, n, x.Name)
		}
	}
}

func (m *matcher) sizeHelp(x *Var, n int) string {
	name := itoa(x.Size)
	if x.SizeName != "" {
		name = x.SizeName
	}
	return fmt.Sprintf("change %s to %d in the model, or choose columns with from columns(...)", name, n)
}

func (m *matcher) placeOf(v int) place { return place{line: 1, column: m.columns[v][0] + 1} }

// reportUnused lists the columns that nothing takes. Those that index rows
// another way (year, month) are mentioned in the notes only.
func (m *matcher) reportUnused() {
	var unused, index []string
	for i, name := range m.names {
		switch {
		case m.taken[i]:
			continue
		case isIndexName(name):
			index = append(index, name)
		default:
			unused = append(unused, name)
		}
		m.unused = append(m.unused, i)
	}
	if index != nil {
		m.notes = append(m.notes, fmt.Sprintf("not used: %s", listNames(index)))
	}
	if unused != nil {
		m.p.warnf(diag.UnusedColumn, place{line: 1}, "declare them as input, static or observed to use them",
			"%s not used by the model: %s", plural(len(unused), "column is", "columns are"), listNames(unused))
	}
}
