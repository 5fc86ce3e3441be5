package ptxemu

import "math/bits"

// bindCarry makes add.cc, sub.cc, addc and subc: sums of numbers that are wider
// than a register, with the carry (or borrow) of each lane between them.
func bindCarry(b *binding) exec {
	b.count(3)
	out := b.has("cc")
	k := b.kind()
	if k.float || k.size < 4 {
		b.refuse("carries are those of integers of 32 and 64 bits")
	}
	in := b.s.op == "addc" || b.s.op == "subc"
	minus := b.s.op == "sub" || b.s.op == "subc"
	d, x, y := b.dst(b.s.args[0], k.size), b.src(b.s.args[1], k), b.src(b.s.args[2], k)
	return func(w *warp, m uint32) {
		to, x, y := &w.r[d], &w.r[x], &w.r[y]
		for ; m != 0; m &= m - 1 {
			i := bits.TrailingZeros32(m) & 31
			c := uint64(0)
			if in {
				c = uint64(w.carry >> i & 1)
			}
			v, c := sum(k, x[i], y[i], c, minus)
			to[i] = v
			if out {
				w.carry = w.carry&^(1<<i) | uint32(c)<<i
			}
		}
	}
}

// sum adds, or takes away, with a carry in and out.
func sum(k kind, x, y, c uint64, minus bool) (v, carry uint64) {
	switch {
	case k.size == 8 && minus:
		return bits.Sub64(x, y, c)
	case k.size == 8:
		return bits.Add64(x, y, c)
	case minus:
		v, carry := bits.Sub32(uint32(x), uint32(y), uint32(c))
		return uint64(v), uint64(carry)
	}
	v32, carry32 := bits.Add32(uint32(x), uint32(y), uint32(c))
	return uint64(v32), uint64(carry32)
}
