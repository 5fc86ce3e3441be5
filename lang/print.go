package lang

import (
	"strconv"
	"strings"
)

// Text is a piece of syntax on one line, as the formatter would write it: an
// expression, a statement, a reference, or a guide, whose body is left out.
func Text(n Node) string {
	switch n := n.(type) {
	case *Expr:
		return exprText(n)
	case *Stmt:
		return stmtText(n)
	case *Guide:
		return guideText(n)
	case *Factor:
		return factorText(n)
	case *Ref:
		return plainText(n.Tree())
	case *Slice:
		return sliceText(n.Tree())
	case *Arg:
		return argText(n.Tree())
	case *Type:
		return typeText(n)
	case *Name:
		return n.Text
	case *ArgNode:
		return argText(n)
	case *SliceNode:
		return sliceText(n)
	}
	return plainText(n)
}

func exprText(e *Expr) string {
	if e == nil {
		return ""
	}
	return treeText(e.Tree(), 0, " ")
}

// The precedence of operators, from loose to tight.
const (
	compares = iota + 1
	adds
	multiplies
	signs
	raises
	atoms
)

var precedence = map[string]int{
	"==": compares, "!=": compares, ">=": compares, "<=": compares, ">": compares, "<": compares,
	"+": adds, "-": adds, "*": multiplies, "/": multiplies, "@": multiplies, "^": raises,
}

// treeText writes an expression where only operators of a level or above may
// stand without parentheses. The gap stands around operators: a blank, or
// nothing directly inside an index, as in z[t-1].
func treeText(n Node, level int, gap string) string {
	switch n := n.(type) {
	case *Number:
		return numberText(n, level)
	case *String:
		return quote(n.Value)
	case *NameRef:
		return n.Name
	case *Unary:
		if level > signs {
			return "(" + treeText(n, 0, " ") + ")"
		}
		return n.Op + treeText(n.X, signs, gap)
	case *Binary:
		return binaryText(n, level, gap)
	case *Call:
		return treeText(n.Fun, atoms, "") + "(" + list(n.Args, argText) + ")"
	case *Index:
		return treeText(n.X, atoms, "") + "[" + list(n.Slices, sliceText) + "]"
	case *Field:
		return fieldText(n)
	case *List:
		return "[" + list(n.Items, plainText) + "]"
	case *Tuple:
		return "(" + list(n.Args, recordText) + ")"
	}
	return ""
}

func plainText(n Node) string { return treeText(n, 0, " ") }

// numberText also writes numbers that no source was the text of.
func numberText(n *Number, level int) string {
	text := n.Text
	if text == "" {
		text = strconv.FormatFloat(n.Value, 'g', -1, 64)
	}
	if text[0] == '-' && level > signs {
		return "(" + text + ")"
	}
	return text
}

func binaryText(n *Binary, level int, gap string) string {
	p := precedence[n.Op]
	if level > p {
		return "(" + binaryText(n, 0, " ") + ")"
	}
	left, right := p, p+1
	switch p {
	case compares: // not twice in a row
		left = adds
	case raises: // from the right, where a sign may follow
		left, right, gap = atoms, signs, ""
	}
	return treeText(n.X, left, gap) + gap + n.Op + gap + treeText(n.Y, right, gap)
}

// fieldText keeps the point of a field apart from that of a number.
func fieldText(n *Field) string {
	x := treeText(n.X, atoms, "")
	if _, number := n.X.(*Number); number {
		x = "(" + x + ")"
	}
	return x + "." + n.Name
}

func argText(a *ArgNode) string {
	if a.Name == "" {
		return plainText(a.Value)
	}
	return a.Name + "=" + plainText(a.Value)
}

func recordText(a *ArgNode) string {
	if a.Name == "" {
		return plainText(a.Value)
	}
	return a.Name + " = " + plainText(a.Value)
}

func sliceText(s *SliceNode) string {
	text := treeText(s.Lo, 0, "")
	if s.Range {
		text += ":" + treeText(s.Hi, 0, "")
	}
	return text
}

// list writes items with commas between them.
func list[T any](items []T, text func(T) string) string {
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = text(item)
	}
	return strings.Join(texts, ", ")
}

var quoter = strings.NewReplacer("\\", `\\`, "\n", `\n`, "\t", `\t`, `"`, `\"`)

func quote(s string) string { return `"` + quoter.Replace(s) + `"` }
