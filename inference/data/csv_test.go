package data

import (
	"math"
	"strings"
	"testing"

	"ssmc/lang/diag"
)

var nan = math.NaN()

func TestSeparatedText(t *testing.T) {
	s := Schema{Vars: []Var{{Name: "x", Kind: Real, Size: 1, Missing: true}}}
	for name, text := range map[string]string{
		"plain.csv":      "t,x\n1,0.5\n2,NA\n3,-2e3\n",
		"mark.csv":       "\ufefft,x\n1,0.5\n2,\n3,-2000\n",
		"windows.csv":    "t,x\r\n1,0.5\r\n2,NaN\r\n3,-2000\r\n",
		"mac.csv":        "t,x\r1,0.5\r2,n/a\r3,-2000\r",
		"mixed.csv":      "t,x\r\n1,0.5\n2,null\r3,-2000",
		"quoted.csv":     "\"t\",\"x\"\n\"1\",\"0.5\"\n2,\"\"\n3,\" -2000 \"\n",
		"semicolons.csv": "t;x\n1;0.5\n2;\n3;-2000\n",
		"tabs.csv":       "t\tx\n1\t0.5\n2\t\n3\t-2000\n",
		"tabs.tsv":       "t\tx\n1\t0.5\n2\t\n3\t-2000\n",
		"alone.csv":      "x\n0.5\n\n-2000\n",
		"spread.csv":     "t,x\n\n1,0.5\n\n2,\n3,-2000\n\n\n",
	} {
		t.Run(name, func(t *testing.T) { wantValues(t, mustRead(t, name, text, s), "x", 0.5, nan, -2000) })
	}
}

func TestTextDiagnostics(t *testing.T) {
	for _, c := range []struct {
		name, text string
		code       diag.Code
		want       string
	}{
		{"empty", "", diag.DataEmpty, "the file is empty"},
		{"no rows", "t,x\n", diag.DataEmpty, "no rows"},
		{"doubled", "x,t,x\n1,1,1\n", diag.DataHeader, `a.csv:1:3: error[data-header]: columns 1 and 3 are both named "x"`},
		{"unnamed", ",x\n0,1\n", diag.DataHeader, "column 1 has no name"},
		{"no header", "1,0.5\n2,0.7\n", diag.DataHeader, "the first row holds numbers"},
		{"short", "t,x\n1,2\n2\n3,4\n", diag.DataRagged, "a.csv:3:2: error[data-ragged]: the row has 1 field, but the header has 2"},
		{"long", "t,x\n1,2\n2,3,4\n", diag.DataRagged, "a.csv:3:3:"},
		{"quote", "t,x\n1,\"2\n2,3\n", diag.DataFormat, "a.csv:2:"},
		{"bare quote", "t,x\n1,2\"\n2,3\n", diag.DataFormat, "a.csv:2:"},
		{"UTF-16", "\xff\xfet\x00,\x00x\x00\n\x00", diag.DataFormat, "UTF-16"},
		{"zero bytes", "t,x\n1,\x00\n", diag.DataFormat, "zero bytes"},
		{"name not UTF-8", "t,x\xff\n1,2\n", diag.DataFormat, "name of column 2"},
		{"name moves the cursor", "t,x\x1b[2J\n1,2\n", diag.DataHeader, `control characters: "x\x1b[2J"`},
		{"sequence moves the cursor", "sequence,x\n\"a\nb\",2\n", diag.DataFormat, `a.csv:2:1:`},
		{"sequence not UTF-8", "sequence,x\n\xff,2\n", diag.DataFormat, "a.csv:2:1:"},
		{"sequence blank", "sequence,x\n,2\n", diag.MissingValue, "a.csv:2:1:"},
		{"text", "t,x\n1,2\n2,low\n", diag.DataType, `a.csv:3:2: error[data-type]: x is "low", not a number`},
		{"decimal comma", "t;x\n1;2,5\n", diag.DataType, `"2,5"`},
		{"hexadecimal", "t,x\n1,0x10\n", diag.DataType, `"0x10"`},
		{"digit groups", "t,x\n1,1_000\n", diag.DataType, `"1_000"`},
		{"not UTF-8", "t,x\n1,\xff\n", diag.DataType, "a.csv:2:2:"},
		{"blank", "t,x\n1,2\n2,\n", diag.MissingValue, "a.csv:3:2: error[missing-value]: x has no value; declare x missing"},
		{"infinite", "t,x\n1,2\n2,-Inf\n", diag.NotFinite, "a.csv:3:2:"},
		{"huge", "t,x\n1,2\n2,1e39\n", diag.NotFinite, "1e+39"},
		{"beyond float64", "t,x\n1,2\n2,1e999\n", diag.NotFinite, "a.csv:3:2:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, found := readText(t, "a.csv", c.text, scalar(Real))
			wantCode(t, found, c.code, c.want)
		})
	}
}

func TestManyMistakesAreCounted(t *testing.T) {
	var text strings.Builder
	text.WriteString("x_1,x_2,x_3,x_4,x_5,x_6\n")
	for range 20 {
		text.WriteString("a,b,c,d,e,f\n")
	}
	_, found := readText(t, "a.csv", text.String(), vector(Real, 6))
	if len(found) != maxPlaces*maxColumnN {
		t.Errorf("%d diagnostics, want %d", len(found), maxPlaces*maxColumnN)
	}
	wantCode(t, found, diag.DataType, "and 17 more in x_1")
	wantCode(t, found, diag.DataType, "2 more columns have the same")
}

func TestWideHeader(t *testing.T) {
	names := strings.Repeat("c,", maxColumns) + "c"
	text := strings.ReplaceAll(names, "c", "x") + "\n1\n"
	_, found := readText(t, "a.csv", text, scalar(Real))
	wantCode(t, found, diag.DataHeader, "columns")
}
