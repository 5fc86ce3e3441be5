package lang

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ssmc/lang/diag"
	"ssmc/lang/diag/diagtest"
)

// outline writes a tree with a parenthesis around every operation.
func outline(n Node) string {
	switch n := n.(type) {
	case *Unary:
		return "(" + n.Op + outline(n.X) + ")"
	case *Binary:
		return "(" + outline(n.X) + n.Op + outline(n.Y) + ")"
	case *Call:
		return outline(n.Fun) + "<" + list(n.Args, outlineArg) + ">"
	case *Index:
		return outline(n.X) + "[" + list(n.Slices, func(s *SliceNode) string {
			if s.Range {
				return outline(s.Lo) + ":" + outline(s.Hi)
			}
			return outline(s.Lo)
		}) + "]"
	case *Field:
		return outline(n.X) + "." + n.Name
	case *List:
		return "[" + list(n.Items, outline) + "]"
	case *Tuple:
		return "{" + list(n.Args, outlineArg) + "}"
	}
	return Text(n)
}

func outlineArg(a *ArgNode) string {
	if a.Name != "" {
		return a.Name + "=" + outline(a.Value)
	}
	return outline(a.Value)
}

func parseExpr(t failer, text string) *Expr {
	t.Helper()
	e, errs := ParseExpr("test", text)
	if len(errs) > 0 {
		t.Fatalf("%q: %v", text, errs)
	}
	return e
}

func TestPrecedence(t *testing.T) {
	for text, want := range map[string]string{
		"a + b * c":                 "(a+(b*c))",
		"a - b - c":                 "((a-b)-c)",
		"a - (b - c)":               "(a-(b-c))",
		"a / b @ c * d":             "(((a/b)@c)*d)",
		"-a^2":                      "(-(a^2))",
		"2^-a^b":                    "(2^(-(a^b)))",
		"a^b^c":                     "(a^(b^c))",
		"(a^b)^c":                   "((a^b)^c)",
		"-a * b":                    "((-a)*b)",
		"a * -b":                    "(a*(-b))",
		"--a":                       "(-(-a))",
		"a + b >= c * d":            "((a+b)>=(c*d))",
		"f(x)[1:t].mean(2)":         "f<x>[1:t].mean<2>",
		"x[t-1, 2]^2":               "(x[(t-1), 2]^2)",
		"(mean = a, var = b)":       "{mean=a, var=b}",
		"(a, b)":                    "{a, b}",
		"(a)":                       "a",
		"(k = a)":                   "{k=a}",
		"[1, [2], []]":              "[1, [2], []]",
		"f(hidden=[1], 'a b', 1e3)": `f<hidden=[1], "a b", 1e3>`,
		"true == false":             "(true==false)",
	} {
		if got := outline(parseExpr(t, text).Tree()); got != want {
			t.Errorf("%s folds to %s, want %s", text, got, want)
		}
	}
}

func TestNumbersAndStrings(t *testing.T) {
	tree := parseExpr(t, `f(1e-3, .5, 007, 2., "a\"b\n", 'it\'s')`).Tree().(*Call)
	var got []any
	for _, a := range tree.Args {
		switch n := a.Value.(type) {
		case *Number:
			got = append(got, n.Value)
		case *String:
			got = append(got, n.Value)
		}
	}
	if d := cmp.Diff([]any{1e-3, .5, 7., 2., "a\"b\n", "it's"}, got); d != "" {
		t.Error(d)
	}
}

// source cuts a span out of a text.
func source(text string, s diag.Span) string { return text[s.Pos.Offset:s.EndPos.Offset] }

