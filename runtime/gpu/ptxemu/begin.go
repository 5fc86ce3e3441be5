package ptxemu

import "unsafe"

// Where the spaces lie in generic addresses, far from the host's memory. Local
// memory is at the same addresses in every thread.
const (
	sharedWindow = uint64(1) << 60
	localWindow  = uint64(2) << 60
	paramWindow  = uint64(3) << 60
	windowMask   = uint64(15) << 60

	rankShift = 24 // in shared addresses: the block of the cluster, plus one
	rankMask  = uint64(0xff) << rankShift
)

// poison fills shared memory: as a number it is NaN.
const poison = 0xff

func spanOf(b []byte, lo uint64) span {
	return span{lo, lo + uint64(len(b)), unsafe.Pointer(unsafe.SliceData(b))}
}

// begin makes the next cluster of blocks, and says whether there was one.
func (g *grid) begin() bool {
	if g.next >= g.clusters() {
		return false
	}
	c := g.f.Cluster
	if c[0] == 0 {
		g.alive = append(g.alive, g.newBlock(split3(g.next, g.dim)))
		g.next++
		return true
	}
	t := &team{dim: c}
	corner := split3(g.next, [3]int{g.dim[0] / c[0], g.dim[1] / c[1], g.dim[2] / c[2]})
	for rank := range c[0] * c[1] * c[2] {
		in := split3(rank, c)
		b := g.newBlock([3]int{corner[0]*c[0] + in[0], corner[1]*c[1] + in[1], corner[2]*c[2] + in[2]})
		b.team, b.rank = t, rank
		t.blocks = append(t.blocks, b)
	}
	for _, b := range t.blocks {
		b.fillSpecials()
	}
	g.alive = append(g.alive, t.blocks...)
	g.next++
	return true
}

// split3 counts along x first.
func split3(i int, dim [3]int) [3]int {
	return [3]int{i % dim[0], i / dim[0] % dim[1], i / dim[0] / dim[1]}
}

func (g *grid) newBlock(id [3]int) *block {
	var b *block
	if n := len(g.free); n > 0 {
		b, g.free = g.free[n-1], g.free[:n-1]
	} else {
		b = g.makeBlock()
	}
	b.id, b.left, b.team, b.rank = id, g.block.count(), nil, 0
	for i := range b.shared {
		b.shared[i] = poison
	}
	for i := range b.bars {
		b.bars[i] = barrier{and: true}
	}
	for _, w := range b.warps {
		w.reset()
	}
	b.fillSpecials()
	return b
}

func (g *grid) makeBlock() *block {
	b := &block{g: g, shared: make([]byte, g.f.SharedBytes+g.dynamic)}
	b.window = spanOf(b.shared, 0)
	for first := 0; first < g.block.count(); first += lanes {
		w := &warp{b: b, first: first, r: make([]row, g.f.rows), p: make([]uint32, g.f.preds),
			l: make([]byte, lanes*g.f.localBytes)}
		for _, c := range g.f.constants {
			w.r[c.row].fill(c.value)
		}
		b.warps = append(b.warps, w)
	}
	return b
}

func (r *row) fill(v uint64) {
	for i := range r {
		r[i] = v
	}
}

// reset makes a warp's threads begin.
func (w *warp) reset() {
	f := w.b.g.f
	clear(w.r[:f.registers])
	clear(w.p)
	for i := range w.l {
		w.l[i] = poison
	}
	n := min(w.b.g.block.count()-w.first, lanes)
	w.alive = full >> (lanes - n)
	w.pc, w.active, w.parked, w.merge = f.entry, w.alive, 0, never
	w.barred, w.gate, w.synced, w.carry = 0, 0, 0, 0
	w.copies, w.commits, w.phase = w.copies[:0], [lanes]int{}, [lanes]int{}
}
