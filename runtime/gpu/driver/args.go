package driver

import (
	"math"
	"unsafe"
)

// Args are the parameters of a launch, in order. One may be filled, used and
// reset again and again: after it has grown once, that allocates nothing. The
// driver copies it at the launch.
type Args struct {
	words []uint64 // the parameters, each from a new word on
	at    []int    // the word where each begins
	where []uintptr
}

// NewArgs gives empty parameters.
func NewArgs() *Args { return &Args{} }

// Reset makes it empty.
func (a *Args) Reset() *Args {
	a.words, a.at = a.words[:0], a.at[:0]
	return a
}

func (a *Args) word(v uint64) *Args {
	a.at = append(a.at, len(a.words))
	a.words = append(a.words, v)
	return a
}

// Pointer adds an address.
func (a *Args) Pointer(p Pointer) *Args { return a.word(uint64(p)) }

// Int adds an integer of 32 bits.
func (a *Args) Int(v int) *Args { return a.word(uint64(uint32(v))) }

// Long adds an integer of 64 bits.
func (a *Args) Long(v int) *Args { return a.word(uint64(v)) }

// Float adds a float of 32 bits.
func (a *Args) Float(v float32) *Args { return a.word(uint64(math.Float32bits(v))) }

// Double adds a float of 64 bits.
func (a *Args) Double(v float64) *Args { return a.word(math.Float64bits(v)) }

// Bytes adds a structure by value: its bytes as C lays them out.
func (a *Args) Bytes(b []byte) *Args {
	a.at = append(a.at, len(a.words))
	first := len(a.words)
	for range max((len(b)+7)/8, 1) {
		a.words = append(a.words, 0)
	}
	copy(unsafe.Slice((*byte)(unsafe.Pointer(&a.words[first])), 8*(len(a.words)-first)), b)
	return a
}

// Struct adds a structure by value. T must hold no pointers of Go's, and lie in
// memory as the kernel's structure does: Go and C agree on that for numbers,
// arrays and structures of them.
func Struct[T any](a *Args, v *T) *Args {
	return a.Bytes(unsafe.Slice((*byte)(unsafe.Pointer(v)), unsafe.Sizeof(*v)))
}

// addresses gives where each parameter lies, as a launch takes them, or nil. It
// is right until the next parameter is added. What a launch is given lies on the
// heap, as it goes through an interface, and so stays where it is.
func (a *Args) addresses() *uintptr {
	a.where = a.where[:0]
	for _, w := range a.at {
		a.where = append(a.where, uintptr(unsafe.Pointer(&a.words[w])))
	}
	return unsafe.SliceData(a.where)
}
