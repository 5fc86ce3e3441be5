package ptxemu

import "math/bits"

// bindLogic makes and, or, xor of registers or predicates.
func bindLogic(b *binding) exec {
	b.count(3)
	k := b.kind()
	if k.name == "pred" {
		return logicPredicates(b)
	}
	d, x, y := b.dst(b.s.args[0], k.size), b.src(b.s.args[1], k), b.src(b.s.args[2], k)
	if run := fastLogic(b.s.op, d, x, y); run != nil {
		return run
	}
	return lanes2(d, x, y, func(x, y uint64) uint64 { return x ^ y })
}

func logicPredicates(b *binding) exec {
	p, x, y := b.predicate(b.s.args[0]), b.condition(b.s.args[1]), b.condition(b.s.args[2])
	f := combine(b.s.op)
	return func(w *warp, m uint32) { w.set(p, m, f(x(w), y(w))) }
}

// combine gives what joins two predicates.
func combine(op string) func(x, y uint32) uint32 {
	switch op {
	case "and":
		return func(x, y uint32) uint32 { return x & y }
	case "or":
		return func(x, y uint32) uint32 { return x | y }
	case "xor":
		return func(x, y uint32) uint32 { return x ^ y }
	}
	return nil
}

// bindNot makes not, and cnot: one where there is zero.
func bindNot(b *binding) exec {
	b.count(2)
	k := b.kind()
	if k.name == "pred" {
		p, x := b.predicate(b.s.args[0]), b.condition(b.s.args[1])
		return func(w *warp, m uint32) { w.set(p, m, ^x(w)) }
	}
	mask := k.mask()
	d, x := b.dst(b.s.args[0], k.size), b.src(b.s.args[1], k)
	if b.s.op == "cnot" {
		return lanes1(d, x, func(x uint64) uint64 { return truth(x&mask == 0) })
	}
	return lanes1(d, x, func(x uint64) uint64 { return ^x & mask })
}

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// bindShift makes shl and shr; an amount past the size shifts all out.
func bindShift(b *binding) exec {
	b.count(3)
	k := b.kind()
	mask := k.mask()
	d, x, y := b.dst(b.s.args[0], k.size), b.src(b.s.args[1], k), b.src(b.s.args[2], kinds["u32"])
	if run := fastShift(b.s.op, k, d, x, y); run != nil {
		return run
	}
	switch {
	case b.s.op == "shl":
		return lanes2(d, x, y, func(x, y uint64) uint64 { return x << uint32(y) & mask })
	case k.signed:
		return lanes2(d, x, y, func(x, y uint64) uint64 { return uint64(int64(k.extend(x))>>uint32(y)) & mask })
	}
	return lanes2(d, x, y, func(x, y uint64) uint64 { return x & mask >> uint32(y) })
}

// bindFunnel makes shf: 32 bits of two registers that are shifted as one.
func bindFunnel(b *binding) exec {
	b.count(4)
	left, wrap := b.one("l", "r") == "l", b.one("wrap", "clamp") == "wrap"
	k := b.kind()
	d := b.dst(b.s.args[0], 4)
	lo, hi, n := b.src(b.s.args[1], k), b.src(b.s.args[2], k), b.src(b.s.args[3], kinds["u32"])
	return lanes3(d, lo, hi, n, func(lo, hi, n uint64) uint64 {
		if n = uint64(uint32(n)); wrap {
			n &= 31
		}
		n = min(n, 32)
		both := hi<<32 | lo
		if left {
			return both << n >> 32
		}
		return both >> n & 0xffffffff
	})
}

// bindLop3 makes lop3: any function of three bits, as a table of eight.
func bindLop3(b *binding) exec {
	b.count(5)
	k := b.kind()
	table, err := literal(b.s.args[4], kinds["u32"])
	if err != nil {
		b.refuse("%v", err)
	}
	d := b.dst(b.s.args[0], 4)
	x, y, z := b.src(b.s.args[1], k), b.src(b.s.args[2], k), b.src(b.s.args[3], k)
	return lanes3(d, x, y, z, func(x, y, z uint64) uint64 { return lop3(x, y, z, table) & k.mask() })
}

func lop3(x, y, z, table uint64) uint64 {
	out := uint64(0)
	for i := range uint64(8) {
		if table>>i&1 == 0 {
			continue
		}
		out |= (x ^ (i>>2&1 - 1)) & (y ^ (i>>1&1 - 1)) & (z ^ (i&1 - 1))
	}
	return out
}

// bindPrmt makes prmt: four bytes chosen out of eight.
func bindPrmt(b *binding) exec {
	b.count(4)
	mode := b.one("f4e", "b4e", "rc8", "ecl", "ecr", "rc16")
	k := b.kind()
	d := b.dst(b.s.args[0], 4)
	x, y, sel := b.src(b.s.args[1], k), b.src(b.s.args[2], k), b.src(b.s.args[3], k)
	return lanes3(d, x, y, sel, func(x, y, sel uint64) uint64 {
		all, out := y<<32|x, uint64(0)
		for i := range uint64(4) {
			pick := chosen(mode, sel, i)
			v := all >> (8 * (pick & 7)) & 0xff
			if pick&8 != 0 { // the sign, eight times
				v = v >> 7 * 0xff
			}
			out |= v << (8 * i)
		}
		return out
	})
}

