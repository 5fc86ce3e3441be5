package ptxemu

import (
	"math"
)

// What kernels do most has loops without calls: whole warps (fast*), or nil
// where there is no such loop.

// whole runs all where every lane takes part, and some otherwise.
func whole(all func(w *warp), some exec) exec {
	return func(w *warp, m uint32) {
		if m == full {
			all(w)
			return
		}
		some(w, m)
	}
}

func fastInteger(op string, k kind, d, x, y int) exec {
	mask := k.mask()
	switch op {
	case "add":
		return whole(func(w *warp) {
			to, x, y := &w.r[d], &w.r[x], &w.r[y]
			for i := range to {
				to[i] = (x[i] + y[i]) & mask
			}
		}, lanes2(d, x, y, func(x, y uint64) uint64 { return (x + y) & mask }))
	case "sub":
		return whole(func(w *warp) {
			to, x, y := &w.r[d], &w.r[x], &w.r[y]
			for i := range to {
				to[i] = (x[i] - y[i]) & mask
			}
		}, lanes2(d, x, y, func(x, y uint64) uint64 { return (x - y) & mask }))
	}
	return nil
}

func fastProduct(k kind, half string, d, x, y int) exec {
	switch {
	case half == "lo" && k.size == 4:
		return whole(func(w *warp) {
			to, x, y := &w.r[d], &w.r[x], &w.r[y]
			for i := range to {
				to[i] = uint64(uint32(x[i] * y[i]))
			}
		}, lanes2(d, x, y, func(x, y uint64) uint64 { return uint64(uint32(x * y)) }))
	case half == "wide" && k.name == "s32":
		return whole(func(w *warp) {
			to, x, y := &w.r[d], &w.r[x], &w.r[y]
			for i := range to {
				to[i] = uint64(int64(int32(x[i])) * int64(int32(y[i])))
			}
		}, lanes2(d, x, y, product(k, half, ^uint64(0))))
	}
	return nil
}

func fastMultiplyAdd(k kind, half string, d, x, y, z int) exec {
	if half != "lo" || k.size != 4 {
		return nil
	}
	return whole(func(w *warp) {
		to, x, y, z := &w.r[d], &w.r[x], &w.r[y], &w.r[z]
		for i := range to {
			to[i] = uint64(uint32(x[i]*y[i] + z[i]))
		}
	}, lanes3(d, x, y, z, func(x, y, z uint64) uint64 { return uint64(uint32(x*y + z)) }))
}

func fastLogic(op string, d, x, y int) exec {
	switch op {
	case "and":
		return whole(func(w *warp) {
			to, x, y := &w.r[d], &w.r[x], &w.r[y]
			for i := range to {
				to[i] = x[i] & y[i]
			}
		}, lanes2(d, x, y, func(x, y uint64) uint64 { return x & y }))
	case "or":
		return whole(func(w *warp) {
			to, x, y := &w.r[d], &w.r[x], &w.r[y]
			for i := range to {
				to[i] = x[i] | y[i]
			}
		}, lanes2(d, x, y, func(x, y uint64) uint64 { return x | y }))
	}
	return nil
}

func fastShift(op string, k kind, d, x, y int) exec {
	mask := k.mask()
	if op == "shl" {
		return whole(func(w *warp) {
			to, x, y := &w.r[d], &w.r[x], &w.r[y]
			for i := range to {
				to[i] = x[i] << uint32(y[i]) & mask
			}
		}, lanes2(d, x, y, func(x, y uint64) uint64 { return x << uint32(y) & mask }))
	}
	if k.signed {
		return nil
	}
	return whole(func(w *warp) {
		to, x, y := &w.r[d], &w.r[x], &w.r[y]
		for i := range to {
			to[i] = x[i] & mask >> uint32(y[i])
		}
	}, lanes2(d, x, y, func(x, y uint64) uint64 { return x & mask >> uint32(y) }))
}

func fastFloat(op string, r rounding, d, x, y int) exec {
	if r.mode != 0 || r.sat {
		return nil
	}
	switch op {
	case "add":
		return whole(func(w *warp) {
			to, x, y := &w.r[d], &w.r[x], &w.r[y]
			for i := range to {
				to[i] = r.out(r.in(float(x[i])) + r.in(float(y[i])))
			}
		}, lanes2(d, x, y, func(x, y uint64) uint64 { return r.out(r.in(float(x)) + r.in(float(y))) }))
	case "mul":
		return whole(func(w *warp) {
			to, x, y := &w.r[d], &w.r[x], &w.r[y]
			for i := range to {
				to[i] = r.out(r.in(float(x[i])) * r.in(float(y[i])))
			}
		}, lanes2(d, x, y, func(x, y uint64) uint64 { return r.out(r.in(float(x)) * r.in(float(y))) }))
	}
	return nil
}

func fastFMA(r rounding, d, x, y, z int) exec {
	some := lanes3(d, x, y, z, func(x, y, z uint64) uint64 { return nearestFMA(r, float(x), float(y), float(z)) })
	if r.ftz {
		return some
	}
	return whole(func(w *warp) {
		to, x, y, z := &w.r[d], &w.r[x], &w.r[y], &w.r[z]
		for i := range to {
			s := float64(float64(float(x[i]))*float64(float(y[i]))) + float64(float(z[i]))
			if unsure(s) {
				to[i] = nearestFMA(r, float(x[i]), float(y[i]), float(z[i]))
				continue
			}
			to[i] = uint64(math.Float32bits(float32(s)))
		}
	}, some)
}

// nearestFMA is x*y+z rounded to nearest.
func nearestFMA(r rounding, x, y, z float32) uint64 {
	if r.ftz {
		x, y, z = flush(x), flush(y), flush(z)
	}
	if s := float64(float64(x)*float64(y)) + float64(z); !unsure(s) {
		return r.out(float32(s))
	}
	return r.out(fused(x, y, z, 'n'))
}

// unsure reports whether a double, rounded to a float32, may not be what the
// exact sum would be: halfway between two of them, so small that there are fewer
// of them, or no number.
func unsure(s float64) bool {
	b := math.Float64bits(s)
	return b&0x1fffffff == 0x10000000 || (b>>52&0x7ff)-(1023-126) >= 0x7ff-(1023-126)
}
