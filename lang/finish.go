package lang

import (
	"reflect"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// walk visits the pointers to structures in a piece of syntax, parents first.
func walk(v reflect.Value, visit func(node any)) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || v.Elem().Kind() != reflect.Struct {
			return
		}
		visit(v.Interface())
		for i := range v.Elem().NumField() {
			walk(v.Elem().Field(i), visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), visit)
		}
	}
}

// finish fills in what the grammar does not: doc comments and bounds.
func finish(f *File, toks []lexer.Token) {
	doc := docs(toks)
	walk(reflect.ValueOf(f.Items), func(node any) {
		switch n := node.(type) {
		case *Item:
			n.Doc = doc[n.Pos.Offset]
		case *Stmt:
			n.Doc = doc[n.Pos.Offset]
		case *QueryStmt:
			n.Doc = doc[n.Pos.Offset]
		case *Bound:
			n.fill()
		}
	})
}

// fill sets Lo and Hi, and the Op of an interval.
func (b *Bound) fill() {
	switch {
	case b.Open != nil:
		b.Op, b.Lo, b.Hi = "in", b.Open.Lo, b.Open.Hi
	case b.Op[0] == '>':
		b.Lo = b.Limit
	default:
		b.Hi = b.Limit
	}
}

// docs gathers the doc comments that stand on lines of their own, by the offset
// of the token on the line below them.
func docs(toks []lexer.Token) map[int]string {
	found := map[int]string{}
	var lines []string
	ends := 1 // line ends since the last token that is not a blank
	for _, t := range toks {
		switch {
		case t.Type == tokSpace:
		case t.Type == tokEOL:
			if ends++; ends > 1 {
				lines = nil
			}
		case isDoc(t) && ends > 0:
			lines, ends = append(lines, docText(t)), 0
		default:
			if len(lines) > 0 && ends == 1 {
				found[t.Pos.Offset] = strings.Join(lines, "\n")
			}
			lines, ends = nil, 0
		}
	}
	return found
}

func isDoc(t lexer.Token) bool {
	return t.Type == tokComment && strings.HasPrefix(t.Value, "///") && !strings.HasPrefix(t.Value, "////")
}

func docText(t lexer.Token) string {
	return strings.TrimRight(strings.TrimPrefix(t.Value[3:], " "), " \t\r")
}
