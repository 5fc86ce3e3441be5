package lang

import (
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"ssmc/lang/diag"
)

// A piece is what is parsed at once: an item, one statement of its body, or an
// expression alone.
type piece struct {
	toks   []lexer.Token // the last is EOF
	word   string        // the word that begins the item; may be ""
	inBody bool          // whether it is a statement between an item's braces
	lone   bool          // whether it is an expression alone
}

// A mistake is a syntax error with what a rule needs to put it in plain words.
type mistake struct {
	piece
	head []lexer.Token // the piece up to the bad token, without blanks
	text string        // the source of head
	got  lexer.Token   // the bad token
	next lexer.Token   // what follows it, or EOF
	want string        // the first thing the grammar would have taken; may be ""
}

// A rule recognises one kind of mistake: it gives a message and help, or "".
type rule func(*mistake) (message, help string)

// rules are tried in order; the last always applies.
var rules = []rule{
	dangling, foreignOperator, wrongEquals, wrongDraw, colonForEquals, nothingToDeclare,
	outsideModel, misspelt, nestedBlock, missingColon, indexName, afterBrace, headOfItem,
	guideWith, guideKind, priorAfterInit, chainedComparison, missingValue, twoValues, unexpected,
}

// explain reports a syntax error in plain words. Where the mistake is before the
// token that the parser stopped at, it gives what comes after the mistake, which
// may be a statement of its own.
func (r *reader) explain(p piece, err error) (rest []lexer.Token) {
	bad := badToken(p.toks, err)
	m := p.mistake(bad, err)
	for _, rule := range rules {
		if message, help := rule(m); message != "" {
			r.report(m.got.Pos.Line, diag.Errorf(diag.Syntax, spanOf(m.got), "%s", message).Helpf("%s", help))
			break
		}
	}
	if at := slices.Index(p.toks, m.got); at < bad {
		return p.toks[at+1:]
	}
	return nil
}

// mistake gathers what the rules look at.
func (p piece) mistake(bad int, err error) *mistake {
	m := &mistake{piece: p, head: visible(p.toks[:bad]), got: p.toks[bad], want: wanted(err)}
	m.text = spell(m.head)
	if after := visible(p.toks[bad:]); len(after) > 1 {
		m.next = after[1]
	}
	if m.want == "" && len(m.head) > 0 {
		m.want = "eol"
	}
	return m
}

// first is how the grammar's printer begins what it expected.
var first = regexp.MustCompile(`\(expected \(*(?:"([^"]+)"|<(\w+)>|(\w+))`)

// wanted is the first thing that the parser would have taken: a mark, a word, or
// the name of a production.
func wanted(err error) string {
	m := first.FindStringSubmatch(err.Error())
	if m == nil {
		return ""
	}
	return m[1] + m[2] + m[3]
}

func visible(toks []lexer.Token) []lexer.Token {
	return slices.DeleteFunc(slices.Clone(toks), isBlank)
}

// spell writes tokens on one line as they would be in a message.
func spell(toks []lexer.Token) string {
	var b strings.Builder
	for i, t := range toks {
		if i > 0 && t.Pos.Offset > endOf(toks[i-1]).Offset {
			b.WriteByte(' ')
		}
		b.WriteString(t.Value)
	}
	return b.String()
}

// found names the bad token.
func (m *mistake) found() string {
	if m.atEnd() {
		return "the end of the line"
	}
	return quoted(m.got.Value)
}

func (m *mistake) atEnd() bool { return m.got.EOF() || m.got.Type == tokEOL }

// ident is the piece's i-th token, if that is an identifier.
func (m *mistake) ident(i int) string {
	if i < len(m.head) && m.head[i].Type == tokIdent {
		return m.head[i].Value
	}
	return ""
}

// last is the token before the bad one; EOF where there is none.
func (m *mistake) last() lexer.Token {
	if len(m.head) == 0 {
		return lexer.Token{Type: lexer.EOF}
	}
	return m.head[len(m.head)-1]
}

// bracket is the innermost bracket open at the bad token, or "".
func (m *mistake) bracket() string {
	var open []string
	for _, t := range m.head {
		switch {
		case isPunct(t, "(", "["):
			open = append(open, t.Value)
		case isPunct(t, ")", "]") && len(open) > 0:
			open = open[:len(open)-1]
		}
	}
	if len(open) == 0 {
		return ""
	}
	return open[len(open)-1]
}

// has reports whether the statement so far has one of the marks outside of brackets.
func (m *mistake) has(marks ...string) bool {
	_, reached := level(m.head)
	return slices.ContainsFunc(marks, func(mark string) bool { return reached[mark] })
}

// settings reports whether the statement is one of a block of settings.
func (m *mistake) settings() bool {
	return m.inBody && slices.Contains([]string{"train", "eval", "simulate", "query"}, m.word)
}

// wantsValue reports whether a value was due.
func (m *mistake) wantsValue() bool {
	return slices.Contains([]string{"Expr", "Sum", "Product", "Neg", "-", "Power", "Postfix", "Primary", "Slice", "Arg"}, m.want)
}
