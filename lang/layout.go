package lang

import (
	"github.com/alecthomas/participle/v2/lexer"

	"ssmc/lang/diag"
)

// maxNesting bounds how deep brackets, signs and powers go, and so how deep the
// parser recurses.
const maxNesting = 200

// maxChain bounds how many operators, calls and indices follow each other without a
// bracket around them: a + b + c is as deep a tree as it is long.
const maxChain = 1000

// A layout turns line ends into the tokens that end statements. A line goes on
// after an operator, a comma or an opening brace and inside parentheses and
// brackets; elsewhere its end is a statement's. What is still open where a
// statement must end is reported, and closed, so that reading goes on.
type layout struct {
	src  []lexer.Token // all tokens; the last is EOF
	out  []lexer.Token // those laid out, with EOL tokens and closing brackets put in
	gap  []lexer.Token // blanks and comments since prev
	brk  bool          // whether the gap breaks the line
	prev lexer.Token   // the last token in out that the parser sees; EOL at first
	open []bracket
	deep int // how deep brackets, signs and powers are at prev
	long int // how many operators, calls and indices came before in this bracket

	errs    diag.List
	excused map[int]bool // lines on which something is already reported
	fatal   bool         // whether the text must not reach the parser
}

type bracket struct {
	lexer.Token
	deep int // the depth outside
	long int // and the operators
}

var closing = map[string]string{"(": ")", "[": "]", "{": "}"}

// arrange lays out tokens. What it gives ends with an EOL, if it is not empty,
// and EOF.
func arrange(src []lexer.Token) *layout {
	l := &layout{src: src, excused: map[int]bool{}, prev: lexer.Token{Type: tokEOL}}
	l.checkTokens()
	for i, t := range l.src {
		if isBlank(t) || t.Type == tokEOL {
			l.blank(t)
		} else if l.token(i, t); l.fatal {
			break
		}
	}
	return l
}

// blank keeps a blank, a comment or a line's end until the token after it shows
// whether a statement ends here.
func (l *layout) blank(t lexer.Token) {
	l.brk = l.brk || breaksLine(t)
	if t.Type == tokEOL {
		t.Type = tokSpace
	}
	l.gap = append(l.gap, t)
}

func (l *layout) token(i int, t lexer.Token) {
	l.closeForgotten(i, t)
	if isPunct(t, ")", "]", "}") && !l.close(t) {
		l.blank(lexer.Token{Type: tokSpace, Value: t.Value, Pos: t.Pos})
		return
	}
	if l.lonelyBrace(t) {
		l.report(t.Pos.Line, diag.Errorf(diag.Syntax, spanOf(t), "'{' begins a line").
			Helpf("put it at the end of the line that it belongs to"))
	} else if l.endsStatement(t) {
		l.emit(lexer.Token{Type: tokEOL, Pos: l.gapStart(t)})
	}
	l.out = append(l.out, l.gap...)
	l.gap, l.brk = nil, false
	l.nest(t)
	l.emit(t)
}

// emit adds a token that the parser sees.
func (l *layout) emit(t lexer.Token) { l.out, l.prev = append(l.out, t), t }

// gapStart is the place just after prev, where t comes next.
func (l *layout) gapStart(t lexer.Token) lexer.Position {
	if len(l.gap) > 0 {
		return l.gap[0].Pos
	}
	return t.Pos
}

// lonelyBrace reports whether t is a { that the line's end cuts off from its head.
func (l *layout) lonelyBrace(t lexer.Token) bool {
	return isPunct(t, "{") && l.brk && len(l.open) == 0 && (l.prev.Type == tokIdent || isPunct(l.prev, ")"))
}

// endsStatement reports whether a statement ends between prev and t.
func (l *layout) endsStatement(t lexer.Token) bool {
	switch {
	case l.prev.Type == tokEOL || isPunct(l.prev, "{") || isPunct(t, ")", "]"):
		return false
	case t.EOF() || isPunct(t, "}"):
		return true
	}
	return l.brk && !l.inside("(", "[") && !goesOn(l.prev)
}

// goesOn reports whether a line goes on after t.
func goesOn(t lexer.Token) bool {
	return t.Type == tokPunct && !isPunct(t, ")", "]", "}", ".", ":")
}

// inside reports whether the innermost open bracket is one of the given kinds.
func (l *layout) inside(kinds ...string) bool {
	return len(l.open) > 0 && isPunct(l.open[len(l.open)-1].Token, kinds...)
}

