package runtime

import (
	"hash/fnv"

	"ssmc/runtime/kernel"
)

// align is what the offsets of parameters are multiples of, in values: one
// cache line of float32.
const align = 16

// Params holds the values of a model's parameters in one flat vector, so that
// optimisers and devices need not know their shapes.
type Params[F kernel.Float] struct {
	List   []Param
	Off    []int // parameter i is Values[Off[i]:Off[i]+List[i].Size()]
	Values []F   // zero between the parameters
}

// NewParams draws the initial values of the parameters in list. What is drawn
// for a parameter is a function of seed and its name alone: parameters may be
// reordered, added and removed without a change to the others.
func NewParams[F kernel.Float](list []Param, seed uint64) *Params[F] {
	p := ZeroParams[F](list)
	for i, q := range list {
		fill(p.Get(i), q, seed)
	}
	return p
}

// ZeroParams lays the parameters in list out with all values zero.
func ZeroParams[F kernel.Float](list []Param) *Params[F] {
	p := &Params[F]{List: list, Off: make([]int, len(list))}
	end := 0
	for i, q := range list {
		p.Off[i] = end
		end += (q.Size() + align - 1) / align * align
	}
	p.Values = kernel.Room[F](end)
	return p
}

// Get is parameter i, row-major. It is shared.
func (p *Params[F]) Get(i int) []F {
	lo := p.Off[i]
	hi := lo + p.List[i].Size()
	return p.Values[lo:hi:hi]
}

// Count is the number of values that are learned.
func (p *Params[F]) Count() int {
	n := 0
	for _, q := range p.List {
		if !q.Fixed {
			n += q.Size()
		}
	}
	return n
}

// Index is the position of the parameter called name, or -1.
func (p *Params[F]) Index(name string) int {
	for i := range p.List {
		if p.List[i].Name == name {
			return i
		}
	}
	return -1
}

// matrices reads the array as a stack of matrices over its last two
// dimensions; vectors are one row.
func (p Param) matrices() (stack, rows, cols int) {
	rows, cols = 1, 1
	dims := p.RawDims()
	n := len(dims)
	if n > 0 {
		cols = dims[n-1]
	}
	if n > 1 {
		rows = dims[n-2]
	}
	return p.Size() / max(1, rows*cols), rows, cols
}

// key is a number for a name.
func key(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return h.Sum64()
}
