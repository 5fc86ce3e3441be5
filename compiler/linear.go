package compiler

import (
	"ssmc/compiler/ir"
	"ssmc/runtime/op"
	"ssmc/runtime/scalar"
)

// A lagged is a latent some steps ago.
type lagged struct {
	name string
	lag  int
}

// A linear is an array as a linear function of latents: rest + sum z A.
type linear struct {
	rest *ir.Node
	by   map[lagged]gain
}

// A gain is how an array [.,D] moves with a latent z [.,n]: by a factor for each
// coordinate, z ⊙ scale, where n is D or 1, or by a matrix [n,D], as rows of n*D
// numbers.
type gain struct{ scale, matrix *ir.Node }

// A linearizer finds out how nodes depend on latents.
type linearizer struct {
	b      *ir.Builder
	latent map[*ir.Node]*variable // the nodes that stand for latents
	memo   map[*ir.Node]*linear
	broken *ir.Node // the first node that is not linear
}

// of is n as a linear function of latents, or nil where it is none.
func (l *linearizer) of(n *ir.Node) *linear {
	n = n.Resolve()
	if out, ok := l.memo[n]; ok {
		return out
	}
	out := l.compute(n)
	if out == nil && l.broken == nil {
		l.broken = n
	}
	l.memo[n] = out
	return out
}

func (l *linearizer) compute(n *ir.Node) *linear {
	if v := l.latent[n]; v != nil {
		return &linear{l.b.Fill(0, 1, n.Shape.Cols), map[lagged]gain{{v.Name, 0}: {scale: l.b.Number(1)}}}
	}
	if n.Source != nil {
		return &linear{rest: n}
	}
	var in []*linear
	free := true
	for _, p := range n.In {
		x := l.of(p)
		if x == nil {
			return nil
		}
		free = free && len(x.by) == 0
		in = append(in, x)
	}
	if free {
		return &linear{rest: n}
	}
	switch spec := n.Spec.(type) {
	case *op.Map:
		return l.ofMap(n, spec, in)
	case op.Affine:
		return l.ofAffine(spec, in)
	case op.BatchMul:
		return l.ofBatchMul(n, spec, in)
	case *op.Select:
		return l.columns(in[0], spec.From, func(x *ir.Node) *ir.Node { return l.b.Select(x, spec.From) })
	case op.Lag:
		return l.ofLag(spec, in)
	case op.Splice:
		return l.ofSplice(spec, in)
	case op.Slice:
		return l.columns(in[0], between(spec.Lo, spec.Hi), func(x *ir.Node) *ir.Node { return l.b.Slice(x, spec.Lo, spec.Hi) })
	case op.Concat:
		return l.ofConcat(n, in)
	case op.Repeat, op.Expand:
		return in[0]
	}
	return nil
}

// each maps rest and, as matrices of n rows, all gains.
func (l *linearizer) each(x *linear, rest func(*ir.Node) *ir.Node, gains func(m *ir.Node, n int) *ir.Node) *linear {
	out := &linear{rest: rest(x.rest), by: map[lagged]gain{}}
	for p, g := range x.by {
		out.by[p] = gain{matrix: gains(l.matrix(p, g, x.rest.Shape.Cols), l.width(p.name))}
	}
	return out
}

// columns is some columns of x: rest takes them of what does not move.
func (l *linearizer) columns(x *linear, from []int, rest func(*ir.Node) *ir.Node) *linear {
	cols := x.rest.Shape.Cols
	return l.each(x, rest, func(m *ir.Node, n int) *ir.Node { return l.pick(m, n, cols, from) })
}

// pick is columns of matrices [n,cols].
func (l *linearizer) pick(m *ir.Node, n, cols int, from []int) *ir.Node {
	return l.b.Select(m, ir.Placed(n, len(from), func(i, j int) int {
		if from[j] < 0 {
			return -1
		}
		return i*cols + from[j]
	}))
}

// between is the columns from lo up to hi.
func between(lo, hi int) []int {
	from := make([]int, hi-lo)
	for j := range from {
		from[j] = lo + j
	}
	return from
}

// matrix is a gain as a matrix [n,cols], a row of numbers.
func (l *linearizer) matrix(p lagged, g gain, cols int) *ir.Node {
	n := l.width(p.name)
	switch {
	case g.matrix != nil:
		return g.matrix
	case n == cols:
		return l.b.Diagonal(l.b.Widen(g.scale, n))
	}
	return l.b.Widen(g.scale, cols) // n is one
}

func (l *linearizer) width(name string) int {
	for n, v := range l.latent {
		if v.Name == name {
			return n.Shape.Cols
		}
	}
	panic("compiler: no latent " + name)
}

