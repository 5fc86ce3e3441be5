package diag

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/google/go-cmp/cmp"
)

const program = "model m {\n  z[t] ~ Guassian(mean=0)\n\tx = tab + 1\n  名前 = é + 1\n  y = f(1,\n        2,\n        3)\n}\n"

// find is the span of the first place of what in the program.
func find(t *testing.T, text, what string) Span {
	t.Helper()
	i := strings.Index(text, what)
	if i < 0 {
		t.Fatalf("%q is not in the program", what)
	}
	p := lexer.Position{Filename: "m.ssm", Line: 1, Column: 1}
	p.Advance(text[:i])
	q := p
	q.Advance(what)
	return Span{p, q}
}

func render(d *Diagnostic, text string) string {
	var b strings.Builder
	Render(&b, List{d}, func(name string) *Source {
		if name != "m.ssm" {
			return nil
		}
		return &Source{Name: name, Text: text}
	}, false)
	return b.String()
}

func TestRender(t *testing.T) {
	at := func(what string) Span { return find(t, program, what) }
	for name, c := range map[string]struct {
		d    *Diagnostic
		want string
	}{
		"a word": {Errorf("unknown-name", at("Guassian"), "no distribution is called %s", "Guassian").Helpf("did you mean Gaussian?"), `
m.ssm:2:10: error[unknown-name]: no distribution is called Guassian
   2 |   z[t] ~ Guassian(mean=0)
     |          ^^^^^^^^ did you mean Gaussian?
`},
		"after a tab": {Warnf("w", at("tab"), "a warning"), `
m.ssm:3:6: warning[w]: a warning
   3 |     x = tab + 1
     |         ^^^
`},
		"wide and combining": {Errorf("e", at("é"), "one column"), "\n" +
			"m.ssm:4:8: error[e]: one column\n" +
			"   4 |   名前 = é + 1\n" +
			"     |          ^\n"},
		"wide": {Errorf("e", at("名前"), "four columns"), "\n" +
			"m.ssm:4:3: error[e]: four columns\n" +
			"   4 |   名前 = é + 1\n" +
			"     |   ^^^^\n"},
		"the end of a line": {Errorf("e", at("Guassian(mean=0)").End(), "expected more").Helpf("add it\nor two"), `
m.ssm:2:26: error[e]: expected more
   2 |   z[t] ~ Guassian(mean=0)
     |                          ^ add it
     |                            or two
`},
		"several lines": {Errorf("e", at("f(1,\n        2,\n        3)"), "too long").Helpf("cut it"), `
m.ssm:5:7: error[e]: too long
   5 |   y = f(1,
     |       ^^^^
   ...
   7 |         3)
     |         ^^ cut it
`},
		"to the next line": {Errorf("e", at("(mean=0)\n"), "all"), `
m.ssm:2:18: error[e]: all
   2 |   z[t] ~ Guassian(mean=0)
     |                  ^^^^^^^^
`},
		"notes": {Errorf("e", at("x"), "twice").Notef(at("z"), "first here").Notef(Span{}, "and so on"), `
m.ssm:3:2: error[e]: twice
   3 |     x = tab + 1
     |     ^
m.ssm:2:3: note: first here
   2 |   z[t] ~ Guassian(mean=0)
     |   ^
note: and so on
`},
		"data": {Errorf("data-type", Cell("d.csv", 7, 2), "not a number").Helpf("write one\nor none"), `
d.csv:7:2: error[data-type]: not a number
  write one
  or none
`},
		"no place": {Errorf("e", Span{}, "lost"), `
error[e]: lost
`},
		"beyond the text": {Errorf("e", Span{lexer.Position{Filename: "m.ssm", Line: 99, Column: 1}, lexer.Position{}}, "far"), `
m.ssm:99:1: error[e]: far
`},
	} {
		if d := cmp.Diff(c.want, "\n"+render(c.d, program)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestRenderLongLine(t *testing.T) {
	text := "x = [" + strings.Repeat("123, ", 100) + "wrong, " + strings.Repeat("456, ", 100) + "7]"
	lines := strings.Split(render(Errorf("e", find(t, text, "wrong"), "bad"), text), "\n")
	if len(lines[1]) > maxWidth+20 || !strings.HasPrefix(lines[1], "   1 | …") || !strings.HasSuffix(lines[1], "…") {
		t.Errorf("the line is not cut: %s", lines[1])
	}
	row, carets := []rune(lines[1]), []rune(lines[2])
	i := strings.Index(lines[2], "^")
	if got := string(row[i : i+len("wrong")]); got != "wrong" || strings.Count(string(carets), "^") != len("wrong") {
		t.Errorf("the carets are under %q:\n%s\n%s", got, lines[1], lines[2])
	}
}

// TestRenderControls checks that a source cannot move the cursor or hide text.
func TestRenderControls(t *testing.T) {
	text := "x = \x1b[31m\u202e\a bad\r\n"
	got := render(Errorf("e", find(t, text, "bad"), "multi\nline \x1b"), text)
	if strings.ContainsAny(got, "\x1b\a\r\u202e") || strings.Count(got, "\n") != 3 {
		t.Errorf("got %q", got)
	}
}

func TestExcerpt(t *testing.T) {
	source := &Source{Name: "m.ssm", Text: "model m {\n\tα = f(x)\n}\n"}
	got := Excerpt(Cell("m.ssm", 2, 6), func(string) *Source { return source })
	if want := "   2 |     α = f(x)\n     |         ^\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestRenderByteOrderMark(t *testing.T) {
	d := Errorf("e", Span{lexer.Position{Filename: "m.ssm", Line: 1, Column: 5}, lexer.Position{Line: 1, Column: 6}}, "here")
	want := "m.ssm:1:5: error[e]: here\n   1 | x = 1\n     |     ^\n"
	if got := render(d, "\uFEFFx = 1"); got != want {
		t.Errorf("got %q", got)
	}
}

func TestRenderColor(t *testing.T) {
	d := Errorf("e", find(t, program, "tab"), "m").Helpf("h").Notef(Span{}, "n")
	sources := func(string) *Source { return &Source{Text: program} }
	painted := d.Render(sources, true)
	for _, want := range []string{"\x1b[1;31merror[e]:\x1b[0m", "\x1b[1;31m^^^\x1b[0m", "\x1b[1;32mh\x1b[0m"} {
		if !strings.Contains(painted, want) {
			t.Errorf("%q lacks %q", painted, want)
		}
	}
}

func TestJSON(t *testing.T) {
	d := Warnf("e", find(t, program, "tab"), "m").Helpf("h").Notef(Cell("d.csv", 3, 1), "n")
	got, err := json.Marshal(List{d})
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"code":"e","severity":"warning","file":"m.ssm","line":3,"column":6,"offset":41,` +
		`"end_line":3,"end_column":9,"end_offset":44,"message":"m","help":"h","notes":[{"file":"d.csv","line":3,` +
		`"column":1,"offset":0,"end_line":3,"end_column":1,"end_offset":0,"message":"n"}]}]`
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Error(d)
	}
}
