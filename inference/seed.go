package inference

// mix is a number for a purpose and some numbers: streams of random numbers
// that serve different ends must not meet. It is the FNV-1a hash of them all, the
// numbers in little-endian order, taken without allocating.
func mix(purpose string, numbers ...uint64) uint64 {
	h := uint64(14695981039346656037)
	add := func(b byte) { h = (h ^ uint64(b)) * 1099511628211 }
	for i := range len(purpose) {
		add(purpose[i])
	}
	for _, n := range numbers {
		for range 8 {
			add(byte(n))
			n >>= 8
		}
	}
	return h
}
