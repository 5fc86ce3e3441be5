package kernel

// Matrix is a weight matrix W [K,N] as the right operand of products, kept in the
// packed forms that the tiles read. It is packed when first used after [Matrix.Set],
// so products with one Matrix must not run at the same time.
type Matrix[F Float] struct {
	k, n              int
	w                 []F
	ld                int
	plain, transposed panels[F]
}

// NewMatrix returns a matrix of k rows and n columns that has yet to be Set.
func NewMatrix[F Float](k, n int) *Matrix[F] {
	return &Matrix[F]{k: k, n: n}
}

// Set makes w [K,N], with leading dimension ld, the matrix's values. It keeps w:
// after a change to it, Set must be called again.
func (x *Matrix[F]) Set(w []F, ld int) {
	x.w, x.ld = w, ld
	x.plain.fresh, x.transposed.fresh = false, false
}

// Sizes returns how many values the packed forms of the matrix have: that of [Matrix.Mul],
// and that of [Matrix.MulT].
func (x *Matrix[F]) Sizes() (plain, transposed int) {
	return packedSize[F](x.k, x.n), packedSize[F](x.n, x.k)
}

// Lend gives the packed forms memory that begins cache lines, until the next Lend: what
// is in it matters between [Matrix.Set] and the last product before the next. A form
// whose memory is too small finds its own.
func (x *Matrix[F]) Lend(plain, transposed []F) { x.plain.data, x.transposed.data = plain, transposed }

// Mul writes C = A W, or adds it to C where acc.
//
//	a  [m,K], leading dimension lda
//	c  [m,N], leading dimension ldc
func (x *Matrix[F]) Mul(p *Pool, m int, a []F, lda int, c []F, ldc int, acc bool) {
	if !x.plain.fresh {
		x.plain.pack(p, x.k, x.n, source[F]{x.w, x.ld, false})
	}
	multiply(p, &product[F]{m: m, a: a, rs: lda, cs: 1, b: &x.plain, c: c, ldc: ldc, acc: acc})
}

// MulT writes C = D Wᵀ, or adds it to C where acc.
//
//	d  [m,N], leading dimension ldd
//	c  [m,K], leading dimension ldc
func (x *Matrix[F]) MulT(p *Pool, m int, d []F, ldd int, c []F, ldc int, acc bool) {
	if !x.transposed.fresh {
		x.transposed.pack(p, x.n, x.k, source[F]{x.w, x.ld, true})
	}
	multiply(p, &product[F]{m: m, a: d, rs: ldd, cs: 1, b: &x.transposed, c: c, ldc: ldc, acc: acc})
}

// Scratch is memory that [GradW] packs into, reused from call to call. Its zero
// value is ready for use, by one call at a time.
type Scratch[F Float] struct{ panels panels[F] }

// Lend gives the scratch memory that begins a cache line, until the next Lend. A GradW
// of dY [m,n] needs m times GradCols(n) values; it finds its own where there are fewer.
func (s *Scratch[F]) Lend(data []F) { s.panels.data = data }

// GradCols returns the columns that GradW packs n columns into.
func GradCols[F Float](n int) int { return packedSize[F](1, n) }

// GradW writes the gradient of a weight matrix, dW = Xᵀ dY, or adds it to dW where
// acc. A nil scratch stands for a fresh one.
//
//	x   [m,k], leading dimension ldx
//	dy  [m,n], leading dimension ldy
//	dw  [k,n], leading dimension lddw
func GradW[F Float](p *Pool, m int, x []F, ldx, k int, dy []F, ldy, n int, dw []F, lddw int, acc bool, scratch *Scratch[F]) {
	if scratch == nil {
		scratch = new(Scratch[F])
	}
	scratch.panels.pack(p, m, n, source[F]{dy, ldy, false})
	multiply(p, &product[F]{m: k, a: x, rs: 1, cs: ldx, b: &scratch.panels, c: dw, ldc: lddw, acc: acc})
}
