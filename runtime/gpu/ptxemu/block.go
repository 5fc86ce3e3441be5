package ptxemu

import "math/bits"

const (
	slice     = 1 << 16 // instructions a warp runs before others do
	pollsEach = 8       // looks at what others write before others run
)

// block is the state of a thread block.
type block struct {
	g      *grid
	id     [3]int
	warps  []*warp
	shared []byte
	window span // of shared memory
	left   int  // threads that have not ended
	bars   [16]barrier
	team   *team
	rank   int // in the cluster
}

// barrier is one of a block's sixteen.
type barrier struct {
	arrived int // threads, those that do not wait included
	need    int // 0: all that have not ended
	count   int // of lanes whose predicate holds, for bar.red
	or, and bool
	result  []reduction
}

// run lets the warps run until all have ended or none gets on by itself. It
// says whether any got on at all.
func (b *block) run() bool {
	moved := false
	for b.left > 0 {
		before, full := b.g.changes, false
		for _, w := range b.warps {
			if w.active|w.parked == 0 {
				continue
			}
			w.fuel, w.polls = slice, 0
			w.run()
			if w.active != 0 {
				full = full || w.polls < pollsEach
				w.rotate()
			}
		}
		if b.g.changes == before && !full {
			return moved
		}
		if b.g.executed > b.g.limit {
			panic(fault{why: "the launch runs without end", w: b.running()})
		}
		moved = true
	}
	return true
}

func (b *block) running() *warp {
	for _, w := range b.warps {
		if w.active|w.parked != 0 {
			return w
		}
	}
	return b.warps[0]
}

// arrive counts lanes at barrier id, and opens it when all are there.
func (b *block) arrive(id, n, need int) {
	bar := &b.bars[id]
	bar.arrived += n
	bar.need = need
	b.g.changes++
	b.tryOpen(id)
}

func (b *block) checkBarriers() {
	for id := range b.bars {
		if b.bars[id].arrived > 0 {
			b.tryOpen(id)
		}
	}
}

func (b *block) tryOpen(id int) {
	bar := &b.bars[id]
	need := bar.need
	if need == 0 {
		need = b.left
	}
	if bar.arrived < need {
		return
	}
	for _, w := range b.warps {
		w.release(uint8(id))
	}
	for _, r := range bar.result {
		r.finish(bar)
	}
	*bar = barrier{and: true, result: bar.result[:0]}
	b.g.changes++
}

// release lets the lanes go on that wait at a barrier.
func (w *warp) release(id uint8) {
	for m := w.barred; m != 0; m &= m - 1 {
		if i := bits.TrailingZeros32(m) & 31; w.bar[i] == id {
			w.barred &^= 1 << i
			w.park(1<<i, w.at[i])
		}
	}
}
