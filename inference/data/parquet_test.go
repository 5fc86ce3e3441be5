package data

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"ssmc/lang/diag"
)

func parquetOf[T any](t testing.TB, rows []T) string {
	t.Helper()
	var out bytes.Buffer
	if err := parquet.Write(&out, rows); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestParquetTypes(t *testing.T) {
	type row struct {
		Sequence int32     `parquet:"sequence"`
		Time     time.Time `parquet:"time,timestamp(microsecond)"`
		A        *float64  `parquet:"a,optional"`
		B        bool      `parquet:"b"`
		C        uint32    `parquet:"c"`
		D        int8      `parquet:"d"`
		Note     string    `parquet:"note"`
	}
	x := 2.5
	at := func(hours int) time.Time { return time.Unix(int64(3600*hours), 0).UTC() }
	text := parquetOf(t, []row{{7, at(1), &x, true, 1 << 24, 3, "n"}, {7, at(3), nil, false, 0, 0, ""}, {8, at(2), &x, true, 1, 1, "n"}})
	s := Schema{TimeUnit: "hours", Vars: []Var{
		{Name: "a", Size: 1, Missing: true}, {Name: "b", Size: 1, Kind: Binary}, {Name: "c", Size: 1, Kind: Count}, {Name: "d", Size: 1, Kind: Count},
	}}
	set, found := readText(t, "a.parquet", text, s)
	wantCode(t, found, diag.UnusedColumn, "note")
	wantValues(t, set, "a", 2.5, nan, 2.5)
	wantValues(t, set, "b", 1, 0, 1)
	wantValues(t, set, "c", 1<<24, 0, 1)
	wantValues(t, set, "d", 3, 0, 1)
	if !slices.Equal(set.Sequences[0].Times, []float64{1, 3}) || set.Sequences[1].ID != "8" {
		t.Errorf("times %v, second sequence %q", set.Sequences[0].Times, set.Sequences[1].ID)
	}
}

func TestParquetDiagnostics(t *testing.T) {
	type nested struct {
		X []float64 `parquet:"x,list"`
	}
	_, found := readText(t, "a.parquet", parquetOf(t, []nested{{[]float64{1, 2}}}), vector(Real, 2))
	wantCode(t, found, diag.DataFormat, "column x is nested; write one column for each component")

	type money struct {
		X int64 `parquet:"x,decimal(2:10)"`
	}
	_, found = readText(t, "a.parquet", parquetOf(t, []money{{150}}), scalar(Real))
	wantCode(t, found, diag.DataType, "column x holds DECIMAL")

	type text struct {
		X string `parquet:"x"`
	}
	_, found = readText(t, "a.parquet", parquetOf(t, []text{{"1"}}), scalar(Real))
	wantCode(t, found, diag.DataType, `a.parquet:2:1: error[data-type]: x is "1", not a number`)
}

func TestDamagedParquet(t *testing.T) {
	type row struct {
		X float64 `parquet:"x,zstd"`
	}
	good := parquetOf(t, make([]row, 1000))
	for n := 0; n < len(good); n += 11 {
		if _, found := readText(t, "a.parquet", good[:n], scalar(Real)); !found.HasErrors() {
			t.Errorf("the first %d of %d bytes were read", n, len(good))
		}
	}
	for i := 4; i < len(good); i += 3 { // no damage may end the process
		bad := []byte(good)
		bad[i] ^= 0xff
		readText(t, "a.parquet", string(bad), scalar(Real))
	}
}
