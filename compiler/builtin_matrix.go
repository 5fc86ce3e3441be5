package compiler

import (
	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime/op"
)

// matrixBuiltins are the functions of matrices, and those that make them.
func matrixBuiltins() map[string]builtin {
	out := map[string]builtin{}
	for name, fn := range map[string]builtinFunc{
		"eye": eye, "transpose": transpose, "diag": diagonal, "tril": tril, "outer": outer, "stack": stack,
		"cholesky": squareFunc(func(n int) op.Spec { return op.Cholesky{N: n} }),
		"inverse":  squareFunc(func(n int) op.Spec { return op.Inverse{N: n} }),
	} {
		out[name] = builtin{name, fn}
	}
	return out
}

// eye is the identity matrix; as an initialiser it needs no size.
func eye(s *scope, n *lang.Call) value {
	args, ok := s.exactly(n, 1)
	if !ok {
		return bad{}
	}
	k, ok := args[0].value.(number)
	if !ok || k.v < 1 || k.v > 4096 {
		s.errorf(diag.BadSize, args[0].at, "eye takes a size from 1 to 4096")
		return bad{}
	}
	d := int(k.v)
	data := make([]float64, d*d)
	for i := range d {
		data[i*d+i] = 1
	}
	size := Size{d, k.name}
	return array{s.u.build.Apply(&op.Const{Rows: d, Cols: d, Data: data}), []Size{size, size}, unknown}
}

// oneMatrix is the argument of a function of one matrix.
func (s *scope) oneMatrix(n *lang.Call) (array, bool) {
	a, ok := s.oneArray(n)
	if ok && len(a.dims) != 2 {
		s.errorf(diag.BadArgument, n.Args[0].Span, "%s takes a matrix, not %s", lang.Text(n.Fun), a.describe())
		return a, false
	}
	return a, ok
}

func transpose(s *scope, n *lang.Call) value {
	a, ok := s.oneMatrix(n)
	if !ok {
		return bad{}
	}
	return s.transposed(a)
}

// squareFunc is a function of a square matrix that is an op.
func squareFunc(spec func(n int) op.Spec) builtinFunc {
	return func(s *scope, n *lang.Call) value {
		a, ok := s.oneMatrix(n)
		if !ok {
			return bad{}
		}
		if a.dims[0].N != a.dims[1].N {
			s.errorf(diag.SizeMismatch, n.Args[0].Span, "%s takes a square matrix, not %s", lang.Text(n.Fun), a.describe())
			return bad{}
		}
		return s.shaped(s.u.build.Apply(spec(a.dims[0].N), s.rows(a)), a.dims, dist.Real)
	}
}

// diagonal is diag(v), a matrix with v on its diagonal, and diag(A), the diagonal
// of a square matrix.
func diagonal(s *scope, n *lang.Call) value {
	a, ok := s.oneArray(n)
	if !ok {
		return bad{}
	}
	switch {
	case len(a.dims) == 1 && !s.u.matrixFits(a.dims[0].N, a.dims[0].N, n.Span):
		return bad{}
	case len(a.dims) == 1:
		return s.shaped(s.u.build.Diagonal(a.node), []Size{a.dims[0], a.dims[0]}, unknown)
	case len(a.dims) == 2 && a.dims[0].N == a.dims[1].N:
		d := a.dims[0].N
		return array{s.u.build.Select(s.rows(a), ir.Placed(1, d, func(_, j int) int { return j*d + j })), a.dims[:1], a.sup}
	}
	s.errorf(diag.BadArgument, n.Args[0].Span, "diag takes a vector or a square matrix, not %s", a.describe()).
		Helpf("v * eye(n) has one number all along the diagonal")
	return bad{}
}

// tril is tril(v): n(n+1)/2 numbers as a lower triangle, row by row, with a
// diagonal that softplus makes positive: the root of a covariance.
func tril(s *scope, n *lang.Call) value {
	a, ok := s.oneArray(n)
	if !ok {
		return bad{}
	}
	d := triangleSide(a)
	if d == 0 {
		s.errorf(diag.SizeMismatch, n.Args[0].Span, "tril takes n*(n+1)/2 numbers, row by row, not %s", a.describe()).
			Helpf("1, 3, 6, 10, ... numbers make a triangle of 1, 2, 3, 4, ... rows")
		return bad{}
	}
	if !s.u.matrixFits(d, d, n.Span) {
		return bad{}
	}
	b := s.u.build
	at := func(i, j int) int { return i*(i+1)/2 + j }
	along := b.Call("softplus", b.Select(a.node, ir.Placed(1, d, func(_, j int) int { return at(j, j) })))
	size := Size{N: d}
	return s.shaped(b.Call("+", b.Select(a.node, below(d, at)), b.Diagonal(along)), []Size{size, size}, dist.Real)
}

// triangleSide is the rows of the triangle that a vector fills, or zero.
func triangleSide(a array) int {
	for d := 1; len(a.dims) <= 1 && triangle(d) <= count(a.dims); d++ {
		if triangle(d) == count(a.dims) {
			return d
		}
	}
	return 0
}

// outer is outer(a, b): a[i] * b[j] in row i, column j.
func outer(s *scope, n *lang.Call) value {
	args, ok := s.exactly(n, 2)
	if !ok {
		return bad{}
	}
	x, okX := s.asArray(args[0].value, args[0].at)
	y, okY := s.asArray(args[1].value, args[1].at)
	if !okX || !okY {
		return bad{}
	}
	if len(x.dims) != 1 || len(y.dims) != 1 {
		s.errorf(diag.BadArgument, n.Span, "outer takes two vectors, not %s and %s", x.describe(), y.describe())
		return bad{}
	}
	if !s.u.matrixFits(x.dims[0].N, y.dims[0].N, n.Span) {
		return bad{}
	}
	m := op.BatchMul{M: x.dims[0].N, K: 1, N: y.dims[0].N}
	return s.shaped(s.u.build.BatchMul(m, x.node, y.node), []Size{x.dims[0], y.dims[0]}, combine("*", x, y))
}

// stack is stack(a, b, ...): vectors as the rows of a matrix.
func stack(s *scope, n *lang.Call) value {
	args, ok := s.arguments(n.Args)
	if !ok {
		return bad{}
	}
	if len(args) == 0 {
		s.errorf(diag.BadArgument, n.Span, "stack needs something to put together").Helpf("stack(a, b) has the vectors a and b as its rows")
		return bad{}
	}
	var rows list
	for _, a := range args {
		rows = append(rows, a.value)
	}
	out, ok := s.stacked(rows, n.Span)
	if !ok {
		return bad{}
	}
	return out
}

// stacked is a matrix of rows of one size.
func (s *scope) stacked(rows list, at diag.Span) (array, bool) {
	var parts []part
	for _, r := range rows {
		a, ok := s.asArray(r, at)
		if !ok {
			return array{}, false
		}
		if len(a.dims) != 1 || len(parts) > 0 && a.dims[0].N != parts[0].dims[0].N {
			s.errorf(diag.SizeMismatch, at, "the rows of a matrix are vectors of one size, and one of these is %s", a.describe())
			return array{}, false
		}
		parts = append(parts, part{a})
	}
	cols := parts[0].dims[0]
	out := s.join(parts, array{sup: parts[0].sup})
	return s.shaped(out.node, []Size{{N: len(rows)}, cols}, out.sup), true
}
