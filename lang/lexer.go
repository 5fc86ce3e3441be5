package lang

import (
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"ssmc/lang/diag"
)

// lexDef cuts text into tokens. It matches every text: what it cannot read
// becomes a token too (the Open and Bad ones), to be reported with its place.
//
// Blanks and comments are ordinary tokens that the parser elides: it sets EndPos
// to the start of the next raw token, so dropping them here would stretch every
// span over the blanks that follow it.
var lexDef = lexer.MustSimple([]lexer.SimpleRule{
	{Name: "Comment", Pattern: `//[^\n]*|/\*([^*]|\*+[^*/])*\*+/`},
	{Name: "OpenComment", Pattern: `/\*(?s:.*)`},
	{Name: "EOL", Pattern: `\r?\n`},
	{Name: "Space", Pattern: `[ \t\r\f\v\p{Zs}]+`},
	{Name: "Ident", Pattern: `[\p{L}_][\p{L}\p{N}\p{M}_]*`},
	{Name: "Number", Pattern: `([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?`},
	{Name: "String", Pattern: `"(\\.|[^"\\\n])*"|'(\\.|[^'\\\n])*'`},
	{Name: "OpenString", Pattern: `["'][^\r\n]*`},
	{Name: "Punct", Pattern: `->|:=|[=!<>]=|[-+*/@^~=<>|(),.:{}\[\]]`},
	{Name: "Bad", Pattern: `(?s:.)`},
})

// The types of tokens.
var (
	tokComment     = lexDef.Symbols()["Comment"]
	tokOpenComment = lexDef.Symbols()["OpenComment"]
	tokEOL         = lexDef.Symbols()["EOL"]
	tokSpace       = lexDef.Symbols()["Space"]
	tokIdent       = lexDef.Symbols()["Ident"]
	tokNumber      = lexDef.Symbols()["Number"]
	tokString      = lexDef.Symbols()["String"]
	tokOpenString  = lexDef.Symbols()["OpenString"]
	tokPunct       = lexDef.Symbols()["Punct"]
	tokBad         = lexDef.Symbols()["Bad"]
)

const byteOrderMark = "\uFEFF"

// tokens cuts text up; the last token is EOF. A byte order mark has no column.
func tokens(name, text string) []lexer.Token {
	body := strings.TrimPrefix(text, byteOrderMark)
	lex, err := lexDef.LexString(name, body)
	if err != nil {
		panic(err) // it reads from memory
	}
	toks, err := lexer.ConsumeAll(lex)
	if err != nil {
		panic(err) // the last rule matches anything
	}
	for i := range toks {
		toks[i].Pos.Offset += len(text) - len(body)
	}
	return toks
}

// isBlank reports whether the parser never sees the token.
func isBlank(t lexer.Token) bool { return t.Type == tokSpace || t.Type == tokComment }

// breaksLine reports whether the token holds a line's end.
func breaksLine(t lexer.Token) bool {
	return t.Type == tokEOL || t.Type == tokComment && strings.Contains(t.Value, "\n")
}

// isPunct reports whether the token is one of the given marks.
func isPunct(t lexer.Token, marks ...string) bool {
	if t.Type != tokPunct {
		return false
	}
	for _, m := range marks {
		if t.Value == m {
			return true
		}
	}
	return false
}

// endsValue reports whether a value can end with the token.
func endsValue(t lexer.Token) bool {
	return t.Type == tokIdent || t.Type == tokNumber || t.Type == tokString || isPunct(t, ")", "]")
}

// startsValue reports whether the token can only be the start of a value.
func startsValue(t lexer.Token) bool {
	return t.Type == tokIdent || t.Type == tokNumber || t.Type == tokString
}

// endOf is the position just after a token.
func endOf(t lexer.Token) lexer.Position {
	p := t.Pos
	p.Advance(t.Value)
	return p
}

func spanOf(t lexer.Token) diag.Span { return diag.Span{Pos: t.Pos, EndPos: endOf(t)} }

// sliceLexer hands out tokens that are already cut.
type sliceLexer struct{ toks []lexer.Token }

// Next is the next token; the last is EOF.
func (s *sliceLexer) Next() (lexer.Token, error) {
	t := s.toks[0]
	if len(s.toks) > 1 {
		s.toks = s.toks[1:]
	}
	return t, nil
}
