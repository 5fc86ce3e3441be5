package ptxemu

import (
	"math"
	"math/big"
)

// conversion is what cvt does, from one type to another.
type conversion struct {
	to, from kind
	mode     string // .rn and so on, .rni to a whole number
	ftz, sat bool
}

// bindConvert makes cvt.
func bindConvert(b *binding) exec {
	c := conversion{
		mode: b.one("rn", "rz", "rm", "rp", "rna", "rni", "rzi", "rmi", "rpi"),
		ftz:  b.has("ftz"), sat: b.has("sat"),
	}
	b.has("satfinite")
	relu := b.has("relu")
	ks := b.kinds()
	if len(ks) != 2 || relu {
		b.refuse("unknown conversion")
	}
	c.to, c.from = ks[0], ks[1]
	if c.to.name == "bf16x2" || c.to.name == "f16x2" {
		return b.convertPair(c)
	}
	b.count(2)
	d, x := b.dst(b.s.args[0], min(c.to.size, 8)), b.src(b.s.args[1], c.from)
	f := c.function(b)
	// A register may be wider than the type: integers keep their sign in it.
	if v := b.s.scope.variable(b.s.args[0]); v != nil && c.to.signed && v.kind.size > c.to.size {
		g, to, keep := f, c.to, v.kind.mask()
		f = func(x uint64) uint64 { return to.extend(g(x)) & keep }
	}
	return lanes1(d, x, f)
}

// convertPair makes two halves of one register: the first operand goes above.
func (b *binding) convertPair(c conversion) exec {
	b.count(3)
	c.to = kinds[c.to.name[:len(c.to.name)-2]]
	f := c.function(b)
	d := b.dst(b.s.args[0], 4)
	return lanes2(d, b.src(b.s.args[1], c.from), b.src(b.s.args[2], c.from), func(hi, lo uint64) uint64 {
		return f(hi)<<16 | f(lo)
	})
}

func (c conversion) function(b *binding) func(x uint64) uint64 {
	switch {
	case c.to.float && c.from.float:
		return c.floatToFloat(b)
	case c.to.float:
		return c.integerToFloat(b)
	case c.from.float:
		return c.floatToInteger
	case c.sat && c.holdsAll():
		b.refuse(".sat is for types that do not hold all numbers of the other")
	case c.sat:
		return c.clamp
	}
	return func(x uint64) uint64 { return c.from.extend(x) & c.to.mask() }
}

// holdsAll reports whether every integer of one type is one of the other.
func (c conversion) holdsAll() bool {
	lo, hi := ends(c.from)
	least, most := ends(c.to)
	return lo.Cmp(least) >= 0 && hi.Cmp(most) <= 0
}

// clamp converts between integers and stops at the ends.
func (c conversion) clamp(x uint64) uint64 {
	lo, hi := ends(c.to)
	v := new(big.Int).SetUint64(c.from.extend(x))
	if c.from.signed {
		v.SetInt64(int64(c.from.extend(x)))
	}
	switch {
	case v.Cmp(lo) < 0:
		v = lo
	case v.Cmp(hi) > 0:
		v = hi
	}
	if v.Sign() < 0 {
		return uint64(v.Int64()) & c.to.mask()
	}
	return v.Uint64()
}

// ends are the smallest and largest integer of a type.
func ends(k kind) (lo, hi *big.Int) {
	one := big.NewInt(1)
	if k.signed {
		half := new(big.Int).Lsh(one, uint(8*k.size-1))
		return new(big.Int).Neg(half), new(big.Int).Sub(half, one)
	}
	return new(big.Int), new(big.Int).Sub(new(big.Int).Lsh(one, uint(8*k.size)), one)
}

