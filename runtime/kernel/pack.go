package kernel

import "unsafe"

// panels is a matrix B [k,n] cut into panels of nr columns. A panel is k rows of nr
// values, padded with zeros; the last is nr/2 wide where its columns fit in that.
type panels[F Float] struct {
	k, n, nr int
	data     []F
	fresh    bool
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
	w, stride = min(b.nr, b.n-q*b.nr), b.nr
	if w <= b.nr/2 {
		stride = b.nr / 2
	}
	return b.data[q*b.k*b.nr:][:b.k*stride], w, stride
}

// packedSize returns the values in the panels of a [k,n] matrix.
func packedSize[F Float](k, n int) int {
	b := panels[F]{n: n, nr: tableOf[F]().nr}
	return b.count() * k * b.nr
}

// pack fills the panels with a [k,n] matrix, each thread a share of them.
func (b *panels[F]) pack(p *Pool, k, n int, src source[F]) {
	b.k, b.n, b.nr = k, n, tableOf[F]().nr
	if size := b.count() * k * b.nr; cap(b.data) < size {
		b.data = aligned[F](size)
	} else {
		b.data = b.data[:size]
	}
	b.fresh = true
	threads := min(p.Threads(), b.count(), 1+k*n/packGrain)
	if !p.hold(threads) {
		b.packRange(src, 0, b.count())
		return
	}
	defer p.mu.Unlock()
	callsOf[F](p).pack.over(p, packing[F]{b, src}, b.count(), threads)
}

// packing is the arguments of pack.
type packing[F Float] struct {
	b   *panels[F]
	src source[F]
}

func (a *packing[F]) part(lo, hi int) { a.b.packRange(a.src, lo, hi) }

// packGrain is the values that make packing worth another thread.
const packGrain = 1 << 13

// packRange packs panels [lo,hi).
func (b *panels[F]) packRange(src source[F], lo, hi int) {
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
	for r := range k {
		row := dst[r*nr:][:nr]
		copy(row, src[r*ld:][:w])
		clear(row[w:])
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
