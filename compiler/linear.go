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
// coordinate, z ⊙ scale, where n is D or 1, or by a static matrix [n,D].
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
	case op.Lag:
		return l.ofLag(spec, in)
	case op.Splice:
		return l.ofSplice(spec, in)
	case op.Slice:
		return l.each(in[0], func(x *ir.Node) *ir.Node { return l.b.Slice(x, spec.Lo, spec.Hi) }, func(_ lagged, m *ir.Node) *ir.Node {
			return l.b.Slice(m, spec.Lo, spec.Hi)
		})
	case op.Concat:
		return l.ofConcat(n, in)
	case op.Repeat, op.Expand:
		return in[0]
	}
	return nil
}

// each maps rest and, as matrices, all gains.
func (l *linearizer) each(x *linear, rest func(*ir.Node) *ir.Node, gains func(lagged, *ir.Node) *ir.Node) *linear {
	out := &linear{rest: rest(x.rest), by: map[lagged]gain{}}
	for p, g := range x.by {
		m := l.matrix(p, g, x.rest.Shape.Cols)
		if m == nil {
			return nil
		}
		out.by[p] = gain{matrix: gains(p, m)}
	}
	return out
}

// matrix is a gain as a static matrix [n,cols], or nil where it varies in time.
func (l *linearizer) matrix(p lagged, g gain, cols int) *ir.Node {
	if g.matrix != nil {
		return g.matrix
	}
	if g.scale.Shape.Axis != op.Once {
		return nil
	}
	n := l.width(p.name)
	if n == cols {
		return l.b.Call("*", l.identity(n), g.scale)
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

func (l *linearizer) identity(n int) *ir.Node {
	data := make([]float64, n*n)
	for i := range n {
		data[i*n+i] = 1
	}
	return l.b.Apply(&op.Const{Rows: n, Cols: n, Data: data})
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
			g, ok := l.column(p, g, in[i].rest.Shape.Cols, v)
			if !ok || !l.add(out, p, l.times(p, g, factor, v.Cols, wide), wide) {
				return nil
			}
		}
	}
	if !m.Sum {
		return out
	}
	ones := l.b.Fill(1, wide, 1)
	return l.each(out, func(x *ir.Node) *ir.Node { return l.b.MatMul(x, ones, false) }, func(_ lagged, m *ir.Node) *ir.Node {
		return l.b.MatMul(m, ones, false)
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
func (l *linearizer) column(p lagged, g gain, cols int, v op.MapVar) (gain, bool) {
	if v.Off == 0 && v.Cols == cols {
		return g, true
	}
	m := l.matrix(p, g, cols)
	if m == nil {
		return g, false
	}
	return gain{matrix: l.b.Slice(m, v.Off, v.Off+v.Cols)}, true
}

// times multiplies a gain by a factor, coordinate by coordinate.
func (l *linearizer) times(p lagged, g gain, factor *ir.Node, cols, wide int) gain {
	n := l.width(p.name)
	if g.scale != nil && (cols == wide || n == 1) {
		return gain{scale: l.b.Call("*", g.scale, factor)}
	}
	m := l.matrix(p, g, cols)
	if m == nil || factor.Shape.Axis != op.Once {
		return gain{}
	}
	return gain{matrix: l.b.Call("*", l.b.Widen(m, wide), factor)}
}

// add adds a gain to those of out.
func (l *linearizer) add(out *linear, p lagged, g gain, cols int) bool {
	if g.scale == nil && g.matrix == nil {
		return false
	}
	have, ok := out.by[p]
	switch {
	case !ok:
		out.by[p] = g
	case have.scale != nil && g.scale != nil:
		out.by[p] = gain{scale: l.b.Call("+", have.scale, g.scale)}
	default:
		a, b := l.matrix(p, have, cols), l.matrix(p, g, cols)
		if a == nil || b == nil {
			return false
		}
		out.by[p] = gain{matrix: l.b.Call("+", a, b)}
	}
	return true
}

// ofAffine is x W + c for a W that does not depend on latents.
func (l *linearizer) ofAffine(a op.Affine, in []*linear) *linear {
	x, w := in[0], in[1]
	if len(w.by) > 0 {
		return nil
	}
	out := l.each(x, func(r *ir.Node) *ir.Node { return l.b.MatMul(r, w.rest, a.TransW) }, func(_ lagged, m *ir.Node) *ir.Node {
		return l.b.MatMul(m, w.rest, a.TransW)
	})
	if out == nil || len(in) == 2 {
		return out
	}
	cols := out.rest.Shape.Cols
	out.rest = l.b.Call("+", out.rest, in[2].rest)
	for p, g := range in[2].by {
		if !l.add(out, p, g, cols) {
			return nil
		}
	}
	return out
}

// ofLag is x some steps ago.
func (l *linearizer) ofLag(lag op.Lag, in []*linear) *linear {
	if lag.By < 0 || len(in) == 2 {
		return nil
	}
	out := &linear{rest: l.b.Lag(in[0].rest, lag.By, nil), by: map[lagged]gain{}}
	for p, g := range in[0].by {
		if g.scale != nil && g.scale.Shape.Axis == op.Frame {
			g.scale = l.b.Lag(g.scale, lag.By, nil)
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
	for _, x := range in {
		for p := range x.by {
			a, b := first.by[p], rest.by[p]
			if a == b {
				out.by[p] = a
				continue
			}
			if a.matrix != nil || b.matrix != nil {
				return nil
			}
			out.by[p] = gain{scale: l.b.Splice(at.At, l.scale(a), l.scale(b))}
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
			cols := n.In[i].Resolve().Shape.Cols
			m := l.b.Fill(0, l.width(p.name), cols)
			if g, ok := x.by[p]; ok {
				if m = l.matrix(p, g, cols); m == nil {
					return nil
				}
			}
			parts = append(parts, m)
		}
		out.by[p] = gain{matrix: l.b.Concat(parts...)}
	}
	return out
}
