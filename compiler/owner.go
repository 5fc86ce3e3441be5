package compiler

import (
	"fmt"

	"ssmc/lang"
	"ssmc/lang/diag"
)

// owner is what the statement at a place of the program says, as it is written:
// "z[t]" of a draw or a definition, the name of a net. It is empty where nothing
// stands there.
func (u *unit) owner(pos string) string {
	statements := u.model.Stmts
	if u.body != nil {
		statements = append(statements[:len(statements):len(statements)], u.body.Body...)
	}
	for _, st := range statements {
		if covers(st.Span, pos) {
			return subject(st)
		}
	}
	return ""
}

// covers reports whether a place, as position writes it, lies within a span.
func covers(s diag.Span, pos string) bool {
	var line, column int
	file := s.Pos.Filename + ":"
	if len(pos) <= len(file) || pos[:len(file)] != file {
		return false
	}
	if _, err := fmt.Sscanf(pos[len(file):], "%d:%d", &line, &column); err != nil {
		return false
	}
	after := line > s.Pos.Line || line == s.Pos.Line && column >= s.Pos.Column
	before := line < s.EndPos.Line || line == s.EndPos.Line && column < s.EndPos.Column
	return after && before
}

// subject is what a statement is about.
func subject(st *lang.Stmt) string {
	switch {
	case st.Relation != nil:
		return lang.Text(st.Relation.Target)
	case st.Let != nil:
		return lang.Text(st.Let.Target)
	case st.Param != nil:
		return st.Param.Name.Text
	case st.Net != nil:
		return st.Net.Name.Text
	case st.Decl != nil:
		return st.Decl.Name.Text
	}
	return ""
}
