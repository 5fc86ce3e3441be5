package data

import (
	"fmt"
	"path/filepath"

	"ssmc/lang/diag"
)

// readSet reads one file into a set, or reports why it cannot.
func readSet(f *format, in input, s Schema, p *problems) *Set {
	t := f.open(in, s, p)
	if t == nil {
		return nil
	}
	_, arrays := t.(*npzTable)
	m := matchColumns(t.columns(), source{arrays, func() []bool { return textColumns(f, in, s) }}, s, p)
	if p.failed() {
		return nil
	}
	b := newBuilder(m, s.TimeUnit, in.limit, p)
	t.rows(b.add)
	if len(b.rows) == 0 && !p.failed() {
		p.errorf(diag.DataEmpty, "", place{}, "", "the file has no rows")
	}
	if !b.checkJoined() {
		b.checkOrder()
	}
	b.checkPrecision()
	if p.failed() {
		return nil
	}
	return b.set(filepath.Base(in.name), s)
}

// textColumns reports which columns hold text in the first rows of a file.
func textColumns(f *format, in input, s Schema) []bool {
	const few = 1000
	t := f.open(in, s, newProblems(in.name)) // its problems are told when the rows are read
	if t == nil {
		return nil
	}
	out := make([]bool, len(t.columns()))
	n := 0
	t.rows(func(_ place, row []cell) bool {
		for i := range row {
			kind := row[i].resolve().kind
			out[i] = out[i] || kind == label || kind == instant
		}
		n++
		return n < few
	})
	return out
}

// set cuts what was gathered into sequences.
func (b *builder) set(name string, s Schema) *Set {
	b.bindClasses()
	out := &Set{Name: name, Vars: b.m.vars, TimeUnit: s.TimeUnit, Notes: b.m.notes, Columns: map[string][]string{}}
	for v, x := range b.m.vars {
		out.Columns[x.Name] = b.m.namesOf(b.m.columns[v])
	}
	rows := b.rowsOf()
	if b.mixed {
		b.gather(rows)
		out.Notes = append(out.Notes, "rows of different sequences interleave; they were gathered")
	}
	lo := 0
	for n, id := range b.ids {
		hi := lo + len(rows[n])
		out.Sequences = append(out.Sequences, b.cut(id, n, lo, hi))
		lo = hi
	}
	out.Notes = append(out.Notes, b.bindingNotes(s)...)
	return out
}

// rowsOf lists the rows of each sequence.
func (b *builder) rowsOf() [][]int {
	out := make([][]int, len(b.ids))
	for r, at := range b.rows {
		out[at.sequence] = append(out[at.sequence], r)
	}
	return out
}

// gather puts the rows of each sequence next to each other.
func (b *builder) gather(rows [][]int) {
	order := make([]int, 0, len(b.rows))
	for _, r := range rows {
		order = append(order, r...)
	}
	for v := range b.fillers {
		if f := &b.fillers[v]; f.v.perStep() {
			f.block = f.block.gather(order)
		}
	}
	if b.times != nil {
		times := make([]float64, len(order))
		for i, r := range order {
			times[i] = b.times[r]
		}
		b.times = times
	}
}

// cut makes sequence n of rows lo to hi.
func (b *builder) cut(id string, n, lo, hi int) Sequence {
	s := Sequence{ID: id, Len: hi - lo}
	for v := range b.fillers {
		if f := &b.fillers[v]; f.v.perStep() {
			s.blocks = append(s.blocks, f.block.rows(lo, hi))
		} else {
			s.blocks = append(s.blocks, f.block.rows(n, n+1))
		}
	}
	if b.times != nil {
		s.Times = b.times[lo:hi:hi]
	}
	return s
}

// bindClasses gives K to each one_of whose model leaves it to the data.
func (b *builder) bindClasses() {
	for v := range b.fillers {
		f := &b.fillers[v]
		if f.v.Kind != OneOf || f.v.Classes > 0 {
			continue
		}
		for i := range f.block.len() {
			f.v.Classes = max(f.v.Classes, 1+int(f.block.at(i)))
		}
	}
}

// bindingNotes echoes the sizes that the data have settled.
func (b *builder) bindingNotes(s Schema) []string {
	var notes []string
	for v, x := range b.m.vars {
		if s.Vars[v].Size == 0 {
			notes = append(notes, fmt.Sprintf("%s: %s", x.Name, x.sizeText()))
		}
		if x.Kind == OneOf && s.Vars[v].Classes == 0 {
			notes = append(notes, fmt.Sprintf("%s: %d classes", x.Name, x.Classes))
		}
	}
	return notes
}
