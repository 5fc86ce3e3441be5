package lang

import (
	"fmt"
	"slices"
	"strings"

	"ssmc/lang/diag"
)

// headOfItem is a slip between an item's first word and its {.
func headOfItem(m *mistake) (string, string) {
	switch {
	case m.inBody || len(m.head) == 0 || !slices.Contains(itemWords, m.word):
	case m.want == "Name" && len(m.head) == 1:
		return fmt.Sprintf("expected a name after '%s', found %s", m.word, m.found()), ""
	case m.want == "{" && m.atEnd():
		return "expected '{' and a body after " + quoted(m.text), "write '" + m.text + " {'"
	case m.word == "guide" && m.want == "=":
		return fmt.Sprintf("expected '=' after '%s', found %s", m.text, m.found()),
			"write '" + m.text + " = q(... | ...)'"
	case m.word == "net" && m.want == "(" && len(m.head) == 2:
		return fmt.Sprintf("expected '(' and the net's parameters after '%s', found %s", m.text, m.found()),
			"a net that is given by an expression belongs inside a model"
	}
	return "", ""
}

// guideWith is a guide's arguments without the word before them.
func guideWith(m *mistake) (string, string) {
	if m.word == "guide" && !m.inBody && m.got.Type == tokIdent && isPunct(m.next, "=") {
		return "expected 'with' before " + quoted(m.got.Value), "write 'with " + m.got.Value + "=...'"
	}
	return "", ""
}

// guideKind is a guide that is neither named nor factors.
func guideKind(m *mistake) (string, string) {
	if m.word != "guide" || m.inBody || m.bracket() != "" || !isPunct(m.last(), "=", "*") {
		return "", ""
	}
	if m.got.Type == tokIdent {
		if near := diag.Suggest(m.got.Value, []string{"auto", "exact", "sum"}); near != "" {
			return "a guide is not made of " + quoted(m.got.Value), "did you mean " + near + "?"
		}
	}
	return "expected q(... | ...), sum(...), auto or exact, found " + m.found(), ""
}

// priorAfterInit is a parameter's prior or repetition behind its start.
func priorAfterInit(m *mistake) (string, string) {
	if m.ident(0) != "param" || m.want != "eol" {
		return "", ""
	}
	switch {
	case isPunct(m.got, "~"):
		return "a prior comes before 'init'", "write 'param ...: real ~ PRIOR init START'"
	case m.got.Value == "for":
		return "'for' comes right after the type", "write 'param ...: real for k in 1:K ~ PRIOR init START'"
	case isPunct(m.got, "="):
		return "a parameter is learned, so it has no value", "write 'init' to say where learning starts, or 'const' for what is known"
	}
	return "", ""
}

// chainedComparison is a < b < c.
func chainedComparison(m *mistake) (string, string) {
	if isPunct(m.got, "==", "!=", "<", "<=", ">", ">=") && endsValue(m.last()) && m.want != "~" {
		return "comparisons do not chain", "compare two values at a time"
	}
	return "", ""
}

// missingValue is an operator, a comma or a word with nothing after it.
func missingValue(m *mistake) (string, string) {
	switch {
	case isPunct(m.last(), "(", "[") && m.want == closing[m.last().Value]:
		return fmt.Sprintf("expected a value or '%s', found %s", m.want, m.found()), ""
	case !m.wantsValue() || endsValue(m.last()) && m.last().Type != tokIdent:
		return "", ""
	case len(m.head) == 0:
		return "expected a value, found " + m.found(), ""
	case m.atEnd():
		return fmt.Sprintf("expected a value after '%s'", m.last().Value), ""
	}
	return fmt.Sprintf("expected a value after '%s', found %s", m.last().Value, m.found()), ""
}

var closers = map[string]string{"(": "')'", "[": "']'"}

// twoValues are two values with nothing between them.
func twoValues(m *mistake) (string, string) {
	last := m.last()
	if !endsValue(last) || !startsValue(m.got) && !isPunct(m.got, "(", "[") {
		return "", ""
	}
	help := ""
	if last.Type == tokNumber && m.got.Type == tokIdent {
		help = "write '" + last.Value + " * " + m.got.Value + "' for the product"
	}
	if b := m.bracket(); b != "" {
		return fmt.Sprintf("expected ',' or %s before %s", closers[b], m.found()), help
	}
	if slices.Contains([]string{"eol", "eof", ""}, m.want) {
		return "expected an operator or a new line before " + m.found(), help
	}
	return "", ""
}

// things are the grammar's names in words.
var things = map[string]string{
	"Name": "a name", "ident": "a name", "Type": "a type", "Ref": "a variable", "eol": "the end of the line",
	"Slice": "a place or a range", "Interval": "'(' and two bounds", "For": "a name", "NetParam": "a name",
	"Factor": "q(...) or sum(...)", "q": "q(...) or sum(...)", "~": "'~' or '='", "Arg": "an argument",
}

// unexpected says what the grammar would have taken.
func unexpected(m *mistake) (string, string) {
	want := things[m.want]
	switch {
	case m.inBody && len(m.head) == 0:
		want = "a statement"
	case m.lone && len(m.head) == 0:
		want = "a value"
	case m.bracket() != "" && endsValue(m.last()):
		want = "',' or " + closers[m.bracket()]
	case m.wantsValue():
		want = "a value"
	case want == "" && m.want != "" && strings.ToLower(m.want) == m.want:
		want = quoted(m.want)
	}
	if want == "" || m.want == "eol" && !m.inBody {
		return "nothing here can be " + m.found(), ""
	}
	switch {
	case m.bracket() == "" && (m.want == "~" || m.want == "="):
		want += " after " + quoted(m.text)
	case len(m.head) > 0 && m.want != "eol":
		want += " after " + quoted(m.last().Value)
	}
	return "expected " + want + ", found " + m.found(), ""
}

// an puts an article before a word.
func an(word string) string {
	if strings.ContainsAny(word[:1], "aeiou") {
		return "an " + word
	}
	return "a " + word
}
