package lang

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ssmc/lang/diag"
)

const everything = `
use std.nets
/// A net.
/// Two lines.
net f(x, n=3) -> (mean, var) {
  return (mean = x, var = n)
}

/// Not of the model: an empty line is between.

model M {
  /// The size.
  dim n = 3 /// not a doc
  time hours
  observed x[t]: binary[n, 2] missing from columns("a")
  static d: real
  param a: real[n] in (-1, 1) for k in 1:n ~ Normal(0) init 2
  param b: real >= 0
  param c: real < 1
  net g = f(n)
  let h[t] = g(x)
  x[t-1:t, 2].u ~ Bernoulli(h)
  x[0] = 0
}
guide G = q(z[t] | z[t-1], x[t:T]) * sum(c[t], d) with rnn=lstm(600), combine=average {
  let y = 1
}
guide E = exact
train fast {
  batch = 20
}
query why on test {
  let k = 1
  given a[1:k], b
  do u[k:T] = 0
  /// What is asked.
  report mean(a) as m
  versus factual
  samples = 100
}
`

func parseAll(t *testing.T, text string) *File {
	t.Helper()
	f, errs := Parse(&diag.Source{Name: "all.ssm", Text: text})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return f
}

// TestStatements checks that the tree holds what the text says.
func TestStatements(t *testing.T) {
	f := parseAll(t, everything)
	var got []string
	for _, s := range f.Items[2].Model.Stmts {
		got = append(got, Text(s))
	}
	want := []string{
		"dim n = 3", "time hours", `observed x[t]: binary[n, 2] missing from columns("a")`, "static d: real",
		"param a: real[n] in (-1, 1) for k in 1:n ~ Normal(0) init 2", "param b: real >= 0", "param c: real < 1",
		"net g = f(n)", "let h[t] = g(x)", "x[t-1:t, 2].u ~ Bernoulli(h)", "x[0] = 0",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	g := f.Items[3].Guide
	if got, want := Text(g), "guide G = q(z[t] | z[t-1], x[t:T]) * sum(c[t], d) with rnn=lstm(600), combine=average"; got != want {
		t.Errorf("the guide is %s", got)
	}
	if len(g.Body) != 1 || f.Items[4].Guide.Kind != "exact" || f.Items[5].Block.Name.Text != "fast" {
		t.Error("the guides or the block are wrong")
	}
}

func TestBounds(t *testing.T) {
	stmts := parseAll(t, everything).Items[2].Model.Stmts
	for i, want := range map[int][3]string{4: {"in", "-1", "1"}, 5: {">=", "0", ""}, 6: {"<", "", "1"}} {
		b := stmts[i].Param.Bound
		if got := [3]string{b.Op, exprText(b.Lo), exprText(b.Hi)}; got != want {
			t.Errorf("bound %d is %q, want %q", i, got, want)
		}
	}
}

func TestDocs(t *testing.T) {
	f := parseAll(t, everything)
	got := []string{f.Items[1].Doc, f.Items[2].Doc, f.Items[2].Model.Stmts[0].Doc, f.Items[2].Model.Stmts[1].Doc, f.Items[6].Query.Stmts[3].Doc}
	want := []string{"A net.\nTwo lines.", "", "The size.", "", "What is asked."}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestParseGuide(t *testing.T) {
	for text, want := range map[string]string{
		"q(z[t] | z[t-1], x[1:t])":        "guide --guide = q(z[t] | z[t-1], x[1:t])",
		"auto with rnn=lstm(40)":          "guide --guide = auto with rnn=lstm(40)",
		"q(z[t] |\n x[t]) {\n z[t]~N(0)}": "guide --guide = q(z[t] | x[t])",
	} {
		g, errs := ParseGuide("--guide", text)
		if len(errs) > 0 || Text(g) != want {
			t.Errorf("%q gives %v %v", text, g, errs)
		}
	}
}

// TestFragmentErrors checks the messages about a lone expression or guide.
func TestFragmentErrors(t *testing.T) {
	expr := func(text string) diag.List { _, errs := ParseExpr("--set", text); return errs }
	guide := func(text string) diag.List { _, errs := ParseGuide("--guide", text); return errs }
	for _, c := range []struct {
		read       func(string) diag.List
		text, want string
	}{
		{expr, "", "--set:1:1: error[syntax]: expected a value, found the end of the line"},
		{expr, "1 +", "--set:1:4: error[syntax]: expected a value after '+'"},
		{expr, "a b", "--set:1:3: error[syntax]: expected an operator or a new line before 'b'"},
		{expr, "f(1", "--set:1:2: error[unclosed-bracket]: this '(' is never closed; add ')'"},
		{guide, "", "--guide:1:1: error[syntax]: expected q(... | ...), sum(...), auto or exact, found the end of the line"},
		{guide, "p(z[t])", "--guide:1:1: error[syntax]: expected q(... | ...), sum(...), auto or exact, found 'p'"},
		{guide, "q(z[t] x[t])", "--guide:1:8: error[syntax]: expected ',' or ')' before 'x'"},
	} {
		if got := c.read(c.text).Error(); got != c.want {
			t.Errorf("%q: got\n%s, want\n%s", c.text, got, c.want)
		}
	}
}

// TestHostileText checks that no text is more than an error.
func TestHostileText(t *testing.T) {
	deep := 100000
	for name, c := range map[string]struct {
		text string
		want diag.Code
	}{
		"parentheses": {"model m {\n x = " + strings.Repeat("(", deep), diag.NestingTooDeep},
		"signs":       {"model m {\n x = " + strings.Repeat("-", deep) + "1\n}", diag.NestingTooDeep},
		"powers":      {"model m {\n x = 1" + strings.Repeat("^1", deep) + "\n}", diag.NestingTooDeep},
		"sums":        {"model m {\n x = 1" + strings.Repeat("+1", deep) + "\n}", diag.NestingTooDeep},
		"products":    {"model m {\n x = f(1" + strings.Repeat("*(1)@g(2)", deep) + ")\n}", diag.NestingTooDeep},
		"calls":       {"model m {\n x = f" + strings.Repeat("(1)", deep) + "\n}", diag.NestingTooDeep},
		"indices":     {"model m {\n x = f" + strings.Repeat("[1].a", deep) + "\n}", diag.NestingTooDeep},
		"mixed":       {"model m {\n x = " + strings.Repeat("(-a^(1)^-", 60), diag.NestingTooDeep},
		"braces":      {strings.Repeat("model m {", 1000), diag.NestingTooDeep},
		"megabytes":   {strings.Repeat("// padding\n", deep), diag.FileTooLarge},
		"zero":        {"model m {\x00}", diag.BadCharacter},
		"bytes":       {"model m {}\n\xff\xfe", diag.BadCharacter},
		"half a rune": {"model m {}\n// \xe2\x82", diag.BadCharacter},
	} {
		_, errs := Parse(&diag.Source{Name: "m.ssm", Text: c.text})
		if !errs.HasErrors() || errs[0].Code != c.want {
			t.Errorf("%s: %v", name, errs)
		}
	}
	for _, text := range []string{"", "\n", "\uFEFF", "// only\n", "/* only */", "\r\n\r\n"} {
		if _, errs := Parse(&diag.Source{Text: text}); len(errs) > 0 {
			t.Errorf("%q: %v", text, errs)
		}
	}
}

func TestDepthIsOfOneValueAlone(t *testing.T) {
	wide := "model m {\n x = [" + strings.Repeat("-1, (2^3), ", 500) + strings.Repeat("f(1+2)-x[t-1], ", 500) + "4]\n" + strings.Repeat("y = 1 + 2\n", 1000) + "}"
	if _, errs := Parse(&diag.Source{Text: wide}); len(errs) > 0 {
		t.Error(errs)
	}
}

// TestLargeFileWithErrors checks that reading goes on after errors in time that
// grows with the file alone: a quadratic way takes minutes here.
func TestLargeFileWithErrors(t *testing.T) {
	text := "model m {\n" + strings.Repeat("  x[t] 3\n  y = f(1, 2)\n", 5000) + "}\n"
	start := time.Now()
	_, errs := Parse(&diag.Source{Name: "m.ssm", Text: text})
	if len(errs) != maxErrors {
		t.Errorf("%d errors, want %d", len(errs), maxErrors)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
}

// TestPartialTree checks that what has no error is in the tree.
func TestPartialTree(t *testing.T) {
	f, errs := Parse(&diag.Source{Text: "model A {\n dim n = 3\n x y\n dim m = 4\n}\nmodel 3 {\n}\nguide G = auto\n"})
	if len(errs) != 2 || len(f.Items) != 2 || f.Items[0].Model.Name.Text != "A" || f.Items[1].Guide == nil {
		t.Fatalf("%d items, errors %v", len(f.Items), errs)
	}
	if n := len(f.Items[0].Model.Stmts); n != 2 {
		t.Errorf("%d statements are left", n)
	}
}

func TestGrammar(t *testing.T) {
	g := Grammar()
	for _, want := range []string{"File = (Item <eol>)* .", `Let = "let" Ref "=" Expr .`, `Arg = (Name "=")? Expr .`, "Stmt = Const | Time | "} {
		if !strings.Contains(g, want) {
			t.Errorf("the grammar lacks %s", want)
		}
	}
	if strings.Contains(g, "(?") {
		t.Error("the grammar shows how it looks ahead")
	}
}
