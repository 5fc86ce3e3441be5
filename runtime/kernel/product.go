package kernel

// product is C [m,n] = S + A [m,k] B [k,n], where B is packed. One that is used
// again and again allocates nothing.
type product[F Float] struct {
	m      int
	a      []F
	rs, cs int // of A
	b      *panels[F]
	c      []F
	ldc    int
	s      Addend[F]

	cols, rows int // the grid
	part       func(lo, hi int)
}

// Addend is a matrix S that a product is added to: rows LD values apart, one row
// for all where LD is zero, and nothing where Data is nil. It may be the result
// itself.
type Addend[F Float] struct {
	Data []F
	LD   int
}

// from is the addend from a row and a column on.
func (s Addend[F]) from(row, col int) []F {
	if s.Data == nil {
		return nil
	}
	return s.Data[row*s.LD+col:]
}

// Blocking for caches: of A, depthBlock columns of chunkBlocks tiles of rows are
// reused, in L2, for every panel. Blocks depend on k alone, so that an element's
// terms are always added in the same order.
const (
	depthBlock  = 640
	chunkBlocks = 12
)

// productGrain is the multiplications that make a product worth another thread.
const productGrain = 1 << 15

// multiply computes g, cut into a grid of ranges of rows and panels. The sum over k
// is never cut, so the grid has no influence on the result.
func (g *product[F]) multiply(p *Pool) {
	if g.m == 0 || g.b.n == 0 {
		return
	}
	if g.b.k == 0 {
		g.empty()
		return
	}
	g.check()
	blocks, count := g.blocks(), g.b.count()
	g.rows, g.cols = grid(blocks, count, min(p.Threads(), 1+g.m*g.b.k*g.b.n/productGrain))
	if g.rows*g.cols == 1 {
		g.run(0, blocks, 0, count)
		return
	}
	if g.part == nil {
		g.part = g.runParts
	}
	p.run(job{g.part, g.rows * g.cols, 1, g.rows * g.cols})
}

// check is for assembly, which checks no bounds.
func (g *product[F]) check() {
	_, _ = g.a[(g.m-1)*g.rs+(g.b.k-1)*g.cs], g.c[(g.m-1)*g.ldc+g.b.n-1]
	if s := g.s; s.Data != nil {
		_ = s.Data[(g.m-1)*s.LD+g.b.n-1]
	}
}

// blocks is the number of blocks of rows.
func (g *product[F]) blocks() int {
	mr := tableOf[F]().mr
	return (g.m + mr - 1) / mr
}

// runParts computes parts [lo,hi) of the grid.
func (g *product[F]) runParts(lo, hi int) {
	blocks, count := g.blocks(), g.b.count()
	for i := lo; i < hi; i++ {
		r, c := i/g.cols, i%g.cols
		g.run(r*blocks/g.rows, (r+1)*blocks/g.rows, c*count/g.cols, (c+1)*count/g.cols)
	}
}

// grid returns how to cut blocks by panels into at most threads rectangles so that
// the largest is smallest; of equals, the one with the most cuts between panels
// where blocks are few, and between blocks where they are many.
func grid(blocks, panels, threads int) (rows, cols int) {
	best := blocks*panels + 1
	for c := 1; c <= min(threads, panels); c++ {
		r := min(threads/c, blocks)
		size := ((blocks + r - 1) / r) * ((panels + c - 1) / c)
		if size < best || size == best && blocks < 10 {
			best, rows, cols = size, r, c
		}
	}
	return rows, cols
}

// empty is the product of no terms.
func (g *product[F]) empty() {
	for i := range g.m {
		row := g.c[i*g.ldc:][:g.b.n]
		if g.s.Data == nil {
			clear(row)
		} else {
			copy(row, g.s.from(i, 0))
		}
	}
}

// run computes row blocks [r0,r1) of panels [p0,p1).
func (g *product[F]) run(r0, r1, p0, p1 int) {
	depths := (g.b.k + depthBlock - 1) / depthBlock
	for lo := r0; lo < r1; lo += chunkBlocks {
		for d := range depths {
			for q := p0; q < p1; q++ {
				g.strip(lo, min(r1, lo+chunkBlocks), d*g.b.k/depths, (d+1)*g.b.k/depths, q)
			}
		}
	}
}

// strip adds columns [k0,k1) of A times those rows of panel q to row blocks [r0,r1).
func (g *product[F]) strip(r0, r1, k0, k1, q int) {
	t := tableOf[F]()
	blocks, s := g.blocks(), g.s
	if k0 > 0 {
		s = Addend[F]{g.c, g.ldc}
	}
	panel, w, stride := g.b.panel(q)
	tiles, panel := t.tiles(stride), panel[k0*stride:]
	for r := r0; r < r1; r++ {
		i, end := r*g.m/blocks, (r+1)*g.m/blocks
		tiles[end-i](k1-k0, g.a[i*g.rs+k0*g.cs:], g.rs, g.cs, panel, g.c[i*g.ldc+q*t.nr:], g.ldc, w, s.from(i, q*t.nr), s.LD)
	}
}
