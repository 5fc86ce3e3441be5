package gpu

import (
	"fmt"

	"ssmc/runtime/gpu/driver"
	"ssmc/runtime/gpu/kernels"
	"ssmc/runtime/op"
	"ssmc/runtime/schedule"
)

// axisOf is how many rows arrays of shape s have, as kernels say it.
func axisOf(s op.Shape) kernels.Axis {
	a := kernels.Axis(s.Axis)
	if s.Sampled && s.Axis != op.Once {
		a += kernels.Sampled
	}
	return a
}

// A room is how large batches may become: memory and grids are made for it.
type room struct{ k, steps, sequences, frames int }

// holds reports whether a batch of size b fits in r; samples must be the same.
func (r room) holds(b room) bool {
	return r.k == b.k && r.steps >= b.steps && r.sequences >= b.sequences && r.frames >= b.frames
}

// grown is a room that holds what r and b do, with some to spare.
func (r room) grown(b room) room {
	spare := func(now, want int) int {
		if want <= now {
			return now
		}
		return roundUp(want + want/8)
	}
	return room{b.k, spare(r.steps, b.steps), spare(r.sequences, b.sequences), spare(r.frames, b.frames)}
}

// line is what places in memory are multiples of, in numbers.
const line = 64

func roundUp(n int) int { return (n + line - 1) / line * line }

// rows is the most rows that arrays of shape s have.
func (r room) rows(s op.Shape) int {
	n := s.Rows
	switch s.Axis {
	case op.Seq:
		n = r.sequences
	case op.Frame:
		n = r.frames
	}
	if s.Sampled && s.Axis != op.Once {
		n *= r.k
	}
	return n
}

// An atlas is where arrays are in the device's memory.
type atlas struct {
	room
	slab, extra driver.Pointer
	memory      *schedule.Memory
	base        [3]int // numbers from the start of slab to each part
	scratch     map[*schedule.Array]int
	given       map[*schedule.Array]driver.Pointer // inputs and constants
	gradient    driver.Pointer
}

// numbers is how many numbers the slab and the scratch arrays take.
func (a *atlas) numbers(scratch []*schedule.Array) (slab, extra int) {
	units := [3]int{1, roundUp(a.sequences), roundUp(a.frames)}
	for part, size := range a.memory.Sizes {
		a.base[part] = slab
		slab += roundUp(size * units[part])
	}
	a.scratch = map[*schedule.Array]int{}
	for _, s := range scratch {
		a.scratch[s] = extra
		extra += roundUp(a.rows(s.Shape) * s.Shape.Cols)
	}
	return slab, extra
}

// address is where array s begins, and the numbers from one of its rows to the next.
func (a *atlas) address(s *schedule.Array) (p driver.Pointer, ld int) {
	ld = s.Shape.Cols
	if off, ok := a.scratch[s]; ok {
		return a.extra + driver.Pointer(4*off), ld
	}
	if p, ok := a.given[s]; ok {
		return p, ld
	}
	switch s.Kind {
	case schedule.View:
		p, ld = a.address(s.Of)
		return p + driver.Pointer(4*s.At), ld
	case schedule.Same:
		if a.k == 1 {
			return a.address(s.Of)
		}
	case schedule.Gradient:
		return a.gradient + driver.Pointer(4*s.At), ld
	case schedule.Given, schedule.Constant:
		panic(fmt.Sprintf("gpu: input %v has no address", s.Shape))
	}
	return a.own(s), ld
}

// own is where an array lies that owns its memory.
func (a *atlas) own(s *schedule.Array) driver.Pointer {
	place, ok := a.memory.Place[s]
	if !ok {
		panic(fmt.Sprintf("gpu: array %v has no place", s.Shape))
	}
	unit := [3]int{1, roundUp(a.sequences), roundUp(a.frames)}[s.Shape.Axis]
	return a.slab + driver.Pointer(4*(a.base[s.Shape.Axis]+place.Off*unit))
}

// encode is v as kernels see it.
func (a *atlas) encode(v view) kernels.Array {
	if v.Array == nil {
		return kernels.Array{}
	}
	p, ld := a.address(v.Array)
	out := kernels.Array{P: uint64(p) + uint64(4*v.off), LD: int32(ld), Axis: axisOf(v.Shape)}
	if single(v.Shape) { // row r of it is its only one
		out.LD = 0
	}
	if v.flat {
		out.LD, out.Axis = int32(v.Shape.Rows*v.Shape.Cols), kernels.Once
	}
	return out
}
