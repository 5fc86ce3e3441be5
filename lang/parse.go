package lang

import (
	"errors"
	"regexp"
	"slices"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"ssmc/lang/diag"
)

// maxErrors is how many findings about one file are worth reading.
const maxErrors = 100

// parser builds the parser of one kind of node. It never goes back, so that errors
// are where they belong; the grammar looks ahead, as (?= says, where it must.
func parser[G any]() *participle.Parser[G] {
	return participle.MustBuild[G](participle.Lexer(lexDef), participle.Elide("Comment", "Space"), participle.UseLookahead(0))
}

var (
	fileParser = parser[File]()
	itemParser = parser[Item]()
	exprParser = parser[Expr]()

	// Those of single statements, for what has errors.
	stmtParser    = parser[Stmt]()
	settingParser = parser[Setting]()
	queryParser   = parser[QueryStmt]()
)

// guards are the places where the grammar looks ahead to choose, not to accept.
var guards = regexp.MustCompile(`\(\?= (\([^)]*\) )?[^()]*\) ?`)

// alone is a production that a guard left between parentheses.
var alone = regexp.MustCompile(`\((\w+)\)`)

// Grammar is the grammar in EBNF, as the reference manual prints it.
func Grammar() string {
	return alone.ReplaceAllString(guards.ReplaceAllString(fileParser.String(), ""), "$1")
}

// Parse reads a file. It goes on after an error, so that all that are
// independent are found. Where the list has errors, the tree lacks what could
// not be read, and is no ground for judging names.
func Parse(src *diag.Source) (*File, diag.List) {
	f := &File{Source: src}
	l, errs := read(src)
	if l == nil {
		return f, errs
	}
	r := &reader{layout: l}
	for _, toks := range items(l.out) {
		if item := r.item(toks); item != nil {
			f.Items = append(f.Items, item)
		}
	}
	finish(f, l.src)
	return f, r.findings()
}

// read cuts and lays out a text; the layout is nil where it must not be parsed.
func read(src *diag.Source) (*layout, diag.List) {
	if d := checkText(src); d != nil {
		return nil, diag.List{d}
	}
	l := arrange(tokens(src.Name, src.Text))
	if l.fatal {
		return nil, l.errs
	}
	return l, nil
}

// ParseExpr reads one expression; name stands for its file in messages.
func ParseExpr(name, text string) (*Expr, diag.List) {
	l, errs := read(&diag.Source{Name: name, Text: text})
	if l == nil {
		return &Expr{}, errs
	}
	r := &reader{layout: l}
	toks := slices.DeleteFunc(l.out, func(t lexer.Token) bool { return t.Type == tokEOL })
	e, err := exprParser.ParseFromLexer(upgrade(toks))
	if err != nil {
		r.explain(piece{toks: toks, lone: true}, err)
		e = &Expr{}
	}
	return e, r.findings()
}

// ParseGuide reads the part of a guide after its =, as in
// q(z[t] | z[t-1], x[t:T]) with rnn=lstm(600). The guide is called name, which
// also stands for its file in messages.
func ParseGuide(name, text string) (*Guide, diag.List) {
	l, errs := read(&diag.Source{Name: name, Text: text})
	if l == nil {
		return &Guide{}, errs
	}
	r := &reader{layout: l}
	at := l.out[0].Pos
	head := []lexer.Token{
		{Type: tokIdent, Value: "guide", Pos: at},
		{Type: tokIdent, Value: name, Pos: at},
		{Type: tokPunct, Value: "=", Pos: at},
	}
	item := r.item(trimEOL(append(head, l.out...)))
	if item == nil || item.Guide == nil {
		return &Guide{}, r.findings()
	}
	finish(&File{Items: []*Item{item}}, l.src)
	return item.Guide, r.findings()
}

// items cuts laid out tokens into those of each item, without the EOL that ends
// it but with an EOF.
func items(toks []lexer.Token) [][]lexer.Token {
	var all [][]lexer.Token
	depth, start := 0, 0
	for i, t := range toks {
		switch {
		case start == i && isBlank(t):
			start++
		case isPunct(t, "{"):
			depth++
		case isPunct(t, "}"):
			depth--
		case t.Type == tokEOL && depth == 0:
			all = append(all, trimEOL(toks[start:i+1:i+1]))
			start = i + 1
		}
	}
	return all
}

// trimEOL makes an EOF of the EOL that ends tokens.
func trimEOL(toks []lexer.Token) []lexer.Token {
	out := slices.Clone(toks)
	for i := range out {
		last := len(out) - 1 - i
		if out[last].Type == tokEOL {
			out[last] = lexer.EOFToken(out[last].Pos)
			return out[:last+1]
		}
	}
	return out
}

// A reader parses items and gathers what is wrong with them.
type reader struct {
	*layout
}

// findings are the errors in source order.
func (r *reader) findings() diag.List {
	r.errs.Sort()
	if len(r.errs) > maxErrors {
		return r.errs[:maxErrors]
	}
	return r.errs
}

// item parses one item. It is nil where nothing of it could be read.
func (r *reader) item(toks []lexer.Token) *Item {
	if len(r.errs) >= maxErrors {
		return nil
	}
	item, err := itemParser.ParseFromLexer(upgrade(toks))
	if err != nil {
		return r.recover(toks)
	}
	return item
}

func upgrade(toks []lexer.Token) *lexer.PeekingLexer {
	p, err := lexer.Upgrade(&sliceLexer{toks}, tokComment, tokSpace)
	if err != nil {
		panic(err) // a sliceLexer never fails
	}
	return p
}

// badToken finds the token that an error of the parser is about.
func badToken(toks []lexer.Token, err error) int {
	var unexpected *participle.UnexpectedTokenError
	if !errors.As(err, &unexpected) {
		panic(err) // the grammar has no other errors
	}
	return slices.Index(toks, unexpected.Unexpected)
}
