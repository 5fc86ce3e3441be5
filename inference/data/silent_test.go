package data

import (
	"bytes"
	"testing"

	"github.com/parquet-go/parquet-go"

	"ssmc/lang/diag"
)

// TestNothingIsDropped: of what a file says twice, or in two ways, nothing is left
// out or taken for something else in silence.
func TestNothingIsDropped(t *testing.T) {
	gappy, first, days := scalar(Real), Schema{Vars: []Var{{Name: "x_1", Size: 1}}}, scalar(Real)
	gappy.Vars[0].Missing = true
	days.TimeUnit = "days"
	for _, c := range []struct {
		name, file, text string
		schema           Schema
		code             diag.Code
		want             string
	}{
		{"a key twice", "a.jsonl", `{"x": 1}` + "\n" + `{"x": 2, "x": 3}` + "\n", scalar(Real), diag.DataFormat, `a.jsonl:2:1: error[data-format]: the key "x" comes twice`},
		{"a series twice", "a.jsonl", `{"x": [1, 2], "x": [3, 4]}` + "\n", scalar(Real), diag.DataFormat, `the key "x" comes twice`},
		{"one among arrays", "a.jsonl", `{"x": [1, 2], "t": [1, 2]}` + "\n" + `{"x": 5, "t": [1, 2]}` + "\n", gappy, diag.DataRagged, "a.jsonl:2:1: error[data-ragged]: x is one value here, but an array elsewhere"},
		{"a key like a component", "a.jsonl", `{"x": [1, 2], "x_1": 7}` + "\n", first, diag.DataHeader, `columns 1 and 3 are both named "x_1"`},
		{"large names", "a.jsonl", `{"sequence": 9007199254740993, "x": 1}` + "\n", scalar(Real), diag.DataPrecision, "a.jsonl:1:1: error[data-precision]: the name of the sequence is"},
		{"dates and numbers", "a.csv", "t,x\n1,1\n2,1\n1970-01-04,4\n", scalar(Real), diag.DataType, `a.csv:4:1: error[data-type]: t is "1970-01-04", but the column holds both`},
		{"numbers and dates", "a.csv", "days,x\n2020-01-04,4\n20000,1\n", days, diag.DataType, "a.csv:3:1: error[data-type]: days is 20000, but the column holds both"},
		{"far apart", "a.csv", "days,x\n-1e300,1\n1e300,1\n", days, diag.NotFinite, "a.csv:3:1: error[not-finite]: days goes from -1e+300 to 1e+300"},
		{"close together", "a.csv", "days,x\n0,1\n1e-60,1\n", days, diag.NotFinite, "which is no 32-bit number apart"},
		{"an array like a component", "a.npz", npz(t, func(add adder) {
			add("x_1", "<f4", []int{2}, raw([]float32{1, 2}))
			add("x", "<f4", []int{2, 2}, raw([]float32{10, 20, 30, 40}))
		}), first, diag.DataHeader, `columns 1 and 2 are both named "x_1"`},
		{"a mask beyond the length", "a.npz", npz(t, func(add adder) {
			add("x", "<f4", []int{1, 4, 1}, raw([]float32{1, 2, 3, 4}))
			add("mask", "|b1", []int{1, 4}, []byte{1, 1, 1, 0})
			add("lengths", "<i4", []int{1}, raw([]int32{2}))
		}), vector(Real, 1), diag.DataFormat, "the mask has sequence 1 go on to step 3, and its length is 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, found := readText(t, c.file, c.text, c.schema)
			wantCode(t, errorsIn(found), c.code, c.want)
		})
	}
}

// TestLargeNames: whole numbers that float64 does not hold tell sequences apart.
func TestLargeNames(t *testing.T) {
	type row struct {
		Sequence int64   `parquet:"sequence"`
		X        float64 `parquet:"x"`
	}
	var table bytes.Buffer
	w := parquet.NewGenericWriter[row](&table)
	if _, err := w.Write([]row{{1<<53 + 1, 1}, {1 << 53, 2}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"a.parquet": table.String(),
		"a.npz": npz(t, func(add adder) {
			add("x", "<f4", []int{2}, raw([]float32{1, 2}))
			add("sequence", "<u8", []int{2}, raw([]uint64{1<<53 + 1, 1 << 53}))
			add("lengths", "<i4", []int{2}, raw([]int32{1, 1}))
		}),
	} {
		set := mustRead(t, name, text, scalar(Real))
		if n := len(set.Sequences); n != 2 {
			t.Errorf("%s: %d sequences", name, n)
			continue
		}
		if a, b := set.Sequences[0].ID, set.Sequences[1].ID; a != "9007199254740993" || b != "9007199254740992" {
			t.Errorf("%s: sequences %s and %s", name, a, b)
		}
	}
}

// TestSingleComponents: arrays of one number are the steps of a sequence where each
// has a time of its own, or nothing names sequences.
func TestSingleComponents(t *testing.T) {
	for _, text := range []string{
		`{"t": 1, "x": [5]}` + "\n" + `{"t": 2, "x": [6]}` + "\n",
		`{"sequence": "a", "t": 1, "x": [5]}` + "\n" + `{"sequence": "a", "t": 2, "x": [6]}` + "\n",
		`{"x": [5]}` + "\n" + `{"x": [6]}` + "\n",
		`{"x": [5, 6]}` + "\n",
		`{"t": [1, 2], "x": [[5], [6]]}` + "\n",
	} {
		set := mustRead(t, "a.jsonl", text, vector(Real, 1))
		wantValues(t, set, "x", 5, 6)
		if n := len(set.Sequences); n != 1 {
			t.Errorf("%s: %d sequences", text, n)
		}
	}
}

// TestOwnNames: a column of the very name goes before one in another case, and old
// line ends do not hide what divides the header.
func TestOwnNames(t *testing.T) {
	set := mustRead(t, "a.csv", "T,t,x\n20,1,5\n19,2,6\n", scalar(Real))
	wantValues(t, set, "x", 5, 6)
	set = mustRead(t, "a.csv", "t\tx\ty\r1\t5\ta,b\r2\t6\tc\r", scalar(Real))
	wantValues(t, set, "x", 5, 6)
}
