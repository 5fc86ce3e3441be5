package data

import (
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/parquet-go/parquet-go"
	meta "github.com/parquet-go/parquet-go/format"

	"ssmc/lang/diag"
)

// parquetTable reads flat Parquet columns of numbers, booleans, text and dates.
type parquetTable struct {
	file  *parquet.File
	p     *problems
	names []string
	cells []func(parquet.Value) cell // one a column
}

func openParquet(in input, _ Schema, p *problems) table {
	t := &parquetTable{p: p}
	if err := guard(func() (err error) { return t.open(in) }); err != nil {
		p.errorf(diag.DataFormat, "", place{}, "", "the file is not a readable Parquet file: %v", err)
	}
	if p.failed() || !checkHeader(t.names, p) {
		return nil
	}
	return t
}

// guard turns a panic of the Parquet reader, which trusts its file, into an error.
func guard(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("it is damaged")
		}
	}()
	return f()
}

func (t *parquetTable) open(in input) (err error) {
	if err := checkFooter(in); err != nil {
		return err
	}
	t.file, err = parquet.OpenFile(in.data, in.size, parquet.SkipBloomFilters(true), parquet.SkipPageIndex(true))
	if err != nil {
		return err
	}
	if err := checkChunks(t.file.Metadata(), in.limit); err != nil {
		return err
	}
	for i, f := range t.file.Root().Columns() {
		t.names = append(t.names, f.Name())
		t.column(f, place{line: 1, column: i + 1})
	}
	if t.p.failed() {
		return nil
	}
	return checkPages(in, t.file.Metadata())
}

// checkChunks refuses a file that claims to unfold to more than limit bytes.
func checkChunks(m *meta.FileMetaData, limit int64) error {
	var total int64
	for _, g := range m.RowGroups {
		for _, c := range g.Columns {
			n := c.MetaData.TotalUncompressedSize
			if n < 0 || n > limit || total > limit-n {
				return fmt.Errorf("it unfolds to more than %d bytes", limit)
			}
			total += n
		}
	}
	return nil
}

// column chooses how the values of a column are read.
func (t *parquetTable) column(c *parquet.Column, at place) {
	if !c.Leaf() || c.Repeated() {
		t.p.errorf(diag.DataFormat, "", at, "write one column for each component: x_1, x_2, ...", "column %s is nested", c.Name())
		return
	}
	read := cellReader(c.Type())
	if read == nil {
		t.p.errorf(diag.DataType, "", at, "write numbers, booleans, text or dates", "column %s holds %s", c.Name(), c.Type())
	}
	t.cells = append(t.cells, read)
}

// cellReader reads values of a Parquet type, or is nil where it is not known.
func cellReader(typ parquet.Type) func(parquet.Value) cell {
	l := typ.LogicalType()
	if l == nil {
		return kindReader(typ.Kind())
	}
	switch l := l.Value.(type) {
	case *meta.DateType:
		return func(v parquet.Value) cell { return cell{kind: instant, num: 86400 * float64(v.Int32())} }
	case *meta.TimestampType:
		return timestampReader(l)
	case *meta.IntType:
		if !l.IsSigned {
			return unsignedReader(typ.Kind())
		}
		return kindReader(typ.Kind())
	case nil, *meta.StringType, *meta.EnumType, *meta.NullType:
		return kindReader(typ.Kind())
	}
	return nil
}

func timestampReader(l *meta.TimestampType) func(parquet.Value) cell {
	if l.Unit.Value == nil {
		return nil
	}
	unit := l.Unit.Value.Duration().Seconds()
	return func(v parquet.Value) cell { return cell{kind: instant, num: float64(v.Int64()) * unit} }
}

func kindReader(k parquet.Kind) func(parquet.Value) cell {
	switch k {
	case parquet.Boolean:
		return func(v parquet.Value) cell { return cell{kind: truth, num: float64(bit(v.Boolean()))} }
	case parquet.Int32:
		return numberOf(func(v parquet.Value) float64 { return float64(v.Int32()) })
	case parquet.Int64:
		return func(v parquet.Value) cell { return wholeCell(v.Int64()) }
	case parquet.Float:
		return numberOf(func(v parquet.Value) float64 { return float64(v.Float()) })
	case parquet.Double:
		return numberOf(parquet.Value.Double)
	case parquet.ByteArray:
		return func(v parquet.Value) cell { return cell{kind: label, text: string(v.ByteArray())} }
	}
	return nil
}

func unsignedReader(k parquet.Kind) func(parquet.Value) cell {
	if k == parquet.Int32 {
		return numberOf(func(v parquet.Value) float64 { return float64(v.Uint32()) })
	}
	return func(v parquet.Value) cell { return wholeCell(v.Uint64()) }
}

func numberOf(f func(parquet.Value) float64) func(parquet.Value) cell {
	return func(v parquet.Value) cell { return cell{kind: number, num: f(v)} }
}

func (t *parquetTable) columns() []string { return t.names }

func (t *parquetTable) rows(yield func(place, []cell) bool) {
	line := 1
	for _, g := range t.file.RowGroups() {
		more := false
		err := guard(func() (err error) {
			more, err = t.group(g, &line, yield)
			return err
		})
		if err != nil {
			t.p.errorf(diag.DataFormat, "", place{line: line}, "", "reading stopped: %v", err)
		}
		if err != nil || !more {
			return
		}
	}
}

// group streams a row group. Rows are numbered as if a header were line 1.
func (t *parquetTable) group(g parquet.RowGroup, line *int, yield func(place, []cell) bool) (more bool, err error) {
	rows := g.Rows()
	defer rows.Close()
	buf := make([]parquet.Row, 64)
	row := make([]cell, len(t.names))
	for {
		n, err := rows.ReadRows(buf)
		for _, values := range buf[:n] {
			*line++
			if err := t.fill(row, values); err != nil {
				return false, err
			}
			if !yield(place{line: *line}, row) {
				return false, nil
			}
		}
		if err == io.EOF {
			return true, nil
		}
		if err != nil {
			return false, err
		}
	}
}

// fill turns the values of a row into cells.
func (t *parquetTable) fill(row []cell, values parquet.Row) error {
	if len(values) != len(row) {
		return fmt.Errorf("a row has %d values for %d columns", len(values), len(row))
	}
	for i, v := range values {
		row[i] = cell{}
		if !v.IsNull() {
			row[i] = t.cells[i](v)
		}
		if math.IsNaN(row[i].num) {
			row[i] = cell{}
		}
	}
	return nil
}
