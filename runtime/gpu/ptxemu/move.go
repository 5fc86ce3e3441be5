package ptxemu

import "math/bits"

// bindMove makes mov: a copy, the parts of a wider register, or its sum of parts.
func bindMove(b *binding) exec {
	b.count(2)
	k := b.kind()
	to, from := b.s.args[0], b.s.args[1]
	switch {
	case k.name == "pred":
		return movePredicate(b.predicate(to), b.condition(from))
	case clocks[from]:
		return moveClock(b.dst(to, k.size), k)
	case len(elements(to)) > 1:
		return unpack(b, k, to, from)
	case len(elements(from)) > 1:
		return pack(b, k, to, from)
	}
	return moveRow(b.dst(to, k.size), b.src(from, k))
}

func movePredicate(p int, from func(*warp) uint32) exec {
	return func(w *warp, m uint32) { w.set(p, m, from(w)) }
}

func moveRow(d, a int) exec {
	return func(w *warp, m uint32) {
		to, x := &w.r[d], &w.r[a]
		if m == full {
			*to = *x
			return
		}
		for ; m != 0; m &= m - 1 {
			i := bits.TrailingZeros32(m) & 31
			to[i] = x[i]
		}
	}
}

// moveClock reads a clock; a thread that does so waits for time to pass.
func moveClock(d int, k kind) exec {
	return func(w *warp, m uint32) {
		to, now := &w.r[d], uint64(w.b.g.executed)&k.mask()
		for ; m != 0; m &= m - 1 {
			to[bits.TrailingZeros32(m)&31] = now
		}
		w.poll()
	}
}

// unpack writes the parts of a register, the lowest first.
func unpack(b *binding, k kind, to, from string) exec {
	part := k.size / len(elements(to))
	d, a := b.targets(to, part), b.src(from, k)
	mask := kind{size: part}.mask()
	return func(w *warp, m uint32) {
		for ; m != 0; m &= m - 1 {
			i := bits.TrailingZeros32(m) & 31
			v := w.r[a][i]
			for k, r := range d {
				w.r[r][i] = v >> (8 * part * k) & mask
			}
		}
	}
}

// pack writes a register from its parts, the lowest first.
func pack(b *binding, k kind, to, from string) exec {
	part := kind{name: "b", size: k.size / len(elements(from))}
	d, parts := b.dst(to, k.size), b.sources(from, part)
	return func(w *warp, m uint32) {
		for ; m != 0; m &= m - 1 {
			i := bits.TrailingZeros32(m) & 31
			v := uint64(0)
			for k, r := range parts {
				v |= w.r[r][i] & part.mask() << (8 * part.size * k)
			}
			w.r[d][i] = v
		}
	}
}

// bindCvta makes cvta: between the addresses of a space and generic ones.
func bindCvta(b *binding) exec {
	b.count(2)
	back := b.has("to")
	space := b.one("global", "const", "shared", "shared::cta", "shared::cluster", "local", "param")
	k := b.kind()
	d, a := b.dst(b.s.args[0], k.size), b.src(b.s.args[1], k)
	window := uint64(0)
	switch space {
	case "":
		b.refuse("the space is missing")
	case "local":
		window = localWindow
	case "shared", "shared::cta", "shared::cluster":
		window = sharedWindow
	default:
		return moveRow(d, a)
	}
	if back {
		return lanes1(d, a, func(x uint64) uint64 { return x - window })
	}
	return lanes1(d, a, func(x uint64) uint64 { return x + window })
}

// bindIsSpace makes isspacep: whether a generic address lies in a space.
func bindIsSpace(b *binding) exec {
	b.count(2)
	space := b.one("global", "const", "shared", "shared::cta", "shared::cluster", "local", "param")
	p, a := b.predicate(b.s.args[0]), b.src(b.s.args[1], kinds["u64"])
	want := map[string]uint64{"shared": sharedWindow, "shared::cta": sharedWindow, "shared::cluster": sharedWindow,
		"local": localWindow, "param": paramWindow}[space]
	return func(w *warp, m uint32) {
		w.set(p, m, w.holds(m, a, a, func(x, _ uint64) bool { return x&windowMask == want }))
	}
}