// nest keeps count of the depth: brackets, and the signs and powers that an
// operator has yet to end.
func (l *layout) nest(t lexer.Token) {
	l.chain(t)
	switch {
	case isPunct(t, "(", "[", "{"):
		l.open = append(l.open, bracket{t, l.deep, l.long})
		l.deep++
		l.long = 0
	case isPunct(t, "^"), isPunct(t, "-") && !endsValue(l.prev):
		l.deep++
	case t.Type == tokPunct && !isPunct(t, ")", "]", "}", "."):
		l.deep = len(l.open)
		if n := len(l.open); n > 0 {
			l.deep = l.open[n-1].deep + 1
		}
	}
	if l.deep > maxNesting && !l.fatal {
		l.fatal = true
		l.errs.Add(diag.Errorf(diag.NestingTooDeep, spanOf(t), "this is nested more than %d levels deep", maxNesting).
			Helpf("name a part of it with let"))
	}
}

// chain counts the operators, calls and indices of an expression.
func (l *layout) chain(t lexer.Token) {
	switch {
	case l.prev.Type == tokEOL:
		l.long = 0
	case isPunct(t, "+", "-", "*", "/", "@", "."), isPunct(t, "(", "[") && endsValue(l.prev):
		l.long++
	case t.Type == tokPunct && !isPunct(t, "(", "[", ")", "]", "^"):
		l.long = 0
	}
	if l.long > maxChain && !l.fatal {
		l.fatal = true
		l.errs.Add(diag.Errorf(diag.NestingTooDeep, spanOf(t), "this expression has more than %d operators, calls and indices", maxChain).
			Helpf("name a part of it with let"))
	}
}

// close matches a closing bracket with what is open, and reports whether it
// closes anything.
func (l *layout) close(t lexer.Token) bool {
	for i := len(l.open) - 1; i >= 0; i-- {
		o := l.open[i]
		if closing[o.Value] == t.Value {
			l.closeFrom(i+1, t)
			l.open, l.deep, l.long = l.open[:i], o.deep, o.long
			return true
		}
		if o.Value == "{" {
			break
		}
	}
	l.report(t.Pos.Line, diag.Errorf(diag.StrayBracket, spanOf(t), "this '%s' closes nothing", t.Value).
		Helpf("remove it, or add the '%s' that it closes", opening(t.Value)))
	return false
}

func opening(closer string) string {
	for o, c := range closing {
		if c == closer {
			return o
		}
	}
	return ""
}

// closeForgotten closes what must have been meant to be closed before t, the
// i-th token.
func (l *layout) closeForgotten(i int, t lexer.Token) {
	n := len(l.open)
	for n > 0 && l.open[n-1].Value != "{" {
		n--
	}
	line := l.rest(i)
	switch {
	case t.EOF(), l.brk && n > 0 && startsItem(line):
		l.closeFrom(0, t)
	case isPunct(t, "{"), l.brk && l.inside("(", "[") && startsStatement(l.prev, line):
		l.closeFrom(n, t)
	}
}

// closeFrom closes all but the outermost n brackets before t, and reports them.
func (l *layout) closeFrom(n int, t lexer.Token) {
	for len(l.open) > n {
		o := l.open[len(l.open)-1]
		l.open, l.deep, l.long = l.open[:len(l.open)-1], o.deep, o.long
		l.reportUnclosed(o.Token, t)
		pos := l.gapStart(t)
		if o.Value == "{" && l.prev.Type != tokEOL && !isPunct(l.prev, "{") {
			l.emit(lexer.Token{Type: tokEOL, Pos: pos})
		}
		l.emit(lexer.Token{Type: tokPunct, Value: closing[o.Value], Pos: pos})
		if o.Value == "{" {
			l.emit(lexer.Token{Type: tokEOL, Pos: pos})
		}
	}
}

func (l *layout) reportUnclosed(o, t lexer.Token) {
	d := diag.Errorf(diag.UnclosedBracket, spanOf(o), "this '%s' is never closed", o.Value)
	switch {
	case t.EOF() || t.Pos.Line > l.prev.Pos.Line && o.Value != "{":
		d.Helpf("add '%s'", closing[o.Value])
	case t.Pos.Line > l.prev.Pos.Line:
		d.Helpf("add '%s' before line %d", closing[o.Value], t.Pos.Line)
	default:
		d.Helpf("add '%s' before '%s'", closing[o.Value], t.Value)
	}
	l.report(o.Pos.Line, d)
	for line := o.Pos.Line; o.Value != "{" && line <= l.prev.Pos.Line; line++ {
		l.excused[line] = true
	}
}

// report adds a finding, unless its line already has one.
func (l *layout) report(line int, d *diag.Diagnostic) {
	if !l.excused[line] {
		l.errs.Add(d)
	}
	l.excused[line] = true
}
