package kernels

import "encoding/binary"

// The structs of this file are those of program.h, field by field: see there for
// what they mean. Addresses are of the device; zero is none.

// An Axis says how many rows an array has. Sampled is added to Seq or Frame.
type Axis int32

// The axes.
const (
	Once    Axis = 0
	Seq     Axis = 1
	Frame   Axis = 2
	Sampled Axis = 4
)

// An Array is a matrix of float32, row-major, with rows LD numbers apart.
type Array struct {
	P    uint64 // the address of element [0,0]
	LD   int32
	Axis Axis
}

// Dims is what there is to know of a batch, and of the update.
type Dims struct {
	K, T, B, N int32
	Seed, Step uint64
	Scale      float32
	Rate       float32
	Eps        float32
	Clip       float32
	Off        uint64 // int32 [T+1]
	Len        uint64 // int32 [B]
	From       uint64 // int32 [B]
	Number     uint64 // int32 [B]
	Time       uint64 // int32 [N]
	Coef       uint64 // float32, one a term
}

// An Op is one operation over the rows of its domain.
type Op struct {
	Code   Code
	Axis   Axis
	Rows   int32
	Add    int32 // 1 where the results are added to what is there
	N      [8]int32
	F      [2]float32
	Arrays int32 // in More
	_      int32
	A      [8]Array
	More   uint64 // Array [Arrays]
	Table  uint64 // int32
}

// A Scan is a loop over time.
type Scan struct {
	Ops     int32
	Rev     int32 // 1 from the last time to the first
	Axis    Axis
	Shared  int32
	Op      uint64 // Op [Ops]
	Sync    uint64 // int32 [Ops]
	Barrier uint64 // uint32
}

// What the structs take on the device, in bytes.
const (
	ArrayBytes = 16
	DimsBytes  = 96
	OpBytes    = 208
	ShareBytes = 32 // of affine.h
	ScanBytes  = 40
)

// Append adds a's bytes, as kernels read them, to dst.
func (a *Array) Append(dst []byte) []byte { return encode(dst, a) }

// Append adds d's bytes, as kernels read them, to dst.
func (d *Dims) Append(dst []byte) []byte { return encode(dst, d) }

// Append adds o's bytes, as kernels read them, to dst.
func (o *Op) Append(dst []byte) []byte { return encode(dst, o) }

// Append adds s's bytes, as kernels read them, to dst.
func (s *Scan) Append(dst []byte) []byte { return encode(dst, s) }

func encode(dst []byte, v any) []byte {
	dst, err := binary.Append(dst, binary.LittleEndian, v)
	if err != nil {
		panic(err)
	}
	return dst
}
