package data

import (
	"fmt"
	"slices"

	"ssmc/lang/diag"
)

const (
	maxPlaces  = 3 // places shown of one mistake in one column
	maxColumnN = 4 // columns shown of one mistake
)

// problems gathers what is wrong with one file. A mistake made in every row is
// told a few times and then counted.
type problems struct {
	file   string
	groups []*group
	index  map[groupKey]*group
}

type groupKey struct {
	code   diag.Code
	column string
}

// A group is the same mistake in the same column.
type group struct {
	groupKey
	found diag.List
	more  int
}

func newProblems(file string) *problems {
	return &problems{file: file, index: map[groupKey]*group{}}
}

// errorf reports an error in a column, or "" for the table as a whole.
func (p *problems) errorf(code diag.Code, column string, at place, help, format string, args ...any) {
	p.add(diag.Error, groupKey{code, column}, at, help, format, args)
}

// warnf reports a warning about the table as a whole.
func (p *problems) warnf(code diag.Code, at place, help, format string, args ...any) {
	p.add(diag.Warning, groupKey{code, ""}, at, help, format, args)
}

func (p *problems) add(s diag.Severity, key groupKey, at place, help, format string, args []any) {
	g := p.group(key)
	if len(g.found) == maxPlaces {
		g.more++
		return
	}
	d := diag.Errorf(key.code, p.span(at), format, args...)
	d.Severity, d.Help = s, help
	if at.step > 0 {
		d.Message += fmt.Sprintf(" (step %d)", at.step)
	}
	g.found.Add(d)
}

// span is a place in the file; a whole row is shown by its first column.
func (p *problems) span(at place) diag.Span {
	if at.line > 0 {
		at.column = max(1, at.column)
	}
	return diag.Cell(p.file, at.line, at.column)
}

func (p *problems) group(key groupKey) *group {
	g := p.index[key]
	if g == nil {
		g = &group{groupKey: key}
		p.index[key] = g
		p.groups = append(p.groups, g)
	}
	return g
}

// failed reports whether anything is wrong, warnings aside.
func (p *problems) failed() bool {
	return slices.ContainsFunc(p.groups, func(g *group) bool { return g.found.HasErrors() })
}

// has reports whether there is a problem of the given code.
func (p *problems) has(code diag.Code) bool {
	return slices.ContainsFunc(p.groups, func(g *group) bool { return g.code == code })
}

// list is what is shown: a few places of each mistake, then "and 17 more".
func (p *problems) list() diag.List {
	var out diag.List
	shown := map[diag.Code]int{}
	hidden := map[diag.Code]int{}
	last := map[diag.Code]*diag.Diagnostic{}
	for _, g := range p.groups {
		if shown[g.code]++; shown[g.code] > maxColumnN {
			hidden[g.code]++
			continue
		}
		end := g.found[len(g.found)-1]
		if g.more > 0 {
			end.Message += fmt.Sprintf(", and %d more%s", g.more, inColumn(g.column))
		}
		last[g.code] = end
		out.Add(g.found...)
	}
	for code, n := range hidden {
		last[code].Message += fmt.Sprintf("; %s the same", plural(n, "more column has", "more columns have"))
	}
	return out
}

func inColumn(name string) string {
	if name == "" {
		return ""
	}
	return " in " + name
}

// plural is "1 row" or "5 rows".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// listNames shows the first few names: "a, b, c and 4 more".
func listNames(names []string) string {
	const few = 8
	out := ""
	for i, n := range names[:min(len(names), few)] {
		if i > 0 {
			out += ", "
		}
		out += shorten(n)
	}
	if len(names) > few {
		out += fmt.Sprintf(" and %d more", len(names)-few)
	}
	return out
}
