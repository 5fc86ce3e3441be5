package data

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"ssmc/lang/diag"
)

// csvTable reads comma- or tab-separated text with a header row.
type csvTable struct {
	in     input
	comma  rune
	header []string
	p      *problems
}

func openCSV(in input, _ Schema, p *problems) table { return openSeparated(in, ',', p) }
func openTSV(in input, _ Schema, p *problems) table { return openSeparated(in, '\t', p) }

func openSeparated(in input, comma rune, p *problems) table {
	head := make([]byte, min(in.size, 64<<10))
	n, _ := in.data.ReadAt(head, 0)
	if head = head[:n]; !checkText(head, p) {
		return nil
	}
	t := &csvTable{in: in, comma: separator(head, comma), p: p}
	record, err := t.reader().read()
	if err == io.EOF {
		p.errorf(diag.DataEmpty, "", place{}, "write a header row with the names of the columns", "the file is empty")
		return nil
	}
	if err != nil {
		t.syntax(err)
		return nil
	}
	for _, name := range record {
		t.header = append(t.header, strings.TrimSpace(name))
	}
	if !checkHeader(t.header, p) {
		return nil
	}
	return t
}

func (t *csvTable) columns() []string { return t.header }

// A csvReader reads records that are no longer than maxRecord.
type csvReader struct {
	*csv.Reader
	text *lineEnds
}

func (r csvReader) read() ([]string, error) {
	r.text.length, r.text.fields = 0, 0
	return r.Read()
}

func (t *csvTable) reader() csvReader {
	text := &lineEnds{r: bufio.NewReaderSize(skipMark(t.in.reader()), 64<<10), comma: byte(t.comma)}
	r := csvReader{csv.NewReader(text), text}
	r.Comma = t.comma
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	return r
}

func (t *csvTable) rows(yield func(place, []cell) bool) {
	r := t.reader()
	if _, err := r.read(); err != nil {
		return
	}
	row := make([]cell, len(t.header))
	previous, _ := r.FieldPos(0)
	for {
		record, err := r.read()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.syntax(err)
			return
		}
		line, _ := r.FieldPos(0)
		if !t.emptyLines(previous, line, yield) {
			return
		}
		previous = line + strings.Count(record[0], "\n")
		if t.fill(row, record, line) && !yield(place{line: line}, row) {
			return
		}
	}
}

// emptyLines yields a blank row for each empty line of a table with a single
// column, where it is a missing value; encoding/csv skips empty lines.
func (t *csvTable) emptyLines(from, to int, yield func(place, []cell) bool) bool {
	for line := from + 1; len(t.header) == 1 && line < to; line++ {
		if !yield(place{line: line}, []cell{{}}) {
			return false
		}
	}
	return true
}

// fill copies a record into row, or reports that it does not fit.
func (t *csvTable) fill(row []cell, record []string, line int) bool {
	if len(record) != len(row) {
		t.p.errorf(diag.DataRagged, "", place{line: line, column: min(len(record), len(row)) + 1},
			"leave a field empty where a value is missing; write decimals with a point and no separators",
			"the row has %s, but the header has %d", plural(len(record), "field", "fields"), len(row))
		return false
	}
	for i, text := range record {
		row[i] = cell{kind: field, text: text}
	}
	return true
}

// syntax reports what encoding/csv refuses: a quote that does not close.
func (t *csvTable) syntax(err error) {
	var bad *csv.ParseError
	if errors.As(err, &bad) {
		line := bad.Line
		if errors.Is(bad.Err, csv.ErrQuote) { // noticed at the end, of the file at worst
			line = bad.StartLine
		}
		t.p.errorf(diag.DataFormat, "", place{line: line}, `a quoted field ends with ", and a " inside it is written ""`,
			"%v", bad.Err)
		return
	}
	t.p.errorf(diag.DataFormat, "", place{}, "", "reading stopped: %v", err)
}

// checkText refuses files that are plainly not UTF-8 text.
func checkText(head []byte, p *problems) bool {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		p.errorf(diag.DataFormat, "", place{line: 1, column: 1}, "save it as UTF-8", "the file is UTF-16 text")
	case bytes.IndexByte(head, 0) >= 0:
		p.errorf(diag.DataFormat, "", place{}, "", "the file is not text: it has zero bytes")
	default:
		return true
	}
	return false
}

