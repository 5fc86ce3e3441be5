package data

import (
	"bytes"
	"strings"
	"testing"

	"ssmc/lang/diag"
)

// mixed is a schema that reaches every check.
var mixed = Schema{Vars: []Var{
	{Name: "x", Kind: Real, Missing: true}, {Name: "n", Kind: Count, Size: 1},
	{Name: "c", Kind: OneOf, Size: 1}, {Name: "age", Role: Static, Size: 1},
}}

// fuzzRead reads text in the format of name. It must not crash, must not hold
// more than the limit, and what it reads must be whole.
func fuzzRead(t *testing.T, name, text string) {
	for _, s := range []Schema{scalar(Real), vector(Binary, 0), mixed, {}} {
		f, err := formatOf(name)
		if err != nil {
			t.Fatal(err)
		}
		p := newProblems(name)
		set := readSet(f, input{name, strings.NewReader(text), int64(len(text)), 1 << 22}, s, p)
		if (set == nil) != p.failed() {
			t.Fatalf("set %v, but %v", set, p.list())
		}
		if set != nil {
			checkWhole(t, set)
		}
		for _, d := range p.list() {
			checkDiagnostic(t, d, text)
		}
	}
}

// checkWhole checks that blocks are as long as sizes and lengths say.
func checkWhole(t *testing.T, s *Set) {
	for i := range s.Sequences {
		q := &s.Sequences[i]
		for v, x := range s.Vars {
			want := x.Size
			if x.perStep() {
				want *= q.Len
			}
			if got := len(q.Values(v)); got != want || q.Len == 0 {
				t.Fatalf("%s of %s has %d values, want %d", x.Name, q.ID, got, want)
			}
		}
	}
}

// checkDiagnostic checks that d has a known code and a message whose format had
// the arguments it wants.
func checkDiagnostic(t *testing.T, d *diag.Diagnostic, text string) {
	bad := strings.Contains(d.Message, "%!") && !strings.Contains(text, "%")
	if d.Message == "" || bad || diag.Lookup(d.Code) == nil {
		t.Fatalf("bad diagnostic %q", d.Error())
	}
}

func FuzzCSV(f *testing.F) {
	for _, doc := range diag.Docs {
		f.Add(doc.Data)
	}
	f.Add("sequence,t,x_1,x_2,n,c,age\r\na,1,0.5,,3,1,30\r\na,2,NA,1e3,4,2,\r\n")
	f.Add("x\n1\n\n3\n\"4\n5\"\n")
	f.Add("date;x\n2026-01-01;1\n")
	f.Fuzz(func(t *testing.T, text string) { fuzzRead(t, "a.csv", text) })
}

func FuzzJSONLines(f *testing.F) {
	f.Add(`{"sequence":"a","t":1,"x":[1,null],"n":4,"c":1,"age":30}` + "\n")
	f.Add(`{"x":[[1,2],[3,4]],"n":[4,5],"c":[1,2],"age":30}` + "\n" + `{"x":[[]],"n":[]}`)
	f.Add(`{"x":true}` + "\n" + `{"x":{}}` + "\n" + `{"y":"a"}`)
	f.Fuzz(func(t *testing.T, text string) { fuzzRead(t, "a.jsonl", text) })
}

// FuzzNPZ fuzzes the header and the body of an array beside good ones; the
// archive around them is the standard library's business.
func FuzzNPZ(f *testing.F) {
	f.Add("|u1", 5, 0, []byte{1, 0, 1, 0, 1}, []byte{2, 3})
	f.Add("<f4", 2, 2, make([]byte, 16), []byte{1, 1})
	f.Add("<U2", 1, -3, make([]byte, 16), []byte{})
	f.Add("', 'shape': (9223372036854775807, 2), }", 1<<40, 1<<40, []byte("x"), []byte{0})
	f.Fuzz(func(t *testing.T, descr string, n, d int, body, lengths []byte) {
		fuzzRead(t, "a.npz", npz(t, func(add adder) {
			shape := []int{n, d}
			if d == 0 {
				shape = shape[:1]
			}
			add("x", strings.ToValidUTF8(descr[:min(len(descr), 200)], "?"), shape, body)
			if len(lengths) > 0 {
				add("lengths", "|i1", []int{len(lengths)}, lengths)
			}
		}))
	})
}

// FuzzArchive fuzzes the whole of a file.
func FuzzArchive(f *testing.F) {
	f.Add("PK\x05\x06" + strings.Repeat("\x00", 18))
	var good bytes.Buffer
	if err := writeNPZ(&good, mixture()); err != nil {
		f.Fatal(err)
	}
	f.Add(good.String())
	f.Fuzz(func(t *testing.T, text string) { fuzzRead(t, "a.npz", text) })
}