// floatToInteger rounds, stops at the ends, and gives zero for NaN.
func (c conversion) floatToInteger(x uint64) uint64 {
	v := asDouble(c.from, x)
	if c.ftz {
		v = float64(flush(float32(v)))
	}
	v = whole64(v, c.mode)
	n := 8 * c.to.size
	switch {
	case v != v:
		if c.from.size == 8 || c.to.size == 8 { // as cards do
			return uint64(1) << (n - 1)
		}
		return 0
	case !c.to.signed:
		if v <= 0 {
			return 0
		}
		if v >= math.Ldexp(1, n) {
			return c.to.mask()
		}
		return uint64(v)
	case v >= math.Ldexp(1, n-1):
		return c.to.mask() >> 1
	case v < -math.Ldexp(1, n-1):
		return uint64(1) << (n - 1)
	}
	return uint64(int64(v)) & c.to.mask()
}

// whole64 rounds to a whole number.
func whole64(v float64, mode string) float64 {
	switch mode {
	case "rni", "rn":
		return math.RoundToEven(v)
	case "rmi", "rm":
		return math.Floor(v)
	case "rpi", "rp":
		return math.Ceil(v)
	}
	return math.Trunc(v)
}

// integerToFloat rounds an integer; big floats are exact, for 64 bits.
func (c conversion) integerToFloat(b *binding) func(x uint64) uint64 {
	mode, prec := bigMode(c.mode), uint(24)
	switch c.to.name {
	case "f64":
		prec = 53
	case "f32":
	default:
		b.refuse("integers do not become %s here", c.to.name)
	}
	exact := c.mode == "rn" || c.mode == ""
	return func(x uint64) uint64 {
		v := c.from.extend(x)
		if exact && c.to.size == 4 && c.from.size <= 4 {
			return bits32(float32(int64(v)))
		}
		f := new(big.Float).SetPrec(prec).SetMode(mode)
		if c.from.signed {
			f.SetInt64(int64(v))
		} else {
			f.SetUint64(v)
		}
		out, _ := f.Float64()
		if c.to.size == 8 {
			return bits64(out)
		}
		return bits32(float32(out))
	}
}

func bigMode(mode string) big.RoundingMode {
	switch mode {
	case "rz":
		return big.ToZero
	case "rm":
		return big.ToNegativeInf
	case "rp":
		return big.ToPositiveInf
	}
	return big.ToNearestEven
}

// floatToFloat narrows, widens, or rounds to a whole number.
func (c conversion) floatToFloat(b *binding) func(x uint64) uint64 {
	switch c.to.name {
	case "tf32":
		return func(x uint64) uint64 { return narrow32(x, 13, c.mode) }
	case "bf16":
		if c.from.name != "f32" {
			b.refuse("bf16 is made of f32 here")
		}
		return func(x uint64) uint64 { return narrow32(x, 16, c.mode) >> 16 }
	}
	out := c.packed(b)
	if c.ftz && c.to.size == 4 {
		pack := out
		out = func(v float64) uint64 { return uint64(math.Float32bits(flush(float(pack(v))))) }
	}
	return func(x uint64) uint64 { return out(c.adjusted(asDouble(c.from, x))) }
}

// packed gives what writes a number as the type that is asked for.
func (c conversion) packed(b *binding) func(v float64) uint64 {
	mode := byte(0)
	if len(c.mode) == 2 {
		mode = c.mode[1]
	}
	switch c.to.name {
	case "f64":
		return bits64
	case "f32":
		return func(v float64) uint64 { return bits32(rounded(v, mode)) }
	case "f16":
		if mode == 'n' || mode == 'z' {
			return func(v float64) uint64 { return toHalf(v, mode) }
		}
	}
	b.refuse("unknown conversion")
	return nil
}

// adjusted does to a number what comes before it is written: flushing, rounding
// to a whole number, stopping at zero and one.
func (c conversion) adjusted(v float64) float64 {
	if c.ftz && c.from.size == 4 {
		v = float64(flush(float32(v)))
	}
	if len(c.mode) == 3 {
		v = whole64(v, c.mode)
	}
	if c.sat {
		if v = min(1, max(0, v)); v != v {
			v = 0
		}
	}
	return v
}
