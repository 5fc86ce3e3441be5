package scalar

import (
	"strconv"
	"strings"
)

// Precedences of what String prints, from loose to tight.
const (
	sum = iota + 1
	product
	sign
	atom
)

// String is the formula in usual notation. Numbers are exact and operands are
// grouped as they are computed: different formulas differ in print.
func (e *Expr) String() string { s, _ := e.print(); return s }

func (e *Expr) print() (text string, precedence int) {
	switch e.Op {
	case "num":
		if text = strconv.FormatFloat(e.Value, 'g', -1, 64); text[0] == '-' {
			return text, sign
		}
		return text, atom
	case "var":
		return e.Name, atom
	case "neg":
		return "-" + e.Args[0].within(atom), sign
	case "+", "-":
		return e.infix(sum), sum
	case "*", "/":
		return e.infix(product), product
	}
	args := make([]string, len(e.Args))
	for i, a := range e.Args {
		args[i] = a.String()
	}
	return e.Op + "(" + strings.Join(args, ", ") + ")", atom
}

func (e *Expr) infix(precedence int) string {
	return e.Args[0].within(precedence) + " " + e.Op + " " + e.Args[1].within(precedence+1)
}

// within is e in parentheses unless it binds as tightly as least.
func (e *Expr) within(least int) string {
	text, p := e.print()
	if p < least {
		return "(" + text + ")"
	}
	return text
}
