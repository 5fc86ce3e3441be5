package ir

import (
	"fmt"
	"strings"

	"ssmc/runtime/op"
)

// A Builder makes nodes; equal ones only once. Pos is set on what it makes.
type Builder struct {
	Pos  string
	seen map[string]*Node
	n    int
}

// NewBuilder is a builder without nodes.
func NewBuilder() *Builder { return &Builder{seen: map[string]*Node{}} }

// Input is the input that src describes.
func (b *Builder) Input(src op.Source, s op.Shape) *Node {
	return b.intern(fmt.Sprintf("input %v %v", src, s), func() *Node {
		return &Node{Source: &src, Shape: s}
	})
}

// Apply applies an op. The caller has seen to the shapes: it panics otherwise.
func (b *Builder) Apply(spec op.Spec, in ...*Node) *Node {
	shapes := make([]op.Shape, len(in))
	for i, n := range in {
		in[i] = n.Resolve()
		shapes[i] = in[i].Shape
	}
	s, err := spec.Infer(shapes)
	if err != nil {
		panic(fmt.Errorf("%s: %s: %w", b.Pos, spec.Name(), err))
	}
	return b.intern(key(spec, in), func() *Node {
		return &Node{Spec: spec, In: in, Shape: s}
	})
}

// Promise is a node whose meaning is given later, by Keep: a value that its own
// definition reads at another time.
func (b *Builder) Promise(s op.Shape) *Node {
	b.n++
	return &Node{ID: b.n, Shape: s, Pos: b.Pos, promised: true}
}

// Keep says what a promise stands for. Their shapes must be equal.
func (b *Builder) Keep(promise, n *Node) {
	if n = n.Resolve(); n.Shape != promise.Shape {
		panic(fmt.Errorf("%s: promised %v, kept %v", promise.Pos, promise.Shape, n.Shape))
	}
	promise.kept = n
}

func (b *Builder) intern(key string, make func() *Node) *Node {
	if n, ok := b.seen[key]; ok {
		return n
	}
	n := make()
	b.n++
	n.ID, n.Pos = b.n, b.Pos
	b.seen[key] = n
	return n
}

func key(spec op.Spec, in []*Node) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s %s", spec.Name(), spec.Key())
	for _, n := range in {
		fmt.Fprintf(&s, " %d", n.ID)
	}
	return s.String()
}

// Number is a constant.
func (b *Builder) Number(v float64) *Node { return b.Fill(v, 1, 1) }

// Fill is a constant array [rows,cols] of equal numbers.
func (b *Builder) Fill(v float64, rows, cols int) *Node {
	return b.Apply(&op.Const{Rows: rows, Cols: cols, Data: []float64{v}})
}

// Lag is n shifted by steps in time: n at t-by. The start, which may be nil, is
// its value before the first step (after the last, if by < 0).
func (b *Builder) Lag(n *Node, by int, start *Node) *Node {
	if by == 0 {
		return n
	}
	if n.Shape.Axis != op.Frame { // the same at every time
		return n
	}
	if start == nil {
		return b.Apply(op.Lag{By: by}, n)
	}
	start = b.Widen(start, n.Shape.Cols)
	if start.Shape.Axis == op.Seq && n.Shape.Sampled {
		start = b.Repeat(start)
	}
	return b.Apply(op.Lag{By: by}, n, start)
}

// Splice is rest, but at time at (from 0) first.
func (b *Builder) Splice(at int, first, rest *Node) *Node {
	if first == rest {
		return rest
	}
	cols := max(first.Shape.Cols, rest.Shape.Cols)
	first, rest = b.Widen(first, cols), b.Widen(rest, cols)
	if rest.Shape.Axis != op.Frame {
		rest = b.Expand(rest, op.PerFrame(cols))
	}
	if first.Shape.Sampled {
		rest = b.Repeat(rest)
	}
	if rest.Shape.Sampled {
		first = b.Repeat(first)
	}
	return b.Apply(op.Splice{At: at}, first, rest)
}

// Repeat gives n a row for each posterior sample, if it has not.
func (b *Builder) Repeat(n *Node) *Node {
	if n.Shape.Sampled || n.Shape.Axis == op.Once {
		return n
	}
	return b.Apply(op.Repeat{}, n)
}

// Widen makes n, if it has one column, cols columns wide.
func (b *Builder) Widen(n *Node, cols int) *Node {
	if n.Shape.Cols == cols {
		return n
	}
	if v, ok := n.Number(); ok {
		return b.Fill(v, 1, cols)
	}
	return b.Call("+", n, b.Fill(0, 1, cols))
}

// Expand gives n the rows of a sequence or frame, with the samples that it has.
func (b *Builder) Expand(n *Node, to op.Shape) *Node {
	to.Sampled = n.Shape.Sampled
	return b.Apply(op.Expand{To: to}, n)
}

// Align gives all nodes the rows of the one with most, except Once nodes of one
// row, which serve every row as they are.
func (b *Builder) Align(in []*Node) []*Node {
	var top op.Shape
	sampled := false
	for _, n := range in {
		if n.Shape.Axis > top.Axis {
			top = n.Shape
		}
		sampled = sampled || n.Shape.Sampled
	}
	out := make([]*Node, len(in))
	for i, n := range in {
		if n.Shape.Axis == op.Seq && top.Axis == op.Frame {
			n = b.Expand(n, op.PerFrame(n.Shape.Cols))
		}
		if sampled {
			n = b.Repeat(n)
		}
		out[i] = n
	}
	return out
}

// MatMul is x w, or x w' if trans.
func (b *Builder) MatMul(x, w *Node, trans bool) *Node {
	return b.Apply(op.Affine{TransW: trans}, x, w)
}

// Concat sets arrays side by side.
func (b *Builder) Concat(in ...*Node) *Node {
	in = b.Align(in)
	var top *Node
	for _, n := range in {
		if top == nil || n.Shape.Axis > top.Shape.Axis {
			top = n
		}
	}
	for i, n := range in {
		if n.Shape.Axis == op.Once && top.Shape.Axis != op.Once {
			in[i] = b.Apply(op.Expand{To: top.Shape.WithCols(n.Shape.Cols)}, n)
		}
	}
	if len(in) == 1 {
		return in[0]
	}
	return b.Apply(op.Concat{}, in...)
}

// Slice is columns lo to hi (from 0, hi excluded).
func (b *Builder) Slice(n *Node, lo, hi int) *Node {
	if lo == 0 && hi == n.Shape.Cols {
		return n
	}
	return b.Apply(op.Slice{Lo: lo, Hi: hi}, n)
}
