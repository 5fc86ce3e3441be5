package kernel

// Matrix is a weight matrix W [K,N] as the right operand of products, kept in the
// packed forms that the tiles read. It is packed when first used after [Matrix.Set],
// so products with one Matrix must not run at the same time.
type Matrix[F Float] struct {
	k, n              int
	w                 []F
	ld                int
	plain, transposed panels[F]
	product           product[F] // the last one
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

// Mul writes C = S + A W.
//
//	a  [m,K], leading dimension lda
//	c  [m,N], leading dimension ldc
//	s  [m,N], or one row
func (x *Matrix[F]) Mul(p *Pool, m int, a []F, lda int, c []F, ldc int, s Addend[F]) {
	if !x.plain.fresh {
		x.plain.pack(p, x.k, x.n, source[F]{x.w, x.ld, false})
	}
	x.multiply(p, &x.plain, m, a, lda, c, ldc, s)
}

// MulT writes C = S + D Wᵀ.
//
//	d  [m,N], leading dimension ldd
//	c  [m,K], leading dimension ldc
//	s  [m,K], or one row
func (x *Matrix[F]) MulT(p *Pool, m int, d []F, ldd int, c []F, ldc int, s Addend[F]) {
	if !x.transposed.fresh {
		x.transposed.pack(p, x.n, x.k, source[F]{x.w, x.ld, true})
	}
	x.multiply(p, &x.transposed, m, d, ldd, c, ldc, s)
}

func (x *Matrix[F]) multiply(p *Pool, b *panels[F], m int, a []F, lda int, c []F, ldc int, s Addend[F]) {
	g := &x.product
	g.m, g.a, g.rs, g.cs, g.b, g.c, g.ldc, g.s = m, a, lda, 1, b, c, ldc, s
	g.multiply(p)
}
