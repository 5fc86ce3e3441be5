package data

import (
	"testing"

	"ssmc/lang/diag"
)

func TestLineForms(t *testing.T) {
	s := Schema{Vars: []Var{
		{Name: "x", Kind: Real, Missing: true}, {Name: "n", Kind: Count, Size: 1},
		{Name: "demo", Role: Static, Size: 2},
	}}
	for name, text := range map[string]string{
		"rows": `{"sequence": "a", "t": 1, "x": [1, null], "n": 4, "demo": [7, 8]}
{"sequence": "a", "t": 2, "x": [3, 4], "n": 5, "demo": [7, 8]}

{"sequence": "b", "t": 1, "x": [5, 6], "n": 6, "demo": [9, 10]}`,
		"flat rows": `{"sequence": "a", "x_1": 1, "n": 4, "demo_1": 7, "demo_2": 8}
{"sequence": "a", "x_1": 3, "x_2": 4, "n": 5, "demo_1": 7, "demo_2": 8}
{"sequence": "b", "x_1": 5, "x_2": 6, "n": 6, "demo_1": 9, "demo_2": 10}`,
		"sequences": `{"sequence": "a", "x": [[1, null], [3, 4]], "n": [4, 5], "demo": [7, 8]}
{"sequence": "b", "n": [6], "x": [[5, 6]], "demo": [9, 10]}`,
		"nameless": "\ufeff" + `{"x": [[1, null], [3, 4]], "n": [4, 5], "demo": [7, 8]}` + "\r\n" + `{"x": [[5, 6]], "n": [6], "demo": [9, 10]}` + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			set := mustRead(t, "a.jsonl", text, s)
			wantValues(t, set, "x", 1, nan, 3, 4, 5, 6)
			wantValues(t, set, "n", 4, 5, 6)
			wantValues(t, set, "demo", 7, 8, 9, 10)
		})
	}
}

func TestLineDiagnostics(t *testing.T) {
	for _, c := range []struct {
		name, text string
		code       diag.Code
		want       string
	}{
		{"empty", "\n\n", diag.DataEmpty, "the file is empty"},
		{"no object", "[1, 2]\n", diag.DataFormat, "a.jsonl:1:"},
		{"syntax", `{"x": 1}` + "\n" + `{"x": }` + "\n", diag.DataFormat, "a.jsonl:2:"},
		{"NaN", `{"x": NaN}` + "\n", diag.DataFormat, "null where a value is missing"},
		{"two objects", `{"x": 1} {"x": 2}` + "\n", diag.DataFormat, "more follows"},
		{"unclosed", `{"x": 1` + "\n", diag.DataFormat, "a.jsonl:1:"},
		{"not UTF-8", "{\"x\": \"\xff\"}\n", diag.DataFormat, "not UTF-8"},
		{"huge", `{"x": 1e999}` + "\n", diag.DataFormat, "1e999"},
		{"text", `{"x": "low"}` + "\n", diag.DataType, `x is "low"`},
		{"number as text", `{"x": "5"}` + "\n", diag.DataType, `x is "5"`},
		{"object", `{"x": {"a": 1}}` + "\n", diag.DataType, "x holds an object"},
		{"key left out", `{"x": 1, "t": 1}` + "\n" + `{"t": 2}` + "\n", diag.MissingValue, "a.jsonl:2:1:"},
		{"lengths differ", `{"t": [1, 2, 3], "x": [1, 2]}` + "\n", diag.DataRagged, "x has 2 steps, but t has 3"},
		{"no steps", `{"t": [], "x": []}` + "\n", diag.DataEmpty, "no steps"},
		{"step", `{"t": [1, 2], "x": [1, "low"]}` + "\n", diag.DataType, "(step 2)"},
		{"name twice", `{"sequence": 1, "x": [1]}` + "\n" + `{"sequence": 1, "x": [1]}` + "\n", diag.DataOrder, "two sequences are called 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, found := readText(t, "a.jsonl", c.text, scalar(Real))
			wantCode(t, found, c.code, c.want)
		})
	}
	_, found := readText(t, "a.jsonl", `{"x": [[1, 2], [3]]}`+"\n", vector(Real, 2))
	wantCode(t, found, diag.DataRagged, "x has 1 component here, but 2 elsewhere")
}
