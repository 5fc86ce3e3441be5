package data

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"ssmc/lang/diag"
	"ssmc/lang/diag/diagtest"
)

// mixed is a schema that reaches every check.
var mixed = Schema{Vars: []Var{
	{Name: "x", Kind: Real, Missing: true}, {Name: "n", Kind: Count, Size: 1},
	{Name: "c", Kind: OneOf, Size: 1}, {Name: "age", Role: Static, Size: 1},
}}

// fuzzLimit is how many bytes a file may unfold to.
const fuzzLimit = 1 << 22

// fuzzRead reads text in the format of name, for several models and for none. It
// must not crash, must not take memory out of proportion to the file and to the
// limit, and what it reads must be whole.
func fuzzRead(t *testing.T, name, text string) {
	f, err := formatOf(name)
	if err != nil {
		t.Fatal(err)
	}
	in := input{name, strings.NewReader(text), int64(len(text)), fuzzLimit}
	for _, s := range []Schema{scalar(Real), vector(Binary, 0), mixed, {}} {
		p := newProblems(name)
		var set *Set
		diagtest.Bounded(t, allowance(text), func() { set = readSet(f, in, s, p) })
		if (set == nil) != p.failed() {
			t.Fatalf("set %v, but %v", set, p.list())
		}
		if set != nil {
			checkWhole(t, set)
		}
		checkProblems(t, p, text)
	}
	p := newProblems(name)
	diagtest.Bounded(t, allowance(text), func() {
		if table := f.open(in, Schema{}, p); table != nil {
			_ = describeTable(table, in.limit).String()
		}
	})
	checkProblems(t, p, text)
}

// allowance is what reading may allocate, what is free again included: buffers
// and tables of the readers, values while they grow, and for each byte of the
// file what a cell of a table takes, several times over.
func allowance(text string) uint64 { return 64<<20 + 8*fuzzLimit + 1000*uint64(len(text)) }

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

func checkProblems(t *testing.T, p *problems, text string) {
	for _, d := range p.list() {
		checkDiagnostic(t, d, text)
	}
}

// badFormat is what fmt makes of a format whose arguments do not suit it.
var badFormat = regexp.MustCompile(`%!.?\(`)

// checkDiagnostic checks that d has a known code and a message whose format had
// the arguments it wants.
func checkDiagnostic(t *testing.T, d *diag.Diagnostic, text string) {
	bad := badFormat.MatchString(d.Message) && !strings.Contains(text, "%")
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

// FuzzParquet fuzzes whole files, which are small: most of one is its footer.
func FuzzParquet(f *testing.F) {
	f.Add(parquetOf(f, []struct {
		X int64   `parquet:"x,delta"`
		N uint32  `parquet:"n"`
		C string  `parquet:"c,dict"`
		A float64 `parquet:"age,optional,snappy"`
	}{{1, 2, "a", 30}, {0, 1, "b", 30}}))
	f.Add(parquetOf(f, []struct {
		X *bool   `parquet:"x_1,optional"`
		Y float32 `parquet:"x_2,gzip"`
	}{{nil, 1}, {nil, 0}}))
	f.Add("PAR1\x00\x00\x00\x00PAR1")
	f.Fuzz(func(t *testing.T, text string) { fuzzRead(t, "a.parquet", text) })
}
