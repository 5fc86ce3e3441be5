package runtime

import (
	"math"
	"math/rand/v2"

	"ssmc/runtime/kernel"
)

// orthogonal fills dst with square blocks along its longer side, each scale times
// a random orthogonal matrix; the last block may be cut.
func orthogonal[F kernel.Float](dst []F, rows, cols int, scale F, r *rand.Rand) {
	n := min(rows, cols)
	o := newOrthogonaliser[F](n)
	for at := 0; at < max(rows, cols); at += n {
		o.draw(r)
		top, left := 0, at
		if rows > cols {
			top, left = at, 0
		}
		for i := range min(n, rows-top) {
			for j := range min(n, cols-left) {
				dst[(top+i)*cols+left+j] = scale * o.q[i*n+j]
			}
		}
	}
}

// rowBlock is the rows that are made orthogonal at a time to all above them.
const rowBlock = 48

// An orthogonaliser makes matrices q [n,n] orthogonal.
type orthogonaliser[F kernel.Float] struct {
	n                 int
	q, along          []F
	plain, transposed []F // memory of products
}

func newOrthogonaliser[F kernel.Float](n int) *orthogonaliser[F] {
	plain, transposed := kernel.NewMatrix[F](n, n).Sizes()
	return &orthogonaliser[F]{n: n, q: make([]F, n*n), along: make([]F, rowBlock*n), plain: make([]F, plain), transposed: make([]F, transposed)}
}

// draw sets q to a random orthogonal matrix, each like any other: to standard
// normal rows made orthonormal by Gram and Schmidt, which is the transposed Q of
// a QR decomposition whose R has a positive diagonal (Mezzadri 2007). Done twice,
// it is orthogonal to rounding (Giraud et al. 2005).
func (o *orthogonaliser[F]) draw(r *rand.Rand) {
	each(o.q, r.NormFloat64)
	for lo := 0; lo < o.n; lo += rowBlock {
		rows := min(rowBlock, o.n-lo)
		block := o.q[lo*o.n:][:rows*o.n]
		for range 2 {
			o.remove(block, lo, rows)
			for i := range rows {
				normalise(block, i, o.n)
			}
		}
	}
}

// remove takes the part along the first k rows, which are orthonormal, out of the
// rows of b: b -= b Q' Q.
func (o *orthogonaliser[F]) remove(b []F, k, rows int) {
	if k == 0 {
		return
	}
	w := kernel.NewMatrix[F](k, o.n)
	w.Lend(o.plain, o.transposed)
	w.Set(o.q, o.n)
	w.MulT(nil, rows, b, o.n, o.along, k, kernel.Addend[F]{})
	for i, x := range o.along[:rows*k] {
		o.along[i] = -x
	}
	w.Mul(nil, rows, o.along, k, b, o.n, kernel.Addend[F]{Data: b, LD: o.n})
}

// normalise takes the part along the rows above out of row i of b, and makes its
// length one.
func normalise[F kernel.Float](b []F, i, n int) {
	row := b[i*n:][:n]
	for k := range i {
		above := b[k*n:][:n]
		kernel.Axpy(-F(kernel.Dot(row, above)), above, row)
	}
	scale := F(1 / math.Sqrt(kernel.SumSq(row)))
	for j := range row {
		row[j] *= scale
	}
}
