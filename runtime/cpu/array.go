package cpu

import "ssmc/runtime/op"

// Float is the element types that machines compute in.
type Float interface{ float32 | float64 }

// An array is a matrix [rows,cols], row-major with rows ld apart, whose rows
// are counted by each batch. It owns part of the machine's memory, is a view of
// columns of another array, or is given memory from outside.
type array[F Float] struct {
	shape          op.Shape
	data           []F
	rows, cols, ld int

	base  *array[F] // what it is a view of, or nil
	off   int       // where its columns begin in those of base
	one   *array[F] // what it is the same as where K is one, or nil
	given bool      // memory comes from outside
	part  int       // of the gradient: one more than the number where it begins
	own   []F       // at least its numbers

	constant *op.Const // whose numbers they are
}

// fit gives a its rows for a batch, and its data.
func (a *array[F]) fit(d *op.Dims) {
	a.rows, a.cols = d.Rows(a.shape), a.shape.Cols
	switch {
	case a.base != nil:
		a.view(a.base, d)
	case a.one != nil && d.K == 1:
		a.view(a.one, d)
	case !a.given:
		a.data, a.ld = a.own[:a.rows*a.cols], a.cols
	}
}

// view makes a show columns of b.
func (a *array[F]) view(b *array[F], d *op.Dims) {
	b.fit(d)
	a.data, a.ld = nil, b.ld
	if a.rows > 0 {
		a.data = b.data[a.off:]
	}
}

// ownsMemory reports whether a is neither a view nor given.
func (a *array[F]) ownsMemory() bool { return a.base == nil && a.one == nil && !a.given }

// give makes a show data, [rows,cols] without gaps.
func (a *array[F]) give(data []F) { a.given, a.data, a.ld = true, data, a.shape.Cols }

// row is row r.
func (a *array[F]) row(r int) []F { return a.data[r*a.ld:][:a.cols] }

// from is the memory from row r on.
func (a *array[F]) from(r int) []F { return a.data[r*a.ld:] }

// dense reports whether the rows follow each other without gaps.
func (a *array[F]) dense() bool { return a.ld == a.cols }

// grow is a slice of n elements, s itself where that is large enough.
func grow[F any](s []F, n int) []F {
	if cap(s) < n {
		return make([]F, n)
	}
	return s[:n]
}

// clearColumns zeroes columns [lo,hi) of all rows.
func (a *array[F]) clearColumns(lo, hi int) {
	if lo == 0 && hi == a.cols && a.dense() {
		clear(a.data[:a.rows*a.cols])
		return
	}
	for r := range a.rows {
		clear(a.row(r)[lo:hi])
	}
}
