package ptxemu

import "math/bits"

// The loops over the lanes of a warp: f is done for those of the mask. What is
// hot has loops of its own in fast.go.

func lanes1(d, a int, f func(x uint64) uint64) exec {
	return func(w *warp, m uint32) {
		to, x := &w.r[d], &w.r[a]
		for ; m != 0; m &= m - 1 {
			i := bits.TrailingZeros32(m) & 31
			to[i] = f(x[i])
		}
	}
}

func lanes2(d, a, b int, f func(x, y uint64) uint64) exec {
	return func(w *warp, m uint32) {
		to, x, y := &w.r[d], &w.r[a], &w.r[b]
		for ; m != 0; m &= m - 1 {
			i := bits.TrailingZeros32(m) & 31
			to[i] = f(x[i], y[i])
		}
	}
}

func lanes3(d, a, b, c int, f func(x, y, z uint64) uint64) exec {
	return func(w *warp, m uint32) {
		to, x, y, z := &w.r[d], &w.r[a], &w.r[b], &w.r[c]
		for ; m != 0; m &= m - 1 {
			i := bits.TrailingZeros32(m) & 31
			to[i] = f(x[i], y[i], z[i])
		}
	}
}

func lanes4(d, a, b, c, e int, f func(x, y, z, u uint64) uint64) exec {
	return func(w *warp, m uint32) {
		to, x, y, z, u := &w.r[d], &w.r[a], &w.r[b], &w.r[c], &w.r[e]
		for ; m != 0; m &= m - 1 {
			i := bits.TrailingZeros32(m) & 31
			to[i] = f(x[i], y[i], z[i], u[i])
		}
	}
}

// holds gives the lanes of m for which f holds.
func (w *warp) holds(m uint32, a, b int, f func(x, y uint64) bool) uint32 {
	x, y := &w.r[a], &w.r[b]
	out := uint32(0)
	for ; m != 0; m &= m - 1 {
		i := bits.TrailingZeros32(m) & 31
		if f(x[i], y[i]) {
			out |= 1 << i
		}
	}
	return out
}

// set writes the lanes of m of a predicate.
func (w *warp) set(p int, m, value uint32) { w.p[p] = w.p[p]&^m | value&m }
