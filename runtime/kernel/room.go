package kernel

import "unsafe"

// hugePage is the size of the pages that large arrays are best mapped in, in bytes.
const hugePage = 2 << 20

// Room returns n zeros for numbers that are read and written again and again. Where
// they are many, the system is asked to map them in huge pages: a product that goes
// down a column of a large matrix needs another page at every row, and the core
// remembers where some thousands of pages are.
func Room[F Float](n int) []F {
	x := make([]F, n)
	if size := n * int(unsafe.Sizeof(F(0))); size >= 2*hugePage {
		adviseHuge(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), size))
	}
	return x
}

// within is the huge pages that lie in memory.
func within(memory []byte) []byte {
	skip := -int(uintptr(unsafe.Pointer(unsafe.SliceData(memory)))) & (hugePage - 1)
	return memory[skip:][:(len(memory)-skip)/hugePage*hugePage]
}
