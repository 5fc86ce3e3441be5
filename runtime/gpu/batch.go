package gpu

import (
	"cmp"
	"encoding/binary"
	"math"
	"unsafe"

	"ssmc/runtime"
	"ssmc/runtime/gpu/driver"
	"ssmc/runtime/gpu/kernels"
	"ssmc/runtime/op"
)

// A sheet is what a batch is told to the device by: a kernels.Dims and the tables
// that it points at, in pinned memory here and in one place there.
type sheet struct {
	host   []byte
	device driver.Pointer
	time   driver.Pointer // of the frames: filled in there
	off    int            // where the tables begin, in bytes
	len    int
	from   int
	number int
	coef   int
}

// layOut places the tables for a room, and gives the bytes they take.
func (s *sheet) layOut(r room, terms int) int {
	at := kernels.DimsBytes
	next := func(n int) int {
		begin := at
		at = (at + 4*n + 15) / 16 * 16
		return begin
	}
	s.off, s.len, s.from, s.number, s.coef = next(r.steps+1), next(r.sequences), next(r.sequences), next(r.sequences), next(terms)
	return at
}

// A move is how far an update goes.
type move struct{ rate, eps, clip float64 }

// write tells a batch, a run, and an update.
func (s *sheet) write(d *op.Dims, b *runtime.Batch, r runtime.Run, m move) {
	at := func(off int) uint64 { return uint64(s.device) + uint64(off) }
	dims := kernels.Dims{
		K: int32(d.K), T: int32(d.Base.T), B: int32(d.Base.B), N: int32(d.Base.N), Seed: r.Seed, Step: r.Step,
		Scale: float32(cmp.Or(r.Scale, 1)), Rate: float32(m.rate), Eps: float32(m.eps), Clip: float32(m.clip),
		Off: at(s.off), Len: at(s.len), From: at(s.from), Number: at(s.number), Time: uint64(s.time), Coef: at(s.coef),
	}
	copy(s.host, dims.Append(make([]byte, 0, kernels.DimsBytes)))
	s.ints(s.off, d.Base.Off)
	s.ints(s.len, b.Lens)
	s.ints(s.from, b.Rows)
	s.ints(s.number, b.Index)
	for i, c := range r.Coef {
		binary.LittleEndian.PutUint32(s.host[s.coef+4*i:], math.Float32bits(float32(c)))
	}
}

func (s *sheet) ints(at int, list []int) {
	for i, v := range list {
		binary.LittleEndian.PutUint32(s.host[at+4*i:], uint32(int32(v)))
	}
}

// bytesOf is the memory of a slice of numbers.
func bytesOf(v []float32) []byte {
	if len(v) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&v[0])), 4*len(v))
}
