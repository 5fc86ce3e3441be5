package ptxemu

import (
	"fmt"
	"math"
	"math/big"
	"sort"
	"strings"
	"testing"
)

var registerOf = map[string]string{"8": "b16", "16": "b16", "32": "b32", "64": "b64"}

func width(kind string) uint {
	n := uint(0)
	fmt.Sscanf(strings.TrimLeft(kind, "usbf"), "%d", &n)
	return n
}

func TestConversionsOfIntegers(t *testing.T) {
	for _, from := range []string{"u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64"} {
		for _, to := range []string{"u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64"} {
			read := unsigned
			if from[0] == 's' {
				read = signed
			}
			regs := registerOf[to[1:]] + " " + registerOf[from[1:]]
			checkAll(t, []instruction{
				{"cvt." + to + "." + from + " d, x;", regs, func(x, _, _ uint64) uint64 {
					return widened(to, low(read(width(from), x), 0))
				}},
			})
			if within(big.NewInt(math.MinInt8), from).Cmp(within(big.NewInt(math.MinInt8), to)) >= 0 && width(from)-bit1(from) <= width(to)-bit1(to) {
				continue // nothing lies past an end
			}
			checkAll(t, []instruction{
				{"cvt.sat." + to + "." + from + " d, x;", regs, func(x, _, _ uint64) uint64 {
					return widened(to, low(within(read(width(from), x), to), 0))
				}},
			})
		}
	}
}

// bit1 is the number of bits of a type that hold a sign.
func bit1(kind string) uint { return uint(truth(kind[0] == 's')) }

// widened is how a register of 16 bits holds a number of eight.
func widened(kind string, v uint64) uint64 {
	switch kind {
	case "u8":
		return v & 0xff
	case "s8":
		return uint64(int8(v))
	}
	return v
}

// within moves a number to the nearest that a type has.
func within(v *big.Int, kind string) *big.Int {
	lo, hi := new(big.Int), new(big.Int).Lsh(big.NewInt(1), width(kind))
	if kind[0] == 's' {
		hi.Rsh(hi, 1)
		lo.Neg(hi)
	}
	hi.Sub(hi, big.NewInt(1))
	switch {
	case v.Cmp(lo) < 0:
		return lo
	case v.Cmp(hi) > 0:
		return hi
	}
	return v
}

func TestConversionsBetweenIntegersAndFloats(t *testing.T) {
	for _, whole := range []string{"u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64"} {
		for _, real := range []string{"f32", "f64"} {
			for mode, how := range map[string]big.RoundingMode{"n": big.ToNearestEven, "z": big.ToZero, "m": big.ToNegativeInf, "p": big.ToPositiveInf} {
				reg := registerOf[whole[1:]]
				checkAll(t, []instruction{
					{"cvt.r" + mode + "." + real + "." + whole + " d, x;", real + " " + reg, func(x, _, _ uint64) uint64 { return realOf(whole, real, how, x) }},
					{"cvt.r" + mode + "i." + whole + "." + real + " d, x;", reg + " " + real, func(x, _, _ uint64) uint64 { return wholeOf(whole, real, how, x) }},
				})
			}
		}
	}
}

func realOf(whole, real string, how big.RoundingMode, x uint64) uint64 {
	read := unsigned
	if whole[0] == 's' {
		read = signed
	}
	prec := map[string]uint{"f32": 24, "f64": 53}[real]
	f, _ := new(big.Float).SetPrec(prec).SetMode(how).SetInt(read(width(whole), x)).Float64()
	if real == "f32" {
		return uint64(math.Float32bits(float32(f)))
	}
	return math.Float64bits(f)
}

// wholeOf rounds to a whole number with that of floor and what is left.
func wholeOf(whole, real string, how big.RoundingMode, x uint64) uint64 {
	v := math.Float64frombits(x)
	if real == "f32" {
		v = float64(math.Float32frombits(uint32(x)))
	}
	if math.IsNaN(v) { // a card gives the far end for 64 bits, and zero else
		if real == "f64" || width(whole) == 64 {
			return widened(whole, 1<<(width(whole)-1))
		}
		return 0
	}
	if math.IsInf(v, 0) {
		v = math.Copysign(1e300, v)
	}
	floor, _ := new(big.Float).SetFloat64(math.Floor(v)).Int(nil)
	left := v - math.Floor(v)
	up := left > 0.5 || left == 0.5 && floor.Bit(0) == 1
	switch how {
	case big.ToZero:
		up = v < 0 && left > 0
	case big.ToNegativeInf:
		up = false
	case big.ToPositiveInf:
		up = left > 0
	}
	if up {
		floor.Add(floor, big.NewInt(1))
	}
	return widened(whole, low(within(floor, whole), 0))
}

