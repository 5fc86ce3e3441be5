package kernel

// Scratch is memory that [GradW] works in, reused from call to call. Its zero
// value is ready for use, by one call at a time.
type Scratch[F Float] struct {
	strips [][]F // for each part, some rows of a panel of dY

	m, k, n     int
	x, dy       source[F]
	dw          Addend[F]
	acc         bool
	parts, cols int // of the grid; cols are side by side
	reduce      func(lo, hi int)
}

// gradDepth is the frames whose part of a panel stays in the fastest cache while
// all rows of the gradient pass by.
const gradDepth = 640

// GradW writes the gradient of a weight matrix, dW = Xᵀ dY, or adds it to dW where
// acc. A nil scratch stands for a fresh one. The sum over m is cut at places that
// depend on m alone.
//
//	x   [m,k], leading dimension ldx
//	dy  [m,n], leading dimension ldy
//	dw  [k,n], leading dimension lddw
func GradW[F Float](p *Pool, m int, x []F, ldx, k int, dy []F, ldy, n int, dw []F, lddw int, acc bool, scratch *Scratch[F]) {
	switch {
	case k == 0 || n == 0:
		return
	case m == 0:
		for i := 0; i < k && !acc; i++ {
			clear(dw[i*lddw:][:n])
		}
		return
	}
	if scratch == nil {
		scratch = new(Scratch[F])
	}
	_, _, _ = x[(m-1)*ldx+k-1], dy[(m-1)*ldy+n-1], dw[(k-1)*lddw+n-1] // assembly checks no bounds
	s := scratch
	s.m, s.k, s.n, s.acc = m, k, n, acc
	s.x, s.dy, s.dw = source[F]{data: x, ld: ldx}, source[F]{data: dy, ld: ldy}, Addend[F]{dw, lddw}
	s.run(p)
}

// run computes the parts of a grid.
func (s *Scratch[F]) run(p *Pool) {
	t := tableOf[F]()
	if s.reduce == nil {
		s.reduce = s.reduceParts
	}
	rows, cols := grid(s.blocks(), s.panels(), min(p.Threads(), 1+s.m*s.k*s.n/productGrain))
	s.cols, s.parts = cols, rows*cols
	for len(s.strips) < s.parts {
		s.strips = append(s.strips, aligned[F](gradDepth*t.nr))
	}
	p.run(job{s.reduce, s.parts, 1, s.parts})
}

// blocks is the number of blocks of rows of dW, and panels that of its panels.
func (s *Scratch[F]) blocks() int { mr := tableOf[F]().mr; return (s.k + mr - 1) / mr }
func (s *Scratch[F]) panels() int { nr := tableOf[F]().nr; return (s.n + nr - 1) / nr }

// block is where block r of rows begins.
func (s *Scratch[F]) block(r int) int { return r * s.k / s.blocks() }

// reduceParts computes parts [lo,hi) of the grid.
func (s *Scratch[F]) reduceParts(lo, hi int) {
	blocks, panels, rows := s.blocks(), s.panels(), s.parts/s.cols
	for i := lo; i < hi; i++ {
		r, c := i/s.cols, i%s.cols
		s.part(s.strips[i], r*blocks/rows, (r+1)*blocks/rows, c*panels/s.cols, (c+1)*panels/s.cols)
	}
}

// part computes row blocks [r0,r1) of panels [p0,p1), with a strip to pack in.
func (s *Scratch[F]) part(strip []F, r0, r1, p0, p1 int) {
	depths := (s.m + gradDepth - 1) / gradDepth
	for d := range depths {
		lo, hi := d*s.m/depths, (d+1)*s.m/depths
		for q := p0; q < p1; q++ {
			s.strip(strip, r0, r1, lo, hi, q)
		}
	}
}

// strip adds the terms of frames [lo,hi) to row blocks [r0,r1) of panel q.
func (s *Scratch[F]) strip(strip []F, r0, r1, lo, hi, q int) {
	t, at := tableOf[F](), q*tableOf[F]().nr
	w, stride := panelWidth(s.n-at, t.nr)
	packRows(strip, s.dy.data[lo*s.dy.ld+at:], hi-lo, w, stride, s.dy.ld)
	tiles, onto := t.tiles(stride), Addend[F]{}
	if s.acc || lo > 0 {
		onto = s.dw
	}
	for r := r0; r < r1; r++ {
		i, end := s.block(r), s.block(r+1)
		tiles[end-i](hi-lo, s.x.data[lo*s.x.ld+i:], 1, s.x.ld, strip, s.dw.from(i, at), s.dw.LD, w, onto.from(i, at), onto.LD)
	}
}
