package lang

import (
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"ssmc/lang/diag"
	"ssmc/lang/diag/diagtest"
)

// treeDiff compares trees whatever their places, which it removes.
func treeDiff(f, g *File) string {
	for _, file := range []*File{f, g} {
		file.Source = nil
		walk(reflect.ValueOf(file.Items), func(node any) {
			reflect.ValueOf(node).Elem().FieldByName("Span").SetZero()
		})
	}
	if reflect.DeepEqual(f, g) {
		return ""
	}
	return cmp.Diff(f, g)
}

// TestFormat compares the layout of the section in with the section out.
func TestFormat(t *testing.T) {
	for _, name := range diagtest.Glob(t, "testdata/format/*.txtar") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			archive := txtar.Parse([]byte(diagtest.ReadFile(t, name)))
			in := string(archive.Files[0].Data)
			checkFormat(t, in)
			out, _ := Format(&diag.Source{Name: "in.ssm", Text: in})
			archive.Files = append(archive.Files[:1], txtar.File{Name: "out", Data: []byte(out)})
			diagtest.Golden(t, name, string(txtar.Format(archive)))
		})
	}
}

// TestModels checks that whole models are read and laid out.
func TestModels(t *testing.T) {
	for _, name := range diagtest.Glob(t, "testdata/models/*.ssm") {
		t.Run(filepath.Base(name), func(t *testing.T) { checkFormat(t, diagtest.ReadFile(t, name)) })
	}
}

func TestFormatRandomPrograms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := &generator{T: t}
		checkFormat(t, g.program())
	})
}

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// checkFormat checks what must hold of every program without errors: its layout
// changes nothing but blanks, and is its own layout.
func checkFormat(t failer, text string) {
	t.Helper()
	f, errs := Parse(&diag.Source{Name: "in.ssm", Text: text})
	if len(errs) > 0 {
		t.Fatalf("%v\n%s", errs, text)
	}
	once, _ := Format(&diag.Source{Name: "in.ssm", Text: text})
	g, errs := Parse(&diag.Source{Name: "out.ssm", Text: once})
	if len(errs) > 0 {
		t.Fatalf("the layout has errors: %v\n%s\n--\n%s", errs, text, once)
	}
	if d := treeDiff(f, g); d != "" {
		t.Fatalf("the layout changes the tree:\n%s\n%s\n--\n%s", d, text, once)
	}
	if d := cmp.Diff(words(text), words(once)); d != "" {
		t.Fatalf("the layout changes tokens:\n%s\n%s\n--\n%s", d, text, once)
	}
	if twice, _ := Format(&diag.Source{Name: "out.ssm", Text: once}); twice != once {
		t.Fatalf("the layout of the layout differs:\n%s\n%s\n--\n%s", cmp.Diff(once, twice), text, once)
	}
}

// words are the tokens of a text that are not blanks.
func words(text string) []string {
	var all []string
	for _, t := range tokens("", text) {
		switch t.Type {
		case tokSpace, tokEOL:
		case tokComment:
			all = append(all, tidy(t.Value))
		default:
			all = append(all, t.Value)
		}
	}
	return all
}

func TestFormatLeavesErrorsAlone(t *testing.T) {
	text := "model  m {\n x y\n}"
	got, errs := Format(&diag.Source{Name: "in.ssm", Text: text})
	if got != text || !errs.HasErrors() {
		t.Errorf("Format gives %q, %v", got, errs)
	}
}