func TestConversionsOfFloats(t *testing.T) {
	checkAll(t, []instruction{
		{"cvt.f64.f32 d, x;", "f64 f32", func(x, _, _ uint64) uint64 { return math.Float64bits(float64(math.Float32frombits(uint32(x)))) }},
		{"cvt.rn.f32.f64 d, x;", "f32 f64", func(x, _, _ uint64) uint64 { return uint64(math.Float32bits(float32(math.Float64frombits(x)))) }},
		{"cvt.rz.f32.f64 d, x;", "f32 f64", narrowing(big.ToZero)},
		{"cvt.rm.f32.f64 d, x;", "f32 f64", narrowing(big.ToNegativeInf)},
		{"cvt.rp.f32.f64 d, x;", "f32 f64", narrowing(big.ToPositiveInf)},
		{"cvt.rni.f32.f32 d, x;", "f32 f32", f32op(func(x, _, _ float64) float64 { return math.RoundToEven(x) })},
		{"cvt.rmi.f64.f64 d, x;", "f64 f64", f64op(func(x, _, _ float64) float64 { return math.Floor(x) })},
		{"cvt.rpi.f32.f32 d, x;", "f32 f32", f32op(func(x, _, _ float64) float64 { return math.Ceil(x) })},
		{"cvt.rzi.f32.f32 d, x;", "f32 f32", f32op(func(x, _, _ float64) float64 { return math.Trunc(x) })},
		{"cvt.sat.f32.f32 d, x;", "f32 f32", f32op(func(x, _, _ float64) float64 {
			if x != x {
				return 0
			}
			return math.Max(0, math.Min(1, x))
		})},
		{"cvt.rna.tf32.f32 d, x;", "b32 f32", nearestPart(13, true)},
		{"cvt.rn.tf32.f32 d, x;", "b32 f32", nearestPart(13, false)},
		{"cvt.rn.bf16.f32 d, x;", "b16 f32", func(x, _, _ uint64) uint64 { return nearestPart(16, false)(x, 0, 0) >> 16 }},
		{"cvt.rn.bf16x2.f32 d, x, y;", "b32 f32 f32", func(x, y, _ uint64) uint64 {
			return nearestPart(16, false)(x, 0, 0) | nearestPart(16, false)(y, 0, 0)>>16
		}},
		{"cvt.f32.bf16 d, x;", "f32 b16", func(x, _, _ uint64) uint64 { return x << 16 }},
		{"cvt.rn.f16.f32 d, x;", "b16 f32", func(x, _, _ uint64) uint64 { return halfOf(float64(math.Float32frombits(uint32(x)))) }},
		{"cvt.f32.f16 d, x;", "f32 b16", func(x, _, _ uint64) uint64 { return uint64(math.Float32bits(float32(valueOfHalf(x)))) }},
		{"cvt.rn.f16x2.f32 d, x, y;", "b32 f32 f32", func(x, y, _ uint64) uint64 {
			return halfOf(float64(math.Float32frombits(uint32(x))))<<16 | halfOf(float64(math.Float32frombits(uint32(y))))
		}},
	})
}

func narrowing(how big.RoundingMode) func(x, _, _ uint64) uint64 {
	return func(x, _, _ uint64) uint64 {
		v := math.Float64frombits(x)
		if !math.IsNaN(v) && !math.IsInf(v, 0) && v != 0 {
			v = once(exactOf(v), 32, how)
		}
		return uint64(math.Float32bits(float32(v)))
	}
}

// nearestPart finds the nearest of the two float32 around x whose low bits are
// zero; ties go to even, or away from zero.
func nearestPart(low int, away bool) func(x, _, _ uint64) uint64 {
	return func(x, _, _ uint64) uint64 {
		v := math.Float32frombits(uint32(x))
		if v != v {
			return 0x7fffffff &^ (1<<low - 1)
		}
		if math.IsInf(float64(v), 0) {
			return x
		}
		down := uint32(x) &^ (1<<low - 1)
		up := down + 1<<low
		a, b := math.Abs(float64(v)), math.Abs(float64(math.Float32frombits(up)))
		if up&0x7fffffff == 0x7f800000 {
			b = 0x1p128
		}
		below, above := a-math.Abs(float64(math.Float32frombits(down))), b-a
		if above < below || above == below && (away || down>>low&1 == 1) {
			return uint64(up)
		}
		return uint64(down)
	}
}

// halfOf searches the nearest of all numbers that f16 has, in their order.
func halfOf(v float64) uint64 {
	if v != v {
		return 0x7fff
	}
	sign := uint64(0)
	if math.Signbit(v) {
		sign = 0x8000
	}
	above := uint64(sort.Search(0x7c00, func(h int) bool { return valueOfHalf(uint64(h)) > math.Abs(v) }))
	best := max(above, 1) - 1
	below, over := math.Abs(v)-valueOfHalf(best), valueOfHalf(above)-math.Abs(v)
	if over < below || over == below && above&1 == 0 {
		best = above
	}
	if math.Abs(v) >= 65520 {
		best = 0x7c00
	}
	return sign | best
}

func valueOfHalf(h uint64) float64 {
	sign, e, f := 1-2*float64(h>>15&1), int(h>>10&31), float64(h&1023)
	switch e {
	case 0:
		return sign * f * 0x1p-24
	case 31:
		if f != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * (1 + f/1024) * math.Pow(2, float64(e-15))
}
