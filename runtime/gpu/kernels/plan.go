package kernels

import (
	"cmp"
	"slices"
)

// What affine.h, scan.h and cluster.h call these.
const (
	scanThreads      = 256
	tileCols         = 8
	chunkRows        = 32
	stepTerms        = 16
	tileGroup        = 4
	scanWarps        = scanThreads / 32
	partBytes        = 4 * scanWarps * tileGroup * chunkRows * tileCols
	clusterBlocks    = 8
	clusterSequences = 16
)

// A Product is an AFFINE: [rows,K] by [K,D].
type Product struct{ K, D int }

// A Loop is a scan, as far as planning goes.
type Loop struct {
	Products  []Product // of its ops that are AFFINE, in order
	Ops       int       // in all
	Sequences int       // at most
	Samples   int       // rows a sequence
	Elements  int       // that the largest of the other ops computes at one time
}

// A Card is what a plan needs to know of a GPU.
type Card struct {
	Blocks int // that run at the same time: multiprocessors
	Shared int // bytes of shared memory that a block can have
}

// A Deal is who computes which columns of a product: they are dealt to Lanes blocks
// from block First on, and rows to as many such sets as there are.
type Deal struct {
	Kept  int // where in shared memory a block's weights lie, in floats, or -1
	First int
	Lanes int
}

// Put writes d into an AFFINE.
func (d Deal) Put(o *Op) { o.N[3], o.N[4], o.N[5] = int32(d.Kept), int32(d.First), int32(d.Lanes) }

// A Plan is how a scan is launched.
type Plan struct {
	Blocks  int // of the grid
	Threads int // of a block
	Shared  int // bytes of dynamic shared memory
	Deals   []Deal
	// Work is that of the busiest block at one time, in units of a dozen instructions of
	// a warp: for comparing plans of one loop. Waits are not in it.
	Work int
}

// tablesBytes is what stands before the weights: see scan.h.
func tablesBytes(ops int) int { return DimsBytes + ops*(OpBytes+ShareBytes) }

// Weights is how many floats of shared memory weights take: Scan.Shared.
func (p *Plan) Weights(ops int) int { return (p.Shared - tablesBytes(ops)) / 4 }

// Grid plans a loop that all multiprocessors share: the fewest blocks that get it done
// fastest.
func (l *Loop) Grid(c Card) Plan {
	best := l.plan(c, 1, l.Sequences*l.Samples)
	for n := 2; n <= c.Blocks; n++ {
		if p := l.plan(c, n, l.Sequences*l.Samples); p.Work < best.Work {
			best = p
		}
	}
	return best
}

// Cluster plans a loop whose sequences are dealt to clusters, 16 to each. It is no
// plan unless all weights stay in shared memory.
func (l *Loop) Cluster(c Card) (Plan, bool) {
	p := l.plan(c, clusterBlocks, min(clusterSequences, l.Sequences)*l.Samples)
	p.Blocks *= up(l.Sequences, clusterSequences)
	return p, !slices.ContainsFunc(p.Deals, func(d Deal) bool { return d.Kept < 0 })
}

// plan is the best for a team of n blocks, and rows at one time.
func (l *Loop) plan(c Card, n, rows int) Plan {
	p := Plan{Blocks: n, Threads: scanThreads, Deals: make([]Deal, len(l.Products))}
	first := 0
	for i, product := range l.Products {
		lanes := product.lanes(n, rows)
		p.Deals[i] = Deal{Kept: -1, First: first, Lanes: lanes}
		// A product that leaves blocks idle leaves them to the next.
		first = (first + n/lanes*lanes) % n
	}
	p.Shared = tablesBytes(l.Ops)
	p.Shared += 4 * l.keep(p.Deals, (c.Shared-partBytes-p.Shared)/4)
	const element = 4 // an element of another op is about that much work
	p.Work = element * up(l.Elements, n*scanThreads)
	for i, product := range l.Products {
		p.Work += product.work(n, rows, p.Deals[i].Lanes, p.Deals[i].Kept >= 0)
	}
	return p
}

// keep gives room in shared memory to the weights that take most, and is what
// they take.
func (l *Loop) keep(deals []Deal, room int) (used int) {
	order := make([]int, len(deals))
	for i := range order {
		order[i] = i
	}
	size := func(i int) int { return l.Products[i].kept(deals[i].Lanes) }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(size(b), size(a)) })
	for _, i := range order {
		if used+size(i) <= room {
			deals[i].Kept = used
			used += size(i)
		}
	}
	return used
}

// lanes is how many of n blocks are best given columns of their own: few share
// the rows that they read among more columns, many have less to do each. Of equals the
// most, as each then keeps the fewest weights.
func (p Product) lanes(n, rows int) int {
	best := 1
	for lanes := 2; lanes <= min(n, up(p.D, tileCols)); lanes++ {
		if p.work(n, rows, lanes, true) <= p.work(n, rows, best, true) {
			best = lanes
		}
	}
	return best
}

// work is that of the busiest of n blocks, as in Plan: what affine.h does for a piece, a
// step of its rows, and a tile.
func (p Product) work(n, rows, lanes int, kept bool) int {
	const piece = 32
	read, tile := 3, 2 // 16 rows
	if rows > 16 {
		read, tile = 6, 3
	}
	if !kept {
		tile *= 3 // as its weights are read too
	}
	tiles := p.tiles(lanes)
	chunks, groups := up(up(rows, chunkRows), n/lanes), up(tiles, tileGroup)
	return chunks * (groups*piece + up(p.steps(), scanWarps)*(groups*read+tiles*tile))
}

// kept is how many floats the weights of a block take.
func (p Product) kept(lanes int) int { return p.tiles(lanes) * p.steps() * tileCols * stepTerms }

// tiles is how many a block has at most.
func (p Product) tiles(lanes int) int { return up(up(p.D, tileCols), lanes) }
func (p Product) steps() int          { return up(p.K, stepTerms) }

// up is n/d, rounded up.
func up(n, d int) int { return (n + d - 1) / d }
