package compiler

import (
	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// natural is the value of a parameter as the model uses it, given the array that
// is learned: what runtime.Param.Natural is, in the graph.
func (s *scope) natural(raw *ir.Node, t runtime.Transform, dims []Size) array {
	b := s.u.build
	switch t.Kind {
	case runtime.Bounds:
		return array{s.bounded(raw, t), dims, boundSupport(t)}
	case runtime.Simplex:
		return array{b.Call("exp", b.Apply(op.LogSoftmax{}, raw)), dims, dist.Unit}
	case runtime.Ordered:
		return array{s.increasing(raw), dims, dist.Real}
	case runtime.Cov:
		return s.squared(s.covFactor(raw, last(dims).N), dims)
	case runtime.Corr:
		return s.squared(s.corrFactor(raw, last(dims).N), dims)
	}
	return array{raw, dims, dist.Real}
}

// squared is l l', for triangles as rows.
func (s *scope) squared(l *ir.Node, dims []Size) array {
	n := last(dims).N
	return s.shaped(s.u.build.BatchMul(op.BatchMul{M: n, K: n, N: n, TransB: true}, l, l), dims, dist.Real)
}

func (s *scope) bounded(raw *ir.Node, t runtime.Transform) *ir.Node {
	b := s.u.build
	switch {
	case t.High == nil:
		return b.Call("+", b.Call("exp", raw), b.Number(*t.Low))
	case t.Low == nil:
		return b.Call("-", b.Number(*t.High), b.Call("exp", raw))
	}
	return b.Call("+", b.Call("*", b.Call("sigmoid", raw), b.Number(*t.High-*t.Low)), b.Number(*t.Low))
}

func boundSupport(t runtime.Transform) dist.Support {
	switch {
	case t.Low != nil && *t.Low >= 0 && t.High != nil && *t.High <= 1:
		return dist.Unit
	case t.Low != nil && *t.Low >= 0:
		return dist.Positive
	}
	return dist.Real
}

// increasing adds up steps: the first number, and exp of the others.
func (s *scope) increasing(raw *ir.Node) *ir.Node {
	b, n := s.u.build, raw.Shape.Cols
	if n == 1 {
		return raw
	}
	steps := b.Apply(op.Concat{}, b.Slice(raw, 0, 1), b.Call("exp", b.Slice(raw, 1, n)))
	upper := make([]float64, n*n)
	for i := range n {
		for j := i; j < n; j++ {
			upper[i*n+j] = 1
		}
	}
	return b.MatMul(steps, b.Apply(&op.Const{Rows: n, Cols: n, Data: upper}), false)
}

// covFactor is the triangle of a covariance: raw numbers row by row, and exp of
// those on the diagonal.
func (s *scope) covFactor(raw *ir.Node, n int) *ir.Node {
	b := s.u.build
	at := func(i, j int) int { return i*(i+1)/2 + j }
	along := b.Call("exp", b.Select(raw, ir.Placed(1, n, func(_, j int) int { return at(j, j) })))
	return b.Call("+", b.Select(raw, below(n, at)), b.Diagonal(along))
}

// corrFactor is the triangle of a correlation matrix: raw numbers below a diagonal
// of ones, each row divided by its length.
func (s *scope) corrFactor(raw *ir.Node, n int) *ir.Node {
	b := s.u.build
	rows := b.Call("+", b.Select(raw, below(n, func(i, j int) int { return i*(i-1)/2 + j })), b.Diagonal(b.Fill(1, 1, n)))
	squares := b.BatchMul(op.BatchMul{M: n, K: n, N: 1}, b.Call("square", rows), b.Fill(1, 1, n))
	scale := b.Call("recip", b.Call("sqrt", squares))
	return b.Call("*", rows, b.Select(scale, ir.Placed(n, n, func(i, _ int) int { return i })))
}

// below is From of a Select that fills a triangle below the diagonal.
func below(n int, at func(i, j int) int) []int {
	return ir.Placed(n, n, func(i, j int) int {
		if j < i {
			return at(i, j)
		}
		return -1
	})
}
