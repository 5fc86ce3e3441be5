package ptxemu

import "math/bits"

// bindArithmetic makes add, sub, min, max and rem, of integers or floats.
func bindArithmetic(b *binding) exec {
	b.count(3)
	if b.has("cc") {
		return bindCarry(b)
	}
	nan, sat := b.has("NaN"), b.has("sat")
	r := b.rounding()
	k := b.kind()
	d, x, y := b.dst(b.s.args[0], k.size), b.src(b.s.args[1], k), b.src(b.s.args[2], k)
	if k.float {
		r.sat = sat
		return b.floats(k, r, nan, d, x, y)
	}
	if r != (rounding{}) || nan {
		b.refuse("it cannot round integers")
	}
	if sat {
		return lanes2(d, x, y, saturated(b, k))
	}
	if run := fastInteger(b.s.op, k, d, x, y); run != nil {
		return run
	}
	return lanes2(d, x, y, b.integer(k))
}

// integer gives what the instruction does to two integers.
func (b *binding) integer(k kind) func(x, y uint64) uint64 {
	mask := k.mask()
	switch b.s.op {
	case "add":
		return func(x, y uint64) uint64 { return (x + y) & mask }
	case "sub":
		return func(x, y uint64) uint64 { return (x - y) & mask }
	case "rem":
		return func(x, y uint64) uint64 { return remainder(k, x, y) & mask }
	case "min":
		if k.signed {
			return func(x, y uint64) uint64 { return uint64(min(int64(k.extend(x)), int64(k.extend(y)))) & mask }
		}
		return func(x, y uint64) uint64 { return min(x, y) }
	case "max":
		if k.signed {
			return func(x, y uint64) uint64 { return uint64(max(int64(k.extend(x)), int64(k.extend(y)))) & mask }
		}
		return func(x, y uint64) uint64 { return max(x, y) }
	}
	b.refuse("unknown for integers")
	return nil
}

// saturated gives add.sat.s32 and sub.sat.s32, which stop at the ends.
func saturated(b *binding, k kind) func(x, y uint64) uint64 {
	if k.name != "s32" || b.s.op != "add" && b.s.op != "sub" {
		b.refuse(".sat is for s32")
	}
	sign := int64(1)
	if b.s.op == "sub" {
		sign = -1
	}
	return func(x, y uint64) uint64 {
		v := int64(int32(x)) + sign*int64(int32(y))
		return uint64(uint32(max(min(v, 1<<31-1), -1<<31)))
	}
}

// quotient and remainder give all ones, and the dividend, where y is zero.
func quotient(k kind, x, y uint64) uint64 {
	x, y = k.extend(x), k.extend(y)
	switch {
	case y == 0:
		return ^uint64(0)
	case k.signed && int64(y) == -1:
		return -x
	case k.signed:
		return uint64(int64(x) / int64(y))
	}
	return x / y
}

func remainder(k kind, x, y uint64) uint64 {
	x, y = k.extend(x), k.extend(y)
	switch {
	case y == 0:
		return x
	case k.signed && int64(y) == -1:
		return 0
	case k.signed:
		return uint64(int64(x) % int64(y))
	}
	return x % y
}

// bindDivide makes div, of integers or floats.
func bindDivide(b *binding) exec {
	b.count(3)
	b.skip("full", "approx")
	r := b.rounding()
	k := b.kind()
	d, x, y := b.dst(b.s.args[0], k.size), b.src(b.s.args[1], k), b.src(b.s.args[2], k)
	if k.float {
		return b.floats(k, r, false, d, x, y)
	}
	mask := k.mask()
	return lanes2(d, x, y, func(x, y uint64) uint64 { return quotient(k, x, y) & mask })
}

// bindProduct makes mul and mad: the low or high half of a product, or all of
// it; of floats, a product that is rounded, or as fma.
func bindProduct(b *binding) exec {
	half := b.one("lo", "hi", "wide")
	if half == "" {
		if b.s.op == "mad" {
			return bindFMA(b)
		}
		return bindFloatProduct(b)
	}
	carry := b.has("cc")
	k := b.kind()
	if k.float || carry {
		b.refuse("unknown product")
	}
	out := k
	if half == "wide" {
		out.size *= 2
	}
	f := product(k, half, out.mask())
	d, x, y := b.dst(b.s.args[0], out.size), b.src(b.s.args[1], k), b.src(b.s.args[2], k)
	if b.s.op == "mul" {
		b.count(3)
		if run := fastProduct(k, half, d, x, y); run != nil {
			return run
		}
		return lanes2(d, x, y, f)
	}
	b.count(4)
	z, mask := b.src(b.s.args[3], out), out.mask()
	if run := fastMultiplyAdd(k, half, d, x, y, z); run != nil {
		return run
	}
	return lanes3(d, x, y, z, func(x, y, z uint64) uint64 { return (f(x, y) + z) & mask })
}

func product(k kind, half string, mask uint64) func(x, y uint64) uint64 {
	shift := 8 * k.size
	switch {
	case half != "hi":
		return func(x, y uint64) uint64 { return k.extend(x) * k.extend(y) & mask }
	case k.size < 8:
		return func(x, y uint64) uint64 { return uint64(int64(k.extend(x)*k.extend(y))>>shift) & mask }
	case !k.signed:
		return func(x, y uint64) uint64 { hi, _ := bits.Mul64(x, y); return hi }
	}
	return func(x, y uint64) uint64 {
		hi, _ := bits.Mul64(x, y)
		return hi - x&uint64(int64(y)>>63) - y&uint64(int64(x)>>63)
	}
}

// bindMul24 makes mul24 and mad24: products of numbers of 24 bits.
func bindMul24(b *binding) exec {
	half := b.one("lo", "hi")
	k := b.kind()
	if k.size != 4 || half == "" {
		b.refuse("unknown product")
	}
	shift := 0
	if half == "hi" {
		shift = 16
	}
	cut := func(v uint64) int64 {
		if k.signed {
			return int64(v<<40) >> 40
		}
		return int64(v & 0xffffff)
	}
	d, x, y := b.dst(b.s.args[0], 4), b.src(b.s.args[1], k), b.src(b.s.args[2], k)
	z := b.constant(0)
	if b.s.op == "mad24" {
		b.count(4)
		z = b.src(b.s.args[3], k)
	}
	return lanes3(d, x, y, z, func(x, y, z uint64) uint64 { return (uint64(cut(x)*cut(y)>>shift) + z) & k.mask() })
}

// bindSad makes sad: the distance of two numbers plus a third.
func bindSad(b *binding) exec {
	b.count(4)
	k := b.kind()
	d, x, y, z := b.dst(b.s.args[0], k.size), b.src(b.s.args[1], k), b.src(b.s.args[2], k), b.src(b.s.args[3], k)
	return lanes3(d, x, y, z, func(x, y, z uint64) uint64 {
		x, y = k.extend(x), k.extend(y)
		if k.signed && int64(x) < int64(y) || !k.signed && x < y {
			x, y = y, x
		}
		return (x - y + z) & k.mask()
	})
}

// bindSign makes abs and neg, of integers or floats.
func bindSign(b *binding) exec {
	b.count(2)
	flush := b.has("ftz")
	k := b.kind()
	d, x := b.dst(b.s.args[0], k.size), b.src(b.s.args[1], k)
	negate, mask := b.s.op == "neg", k.mask()
	if k.float {
		return lanes1(d, x, signBits(k, negate, flush))
	}
	return lanes1(d, x, func(v uint64) uint64 {
		if negate || int64(k.extend(v)) < 0 {
			return -v & mask
		}
		return v & mask
	})
}