// ofMap differentiates the formula: it is linear where the derivatives by what
// depends on latents do not depend on them.
func (l *linearizer) ofMap(n *ir.Node, m *op.Map, in []*linear) *linear {
	vars := map[string]*ir.Node{}
	moving := map[string]bool{}
	wide := 1
	for i, v := range m.Vars {
		vars[v.Name], moving[v.Name] = l.b.Slice(in[i].rest, v.Off, v.Off+v.Cols), len(in[i].by) > 0
		wide = max(wide, v.Cols)
	}
	out := &linear{rest: l.b.Widen(l.b.Formula(m.Formula, vars, false), wide), by: map[lagged]gain{}}
	for i, v := range m.Vars {
		if !moving[v.Name] {
			continue
		}
		slope := m.Formula.Diff(v.Name)
		for _, used := range slope.Vars() {
			if moving[used] {
				return nil
			}
		}
		factor := l.slope(slope, vars)
		for p, g := range in[i].by {
			g := l.column(p, g, in[i].rest.Shape.Cols, v)
			l.add(out, p, l.times(p, g, factor, v.Cols, wide), wide)
		}
	}
	if !m.Sum {
		return out
	}
	ones := l.b.Fill(1, wide, 1)
	return l.each(out, func(x *ir.Node) *ir.Node { return l.b.MatMul(x, ones, false) }, func(m *ir.Node, n int) *ir.Node {
		return l.b.BatchMul(op.BatchMul{M: n, K: wide, N: 1}, m, l.b.Row(ones))
	})
}

func (l *linearizer) slope(f *scalar.Expr, vars map[string]*ir.Node) *ir.Node {
	used := map[string]*ir.Node{}
	for _, v := range f.Vars() {
		used[v] = vars[v]
	}
	return l.b.Formula(f, used, false)
}

// column is the gain of the columns that a formula reads of its operand.
func (l *linearizer) column(p lagged, g gain, cols int, v op.MapVar) gain {
	if v.Off == 0 && v.Cols == cols {
		return g
	}
	return gain{matrix: l.pick(l.matrix(p, g, cols), l.width(p.name), cols, between(v.Off, v.Off+v.Cols))}
}

// times multiplies a gain of cols coordinates by a factor, coordinate by
// coordinate of wide.
func (l *linearizer) times(p lagged, g gain, factor *ir.Node, cols, wide int) gain {
	n := l.width(p.name)
	if g.scale != nil && (cols == wide || n == 1) {
		return gain{scale: l.b.Call("*", g.scale, factor)}
	}
	m := l.matrix(p, g, cols)
	if cols != wide { // one serves all
		m = l.b.Select(m, ir.Placed(n, wide, func(i, _ int) int { return i }))
	}
	if factor.Shape.Cols > 1 {
		factor = l.b.Select(factor, ir.Placed(n, wide, func(_, j int) int { return j }))
	}
	return gain{matrix: l.b.Call("*", m, factor)}
}

// add adds a gain to those of out.
func (l *linearizer) add(out *linear, p lagged, g gain, cols int) {
	out.by[p] = l.sum(p, out.by[p], g, cols)
}

// sum is one gain and another; the first may be none.
func (l *linearizer) sum(p lagged, a, b gain, cols int) gain {
	switch {
	case a == gain{}:
		return b
	case a.scale != nil && b.scale != nil:
		return gain{scale: l.b.Call("+", a.scale, b.scale)}
	}
	return gain{matrix: l.b.Call("+", l.matrix(p, a, cols), l.matrix(p, b, cols))}
}

// ofAffine is x W + c for a W that does not depend on latents.
func (l *linearizer) ofAffine(a op.Affine, in []*linear) *linear {
	x, w := in[0], in[1].rest
	if len(in[1].by) > 0 {
		return nil
	}
	k, d := w.Shape.Rows, w.Shape.Cols
	if a.TransW {
		k, d = d, k
	}
	out := l.each(x, func(r *ir.Node) *ir.Node { return l.b.MatMul(r, w, a.TransW) }, func(m *ir.Node, n int) *ir.Node {
		return l.b.BatchMul(op.BatchMul{M: n, K: k, N: d, TransB: a.TransW}, m, l.b.Row(w))
	})
	if len(in) == 2 {
		return out
	}
	out.rest = l.b.Call("+", out.rest, in[2].rest)
	for p, g := range in[2].by {
		l.add(out, p, g, d)
	}
	return out
}

