package diag

import (
	"cmp"
	"slices"
	"strings"
)

// A List is the findings of one compilation.
type List []*Diagnostic

// Add appends diagnostics to the list.
func (l *List) Add(ds ...*Diagnostic) { *l = append(*l, ds...) }

// Sort puts the list in source order and drops what says the same thing of the
// same place twice.
func (l *List) Sort() {
	slices.SortStableFunc(*l, compare)
	*l = slices.CompactFunc(*l, same)
}

func compare(a, b *Diagnostic) int {
	p, q := a.Span.Pos, b.Span.Pos
	return cmp.Or(
		cmp.Compare(p.Filename, q.Filename),
		cmp.Compare(p.Line, q.Line),
		cmp.Compare(p.Column, q.Column),
		cmp.Compare(a.Severity, b.Severity),
		cmp.Compare(a.Code, b.Code),
		cmp.Compare(a.Message, b.Message),
	)
}

func same(a, b *Diagnostic) bool {
	return a.Span == b.Span && a.Severity == b.Severity && a.Code == b.Code && a.Message == b.Message
}

// HasErrors reports whether any diagnostic is an error, not a warning.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d *Diagnostic) bool { return d.Severity == Error })
}

// Err is the list as an error, or nil when it holds no errors.
func (l List) Err() error {
	if l.HasErrors() {
		return l
	}
	return nil
}

// Error is one line a diagnostic.
func (l List) Error() string {
	lines := make([]string, len(l))
	for i, d := range l {
		lines[i] = d.Error()
	}
	return strings.Join(lines, "\n")
}
