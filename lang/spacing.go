package lang

import (
	"reflect"

	"github.com/alecthomas/participle/v2/lexer"
)

// A mark is what the tree knows of the token at an offset and the token does not.
type mark int

const (
	groups  mark = iota + 1 // a bracket that begins a value, not a call or an index
	sized                   // the name of a type, which sizes may follow
	negates                 // a - before its only value
	named                   // the name of an argument in a call
)

// marksOf gathers the marks of a file.
func marksOf(f *File) map[int]mark {
	marks := map[int]mark{}
	name := func(args []*Arg) {
		for _, a := range args {
			if a.Name != nil {
				marks[a.Name.Pos.Offset] = named
			}
		}
	}
	walk(reflect.ValueOf(f.Items), func(node any) {
		switch n := node.(type) {
		case *ListLit:
			marks[n.Pos.Offset] = groups
		case *Tupled:
			marks[n.Pos.Offset] = groups
		case *Interval:
			marks[n.Pos.Offset] = groups
		case *Type:
			marks[n.Pos.Offset] = sized
		case *Neg:
			if n.Minus != nil {
				marks[n.Pos.Offset] = negates
			}
		case *Args:
			name(n.List)
		case *Guide:
			name(n.With)
		case *NetParam:
			marks[n.Pos.Offset] = named
		}
	})
	return marks
}

// A spacer decides which neighbours touch.
type spacer struct {
	marks map[int]mark
	open  []bool // for each open bracket, whether it is an index
	prev  lexer.Token
	tight bool // whether prev touches what follows
}

// space sets the gaps of all tokens.
func (s *sheet) space(marks map[int]mark) {
	sp := &spacer{marks: marks, prev: lexer.Token{Type: lexer.EOF}}
	for _, l := range s.lines {
		for _, p := range l.toks {
			p.gap = sp.gap(p.Token)
		}
	}
}

// gap is the number of blanks before t.
func (s *spacer) gap(t lexer.Token) int {
	if t.Type == tokComment {
		return 1
	}
	before, after := s.sides(t)
	touch := before || s.tight
	if s.prev.Type == tokNumber && isPunct(t, ".") {
		touch = false // 1 .x is a field, 1.x is not
	}
	if isPunct(s.prev, ":") && s.marks[t.Pos.Offset] == sized {
		touch = false
	}
	s.prev, s.tight = t, after
	if touch {
		return 0
	}
	return 1
}

// sides says whether t touches what comes before and after it.
func (s *spacer) sides(t lexer.Token) (before, after bool) {
	if t.Type != tokPunct {
		return false, false
	}
	switch t.Value {
	case "(", "[":
		return s.openBracket(t), true
	case ")", "]":
		s.open = s.open[:len(s.open)-1]
		return true, false
	case ",":
		return true, false
	case ".", "^", ":":
		return true, true
	case "=":
		arg := s.marks[s.prev.Pos.Offset] == named
		return arg, arg
	case "-":
		if s.marks[t.Pos.Offset] == negates {
			return false, true
		}
	case "}":
		return isPunct(s.prev, "{"), false
	case "|", "~", "{", "->":
		return false, false
	}
	return s.inIndex(), s.inIndex()
}

// openBracket notes a bracket, and reports whether it touches what comes before.
func (s *spacer) openBracket(t lexer.Token) bool {
	group := s.marks[t.Pos.Offset] == groups
	sizes := s.marks[s.prev.Pos.Offset] == sized
	s.open = append(s.open, t.Value == "[" && !group && !sizes)
	return !group && !isPunct(s.prev, "->")
}

// inIndex reports whether the innermost bracket is an index, where operators are
// written close: z[t-1].
func (s *spacer) inIndex() bool { return len(s.open) > 0 && s.open[len(s.open)-1] }
