package lang

import (
	"strings"
	"unicode"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/mattn/go-runewidth"

	"ssmc/lang/diag"
)

const indentWidth = 2

// Format gives a program in the canonical layout: two blanks a level, one
// statement a line, at most one empty line between them, and columns where
// neighbours are alike. Comments stay, and so do the line breaks inside
// parentheses. A program with errors is given back as it is, with the errors.
func Format(src *diag.Source) (string, diag.List) {
	f, errs := Parse(src)
	if errs.HasErrors() {
		return src.Text, errs
	}
	s := &sheet{text: src.Text}
	s.cut(tokens(src.Name, src.Text))
	s.space(marksOf(f))
	s.align(f)
	return s.print(), errs
}

// A sheet is a program as lines of tokens.
type sheet struct {
	text  string
	lines []*line
}

// A line is a line of the output, less its indentation.
type line struct {
	toks  []*spacedToken
	blank bool // whether an empty line comes before
}

// A spacedToken is a token with the number of blanks before it on its line.
type spacedToken struct {
	lexer.Token
	gap int
}

// cut makes lines of tokens: as in the text, but with each statement of a block
// and each closing brace on its own.
func (s *sheet) cut(toks []lexer.Token) {
	cur, ends := &line{}, 0 // ends counts the line ends since the last token
	for _, t := range toks {
		switch {
		case t.EOF() || t.Type == tokSpace:
			continue
		case t.Type == tokEOL:
			cur = s.flush(cur)
			ends++
			continue
		case ends == 0 && breaksBefore(cur.last(), t):
			cur = s.flush(cur)
		}
		if len(cur.toks) == 0 {
			cur = s.begin(t, ends > 1)
		}
		if t.Type == tokComment {
			t.Value = tidy(t.Value)
		}
		cur.toks, ends = append(cur.toks, &spacedToken{Token: t}), 0
	}
	s.flush(cur)
}

// flush ends a line and gives the next.
func (s *sheet) flush(l *line) *line {
	if len(l.toks) == 0 {
		return l
	}
	s.lines = append(s.lines, l)
	return &line{}
}

// begin gives the line for its first token: a new one, or that of a { for the }
// which closes it at once.
func (s *sheet) begin(t lexer.Token, blank bool) *line {
	n := len(s.lines)
	if isPunct(t, "}") && n > 0 && isPunct(s.lines[n-1].last(), "{") {
		l := s.lines[n-1]
		s.lines = s.lines[:n-1]
		return l
	}
	return &line{blank: blank && n > 0 && !isPunct(t, "}") && !s.lines[n-1].opens()}
}

// last is the last token of a line, or EOF.
func (l *line) last() lexer.Token {
	if len(l.toks) == 0 {
		return lexer.Token{Type: lexer.EOF}
	}
	return l.toks[len(l.toks)-1].Token
}

// opens reports whether a line opens a block and does not close it.
func (l *line) opens() bool {
	open := false
	for _, t := range l.toks {
		open = isPunct(t.Token, "{") || open && !isPunct(t.Token, "}")
	}
	return open
}

// breaksBefore reports whether a block's layout breaks the line between two
// tokens.
func breaksBefore(last, t lexer.Token) bool {
	if isPunct(t, "}") {
		return !last.EOF() && !isPunct(last, "{")
	}
	return isPunct(last, "{") && t.Type != tokComment
}

// tidy is a comment without blanks at the end and without carriage returns.
func tidy(comment string) string {
	return strings.TrimRightFunc(strings.ReplaceAll(comment, "\r\n", "\n"), unicode.IsSpace)
}

// width is the number of columns of a text, after its last line break.
func width(text string) int {
	text = text[strings.LastIndexByte(text, '\n')+1:]
	return runewidth.StringWidth(strings.ReplaceAll(text, "\t", "  "))
}

// print writes the lines, indented.
func (s *sheet) print() string {
	var p printer
	for _, l := range s.lines {
		if l.blank {
			p.out.WriteByte('\n')
		}
		p.begin(l.toks[0].Token)
		for i, t := range l.toks {
			if i > 0 {
				p.pad(max(t.gap, s.commentGap(l, i, p.column)))
			}
			p.token(t.Token, i == len(l.toks)-1 || isLineComment(l.toks[i+1].Token))
		}
		p.out.WriteByte('\n')
	}
	return p.out.String()
}

func isLineComment(t lexer.Token) bool {
	return t.Type == tokComment && strings.HasPrefix(t.Value, "//")
}

// commentGap is the gap that leaves a comment at the end of a line in the column
// where it was.
func (s *sheet) commentGap(l *line, i, column int) int {
	t := l.toks[i].Token
	if !isLineComment(t) || !s.startsSourceLine(l.toks[0].Token) {
		return 0
	}
	return width(s.before(t)) - column
}

// before is what stands before a token on its line of the text.
func (s *sheet) before(t lexer.Token) string {
	head := s.text[:t.Pos.Offset]
	return strings.TrimPrefix(head[strings.LastIndexByte(head, '\n')+1:], byteOrderMark)
}

func (s *sheet) startsSourceLine(t lexer.Token) bool {
	return strings.TrimSpace(s.before(t)) == ""
}

// A printer writes tokens and keeps track of what indents the next line.
type printer struct {
	out    strings.Builder
	column int
	indent int // of the current line
	depth  int // of braces
	open   []opened
	prev   lexer.Token // the last that is no comment
}

// An opened is a parenthesis or bracket not yet closed.
type opened struct {
	column, indent int
	hangs          bool // whether it ends its line
}

// begin indents a line that starts with t.
func (p *printer) begin(t lexer.Token) {
	p.indent = p.depth * indentWidth
	closes := isPunct(t, ")", "]")
	switch n := len(p.open); {
	case isPunct(t, "}"):
		p.indent -= indentWidth
	case n > 0 && p.open[n-1].hangs && closes:
		p.indent = p.open[n-1].indent
	case n > 0 && p.open[n-1].hangs:
		p.indent = p.open[n-1].indent + indentWidth
	case n > 0 && closes:
		p.indent = p.open[n-1].column
	case n > 0:
		p.indent = p.open[n-1].column + 1
	case goesOn(p.prev) && !isPunct(p.prev, "{"):
		p.indent += 2 * indentWidth
	}
	p.column = 0
	p.pad(p.indent)
}

func (p *printer) pad(n int) {
	p.out.WriteString(strings.Repeat(" ", n))
	p.column += n
}

// token writes a token; ends says whether it is the last of its line, comments
// apart.
func (p *printer) token(t lexer.Token, ends bool) {
	switch {
	case isPunct(t, "{"):
		p.depth++
	case isPunct(t, "}"):
		p.depth--
	case isPunct(t, "(", "["):
		p.open = append(p.open, opened{p.column, p.indent, ends})
	case isPunct(t, ")", "]"):
		p.open = p.open[:len(p.open)-1]
	}
	if t.Type != tokComment {
		p.prev = t
	}
	p.out.WriteString(t.Value)
	if breaksLine(t) {
		p.column = 0
	}
	p.column += width(t.Value)
}
