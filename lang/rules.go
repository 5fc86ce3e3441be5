package lang

import (
	"fmt"
	"slices"

	"ssmc/lang/diag"
)

// foreignOperator is an operator of another language.
func foreignOperator(m *mistake) (string, string) {
	last := m.last()
	switch {
	case m.got.Value == ":=":
		return "':=' is not an operator", "write '=' for what is computed, '~' for what is drawn"
	case isPunct(m.got, "*") && isPunct(last, "*"):
		return "'**' is not an operator", "write '^' for a power"
	case isPunct(last, "<") && isPunct(m.got, "-") || isPunct(m.got, "<") && isPunct(m.next, "-"):
		return "'<-' is not an operator", "write '=' for what is computed, '~' for what is drawn"
	}
	return "", ""
}

// dangling is a line that ends in an operator, and so goes on into a statement
// that was meant to be the next.
func dangling(m *mistake) (string, string) {
	line := append(slices.Clone(m.head), m.got)
	k := len(m.head) - 1
	for k >= 0 && line[k+1].Pos.Line == line[k].Pos.Line {
		k--
	}
	defines := isPunct(m.got, "~", "=", ":") && m.bracket() == ""
	if k < 0 || m.atEnd() || !goesOn(line[k]) || isPunct(line[k], "(", "[", ",") || !defines && k < len(m.head)-3 {
		return "", ""
	}
	m.got = line[k]
	return "this line ends in '" + m.got.Value + "' and so goes on into the next", "add a value, or remove '" + m.got.Value + "'"
}

// wrongEquals is == for =, or = for ==.
func wrongEquals(m *mistake) (string, string) {
	switch {
	case isPunct(m.got, "==") && m.bracket() == "" && !m.has("=", "~"):
		return "'==' compares, and here a value is given", "write '='"
	case isPunct(m.got, "=") && m.bracket() == "(":
		return "'=' gives an argument its name, and what stands before it is no plain name", "write '==' to compare"
	case isPunct(m.got, "=") && m.has("=", "~"):
		return "a statement has one '=' or '~'", "write '==' to compare"
	}
	return "", ""
}

// wrongDraw is ~ where nothing is drawn.
func wrongDraw(m *mistake) (string, string) {
	switch {
	case !isPunct(m.got, "~"):
	case m.settings():
		return "nothing is drawn in " + an(m.word) + " block", "write '='"
	case m.ident(0) == "let":
		return "'let' names what is computed, and '~' draws", "write '=', or leave out 'let'"
	case slices.Contains([]string{"dim", "const", "index", "net"}, m.ident(0)):
		return fmt.Sprintf("'%s' gives a value, and '~' draws one", m.ident(0)), "write '='"
	}
	return "", ""
}

// colonForEquals is a : after the name of a setting.
func colonForEquals(m *mistake) (string, string) {
	if m.settings() && isPunct(m.got, ":") && len(m.head) == 1 {
		return "expected '=' after " + quoted(m.text), "write '" + m.text + " = ...'"
	}
	return "", ""
}

// nothingToDeclare is a declaration without its type, defined on the same line.
func nothingToDeclare(m *mistake) (string, string) {
	if m.want == ":" && isPunct(m.got, "~", "=") && (isRole(m.ident(0)) || m.ident(0) == "param") {
		return quoted(m.text) + " lacks its type", "write '" + m.text + ": real', and what it is on a line of its own"
	}
	return "", ""
}

func isRole(word string) bool { return slices.Contains(roleWords, word) }

// outsideModel is what may not stand at the top of a file.
func outsideModel(m *mistake) (string, string) {
	if m.inBody || m.lone || len(m.head) > 0 {
		return "", ""
	}
	word := m.got.Value
	switch near := diag.Suggest(word, itemWords); {
	case m.got.Type != tokIdent:
	case slices.Contains(stmtWords, word), isRole(word), isPunct(m.next, "[", "~", "="):
		return quoted(word) + " belongs between the braces of a model", "put it in model NAME { ... }"
	case near != "":
		return "nothing begins with " + quoted(word), "did you mean " + near + "?"
	}
	return "expected use, net, model, guide, train, eval, simulate or query, found " + m.found(), ""
}

// misspelt is a statement whose first word is nearly one that begins statements.
func misspelt(m *mistake) (string, string) {
	words := slices.Concat(stmtWords, roleWords)
	if m.word == "query" {
		words = queryWords
	}
	word := m.ident(0)
	twoWords := m.ident(1) != "" || len(m.head) == 1 && (startsValue(m.got) || isPunct(m.got, "("))
	if !m.inBody || word == "" || !twoWords || m.has("=", "~", ":") || slices.Contains(words, word) {
		return "", ""
	}
	near := diag.Suggest(word, words)
	if near == "" || isRole(near) {
		return "", ""
	}
	return "no statement begins with " + quoted(word), "did you mean " + near + "?"
}

// nestedBlock is a brace inside braces.
func nestedBlock(m *mistake) (string, string) {
	if m.inBody && isPunct(m.got, "{") {
		return "a block cannot stand inside " + an(m.word), "close the " + m.word + " with '}' first"
	}
	return "", ""
}

// missingColon is a declaration without the : before its type.
func missingColon(m *mistake) (string, string) {
	switch {
	case m.want != ":":
		return "", ""
	case m.got.Type == tokIdent && !isPunct(m.next, ":"):
		return "expected ':' before the type", fmt.Sprintf("write '%s: %s'", m.text, m.got.Value)
	case m.ident(0) == "param" && isPunct(m.got, "["):
		return "a parameter has no index", "write its sizes after the type, as in '" + m.text + ": real[10]'"
	}
	return fmt.Sprintf("expected ':' and a type after '%s', found %s", m.text, m.found()),
		"write '" + m.text + ": real'"
}

// indexName is a declaration at a place instead of at a name.
func indexName(m *mistake) (string, string) {
	if m.inBody && m.want == "Name" && len(m.head) == 3 && m.ident(1) != "" && isPunct(m.last(), "[") {
		return "expected the name of an index, such as t, found " + m.found(),
			fmt.Sprintf("write '%s %s[t]: ...'", m.ident(0), m.ident(1))
	}
	return "", ""
}

// afterBrace is something on the line of a }.
func afterBrace(m *mistake) (string, string) {
	if isPunct(m.last(), "}") {
		return "expected a new line after '}', found " + m.found(), ""
	}
	return "", ""
}