// ofBatchMul is A x and x A of a vector x, for a matrix A that does not depend on
// latents but may vary in time.
func (l *linearizer) ofBatchMul(n *ir.Node, m op.BatchMul, in []*linear) *linear {
	rest := func(at int) func(*ir.Node) *ir.Node {
		return func(x *ir.Node) *ir.Node {
			args := []*ir.Node{in[0].rest, in[1].rest}
			args[at] = x
			return l.b.BatchMul(m, args[0], args[1])
		}
	}
	switch left, right := len(in[0].by) == 0, len(in[1].by) == 0; {
	case left && m.N == 1:
		return l.each(in[1], rest(1), func(g *ir.Node, n int) *ir.Node {
			return l.b.BatchMul(op.BatchMul{M: n, K: m.K, N: m.M, TransB: !m.TransA}, g, in[0].rest)
		})
	case right && m.M == 1:
		return l.each(in[0], rest(0), func(g *ir.Node, n int) *ir.Node {
			return l.b.BatchMul(op.BatchMul{M: n, K: m.K, N: m.N, TransB: m.TransB}, g, in[1].rest)
		})
	}
	return nil
}

// ofLag is x some steps ago. What stands before the first step is no latent, so
// it counts to what does not move.
func (l *linearizer) ofLag(lag op.Lag, in []*linear) *linear {
	rest, start := in[0].rest, (*ir.Node)(nil)
	if len(in) == 2 {
		if start = in[1].rest; len(in[1].by) > 0 {
			return nil
		}
		if rest.Shape.Axis != op.Frame {
			rest = l.b.Expand(rest, op.PerFrame(rest.Shape.Cols))
		}
	}
	if lag.By < 0 {
		return nil
	}
	out := &linear{rest: l.b.Lag(rest, lag.By, start), by: map[lagged]gain{}}
	for p, g := range in[0].by {
		for _, n := range []**ir.Node{&g.scale, &g.matrix} {
			if *n != nil {
				*n = l.b.Lag(*n, lag.By, nil)
			}
		}
		out.by[lagged{p.name, p.lag + lag.By}] = g
	}
	return out
}

// ofSplice takes the first step from elsewhere: gains that are the same there
// stay as they are, others vary in time.
func (l *linearizer) ofSplice(at op.Splice, in []*linear) *linear {
	first, rest := in[0], in[1]
	out := &linear{rest: l.b.Splice(at.At, first.rest, rest.rest), by: map[lagged]gain{}}
	cols := out.rest.Shape.Cols
	for _, x := range in {
		for p := range x.by {
			a, b := first.by[p], rest.by[p]
			switch {
			case a == b:
				out.by[p] = a
			case a.matrix == nil && b.matrix == nil:
				out.by[p] = gain{scale: l.b.Splice(at.At, l.scale(a), l.scale(b))}
			default:
				out.by[p] = gain{matrix: l.b.Splice(at.At, l.orZero(p, a, cols), l.orZero(p, b, cols))}
			}
		}
	}
	return out
}

// scale is a gain's factor, zero where there is no gain.
func (l *linearizer) scale(g gain) *ir.Node {
	if g.scale == nil {
		return l.b.Number(0)
	}
	return g.scale
}

// orZero is a gain as a matrix, zero where there is no gain.
func (l *linearizer) orZero(p lagged, g gain, cols int) *ir.Node {
	if (g == gain{}) {
		return l.b.Fill(0, 1, l.width(p.name)*cols)
	}
	return l.matrix(p, g, cols)
}

// ofConcat sets rests and matrices side by side, zero where a part does not move.
func (l *linearizer) ofConcat(n *ir.Node, in []*linear) *linear {
	var rests []*ir.Node
	out := &linear{by: map[lagged]gain{}}
	for _, x := range in {
		rests = append(rests, x.rest)
		for p := range x.by {
			out.by[p] = gain{}
		}
	}
	out.rest = l.b.Concat(rests...)
	for p := range out.by {
		var parts []*ir.Node
		for i, x := range in {
			parts = append(parts, l.orZero(p, x.by[p], n.In[i].Resolve().Shape.Cols))
		}
		out.by[p] = gain{matrix: l.beside(parts, l.width(p.name))}
	}
	return out
}

// beside sets matrices of n rows side by side.
func (l *linearizer) beside(parts []*ir.Node, n int) *ir.Node {
	var from []int
	for i := range n {
		start := 0
		for _, p := range parts {
			d := p.Shape.Cols / n
			for j := range d {
				from = append(from, start+i*d+j)
			}
			start += p.Shape.Cols
		}
	}
	return l.b.Select(l.b.Concat(parts...), from)
}
