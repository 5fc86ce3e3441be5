package compiler

import (
	"math"

	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
)

// unknown is the support of what may or may not be positive: the checker lets
// it pass where it can't tell.
const unknown dist.Support = "unknown"

func (s *scope) negate(n *lang.Unary) value {
	v := s.eval(n.X)
	if x, ok := v.(number); ok {
		return number{v: -x.v}
	}
	a, ok := s.asArray(v, n.X.At())
	if !ok {
		return bad{}
	}
	return array{s.u.build.Call("neg", a.node), a.dims, dist.Real}
}

func (s *scope) binary(n *lang.Binary) value {
	x, y := s.eval(n.X), s.eval(n.Y)
	if isBad(x) || isBad(y) {
		return bad{}
	}
	a, isA := x.(number)
	b, isB := y.(number)
	if isA && isB && n.Op != "@" {
		v := fold(n.Op, a.v, b.v)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			s.errorf(diag.NotValue, n.Span, "%s is no number", lang.Text(n))
			return bad{}
		}
		return number{v: v}
	}
	if same, known := identical(n.Op, x, y); known {
		return same
	}
	l, okL := s.asArray(x, n.X.At())
	r, okR := s.asArray(y, n.Y.At())
	if !okL || !okR {
		return bad{}
	}
	if n.Op == "@" {
		return s.product(n, l, r)
	}
	dims, ok := s.broadcast(n, l, r)
	if !ok {
		return bad{}
	}
	level := s.level([]array{l, r})
	return array{s.elementwise(n.Op, level[0], level[1]), dims, combine(n.Op, l, r)}
}

// identical compares what is not numbers: none, texts.
func identical(op string, x, y value) (value, bool) {
	if op != "==" && op != "!=" {
		return nil, false
	}
	_, noneX := x.(none)
	_, noneY := y.(none)
	tx, textX := x.(text)
	ty, textY := y.(text)
	if !noneX && !noneY && !(textX && textY) {
		return nil, false
	}
	equal := noneX && noneY || textX && textY && tx == ty
	if equal == (op == "==") {
		return number{v: 1}, true
	}
	return number{v: 0}, true
}

// fold is an operation on constants.
func fold(op string, a, b float64) float64 {
	truth := func(t bool) float64 {
		if t {
			return 1
		}
		return 0
	}
	switch op {
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	case "/":
		return a / b
	case "^":
		return math.Pow(a, b)
	case "==":
		return truth(a == b)
	case "!=":
		return truth(a != b)
	case ">":
		return truth(a > b)
	case ">=":
		return truth(a >= b)
	case "<":
		return truth(a < b)
	}
	return truth(a <= b)
}

// elementwise is an operation on arrays, coordinate by coordinate.
func (s *scope) elementwise(op string, l, r array) *ir.Node {
	b := s.u.build
	switch op {
	case "^":
		if k, ok := r.node.Number(); ok && k == 2 {
			return b.Call("square", l.node)
		}
		return b.Call("pow", l.node, r.node)
	case ">":
		return b.Call("greater", l.node, r.node)
	case ">=":
		return b.Call("greaterEq", l.node, r.node)
	case "<":
		return b.Call("greater", r.node, l.node)
	case "<=":
		return b.Call("greaterEq", r.node, l.node)
	case "==":
		return b.Call("equal", l.node, r.node)
	case "!=":
		return b.Call("-", b.Number(1), b.Call("equal", l.node, r.node))
	}
	return b.Call(op, l.node, r.node)
}

// combine is the support of the result of an operation.
func combine(op string, l, r array) dist.Support {
	pos := func(a array) bool { return a.sup == dist.Positive || a.sup == dist.Unit }
	switch op {
	case "+", "/":
		if pos(l) && pos(r) {
			return dist.Positive
		}
	case "*":
		if l.sup == dist.Unit && r.sup == dist.Unit {
			return dist.Unit
		}
		if pos(l) && pos(r) {
			return dist.Positive
		}
	case "^":
		if pos(l) {
			return dist.Positive
		}
		return unknown
	case ">", ">=", "<", "<=", "==", "!=":
		return dist.Unit
	}
	if l.sup != dist.Real && r.sup != dist.Real {
		return unknown
	}
	if op == "-" && (pos(l) || l.sup == unknown) || op == "*" && l.node == r.node {
		return unknown
	}
	return dist.Real
}

// broadcast is the sizes of an operation's result: those of the operands, which
// must be equal, a number serving every coordinate.
func (s *scope) broadcast(n *lang.Binary, l, r array) ([]Size, bool) {
	switch {
	case len(l.dims) == 0:
		return r.dims, true
	case len(r.dims) == 0 || sameDims(l.dims, r.dims):
		return l.dims, true
	}
	s.errorf(diag.SizeMismatch, n.Span, "%s has size [%s], but %s has size [%s]", lang.Text(n.X), sizes(l.dims), lang.Text(n.Y), sizes(r.dims)).
		Helpf("coordinates are combined one by one: the sizes must be equal")
	return nil, false
}

func sameDims(a, b []Size) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].N != b[i].N {
			return false
		}
	}
	return true
}

// sizes writes sizes with their names: note = 88.
func sizes(dims []Size) string {
	s := ""
	for i, d := range dims {
		if i > 0 {
			s += ", "
		}
		s += d.String()
	}
	return s
}

func last(d []Size) Size { return d[len(d)-1] }

// A part is one piece of a concatenation.
type part struct{ array }

// join sets parts side by side as one vector.
func (s *scope) join(parts []part, out array) array {
	n := 0
	var nodes []*ir.Node
	out.sup = parts[0].sup
	for _, p := range parts {
		nodes = append(nodes, p.node)
		n += p.width()
		if p.sup != out.sup {
			out.sup = unknown
		}
	}
	name := ""
	if len(parts) == 1 && len(parts[0].dims) == 1 {
		name = parts[0].dims[0].Name
	}
	out.dims = []Size{{n, name}}
	out.node = s.u.build.Concat(nodes...)
	return out
}
