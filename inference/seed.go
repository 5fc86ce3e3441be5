package inference

import (
	"encoding/binary"
	"hash/fnv"
)

// mix is a number for a purpose and some numbers: streams of random numbers
// that serve different ends must not meet.
func mix(purpose string, numbers ...uint64) uint64 {
	h := fnv.New64a()
	h.Write([]byte(purpose))
	var b [8]byte
	for _, n := range numbers {
		binary.LittleEndian.PutUint64(b[:], n)
		h.Write(b[:])
	}
	return h.Sum64()
}
