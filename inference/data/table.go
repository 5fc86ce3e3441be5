package data

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxColumns bounds the width of a table: a header may claim any.
const maxColumns = 1 << 20

// An input is the contents of one file.
type input struct {
	name  string // as diagnostics show it
	data  io.ReaderAt
	size  int64
	limit int64 // bytes that the file may unfold to
}

// reader reads the input from its start.
func (in input) reader() io.Reader { return io.NewSectionReader(in.data, 0, in.size) }

// A place is where a cell lies.
type place struct {
	line   int  // as in an editor, from 1
	column int  // of the table, from 1
	step   int  // from 1, where one line of a file holds a whole sequence
	starts bool // the row is the first of a sequence, which must be a new one
}

// A table is a file in long form: named columns, and rows that come in order.
type table interface {
	columns() []string
	// rows calls yield for each row until it returns false. The cells are
	// valid during the call. Malformed rows are reported and skipped.
	rows(yield func(at place, row []cell) bool)
}

// A format is a way to write a table to a file.
type format struct {
	name       string
	extensions []string
	// open reads the header. Where the file is malformed it reports that and
	// returns nil. The schema is empty when a file is only described.
	open  func(in input, s Schema, p *problems) table
	write func(w io.Writer, s *Set) error
}

var formats = []format{
	{"CSV", []string{".csv"}, openCSV, writeCSV},
	{"TSV", []string{".tsv", ".tab"}, openTSV, writeTSV},
	{"Parquet", []string{".parquet", ".pq"}, openParquet, writeParquet},
	{"JSON lines", []string{".jsonl", ".ndjson"}, openLines, writeLines},
	{"NPZ", []string{".npz"}, openNPZ, writeNPZ},
}

// formatOf finds the format of a file by its extension.
func formatOf(path string) (*format, error) {
	ext := strings.ToLower(filepath.Ext(path))
	for i := range formats {
		if slices.Contains(formats[i].extensions, ext) {
			return &formats[i], nil
		}
	}
	return nil, fmt.Errorf("%s: %q is not a known data format; known are %s", path, ext, knownFormats())
}

func knownFormats() string {
	var out []string
	for _, f := range formats {
		out = append(out, fmt.Sprintf("%s (%s)", f.name, strings.Join(f.extensions, ", ")))
	}
	return strings.Join(out, ", ")
}

// withInput opens path and calls f with its contents and format.
func withInput(path string, limit int64, f func(*format, input)) error {
	kind, err := formatOf(path)
	if err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read data: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("read data: %w", err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("read data: %s is not a regular file", path)
	}
	f(kind, input{path, file, info.Size(), limit})
	return nil
}
