package lang

import (
	"os"
	"testing"

	"ssmc/lang/diag"
	"ssmc/lang/diag/diagtest"
)

func seeds(f *testing.F) {
	for _, pattern := range []string{"testdata/models/*.ssm", "testdata/errors/*.ssm", "testdata/format/*.txtar"} {
		for _, name := range diagtest.Glob(f, pattern) {
			text, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	for _, d := range diag.Docs {
		f.Add(d.Example)
	}
	f.Add("\uFEFFmodel m {\r\n\tx = 1\r\n}")
	f.Add("a\x00b\xff")
}

// FuzzParse reads any text: it must not fail, all places must lie in the text,
// and what is found must be worth showing.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		diagtest.Bounded(t, allowance(text), func() { parseAny(t, text) })
	})
}

// allowance is what reading and laying out a text may allocate: tokens, nodes and
// errors, several times over.
func allowance(text string) uint64 { return 32<<20 + 20000*uint64(len(text)) }

func parseAny(t *testing.T, text string) {
	src := &diag.Source{Name: "fuzz.ssm", Text: text}
	file, errs := Parse(src)
	if file == nil || file.Source != src {
		t.Fatal("no file")
	}
	for _, d := range errs {
		if d.Span.Pos.Offset > len(text) || d.Span.EndPos.Offset > len(text) || d.Span.Pos.Line < 1 || d.Message == "" {
			t.Fatalf("bad diagnostic %+v", d)
		}
		d.Render(func(string) *diag.Source { return src }, false)
	}
	ParseExpr("expression", text)
	ParseGuide("guide", text)
	if !errs.HasErrors() {
		checkFormat(t, text)
	}
}

// FuzzFormat lays out any program that has no errors.
func FuzzFormat(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		if _, errs := Parse(&diag.Source{Name: "fuzz.ssm", Text: text}); !errs.HasErrors() {
			checkFormat(t, text)
		}
	})
}
