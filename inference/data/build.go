package data

import (
	"math"
	"strings"
	"unicode/utf8"

	"ssmc/lang/diag"
)

// A builder gathers the rows of a table, in the order of the file.
type builder struct {
	m       *match
	p       *problems
	limit   int64 // bytes of values, and cells that are read
	cells   int64
	clock   clock
	ids     []string
	index   map[string]int
	fillers []filler
	rows    []rowPlace
	times   []float64
	dates   []string // the times as written, where they are dates
	runs    runs
	mixed   bool // rows of sequences interleave
}

// rowMemory and dateMemory are about what a row takes beside its values, and
// the text of a date, in bytes.
const (
	rowMemory  = 24
	dateMemory = 32
)

// rowPlace says to which sequence a row belongs, and where it was.
type rowPlace struct {
	sequence   int32
	line, step int32
}

func newBuilder(m *match, unit string, limit int64, p *problems) *builder {
	b := &builder{m: m, p: p, limit: limit, index: map[string]int{}}
	b.clock = clock{unit: unit, col: m.clock, p: p}
	if m.clock >= 0 {
		b.clock.name = m.names[m.clock]
	}
	b.runs = newRuns(m)
	for v := range m.vars {
		b.fillers = append(b.fillers, newFiller(m, v, p))
	}
	return b
}

// add takes one row. It returns false when no more can be taken.
func (b *builder) add(at place, row []cell) bool {
	n, fresh := b.sequence(at, row)
	b.rows = append(b.rows, rowPlace{int32(n), int32(at.line), int32(at.step)})
	if b.clock.col >= 0 {
		b.addTime(at, row[b.clock.col])
	}
	b.runs.add(len(b.rows)-1, row)
	total := rowMemory*int64(len(b.rows)) + dateMemory*int64(len(b.dates))
	for v := range b.fillers {
		b.fillers[v].add(at, row, n, fresh)
		total += b.fillers[v].memory()
	}
	b.cells += int64(len(row)) // an empty one may take no byte of the file, and takes time
	if max(total, b.cells) > b.limit || len(b.rows) >= math.MaxInt32 {
		b.p.errorf(diag.DataFormat, "", at, "raise the limit if the file is known to be good", "the file unfolds to more than %d bytes or cells", b.limit)
		return false
	}
	return true
}

// addTime takes the time of a row. Dates are kept as written, for messages.
func (b *builder) addTime(at place, c cell) {
	b.times = append(b.times, b.clock.read(c, at))
	if b.clock.dated {
		b.dates = append(b.dates, make([]string, len(b.times)-1-len(b.dates))...)
		b.dates = append(b.dates, c.written())
	}
}

// sequence is the number of the row's sequence, and whether it is a new one.
func (b *builder) sequence(at place, row []cell) (n int, fresh bool) {
	id := "1"
	if c := b.m.sequence; c >= 0 {
		at.column = c + 1
		id = b.sequenceID(row[c], at)
	}
	n, known := b.index[id]
	if known && at.starts {
		b.p.errorf(diag.DataOrder, sequenceName, at, "give each sequence a name of its own", "two sequences are called %s", shorten(id))
	}
	if !known {
		n = len(b.ids)
		id = strings.Clone(id) // the row's text does not outlive it
		b.ids, b.index[id] = append(b.ids, id), n
	}
	b.mixed = b.mixed || n != len(b.ids)-1
	return n, !known
}

func (b *builder) sequenceID(c cell, at place) string {
	id := c.id()
	switch {
	case id == "":
		b.p.errorf(diag.MissingValue, sequenceName, at, "write which sequence the row belongs to", "the sequence has no name")
	case !utf8.ValidString(id):
		b.p.errorf(diag.DataFormat, sequenceName, at, "save the file as UTF-8", "the name of the sequence is not UTF-8")
	case controls(id):
		b.p.errorf(diag.DataFormat, sequenceName, at, "name it with characters that can be seen", "the name of the sequence has control characters: %q", shorten(id))
	case c.rounded:
		b.p.errorf(diag.DataPrecision, sequenceName, at, "write it as text, in quotes", "the name of the sequence is %s, a number too large to be told from those beside it", id)
	}
	return id
}

// A filler gathers the values of one variable.
type filler struct {
	checker
	names   []string // of its columns
	columns []int
	block   block
	rounded []rounding // of each column of real numbers
}

func newFiller(m *match, v int, p *problems) filler {
	return filler{
		checker: checker{&m.vars[v], p},
		columns: m.columns[v],
		names:   m.namesOf(m.columns[v]),
		block:   block{size: len(m.columns[v])},
		rounded: make([]rounding, len(m.columns[v])),
	}
}

func (f *filler) memory() int64 { return f.block.memory() }

// add takes the variable's cells of a row of sequence n.
func (f *filler) add(at place, row []cell, n int, fresh bool) {
	for j, c := range f.columns {
		at.column = c + 1
		if f.v.perStep() || fresh {
			f.keep(j, row[c].resolve(), at)
		} else {
			f.compare(n*len(f.columns)+j, row[c], f.names[j], at)
		}
	}
}

// keep appends the cell of column j.
func (f *filler) keep(j int, c cell, at place) {
	x, ok := f.value(c, f.names[j], at)
	if f.append(x, ok); ok && f.v.Kind == Real {
		f.rounded[j].add(c.num, x, at)
	}
}

func (f *filler) append(x float32, ok bool) {
	if ok {
		f.block.append(x)
	} else {
		f.block.appendMissing()
	}
}

// compare checks that a static value is what the sequence had before; a blank
// repeats it.
func (f *filler) compare(i int, c cell, name string, at place) {
	if c.resolve().kind == blank {
		return
	}
	x, ok := f.value(c, name, at)
	switch {
	case !ok:
	case !f.block.has(i):
		f.block.set(i, x)
	case f.block.at(i) != x:
		f.p.errorf(diag.DataStatic, name, at, "declare it input if it changes with time", "%s is static, but changes from %s to %s within a sequence",
			name, formatNumber(float64(f.block.at(i))), formatNumber(float64(x)))
	}
}