// TestSpans checks that every part of an expression has the span of its text,
// without the blanks and comments around it.
func TestSpans(t *testing.T) {
	text := "  (a + b) * c /* x */ - f( y = d [ t-1 ] , (e) ) . g // end\n"
	sub := parseExpr(t, text).Tree().(*Binary)
	product, field := sub.X.(*Binary), sub.Y.(*Field)
	call := field.X.(*Call)
	for _, c := range []struct {
		at   diag.Span
		want string
	}{
		{sub.Span, "(a + b) * c /* x */ - f( y = d [ t-1 ] , (e) ) . g"},
		{product.Span, "(a + b) * c"},
		{product.X.At(), "a + b"},
		{field.Span, "f( y = d [ t-1 ] , (e) ) . g"},
		{field.NameSpan, "g"},
		{call.Span, "f( y = d [ t-1 ] , (e) )"},
		{call.Args[0].Span, "y = d [ t-1 ]"},
		{call.Args[0].NameSpan, "y"},
		{call.Args[0].Value.At(), "d [ t-1 ]"},
		{call.Args[0].Value.(*Index).Slices[0].Span, "t-1"},
		{call.Args[1].Value.At(), "e"},
	} {
		if got := source(text, c.at); got != c.want {
			t.Errorf("span of %q is %q", c.want, got)
		}
	}
}

// TestStatementSpans checks that statements and items end where their text does,
// in a file with a byte order mark and other line ends.
func TestStatementSpans(t *testing.T) {
	text := "\uFEFFmodel m { // note\r\n\tlatent z[t]: real  // note\r\n  z = 1 }  \r\n"
	f, errs := Parse(&diag.Source{Name: "m.ssm", Text: text})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	m := f.Items[0].Model
	for want, at := range map[string]diag.Span{
		"latent z[t]: real":   m.Stmts[0].Span,
		"z = 1":               m.Stmts[1].Span,
		"m":                   m.Name.Span,
		text[3 : len(text)-4]: f.Items[0].Span,
	} {
		if got := source(text, at); got != want {
			t.Errorf("span of %q is %q", want, got)
		}
	}
	if p := m.Name.Pos; p.Line != 1 || p.Column != 7 || p.Filename != "m.ssm" {
		t.Errorf("the model's name is at %v", p)
	}
	if p := m.Stmts[1].Pos; p.Line != 3 || p.Column != 3 {
		t.Errorf("the second statement is at %v", p)
	}
}

// TestTextOfModels checks that printed statements are those of the formatter,
// apart from columns.
func TestTextOfModels(t *testing.T) {
	for _, name := range diagtest.Glob(t, "testdata/models/*.ssm") {
		text := diagtest.ReadFile(t, name)
		f, _ := Parse(&diag.Source{Name: name, Text: text})
		walk(reflect.ValueOf(f.Items), func(node any) {
			switch node.(type) {
			case *Stmt, *Guide:
				n := node.(Node)
				want := strings.Join(strings.Fields(source(text, n.At())), " ")
				if got := Text(n); got != want {
					t.Errorf("%s: %s prints as %s", name, want, got)
				}
			}
		})
	}
}

func TestTextReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := parseExpr(t, (&generator{T: t, inside: 1}).expr(4))
		want := e.Tree()
		text := Text(want)
		got := parseExpr(t, text).Tree()
		if outline(got) != outline(want) {
			t.Fatalf("%s reads back as %s, want %s", text, outline(got), outline(want))
		}
	})
}

func TestTextOfTreesWithoutSource(t *testing.T) {
	x, minus := &NameRef{Name: "x"}, &Number{Value: -0.5}
	for want, n := range map[string]Node{
		"x * -0.5":     &Binary{Op: "*", X: x, Y: minus},
		"(-0.5)^x":     &Binary{Op: "^", X: minus, Y: x},
		"(-x)^x":       &Binary{Op: "^", X: &Unary{Op: "-", X: x}, Y: x},
		"-(x + x)":     &Unary{Op: "-", X: &Binary{Op: "+", X: x, Y: x}},
		"(x < x) == x": &Binary{Op: "==", X: &Binary{Op: "<", X: x, Y: x}, Y: x},
		"x[(x - x)^x]": &Index{X: x, Slices: []*SliceNode{{Lo: &Binary{Op: "^", X: &Binary{Op: "-", X: x, Y: x}, Y: x}}}},
		"(x - x)(x)":   &Call{Fun: &Binary{Op: "-", X: x, Y: x}, Args: []*ArgNode{{Value: x}}},
	} {
		if got := Text(n); got != want {
			t.Errorf("prints %s, want %s", got, want)
		}
	}
}
