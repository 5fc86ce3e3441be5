package ir

import "ssmc/runtime/op"

// Rowwise applies an op whose inputs share their rows.
func (b *Builder) Rowwise(spec op.Spec, in ...*Node) *Node { return b.Apply(spec, b.Align(in)...) }

// Reshape gives a Once node other rows and columns.
func (b *Builder) Reshape(n *Node, rows, cols int) *Node {
	if n.Shape == op.Static(rows, cols) {
		return n
	}
	return b.Apply(op.Reshape{Rows: rows, Cols: cols}, n)
}

// Row is a matrix as one row of its numbers: that of a node which varies is one
// already.
func (b *Builder) Row(n *Node) *Node {
	if n.Shape.Axis != op.Once {
		return n
	}
	return b.Reshape(n, 1, n.Shape.Rows*n.Shape.Cols)
}

// Select is columns of n, from 0, in the order of from; zero where it is negative.
func (b *Builder) Select(n *Node, from []int) *Node { return b.Apply(&op.Select{From: from}, n) }

// BatchMul is the products of the matrices in the rows of x and y.
func (b *Builder) BatchMul(m op.BatchMul, x, y *Node) *Node { return b.Rowwise(m, x, y) }

// Placed is From of a Select that makes a matrix [rows,cols]: from gives, for row
// i and column j, the column that stands there, or a negative number.
func Placed(rows, cols int, from func(i, j int) int) []int {
	out := make([]int, rows*cols)
	for k := range out {
		out[k] = from(k/cols, k%cols)
	}
	return out
}

// Diagonal is the rows of n, [rows,d], as diagonal matrices [rows,d*d].
func (b *Builder) Diagonal(n *Node) *Node {
	return b.Select(n, Placed(n.Shape.Cols, n.Shape.Cols, func(i, j int) int {
		if i == j {
			return i
		}
		return -1
	}))
}

// Transposed is matrices [rows,r*c] as [rows,c*r].
func (b *Builder) Transposed(n *Node, r, c int) *Node {
	if r == 1 || c == 1 {
		return n
	}
	return b.Select(n, Placed(c, r, func(i, j int) int { return j*c + i }))
}

// Lower is the lower triangles of matrices [rows,d*d].
func (b *Builder) Lower(n *Node, d int) *Node {
	return b.Select(n, Placed(d, d, func(i, j int) int {
		if j > i {
			return -1
		}
		return i*d + j
	}))
}