// separator is what divides the header: semicolons are common where the comma
// is the decimal point, and many files called .csv are divided by tabs.
func separator(head []byte, comma rune) rune {
	line := head
	if end := bytes.IndexAny(head, "\r\n"); end >= 0 {
		line = head[:end]
	}
	for _, c := range []rune{comma, '\t', ';', ','} {
		if bytes.ContainsRune(line, c) {
			return c
		}
	}
	return comma
}

// checkHeader refuses names that are empty, doubled, no text, or numbers.
func checkHeader(names []string, p *problems) bool {
	if len(names) > maxColumns {
		p.errorf(diag.DataHeader, "", place{line: 1}, "", "the table has %d columns; at most %d are read", len(names), maxColumns)
		return false
	}
	checkApart(names, p)
	numbers := 0
	for i, name := range names {
		if parseField(name).kind == number {
			numbers++
		}
		checkName(name, place{line: 1, column: i + 1}, p)
	}
	if numbers == len(names) {
		p.errorf(diag.DataHeader, "", place{line: 1, column: 1}, "write the names of the columns above the numbers", "the first row holds numbers, not names")
	}
	return !p.failed()
}

// checkApart refuses names that are doubled. Those of arrays are of their components
// as well: x_1 beside x.
func checkApart(names []string, p *problems) bool {
	seen := make(map[string]int, len(names))
	for i, name := range names {
		if first, doubled := seen[name]; doubled {
			p.errorf(diag.DataHeader, "", place{line: 1, column: i + 1}, "give each column a name of its own",
				"columns %d and %d are both named %q", first, i+1, shorten(name))
		}
		seen[name] = i + 1
	}
	return !p.failed()
}

func checkName(name string, at place, p *problems) {
	switch {
	case name == "":
		p.errorf(diag.DataHeader, "", at, "name it, or leave it out where it only numbers the rows", "column %d has no name", at.column)
	case !utf8.ValidString(name):
		p.errorf(diag.DataFormat, "", at, "save the file as UTF-8", "the name of column %d is not UTF-8", at.column)
	case controls(name):
		p.errorf(diag.DataHeader, "", at, "name it with characters that can be seen", "the name of column %d has control characters: %q", at.column, shorten(name))
	}
}

// controls reports whether a name would move the cursor where it is printed.
func controls(name string) bool { return strings.ContainsFunc(name, unicode.IsControl) }

// skipMark drops a byte order mark at the start of r.
func skipMark(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if mark, _ := b.Peek(3); string(mark) == "\ufeff" {
		b.Discard(3)
	}
	return b
}

// maxRecord is how many bytes a row of a text table may have: a million columns
// of thirty. Where a quote does not close, the whole rest of a file would be one.
const maxRecord = 32 << 20

// lineEnds reads r with lone carriage returns turned into line feeds, as old
// and mixed files need. It ends where a record is too long, or has more fields
// than a table has columns.
type lineEnds struct {
	r              *bufio.Reader
	comma          byte
	length, fields int // of the record so far, and of what is read ahead
}

func (l *lineEnds) Read(dst []byte) (int, error) {
	switch {
	case l.length > maxRecord:
		return 0, fmt.Errorf("a row has more than %d bytes; is there a quote that does not close?", maxRecord)
	case l.fields > maxColumns:
		return 0, fmt.Errorf("a row has more than %d fields", maxColumns)
	}
	n, err := l.r.Read(dst)
	for i, c := range dst[:n] {
		switch {
		case c == l.comma:
			l.fields++
		case c == '\r' && !l.lineFeedAfter(dst[:n], i):
			dst[i] = '\n'
		}
	}
	l.length += n
	return n, err
}

// lineFeedAfter reports whether the byte after dst[i] is a line feed.
func (l *lineEnds) lineFeedAfter(dst []byte, i int) bool {
	if i+1 < len(dst) {
		return dst[i+1] == '\n'
	}
	next, _ := l.r.Peek(1)
	return len(next) == 1 && next[0] == '\n'
}
