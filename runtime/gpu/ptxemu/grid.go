package ptxemu

import (
	"fmt"
	"runtime"
	"sync/atomic"
)

// Grid is the number of blocks of a launch along x, y and z.
type Grid [3]int

// Block is the number of threads of a block along x, y and z.
type Block [3]int

func (g Grid) count() int  { return g[0] * g[1] * g[2] }
func (b Block) count() int { return b[0] * b[1] * b[2] }

// Limits of a launch and of the search for what waits in vain.
const (
	instructions = 50_000_000_000 // of all threads, after which a launch is taken to be endless
	idleRounds   = 64             // in which nothing is written by blocks that only look
	maxThreads   = 1024           // a block
)

// grid is the state of a launch.
type grid struct {
	f       *Function
	mem     *Memory
	dim     Grid
	block   Block
	dynamic int // bytes of shared memory that the launch adds
	params  []byte
	pspan   span

	spans    []span // where each instruction last found its memory
	next     int    // the first block that has not begun, counted in clusters
	alive    []*block
	free     []*block
	executed int64
	limit    int64
	changes  int // goes up when memory changes or threads end
}

// Launch runs a kernel to its end on the global memory mem. shared is the number
// of bytes for what the kernel declares without a size; params holds the
// parameters at the offsets that Params tells. The error names the line and the
// thread that did what cannot be done. Launches of one function may run at the
// same time.
func (f *Function) Launch(mem *Memory, dim Grid, block Block, shared int, params []byte) (err error) {
	if err := f.check(dim, block, shared, params); err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	g := &grid{f: f, mem: mem, dim: dim, block: block, dynamic: shared, limit: f.limit,
		params: append([]byte(nil), params...), spans: make([]span, f.spans)}
	g.pspan = spanOf(g.params, paramWindow)
	mem.mu.RLock()
	defer mem.mu.RUnlock()
	defer func() {
		atomic.AddInt64(&f.executed, g.executed)
		runtime.KeepAlive(f.m)
		switch r := recover().(type) {
		case nil:
		case fault:
			err = r.err(f)
		default:
			panic(r)
		}
	}()
	g.run()
	return nil
}

func (f *Function) check(dim Grid, block Block, shared int, params []byte) error {
	n := block.count()
	switch {
	case min(dim[0], dim[1], dim[2], block[0], block[1], block[2]) < 1:
		return fmt.Errorf("a grid of %v blocks of %v threads: none may be less than one", dim, block)
	case n > maxThreads:
		return fmt.Errorf("a block of %d threads; the most is %d", n, maxThreads)
	case f.MaxThreads > 0 && n > f.MaxThreads:
		return fmt.Errorf("a block of %d threads; the kernel was made for %d at most", n, f.MaxThreads)
	case f.exact[0] > 0 && block != Block(f.exact):
		return fmt.Errorf("a block of %v threads; the kernel was made for %v", block, f.exact)
	case shared < 0:
		return fmt.Errorf("%d bytes of shared memory", shared)
	case len(params) < f.paramBytes:
		return fmt.Errorf("%d bytes of parameters; it takes %d", len(params), f.paramBytes)
	}
	for i, c := range f.Cluster {
		if c > 0 && dim[i]%c != 0 {
			return fmt.Errorf("a grid of %v blocks does not divide into clusters of %v", dim, f.Cluster)
		}
	}
	return nil
}

// run begins blocks in order. Each runs until it ends or only waits; then the
// others take a turn, and one more begins.
func (g *grid) run() {
	for idle := 0; g.begin() || len(g.alive) > 0; {
		before, looking := g.changes, false
		moved := false
		for _, b := range g.alive {
			moved = b.run() || moved
			looking = looking || b.looks()
		}
		g.sweep()
		switch {
		case moved || g.changes != before:
			idle = 0
		case g.next < g.clusters():
		case !looking || idle > idleRounds:
			panic(g.stuck())
		default:
			idle++
		}
		if g.executed > g.limit {
			panic(fault{why: "the launch runs without end", w: g.alive[0].running()})
		}
	}
}

// looks reports whether threads of the block run, if only to look at memory.
func (b *block) looks() bool {
	for _, w := range b.warps {
		if w.active|w.parked != 0 {
			return true
		}
	}
	return false
}

// sweep keeps the state of blocks that have ended for those that begin.
func (g *grid) sweep() {
	kept := g.alive[:0]
	for _, b := range g.alive {
		switch {
		case b.left > 0 || b.team != nil && b.team.left() > 0: // others may still write to its shared memory
			kept = append(kept, b)
		default:
			g.free = append(g.free, b)
		}
	}
	g.alive = kept
}

// clusters is how many clusters the grid has; a block alone is one.
func (g *grid) clusters() int {
	c := g.f.Cluster
	return g.dim.count() / max(c[0]*c[1]*c[2], 1)
}
