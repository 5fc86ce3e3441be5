package kernel

// product is C [m,n] (+)= A [m,k] B [k,n], where B is packed.
type product[F Float] struct {
	m      int
	a      []F
	rs, cs int // of A
	b      *panels[F]
	c      []F
	ldc    int
	acc    bool

	rows, cols int // ranges of rows and of panels that it is cut into
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
func multiply[F Float](p *Pool, g *product[F]) {
	if g.m == 0 || g.b.n == 0 {
		return
	}
	if g.b.k == 0 {
		g.empty()
		return
	}
	_, _ = g.a[(g.m-1)*g.rs+(g.b.k-1)*g.cs], g.c[(g.m-1)*g.ldc+g.b.n-1] // assembly checks no bounds
	mr := tableOf[F]().mr
	blocks, count := (g.m+mr-1)/mr, g.b.count()
	g.rows, g.cols = grid(blocks, count, min(p.Threads(), 1+g.m*g.b.k*g.b.n/productGrain))
	if !p.hold(g.rows * g.cols) {
		g.run(0, blocks, 0, count)
		return
	}
	defer p.mu.Unlock()
	callsOf[F](p).product.over(p, *g, g.rows*g.cols, g.rows*g.cols)
}

// part computes cells [lo,hi) of the grid.
func (g *product[F]) part(lo, hi int) {
	mr := tableOf[F]().mr
	blocks, count := (g.m+mr-1)/mr, g.b.count()
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
	for i := 0; i < g.m && !g.acc; i++ {
		clear(g.c[i*g.ldc:][:g.b.n])
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
	blocks := (g.m + t.mr - 1) / t.mr
	panel, w, stride := g.b.panel(q)
	tiles, panel := t.full, panel[k0*stride:]
	if stride < t.nr {
		tiles = t.half
	}
	for r := r0; r < r1; r++ {
		i, end := r*g.m/blocks, (r+1)*g.m/blocks
		tiles[end-i](k1-k0, g.a[i*g.rs+k0*g.cs:], g.rs, g.cs, panel, g.c[i*g.ldc+q*t.nr:], g.ldc, w, g.acc || k0 > 0)
	}
}
