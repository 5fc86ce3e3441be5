package lang

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"

	"ssmc/lang/diag"
)

// maxSize is the size of the largest file that is read, in bytes: a model is a
// page, and what is larger is something else.
const maxSize = 1 << 20

// checkText reports what makes a file no text at all, or nil.
func checkText(src *diag.Source) *diag.Diagnostic {
	at := func(offset, size int) diag.Span {
		p := lexer.Position{Filename: src.Name, Line: 1, Column: 1}
		p.Advance(strings.ToValidUTF8(src.Text[:offset], "?"))
		p.Offset = offset
		q := p
		q.Offset, q.Column = q.Offset+size, q.Column+1
		return diag.Span{Pos: p, EndPos: q}
	}
	if len(src.Text) > maxSize {
		return diag.Errorf(diag.FileTooLarge, at(0, 0), "the file has %d bytes, and no program needs more than %d", len(src.Text), maxSize).
			Helpf("check that it is a program; data are read from files of their own")
	}
	if i := strings.IndexByte(src.Text, 0); i >= 0 {
		return diag.Errorf(diag.BadCharacter, at(i, 1), "the file holds a zero byte, so it is not text")
	}
	for i, r := range src.Text {
		if _, n := utf8.DecodeRuneInString(src.Text[i:]); r == utf8.RuneError && n == 1 {
			return diag.Errorf(diag.BadCharacter, at(i, 1), "byte 0x%02x is not valid UTF-8", src.Text[i]).
				Helpf("save the file as UTF-8")
		}
	}
	return nil
}

// checkTokens reports the tokens that no program has, and makes blanks of them.
func (l *layout) checkTokens() {
	for i, t := range l.src {
		d := checkToken(t)
		if d == nil {
			continue
		}
		l.report(t.Pos.Line, d)
		switch t.Type {
		case tokOpenString:
			l.src[i].Type = tokString
		case tokBad:
			l.src[i].Type = tokSpace
		case tokOpenComment:
			l.src[i].Type = tokComment
			l.excuseBrackets()
		}
	}
}

// excuseBrackets keeps what an unclosed comment swallows from being missed.
func (l *layout) excuseBrackets() {
	for _, t := range l.src {
		if isPunct(t, "(", "[", "{") {
			l.excused[t.Pos.Line] = true
		}
	}
}

func checkToken(t lexer.Token) *diag.Diagnostic {
	switch t.Type {
	case tokOpenComment:
		at := diag.Span{Pos: t.Pos, EndPos: endOf(lexer.Token{Value: "/*", Pos: t.Pos})}
		return diag.Errorf(diag.UnclosedComment, at, "this comment is never closed").Helpf("add '*/', or use '//'")
	case tokOpenString:
		return diag.Errorf(diag.UnclosedString, spanOf(t), "this string is not closed on its line").Helpf("add %s", t.Value[:1])
	case tokBad:
		return badCharacter(t)
	case tokNumber:
		if _, err := strconv.ParseFloat(t.Value, 64); err != nil {
			return diag.Errorf(diag.BadNumber, spanOf(t), "%s is too large for a number", t.Value)
		}
	}
	return nil
}

// lookalikes are characters that editors and typesetters put in place of those
// of the language.
var lookalikes = map[string]string{
	"−": "-", "–": "-", "—": "-", "×": "*", "·": "*", "⋅": "*", "∗": "*", "÷": "/",
	"∼": "~", "≥": ">=", "≤": "<=", "≠": "!=", "→": "->", "∣": "|",
	"“": `"`, "”": `"`, "„": `"`, "‘": "'", "’": "'", "`": "'", "，": ",", "：": ":", "（": "(", "）": ")",
	"#": "//",
}

func badCharacter(t lexer.Token) *diag.Diagnostic {
	r, _ := utf8.DecodeRuneInString(t.Value)
	d := diag.Errorf(diag.BadCharacter, spanOf(t), "no program has the character U+%04X", r)
	if unicode.IsPrint(r) {
		d.Message = "no program has the character '" + t.Value + "'"
	}
	switch like := lookalikes[t.Value]; {
	case t.Value == ";":
		d.Helpf("begin a new line")
	case like != "":
		d.Helpf("write %s", quoted(like))
	}
	return d
}

// quoted puts text between quotes.
func quoted(text string) string {
	if strings.Contains(text, "'") {
		return `"` + text + `"`
	}
	return "'" + text + "'"
}
