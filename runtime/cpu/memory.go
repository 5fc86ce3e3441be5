package cpu

import (
	"cmp"
	"math"
	"slices"
	"unsafe"

	"ssmc/runtime/kernel"
	"ssmc/runtime/op"
)

// A memory is one slab that the arrays of a machine share: those that no task
// needs at the same time lie in the same place. Places are planned once for a
// number of samples, in rows of a batch; a batch's size then makes them numbers.
type memory[F Float] struct {
	blocks []*block[F]
	placed []*block[F] // of one part, by offset
	k      int         // samples that the places are for
	use    Use
	sizes  [parts]int
	units  [parts]int // numbers that a size of one stands for, in the last batch
	slab   []F
}

// A Use is how the arrays of a machine use its memory.
type Use uint8

// The uses of memory. All but Shared are for tests.
const (
	Shared   Use = iota // arrays that are not needed at the same time have one place
	Apart               // each has its own, where it can be seen after a run
	Poisoned            // as Shared, and before each run all of it is not a number
)

// SetUse changes how memory is used, which changes no result.
func (x *Machine[F]) SetUse(u Use) { x.env.memory.use, x.env.memory.k = u, 0 }

// The parts of a slab, by what their sizes are multiples of.
const (
	perRun   = iota // numbers
	perSeq          // rows of numbers, one a sequence
	perFrame        // and one a frame
	parts
)

// A block is the place of one array from the first phase of a task that touches it
// to the last.
type block[F Float] struct {
	*array[F]
	from, to  int // phases of tasks, those of the gradients after all others
	part      int
	size, off int // in the part's units
}

// line is what the places of arrays are multiples of, in numbers: a cache line
// of float32.
const line = 16

// newBlock makes the block of an array.
func newBlock[F Float](a *array[F], from, to int) *block[F] {
	b := &block[F]{array: a, from: from, to: to}
	b.part = [...]int{op.Once: perRun, op.Seq: perSeq, op.Frame: perFrame}[a.shape.Axis]
	return b
}

// measure sets the size for k samples of a sequence.
func (b *block[F]) measure(k int) {
	b.size = b.shape.Cols
	switch {
	case b.one != nil && k == 1: // it is another array
		b.size = 0
	case b.part == perRun:
		b.size = roundUp(b.shape.Rows * b.shape.Cols)
	case b.shape.Sampled:
		b.size *= k
	}
}

func roundUp(n int) int { return (n + line - 1) / line * line }

// arrange plans the places for k samples of a sequence.
func (m *memory[F]) arrange(k int) {
	m.k = k
	for _, b := range m.blocks {
		b.measure(k)
	}
	slices.SortStableFunc(m.blocks, func(a, b *block[F]) int {
		return cmp.Or(cmp.Compare(a.part, b.part), cmp.Compare(b.size, a.size))
	})
	m.sizes = [parts]int{}
	for i, b := range m.blocks {
		if i == 0 || b.part != m.blocks[i-1].part {
			m.placed = m.placed[:0]
		}
		m.place(b)
	}
}

// place puts b, which is no larger than those before it, in the first gap
// between those that are there at the same time.
func (m *memory[F]) place(b *block[F]) {
	b.off = 0
	for _, p := range m.placed {
		if m.use != Apart && (p.to < b.from || b.to < p.from) {
			continue
		}
		if b.off+b.size <= p.off {
			break
		}
		b.off = max(b.off, p.off+p.size)
	}
	m.sizes[b.part] = max(m.sizes[b.part], b.off+b.size)
	at, _ := slices.BinarySearchFunc(m.placed, b.off, func(p *block[F], off int) int { return cmp.Compare(p.off, off) })
	m.placed = slices.Insert(m.placed, at, b)
}

// fit gives the arrays their places for a batch of so many sequences and frames.
func (m *memory[F]) fit(d *op.Dims) {
	m.reserve(d.K, d.Base.B, d.Base.N)
	base := [parts]int{perSeq: m.sizeOf(perRun)}
	base[perFrame] = base[perSeq] + m.sizeOf(perSeq)
	for _, b := range m.blocks {
		lo := base[b.part] + b.off*m.units[b.part]
		b.own = m.slab[lo : lo+b.size*m.units[b.part]]
	}
	if m.use == Poisoned {
		fill(m.slab, F(math.NaN()))
	}
}

// clear makes all numbers zero.
func (m *memory[F]) clear() { clear(m.slab) }

// reserve makes room for batches of so many samples, sequences and frames. It keeps
// no numbers.
func (m *memory[F]) reserve(k, sequences, frames int) {
	if n := m.size(k, sequences, frames); n > len(m.slab) {
		m.slab = nil // for the collector, before there is another
		m.slab = kernel.Room[F](n)
	}
}

// size plans for batches of so many samples, sequences and frames, and gives the
// numbers that they need room for.
func (m *memory[F]) size(k, sequences, frames int) (n int) {
	if k != m.k {
		m.arrange(k)
	}
	m.units = [parts]int{1, roundUp(sequences), roundUp(frames)}
	for part := range parts {
		n += m.sizeOf(part)
	}
	return n
}

// sizeOf is the numbers in a part.
func (m *memory[F]) sizeOf(part int) int { return m.sizes[part] * m.units[part] }

// Reserve makes room for batches of so many samples, sequences and frames, so that
// memory need not grow.
func (x *Machine[F]) Reserve(samples, sequences, frames int) {
	x.env.memory.reserve(samples, sequences, frames)
}

// Footprint is the bytes that batches of so many samples, sequences and frames
// take beside parameters, their gradient and the data.
func (x *Machine[F]) Footprint(samples, sequences, frames int) int {
	return x.env.memory.size(samples, sequences, frames) * int(unsafe.Sizeof(F(0)))
}
