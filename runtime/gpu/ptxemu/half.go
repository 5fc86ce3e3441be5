package ptxemu

import "math"

// narrow32 rounds a float32 so that its low bits are zero: tf32 keeps 13 fewer,
// bf16 has 16 fewer. Ties go to even, or away from zero (rna).
func narrow32(x uint64, low int, mode string) uint64 {
	v := uint32(x)
	cut := uint32(1)<<low - 1
	switch {
	case v&0x7fffffff > 0x7f800000:
		return nan32 &^ uint64(cut)
	case v&0x7f800000 == 0x7f800000 || mode == "rz":
	case mode == "rna":
		v += (cut + 1) / 2
	default:
		v += cut/2 + v>>low&1
	}
	return uint64(v &^ cut)
}

// fromHalf reads the 16 bits of an f16.
func fromHalf(x uint64) float64 {
	sign, e, f := 1-2*float64(x>>15&1), int(x>>10&31), float64(x&1023)
	switch e {
	case 0:
		return sign * math.Ldexp(f, -24)
	case 31:
		if f != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1024+f, e-25)
}

// toHalf gives the bits of an f16, rounded to nearest, or to zero (mode z).
func toHalf(v float64, mode byte) uint64 {
	sign := math.Float64bits(v) >> 63 << 15
	a := math.Abs(v)
	if v != v {
		return 0x7fff
	}
	_, e := math.Frexp(a) // a = f * 2^e, f in [0.5, 1)
	step := math.Ldexp(1, max(e-11, -24))
	n := math.RoundToEven(a / step)
	if mode == 'z' {
		n = math.Floor(a / step)
	}
	switch r := n * step; {
	case math.IsInf(a, 0), r >= 65536 && mode != 'z':
		return sign | 0x7c00
	case r >= 65536:
		return sign | 0x7bff
	case r < 0x1p-14:
		return sign | uint64(r*0x1p24)
	default:
		_, e := math.Frexp(r)
		return sign | uint64(e+14)<<10 | uint64(math.Ldexp(r, 11-e))&1023
	}
}