// chosen is the number of the byte that goes to byte i.
func chosen(mode string, sel, i uint64) uint64 {
	c := sel & 3
	switch mode {
	case "f4e":
		return c + i
	case "b4e":
		return (c - i) & 7
	case "rc8":
		return c
	case "ecl":
		return max(c, i)
	case "ecr":
		return min(c, i)
	case "rc16":
		return c&1*2 + i&1
	}
	return sel >> (4 * i) & 15
}

// bindExtract makes bfe: bits pos to pos+len, with their sign if signed.
func bindExtract(b *binding) exec {
	b.count(4)
	k := b.kind()
	size := uint64(8 * k.size)
	d, x := b.dst(b.s.args[0], k.size), b.src(b.s.args[1], k)
	pos, n := b.src(b.s.args[2], kinds["u32"]), b.src(b.s.args[3], kinds["u32"])
	return lanes3(d, x, pos, n, func(x, pos, n uint64) uint64 {
		pos, n = pos&0xff, n&0xff
		if n == 0 {
			return 0
		}
		last := min(pos+n, size) // past the last bit that is read
		if pos >= size {
			return -(x >> (size - 1) & truth(k.signed)) & k.mask()
		}
		v := x << (64 - last)
		if k.signed {
			return uint64(int64(v)>>(64-last+pos)) & k.mask()
		}
		return v >> (64 - last + pos)
	})
}

// bindInsert makes bfi: y with bits pos to pos+len from x.
func bindInsert(b *binding) exec {
	b.count(5)
	k := b.kind()
	d, x, y := b.dst(b.s.args[0], k.size), b.src(b.s.args[1], k), b.src(b.s.args[2], k)
	pos, n := b.src(b.s.args[3], kinds["u32"]), b.src(b.s.args[4], kinds["u32"])
	return lanes4(d, x, y, pos, n, func(x, y, pos, n uint64) uint64 {
		pos, n = pos&0xff, n&0xff
		field := (uint64(1)<<n - 1) << pos & k.mask()
		return y&^field | x<<pos&field
	})
}

// bindBitMask makes bmsk: len ones from pos on.
func bindBitMask(b *binding) exec {
	b.count(3)
	wrap := b.one("wrap", "clamp") == "wrap"
	k := b.kind()
	d, pos, n := b.dst(b.s.args[0], 4), b.src(b.s.args[1], k), b.src(b.s.args[2], k)
	return lanes2(d, pos, n, func(pos, n uint64) uint64 {
		if wrap {
			pos, n = pos&31, n&31
		}
		return (uint64(1)<<min(n, 32) - 1) << min(pos, 32) & 0xffffffff
	})
}

// bindSzext makes szext: the low n bits with their sign, or zeros.
func bindSzext(b *binding) exec {
	b.count(3)
	wrap := b.one("wrap", "clamp") == "wrap"
	k := b.kind()
	d, x, n := b.dst(b.s.args[0], 4), b.src(b.s.args[1], k), b.src(b.s.args[2], kinds["u32"])
	return lanes2(d, x, n, func(x, n uint64) uint64 {
		if wrap {
			n &= 31
		}
		s := 64 - min(n, 32)
		if k.signed {
			return uint64(int64(x<<s)>>s) & 0xffffffff
		}
		return x << s >> s
	})
}

// bindBits makes popc, clz, brev and bfind.
func bindBits(b *binding) exec {
	b.count(2)
	amount := b.has("shiftamt")
	k := b.kind()
	size := 4
	if b.s.op == "brev" {
		size = k.size
	}
	d, x := b.dst(b.s.args[0], size), b.src(b.s.args[1], k)
	above := 64 - 8*k.size
	switch b.s.op {
	case "popc":
		return lanes1(d, x, func(x uint64) uint64 { return uint64(bits.OnesCount64(x)) })
	case "clz":
		return lanes1(d, x, func(x uint64) uint64 { return uint64(bits.LeadingZeros64(x) - above) })
	case "brev":
		return lanes1(d, x, func(x uint64) uint64 { return bits.Reverse64(x) >> above })
	}
	return lanes1(d, x, func(x uint64) uint64 { return highest(k, x, amount) })
}

// highest is the place of the highest bit that is not the sign, from below, or
// from above if amount; all ones where there is none.
func highest(k kind, x uint64, amount bool) uint64 {
	if v := k.extend(x); k.signed && int64(v) < 0 {
		x = ^v
	}
	at := bits.Len64(x&k.mask()) - 1
	switch {
	case at < 0:
		return 0xffffffff
	case amount:
		return uint64(8*k.size - 1 - at)
	}
	return uint64(at)
}
