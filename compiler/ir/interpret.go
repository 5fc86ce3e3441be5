package ir

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"ssmc/runtime/op"
	"ssmc/runtime/scalar"
)

// An Interpreter evaluates nodes for one sequence, one time and one number after
// another, in float64. It is slow, and plain enough to be believed.
type Interpreter struct {
	// Input is the row of an input at time t, from 0; all numbers of a static
	// one. Parameters are asked for once, other inputs at each use.
	Input func(n *Node, t int) []float64

	steps int
	turn  int // counts sequences, from 1
	cells map[*Node]*twin
}

// A twin is a node with what was computed of it.
type twin struct {
	node   *Node
	in     []*twin
	static []float64    // of a node that is the same in every sequence
	rows   []twinRow    // of any other, by time
	tape   *scalar.Tape // of a Map
}

// A twinRow is a row with the sequence that it belongs to. Its memory serves all.
type twinRow struct {
	turn   int
	values []float64
}

// NewInterpreter is an interpreter that reads inputs by calling input.
func NewInterpreter(input func(n *Node, t int) []float64) *Interpreter {
	return &Interpreter{Input: input, turn: 1, cells: map[*Node]*twin{}}
}

// Begin turns to a sequence of so many steps. What was computed of parameters
// alone is kept; rows that At gave are not.
func (p *Interpreter) Begin(steps int) {
	p.steps = steps
	p.turn++
}

// At is the row of n at time t, from 0; of a static array, all of its numbers.
// It is shared.
func (p *Interpreter) At(n *Node, t int) []float64 { return p.at(p.twin(n), t) }

// twin is the twin of n, with those of its operands.
func (p *Interpreter) twin(n *Node) *twin {
	n = n.Resolve()
	if c := p.cells[n]; c != nil {
		return c
	}
	c := &twin{node: n}
	p.cells[n] = c // before its operands, which may lead back to it
	for _, m := range n.In {
		c.in = append(c.in, p.twin(m))
	}
	if m, ok := n.Spec.(*op.Map); ok {
		c.tape = tapeOf(m)
	}
	return c
}

func tapeOf(m *op.Map) *scalar.Tape {
	var vars []string
	for _, v := range m.Vars {
		vars = append(vars, v.Name)
	}
	return m.Formula.Tape(vars)
}

func (p *Interpreter) at(c *twin, t int) []float64 {
	switch src := c.node.Source; {
	case src != nil && src.Kind != op.Param:
		return p.Input(c.node, t)
	case c.node.Shape.Axis == op.Once:
		if c.static == nil {
			c.static = p.once(c, t)
		}
		return c.static
	}
	for len(c.rows) <= t {
		c.rows = append(c.rows, twinRow{})
	}
	if c.rows[t].turn != p.turn {
		values := p.compute(c, t, c.rows[t].values)
		c.rows[t] = twinRow{p.turn, values}
	}
	return c.rows[t].values
}

func (p *Interpreter) once(c *twin, t int) []float64 {
	if c.node.Source != nil {
		return p.Input(c.node, t)
	}
	return p.compute(c, t, nil)
}

// compute is the row of c at time t. Formulas and products write it to dst, if
// that has room; other ops may give a row of an operand.
func (p *Interpreter) compute(c *twin, t int, dst []float64) []float64 {
	n := c.node
	in := func(i int) []float64 { return p.at(c.in[i], t) }
	switch spec := n.Spec.(type) {
	case *op.Const:
		return numbers(spec)
	case *op.Map:
		return p.formula(c, spec, t, dst)
	case op.Affine:
		return p.affine(c, spec, t, dst)
	case op.Lag:
		return p.lag(c, spec, t)
	case op.Splice:
		if t == spec.At {
			return in(0)
		}
		return in(1)
	case op.Expand, op.Repeat, op.Detach, op.Reweigh, op.Gate:
		return in(0)
	case op.Ancestors: // here a particle is alone
		return []float64{0}
	case op.Gather:
		return in(0)
	case op.Hold:
		return p.at(c.in[0], t-t%spec.Every)
	case op.Tick:
		if t%spec.Every == 0 {
			return []float64{1}
		}
		return []float64{0}
	case op.Edge:
		if spec.Last {
			return p.at(c.in[0], p.steps-1)
		}
		return p.at(c.in[0], 0)
	case op.Concat:
		return p.concat(c, t)
	case op.Slice:
		return columns(in(0), n.In[0].Resolve().Shape.Cols, spec)
	case op.OneHot:
		out := make([]float64, spec.Classes)
		out[int(in(0)[0])] = 1
		return out
	case op.Relax:
		out := make([]float64, n.Shape.Cols)
		out[slices.Index(in(0), slices.Max(in(0)))] = 1
		return out
	case op.LogSoftmax:
		return logSoftmax(in(0), n.Shape.Cols)
	case op.Take:
		return []float64{in(0)[int(in(1)[0])]}
	case op.NADE:
		return []float64{nade(in(0), in(1), in(2), in(3), in(4))}
	}
	if out, ok := p.matrices(n, t); ok {
		return out
	}
	panic("ir: no way to interpret " + n.Spec.Name())
}

