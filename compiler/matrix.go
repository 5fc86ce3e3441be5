package compiler

import (
	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime/op"
)

// A matrix is a Once node [K,D], and one of three sizes [L,K,D] a Once node
// [L*K,D]; one that varies by frame or sequence is rows [N,K*D].

// rows is an array as rows of its numbers.
func (s *scope) rows(a array) *ir.Node { return s.u.build.Row(a.node) }

// shaped is an array of some sizes, given its numbers as rows.
func (s *scope) shaped(n *ir.Node, dims []Size, sup dist.Support) array {
	if n.Shape.Axis == op.Once && len(dims) > 1 {
		cols := last(dims).N
		n = s.u.build.Reshape(n, count(dims)/cols, cols)
	}
	return array{n, dims, sup}
}

// count is the numbers in an array of some sizes.
func count(dims []Size) int {
	n := 1
	for _, d := range dims {
		n *= d.N
	}
	return n
}

// varies reports whether an array is not the same for all sequences.
func (a array) varies() bool { return a.node.Shape.Axis != op.Once }

// level turns matrices into rows where one of several operands varies.
func (s *scope) level(in []array) (out []array) {
	rows := false
	for _, a := range in {
		rows = rows || a.varies()
	}
	for _, a := range in {
		if rows && len(a.dims) > 1 {
			a.node = s.rows(a)
		}
		out = append(out, a)
	}
	return out
}

// product is x @ y: vector by matrix, matrix by vector, matrix by matrix, vector
// by vector.
func (s *scope) product(n *lang.Binary, l, r array) value {
	if len(l.dims) == 0 { // a number is a vector of one coordinate
		l.dims = []Size{{1, ""}}
	}
	if len(l.dims) <= 2 && len(r.dims) >= 1 && len(r.dims) <= 2 && last(l.dims).N == r.dims[0].N {
		if len(l.dims)+len(r.dims) == 2 {
			return array{s.u.build.Dot(l.node, r.node), nil, dist.Real}
		}
		return s.matrixProduct(l, r)
	}
	s.errorf(diag.SizeMismatch, n.Span, "cannot multiply %s of size [%s] by %s of size [%s]",
		lang.Text(n.X), sizes(l.dims), lang.Text(n.Y), sizes(r.dims)).
		Helpf("x @ W takes x of [K] and W of [K, D]; A @ z takes A of [D, K] and z of [K]")
	return bad{}
}

// matrixProduct is x @ y of which one at least is a matrix.
func (s *scope) matrixProduct(l, r array) array {
	b, m := s.u.build, op.BatchMul{M: 1, K: r.dims[0].N, N: 1}
	var dims []Size
	if len(l.dims) == 2 {
		m.M, dims = l.dims[0].N, l.dims[:1:1]
	}
	if len(r.dims) == 2 {
		m.N, dims = r.dims[1].N, append(dims, r.dims[1])
	}
	switch static := !r.varies() && len(r.dims) == 2; {
	case static && !(len(l.dims) == 2 && l.varies()): // a vector, or two that do not vary
		return array{b.MatMul(l.node, r.node, false), dims, dist.Real}
	case len(r.dims) == 1 && !l.varies():
		return array{b.MatMul(r.node, l.node, true), dims, dist.Real}
	}
	return array{b.BatchMul(m, s.rows(l), s.rows(r)), dims, dist.Real}
}

// transposed is a matrix with rows and columns exchanged.
func (s *scope) transposed(a array) array {
	dims := []Size{a.dims[1], a.dims[0]}
	return s.shaped(s.u.build.Transposed(s.rows(a), a.dims[0].N, a.dims[1].N), dims, a.sup)
}

// pick is a[i], a[i:j], a[i, j] and so on: every index is a number, which drops
// its size, or a range; sizes without an index are taken whole.
func (s *scope) pick(n *lang.Index, a array, slices []*lang.SliceNode) value {
	from, dims := []int{0}, []Size(nil)
	for k, d := range a.dims {
		lo, hi, ranged := 1, d.N, true
		if k < len(slices) {
			var ok bool
			if lo, hi, ok = s.limits(n, slices[k], d, len(a.dims)); !ok {
				return bad{}
			}
			ranged = slices[k].Range
		}
		if ranged {
			dims = append(dims, sized(d, hi-lo+1))
		}
		var next []int
		for _, at := range from {
			for i := lo - 1; i < hi; i++ {
				next = append(next, at*d.N+i)
			}
		}
		from = next
	}
	return s.shaped(s.columns(s.rows(a), from), dims, a.sup)
}

// sized is a size, by its name if it is that of all.
func sized(d Size, n int) Size {
	if d.N == n {
		return d
	}
	return Size{N: n}
}

// columns is some columns of a node: a slice, if they follow each other.
func (s *scope) columns(n *ir.Node, from []int) *ir.Node {
	for k, j := range from {
		if j != from[0]+k {
			return s.u.build.Select(n, from)
		}
	}
	return s.u.build.Slice(n, from[0], from[0]+len(from))
}

// limits is the ends of an index, from 1.
func (s *scope) limits(n *lang.Index, sl *lang.SliceNode, d Size, sizes int) (lo, hi int, ok bool) {
	lo, okLo := s.whole(sl.Lo)
	hi, okHi := lo, okLo
	if sl.Range {
		hi, okHi = s.whole(sl.Hi)
	}
	if !okLo || !okHi {
		return 0, 0, false
	}
	if lo < 1 || hi > d.N || lo > hi {
		what := "rows"
		if sizes == 1 {
			what = "coordinates"
		} else if sl != n.Slices[0] {
			what = "columns"
		}
		s.errorf(diag.BadIndex, sl.Span, "%s has %s 1 to %s", lang.Text(n.X), what, d)
		return 0, 0, false
	}
	return lo, hi, true
}

// byClass is a[c[t]]: what the class names, a coordinate, a row or a matrix.
func (s *scope) byClass(a, class array) array {
	b, k, rest := s.u.build, a.dims[0].N, a.dims[1:]
	one := class.node
	if one.Shape.Cols == 1 { // a number, and no indicators
		one = b.Apply(op.OneHot{Classes: k}, one)
	}
	if a.varies() {
		return array{b.BatchMul(op.BatchMul{M: 1, K: k, N: count(rest)}, one, a.node), rest, a.sup}
	}
	return array{b.MatMul(one, b.Reshape(a.node, k, count(rest)), false), rest, a.sup}
}
