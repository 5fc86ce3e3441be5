package lang

import (
	"strconv"
	"strings"

	"ssmc/lang/diag"
)

// A Node is a piece of syntax that has a place: the nodes of an expression tree
// are the types of this file.
type Node interface{ At() diag.Span }

// A Number is a number and the text it was written as.
type Number struct {
	diag.Span
	Value float64
	Text  string
}

// A String is a quoted string; Value is what it says.
type String struct {
	diag.Span
	Value string
}

// A NameRef is the use of a name.
type NameRef struct {
	diag.Span
	Name string
}

// A Unary applies an operator, "-", to one value.
type Unary struct {
	diag.Span
	Op string
	X  Node
}

// A Binary applies an operator to two values: == != >= <= > < + - * / @ ^.
type Binary struct {
	diag.Span
	Op   string
	X, Y Node
}

// A Call applies a function to arguments.
type Call struct {
	diag.Span
	Fun  Node
	Args []*ArgNode
}

// An ArgNode is one argument; Name is empty where it is positional.
type ArgNode struct {
	diag.Span
	Name     string
	NameSpan diag.Span
	Value    Node
}

// An Index takes a place, or a range of places, of a value.
type Index struct {
	diag.Span
	X      Node
	Slices []*SliceNode
}

// A SliceNode is one place (Lo), or with Range the places from Lo to Hi, both
// included.
type SliceNode struct {
	diag.Span
	Lo, Hi Node
	Range  bool
}

// A Field takes a named part of a value. The span covers the whole; NameSpan is
// the name's alone.
type Field struct {
	diag.Span
	X        Node
	Name     string
	NameSpan diag.Span
}

// A List is a list of values.
type List struct {
	diag.Span
	Items []Node
}

// A Tuple is a tuple or, where its arguments are named, a record.
type Tuple struct {
	diag.Span
	Args []*ArgNode
}

// Tree folds the grammar's levels into a plain tree, a new one at each call. It
// is nil where the expression is missing, as it is after a syntax error.
func (e *Expr) Tree() Node {
	switch {
	case e == nil || e.Left == nil:
		return nil
	case e.Right == nil:
		return e.Left.tree()
	}
	return &Binary{e.Span, e.Op, e.Left.tree(), e.Right.tree()}
}

func (s *Sum) tree() Node {
	x := s.Head.tree()
	for _, t := range s.Tail {
		x = &Binary{s.Span.To(t.Span), t.Op, x, t.Term.tree()}
	}
	return x
}

func (p *Product) tree() Node {
	x := p.Head.tree()
	for _, t := range p.Tail {
		x = &Binary{p.Span.To(t.Span), t.Op, x, t.Term.tree()}
	}
	return x
}

func (n *Neg) tree() Node {
	if n.Minus != nil {
		return &Unary{n.Span, "-", n.Minus.tree()}
	}
	return n.Power.tree()
}

func (p *Power) tree() Node {
	if p.Exp == nil {
		return p.Base.tree()
	}
	return &Binary{p.Span, "^", p.Base.tree(), p.Exp.tree()}
}

func (p *Postfix) tree() Node {
	x := p.Head.tree()
	for _, s := range p.Tail {
		x = s.apply(x, p.Span.To(s.Span))
	}
	return x
}

func (s *Suffix) apply(x Node, at diag.Span) Node {
	switch {
	case s.Call != nil:
		return &Call{at, x, argNodes(s.Call.List)}
	case s.Index != nil:
		return &Index{at, x, sliceNodes(s.Index.Slices)}
	}
	return &Field{at, x, s.Field.Text, s.Field.Span}
}

func (p *Primary) tree() Node {
	switch {
	case p.Number != "":
		return number(p.Span, p.Number)
	case p.String != "":
		return &String{p.Span, unquote(p.String)}
	case p.Name != nil:
		return &NameRef{p.Span, p.Name.Text}
	case p.List != nil:
		return p.List.tree()
	}
	return p.Paren.tree()
}

// number relies on the scanner, which reports numbers out of range.
func number(at diag.Span, text string) *Number {
	v, _ := strconv.ParseFloat(text, 64)
	return &Number{at, v, text}
}

func (l *ListLit) tree() Node {
	out := &List{Span: l.Span}
	for _, e := range l.Items {
		out.Items = append(out.Items, e.Tree())
	}
	return out
}

func (t *Tupled) tree() Node {
	if len(t.Items) == 1 && t.Items[0].Name == nil {
		return t.Items[0].Value.Tree()
	}
	return &Tuple{t.Span, argNodes(t.Items)}
}

func argNodes(args []*Arg) []*ArgNode {
	out := make([]*ArgNode, len(args))
	for i, a := range args {
		out[i] = a.Tree()
	}
	return out
}

// Tree folds the argument's value.
func (a *Arg) Tree() *ArgNode {
	n := &ArgNode{Span: a.Span, Value: a.Value.Tree()}
	if a.Name != nil {
		n.Name, n.NameSpan = a.Name.Text, a.Name.Span
	}
	return n
}

func sliceNodes(slices []*Slice) []*SliceNode {
	out := make([]*SliceNode, len(slices))
	for i, s := range slices {
		out[i] = s.Tree()
	}
	return out
}

// Tree folds both ends of the slice.
func (s *Slice) Tree() *SliceNode {
	return &SliceNode{s.Span, s.Lo.Tree(), s.Hi.Tree(), s.Range}
}

// Tree is the reference as an expression.
func (r *Ref) Tree() Node {
	var x Node = &NameRef{r.Name.Span, r.Name.Text}
	if len(r.Index) > 0 {
		x = &Index{r.Span, x, sliceNodes(r.Index)}
	}
	if r.Field != nil {
		x = &Field{r.Span, x, r.Field.Text, r.Field.Span}
	}
	return x
}

// escapes are the escapes of a quoted string; any other stands for itself.
var escapes = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`, `\"`, `"`, `\'`, `'`)

// unquote is what a quoted string says. Where the closing quote is missing, which
// the scanner has reported, it says nothing.
func unquote(text string) string {
	if len(text) < 2 {
		return ""
	}
	return escapes.Replace(text[1 : len(text)-1])
}
