package ir

import (
	"math"
	"slices"

	"ssmc/runtime/op"
)

// An Interpreter evaluates nodes for one sequence, one time and one number after
// another, in float64. It is slow, and plain enough to be believed.
type Interpreter struct {
	// Input is the row of an input at time t, from 0; all numbers of a static
	// one. The interpreter does not keep it.
	Input func(n *Node, t int) []float64

	steps  int
	static map[*Node][]float64   // nodes that are the same in every sequence
	rows   map[*Node][][]float64 // and the others, by time
}

// NewInterpreter is an interpreter that reads inputs by calling input.
func NewInterpreter(input func(n *Node, t int) []float64) *Interpreter {
	return &Interpreter{Input: input, static: map[*Node][]float64{}}
}

// Begin turns to a sequence of so many steps. What was computed of parameters
// alone is kept.
func (p *Interpreter) Begin(steps int) {
	p.steps, p.rows = steps, map[*Node][][]float64{}
}

// At is the row of n at time t, from 0; of a static array, all of its numbers.
// It is shared.
func (p *Interpreter) At(n *Node, t int) []float64 {
	n = n.Resolve()
	switch {
	case n.Source != nil:
		return p.Input(n, t)
	case n.Shape.Axis == op.Once:
		if p.static[n] == nil {
			p.static[n] = p.compute(n, t)
		}
		return p.static[n]
	case p.rows[n] == nil:
		p.rows[n] = make([][]float64, p.steps)
	}
	if p.rows[n][t] == nil {
		p.rows[n][t] = p.compute(n, t)
	}
	return p.rows[n][t]
}

func (p *Interpreter) compute(n *Node, t int) []float64 {
	in := func(i int) []float64 { return p.At(n.In[i], t) }
	switch spec := n.Spec.(type) {
	case *op.Const:
		return numbers(spec)
	case *op.Map:
		return p.formula(n, spec, t)
	case op.Affine:
		return p.affine(n, spec, t)
	case op.Lag:
		return p.lag(n, spec, t)
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
		return p.At(n.In[0], t-t%spec.Every)
	case op.Tick:
		if t%spec.Every == 0 {
			return []float64{1}
		}
		return []float64{0}
	case op.Edge:
		if spec.Last {
			return p.At(n.In[0], p.steps-1)
		}
		return p.At(n.In[0], 0)
	case op.Concat:
		return p.concat(n, t)
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
func (p *Interpreter) formula(n *Node, m *op.Map, t int) []float64 {
	width, rows := 1, 1
	for _, v := range m.Vars {
		width = max(width, v.Cols)
	}
	if n.Shape.Axis == op.Once {
		rows = n.Shape.Rows
	}
	in := make([][]float64, len(n.In))
	for k := range n.In {
		in[k] = p.At(n.In[k], t)
	}
	out, env := make([]float64, rows*width), map[string]float64{}
	for i := range out {
		for k, v := range m.Vars {
			cols := n.In[k].Resolve().Shape.Cols
			row := i / width % max(1, len(in[k])/cols)
			env[v.Name] = in[k][row*cols+v.Off+min(i%width, v.Cols-1)]
		}
		out[i] = m.Formula.Eval(env)
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
func (p *Interpreter) affine(n *Node, a op.Affine, t int) []float64 {
	x, w, s := p.At(n.In[0], t), p.At(n.In[1], t), n.In[1].Resolve().Shape
	k, d := s.Rows, s.Cols
	if a.TransW {
		k, d = d, k
	}
	out := make([]float64, len(x)/k*d)
	for r := range out {
		row, j := r/d, r%d
		for i := range k {
			at := i*s.Cols + j
			if a.TransW {
				at = j*s.Cols + i
			}
			out[r] += x[row*k+i] * w[at]
		}
	}
	if len(n.In) == 3 {
		c := p.At(n.In[2], t)
		for r := range out {
			out[r] += c[r%len(c)]
		}
	}
	return out
}

// lag reads another time. Beyond the ends stands the start or, without one, the
// first or last row.
func (p *Interpreter) lag(n *Node, l op.Lag, t int) []float64 {
	from, last := t-l.By, p.steps-1
	switch {
	case from >= 0 && from <= last:
		return p.At(n.In[0], from)
	case len(n.In) == 2:
		return p.At(n.In[1], t)
	}
	return p.At(n.In[0], min(max(from, 0), last))
}

// concat sets the rows of its inputs side by side.
func (p *Interpreter) concat(n *Node, t int) (out []float64) {
	rows := 1
	if n.Shape.Axis == op.Once {
		rows = n.Shape.Rows
	}
	for r := range rows {
		for _, m := range n.In {
			x := p.At(m, t)
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
