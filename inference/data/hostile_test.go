package data

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"ssmc/lang/diag"
	"ssmc/lang/diag/diagtest"
)

// readHostile reads a file that is meant to take too much. It must be refused, or
// be read, within so many bytes.
func readHostile(t *testing.T, name, text string, limit int64, bytes uint64, s Schema) diag.List {
	t.Helper()
	f, err := formatOf(name)
	if err != nil {
		t.Fatal(err)
	}
	p := newProblems(name)
	diagtest.Bounded(t, bytes, func() { readSet(f, input{name, strings.NewReader(text), int64(len(text)), limit}, s, p) })
	return p.list()
}

// errorsIn leaves warnings out.
func errorsIn(found diag.List) diag.List {
	return slices.DeleteFunc(found, func(d *diag.Diagnostic) bool { return d.Severity != diag.Error })
}

// A row may be as long as a million columns need, and no longer: a quote that
// does not close would else gather the whole of a file.
func TestLongRecords(t *testing.T) {
	if testing.Short() {
		t.Skip("large files")
	}
	const size = 48 << 20
	for name, text := range map[string]string{
		"header of commas": strings.Repeat(",", size),
		"row of commas":    "x,y\n" + strings.Repeat(",", size),
		"one field":        "x,y\n1," + strings.Repeat("7", size),
		"open quote":       "x,y\n1,\"" + strings.Repeat("\n", size),
	} {
		t.Run(name, func(t *testing.T) {
			found := readHostile(t, "a.csv", text, defaultLimit, 6*size, scalar(Real))
			if !found.HasErrors() {
				t.Error("it is read")
			}
		})
	}
	found := readHostile(t, "a.jsonl", `{"x":"`+strings.Repeat("7", size)+`"}`, 1<<30, 6*size, scalar(Real))
	wantCode(t, found, diag.DataFormat, "")
}

// Two bytes of JSON can be a value of twenty: a line's length is bound by what
// the file may unfold to.
func TestLongLists(t *testing.T) {
	text := `{"x":[` + strings.Repeat("0,", 10<<20) + `0]}`
	found := readHostile(t, "a.jsonl", text, 64<<20, 256<<20, scalar(Real))
	wantCode(t, found, diag.DataFormat, "")
}

// Each line may bring names of its own, of which no more are kept than a table
// has columns.
func TestManyKeys(t *testing.T) {
	if testing.Short() {
		t.Skip("a million keys")
	}
	var text strings.Builder
	for i := range maxColumns + 10 {
		fmt.Fprintf(&text, "{\"%d\":1}\n", i)
	}
	found := readHostile(t, "a.jsonl", text.String(), defaultLimit, 4<<30, scalar(Real))
	wantCode(t, found, diag.DataHeader, "columns; at most 1048576 are read")
}

// A wide table of many empty rows is small as a file, and takes forever.
func TestWideAndLong(t *testing.T) {
	if testing.Short() {
		t.Skip("a large table")
	}
	text := `{"y":[` + strings.Repeat("0,", 1<<19) + "0]}\n" + strings.Repeat("{\"x\":1}\n", 1<<16)
	s := scalar(Real)
	s.Vars[0].Missing = true
	found := readHostile(t, "a.jsonl", text, 1<<28, 1<<30, s)
	wantCode(t, errorsIn(found), diag.DataFormat, "unfolds to more than")
}

func TestDeepNesting(t *testing.T) {
	found := readHostile(t, "a.jsonl", `{"x":`+strings.Repeat("[", 1<<20)+"\n", defaultLimit, 256<<20, scalar(Real))
	wantCode(t, found, diag.DataFormat, "")
}

// An entry is what an archive holds, and what it says of it.
type entry struct {
	name     string
	body     []byte // not compressed
	size     uint64 // as the archive says; 0 = the truth
	compress bool
}

// archive is a zip file whose directory says what it is told to.
func archive(t *testing.T, entries ...entry) string {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, UncompressedSize64: max(e.size, uint64(len(e.body))), CRC32: crc32.ChecksumIEEE(e.body)}
		if e.size > 0 {
			h.UncompressedSize64 = e.size
		}
		stored := e.body
		if e.compress {
			h.Method, stored = zip.Deflate, deflated(t, e.body)
		}
		h.CompressedSize64 = uint64(len(stored))
		w, err := z.CreateRaw(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(stored); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func deflated(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// npyHeader is a NumPy header for a description and a shape as they are written.
func npyHeader(descr, shape string, fortran bool) []byte {
	order := "False"
	if fortran {
		order = "True"
	}
	text := fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': %s, }", descr, order, shape)
	text += strings.Repeat(" ", 117-len(text)) + "\n"
	return append([]byte("\x93NUMPY\x01\x00\x76\x00"), text...)
}

// Shapes are claims: memory goes by what is really there.
func TestArraysThatClaim(t *testing.T) {
	const claimed = 1 << 32
	for name, c := range map[string]struct {
		descr, shape string
		mask         bool
		schema       Schema
	}{
		"wide":  {"<f8", "(1, 1000000)", false, vector(Real, 0)},
		"texts": {"<U65536", "(1, 16384)", false, vector(Real, 0)},
		"long":  {"|u1", "(4294967296,)", false, scalar(Real)},
		"mask":  {"|u1", "(1, 4294967296)", true, scalar(Real)},
	} {
		t.Run(name, func(t *testing.T) {
			head := npyHeader(c.descr, c.shape, false)
			size := uint64(len(head)) + claimed
			if name == "wide" {
				size = uint64(len(head)) + 8e6
			}
			entries := []entry{{name: "x.npy", body: head, size: size}}
			if c.mask {
				entries = append(entries, entry{name: "mask.npy", body: head, size: size})
			}
			// A million names and cells are what a shape is believed.
			found := readHostile(t, "a.npz", archive(t, entries...), defaultLimit, 512<<20, c.schema)
			wantCode(t, found, diag.DataFormat, "")
		})
	}
}

// What unfolds to more than the archive says is read no further.
func TestArchiveBomb(t *testing.T) {
	const size = 1 << 28
	body := append(npyHeader("|u1", "(2, 2)", true), make([]byte, size)...)
	bomb := entry{name: "x.npy", body: body, size: 128 + 4, compress: true}
	found := readHostile(t, "a.npz", archive(t, bomb), defaultLimit, 64<<20, vector(Real, 2))
	wantCode(t, found, diag.DataFormat, "")
	if n := len(archive(t, bomb)); n > size/100 {
		t.Errorf("the bomb has %d bytes, and is none", n)
	}
}

// The sizes of all arrays count, also of those that can't be read.
func TestArchiveOfNegativeSizes(t *testing.T) {
	huge := entry{name: "o.npy", body: npyHeader("|O", "(1,)", false), size: 1 << 63}
	x := entry{name: "x.npy", body: npyHeader("|u1", "(9000000000,)", false), size: 128 + 9000000000}
	found := readHostile(t, "a.npz", archive(t, huge, x), defaultLimit, 64<<20, scalar(Real))
	wantCode(t, found[:1], diag.DataFormat, "more than")
}
