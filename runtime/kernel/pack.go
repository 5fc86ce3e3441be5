package kernel

import "unsafe"

// panels is a matrix B [k,n] cut into panels of nr columns. A panel is k rows of nr
// values, padded with zeros; the last is nr/2 wide where its columns fit in that.
type panels[F Float] struct {
	k, n, nr int
	data     []F
	fresh    bool
	src      source[F] // what it was last packed from
	part     func(lo, hi int)
}

// source is the values that panels are packed from: B, or its transpose.
type source[F Float] struct {
	data       []F
	ld         int
	transposed bool
}

// count returns the number of panels.
func (b *panels[F]) count() int { return (b.n + b.nr - 1) / b.nr }

// panel returns panel q, its columns in use, and the values in one of its rows.
func (b *panels[F]) panel(q int) (data []F, w, stride int) {
	w, stride = panelWidth(b.n-q*b.nr, b.nr)
	return b.data[q*b.k*b.nr:][:b.k*stride], w, stride
}

// panelWidth returns, for a panel of so many columns left, those in use, and the
// values in one of its rows.
func panelWidth(left, nr int) (w, stride int) {
	w, stride = min(nr, left), nr
	if w <= nr/2 {
		stride = nr / 2
	}
	return w, stride
}

// packedSize returns the values in the panels of a [k,n] matrix.
func packedSize[F Float](k, n int) int {
	b := panels[F]{n: n, nr: tableOf[F]().nr}
	return b.count() * k * b.nr
}

// pack fills the panels with a [k,n] matrix, each thread a share of them.
func (b *panels[F]) pack(p *Pool, k, n int, src source[F]) {
	b.k, b.n, b.nr = k, n, tableOf[F]().nr
	b.data, b.src, b.fresh = resize(b.data, b.count()*k*b.nr), src, true
	if b.part == nil {
		b.part = b.packRange
	}
	p.run(job{b.part, b.count(), 1, min(p.Threads(), b.count(), 1+k*n/packGrain)})
}

// resize returns n values that begin a cache line, those of b where they suffice.
func resize[F Float](b []F, n int) []F {
	if cap(b) < n {
		return aligned[F](n)
	}
	return b[:n]
}

// packGrain is the values that make packing worth another thread.
const packGrain = 1 << 13

// packRange packs panels [lo,hi).
func (b *panels[F]) packRange(lo, hi int) {
	src := &b.src
	for q := lo; q < hi; q++ {
		dst, w, stride := b.panel(q)
		switch {
		case b.k == 0:
		case src.transposed:
			packTransposed(dst, src.data[q*b.nr*src.ld:], b.k, w, stride, src.ld)
		default:
			packRows(dst, src.data[q*b.nr:], b.k, w, stride, src.ld)
		}
	}
}

// packRows copies w columns of a source (rows of ld values) into a panel of k rows
// of nr values, zero beyond w.
func packRows[F Float](dst, src []F, k, w, nr, ld int) {
	if t := tableOf[F](); w == t.nr && k > 0 {
		_, _ = src[(k-1)*ld+w-1], dst[k*nr-1] // assembly checks no bounds
		t.copyRows(k, dst, src, ld)
		return
	}
	for r := range k {
		row := dst[r*nr:][:nr]
		copy(row, src[r*ld:][:w])
		clear(row[w:])
	}
}

func plainCopyRows[F Float](n int, dst, src []F, ld int) {
	for r := range n {
		copy(dst[r*plainCols:][:plainCols], src[r*ld:])
	}
}

// packTransposed is packRows for a source to be transposed: rows of the source
// become columns of the panel, a square block at a time as far as blocks go.
func packTransposed[F Float](dst, src []F, k, w, nr, ld int) {
	t := tableOf[F]()
	_ = src[(w-1)*ld+k-1] // assembly checks no bounds
	side := t.nr / 2
	blocked, wide := k/side*side, w/side*side
	for j := 0; j < wide && blocked > 0; j += side {
		t.transpose(k/side, dst[j:], nr, src[j*ld:], ld)
	}
	for j := range w {
		from := blocked
		if j >= wide {
			from = 0
		}
		if from < k {
			packColumn(dst[from*nr+j:], src[j*ld:][from:k], nr)
		}
	}
	clearColumns(dst, k, w, nr)
}

// packColumn writes src down a column of a panel of rows of nr values.
func packColumn[F Float](dst, src []F, nr int) {
	for r, v := range src {
		dst[r*nr] = v
	}
}

// clearColumns clears columns [w,nr) of a panel of k rows.
func clearColumns[F Float](dst []F, k, w, nr int) {
	for r := 0; r < k && w < nr; r++ {
		clear(dst[r*nr+w : (r+1)*nr])
	}
}

// plainTranspose transposes n square blocks, one beside the other in src, to blocks
// one below the other in dst.
func plainTranspose[F Float](n int, dst []F, ldd int, src []F, lds int) {
	for i := range plainCols / 2 {
		packColumn(dst[i:], src[i*lds:][:n*plainCols/2], ldd)
	}
}

// aligned returns n values that begin a cache line, so that no vector of a panel
// straddles two.
func aligned[F Float](n int) []F {
	const line = 64
	size := int(unsafe.Sizeof(F(0)))
	b := make([]F, n+line/size)
	off := -int(uintptr(unsafe.Pointer(unsafe.SliceData(b)))) & (line - 1) / size
	return b[off:][:n:n]
}