// formula evaluates a Map number by number; a column or a static row serves all.
func (p *Interpreter) formula(c *twin, m *op.Map, t int, dst []float64) []float64 {
	width := 1
	for _, v := range m.Vars {
		width = max(width, v.Cols)
	}
	in := make([][]float64, len(c.in))
	for k := range c.in {
		in[k] = p.at(c.in[k], t)
	}
	out := room(dst, rowsOf(c.node)*width)
	for i := range out {
		for k, v := range m.Vars {
			cols := c.in[k].node.Shape.Cols
			row := i / width % max(1, len(in[k])/cols)
			c.tape.In[k] = in[k][row*cols+v.Off+min(i%width, v.Cols-1)]
		}
		out[i] = c.tape.Run()
	}
	if m.Sum {
		return sums(out, width)
	}
	return out
}

// sums adds up each row of x.
func sums(x []float64, width int) []float64 {
	out := make([]float64, len(x)/width)
	for i, v := range x {
		out[i/width] += v
	}
	return out
}

// affine is x W + c, for each row of x.
func (p *Interpreter) affine(c *twin, a op.Affine, t int, dst []float64) []float64 {
	x, w, s := p.at(c.in[0], t), p.at(c.in[1], t), c.in[1].node.Shape
	k, d := s.Rows, s.Cols
	if a.TransW {
		k, d = d, k
	}
	out := room(dst, len(x)/k*d)
	clear(out)
	for r := range len(x) / k {
		product(out[r*d:][:d], x[r*k:][:k], w, a.TransW)
	}
	if len(c.in) == 3 {
		add := p.at(c.in[2], t)
		for r := range out {
			out[r] += add[r%len(add)]
		}
	}
	return out
}

// product adds x W, or x W' if trans, to dst.
func product(dst, x, w []float64, trans bool) {
	if trans {
		for j := range dst {
			dst[j] += floats.Dot(w[j*len(x):][:len(x)], x)
		}
		return
	}
	for i, v := range x {
		floats.AddScaled(dst, v, w[i*len(dst):][:len(dst)])
	}
}

// room is dst with n numbers, or new ones.
func room(dst []float64, n int) []float64 {
	if cap(dst) < n {
		return make([]float64, n)
	}
	return dst[:n]
}

// lag reads another time. Beyond the ends stands the start or, without one, the
// first or last row.
func (p *Interpreter) lag(c *twin, l op.Lag, t int) []float64 {
	from, last := t-l.By, p.steps-1
	switch {
	case from >= 0 && from <= last:
		return p.at(c.in[0], from)
	case len(c.in) == 2:
		return p.at(c.in[1], t)
	}
	return p.at(c.in[0], min(max(from, 0), last))
}

// concat sets the rows of its inputs side by side.
func (p *Interpreter) concat(c *twin, t int) (out []float64) {
	rows := rowsOf(c.node)
	for r := range rows {
		for _, m := range c.in {
			x := p.at(m, t)
			d := len(x) / rows
			out = append(out, x[r*d:(r+1)*d]...)
		}
	}
	return out
}

// columns is some columns of each row of x.
func columns(x []float64, cols int, s op.Slice) []float64 {
	if len(x) == cols {
		return x[s.Lo:s.Hi]
	}
	var out []float64
	for r := 0; r < len(x); r += cols {
		out = append(out, x[r+s.Lo:r+s.Hi]...)
	}
	return out
}

// logSoftmax subtracts from each row the log of its sum of exponentials, taken
// relative to the largest.
func logSoftmax(x []float64, cols int) []float64 {
	out := make([]float64, len(x))
	for r := 0; r < len(x); r += cols {
		top, total := math.Inf(-1), 0.0
		for _, v := range x[r : r+cols] {
			top = max(top, v)
		}
		for _, v := range x[r : r+cols] {
			total += math.Exp(v - top)
		}
		for j, v := range x[r : r+cols] {
			out[r+j] = v - top - math.Log(total)
		}
	}
	return out
}

// nade is log p(x): each coordinate is a coin that depends on those before it.
func nade(x, bias, start, w, v []float64) (logp float64) {
	a, h := slices.Clone(start), len(start)
	for d, on := range x {
		l := bias[d]
		for j := range a {
			l += v[d*h+j] / (1 + math.Exp(-a[j]))
			a[j] += on * w[d*h+j]
		}
		logp += on*l - math.Log1p(math.Exp(l))
	}
	return logp
}
