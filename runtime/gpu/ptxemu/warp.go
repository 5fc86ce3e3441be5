package ptxemu

import (
	"math"
	"math/bits"
)

const (
	lanes = 32
	full  = uint32(math.MaxUint32)
	never = math.MaxInt
)

// row is a register of all lanes of a warp. Values lie in the low bits, with
// zeros above.
type row [lanes]uint64

// exec does an instruction for the lanes of a mask that is not empty.
type exec func(w *warp, m uint32)

// instr is an instruction that is ready to run.
type instr struct {
	run exec
	s   *stmt
}

// warp is 32 threads that run in step where they can. Lanes at one place run
// together (active); the others are parked, each at its own place, or wait.
// Those whose place comes first run first, so that branches meet again.
type warp struct {
	b     *block
	first int // the number of lane 0 in the block

	r []row    // constants, special registers, registers
	p []uint32 // predicates, a bit a lane
	l []byte   // local memory, lane after lane

	pc     int
	active uint32 // lanes that run, at pc
	parked uint32 // lanes that could run, at their at
	merge  int    // the place of the first parked lanes
	at     [lanes]int

	alive   uint32 // lanes that have not ended
	barred  uint32 // lanes at a barrier of the block
	bar     [lanes]uint8
	gate    uint32 // lanes at a barrier of the cluster
	phase   [lanes]int
	synced  uint32 // lanes at an instruction of the whole warp
	carry   uint32 // the carry of add.cc, a bit a lane
	copies  []copying
	commits [lanes]int // groups of copies that each lane has closed

	fuel  int // instructions before others take their turn
	polls int
}

// run goes on until no lane can, or others should take a turn.
func (w *warp) run() {
	code := w.b.g.f.code
	if w.active == 0 {
		w.resume(0)
	}
	for w.active != 0 && w.fuel > 0 {
		if w.pc >= w.merge {
			w.converge()
		}
		w.fuel--
		w.b.g.executed += int64(bits.OnesCount32(w.active))
		in := &code[w.pc]
		w.pc++
		in.run(w, w.active)
		if w.active == 0 {
			w.resume(0)
		}
	}
}

// park leaves lanes m at a place, to run later.
func (w *warp) park(m uint32, at int) {
	w.parked |= m
	w.merge = min(w.merge, at)
	for ; m != 0; m &= m - 1 {
		w.at[bits.TrailingZeros32(m)&31] = at
	}
}

// resume makes those parked lanes active whose place is the first from on, and
// looks for where they meet others.
func (w *warp) resume(from int) {
	if w.parked == 0 {
		w.merge = never
		return
	}
	w.pc = w.earliest(from)
	if w.pc == never {
		w.pc = w.earliest(0)
	}
	for m := w.parked; m != 0; m &= m - 1 {
		if i := bits.TrailingZeros32(m) & 31; w.at[i] == w.pc {
			w.active |= 1 << i
		}
	}
	w.parked &^= w.active
	w.merge = w.earliest(w.pc)
}

// earliest is the first place from on at which lanes are parked.
func (w *warp) earliest(from int) int {
	first := never
	for m := w.parked; m != 0; m &= m - 1 {
		if at := w.at[bits.TrailingZeros32(m)&31]; at >= from {
			first = min(first, at)
		}
	}
	return first
}

// converge lets the active lanes run on with those parked here, or first lets
// those run that are behind.
func (w *warp) converge() {
	w.park(w.active, w.pc)
	w.active = 0
	w.resume(0)
}

// rotate lets lanes at another place run: those here only wait for something.
func (w *warp) rotate() {
	if w.parked == 0 {
		return
	}
	from := w.pc + 1
	w.park(w.active, w.pc)
	w.active = 0
	w.resume(from)
}

// branch sends lanes m to a place; the other active lanes go on here.
func (w *warp) branch(m uint32, to int) {
	if m == w.active {
		back := to < w.pc
		w.pc = to
		if back && w.parked != 0 {
			w.merge = w.earliest(to)
		}
		return
	}
	if to < w.pc {
		w.park(w.active&^m, w.pc)
		w.active, w.pc = m, to
		return
	}
	w.park(m, to)
	w.active &^= m
}

// poll is called by instructions that look for what other threads do: after a
// few of them the others take a turn.
func (w *warp) poll() {
	if w.polls++; w.polls >= pollsEach {
		w.fuel = 0
	}
}

// exit ends lanes m.
func (w *warp) exit(m uint32) {
	w.land(m, -1)
	w.alive &^= m
	w.active &^= m
	w.b.left -= bits.OnesCount32(m)
	w.b.g.changes++
	if w.synced != 0 { // who waits for these lanes need wait no more
		for s := w.synced; s != 0; s &= s - 1 {
			i := bits.TrailingZeros32(s) & 31
			w.park(1<<i, w.at[i])
		}
		w.synced = 0
	}
	if w.b.left > 0 {
		w.b.checkBarriers()
	}
}
