package ptxemu

import (
	"math"
	"math/big"
	"testing"
)

// Floats are checked with arithmetic of 2400 bits, which is exact for sums and
// products, and rounded once.

func exactOf(v float64) *big.Float { return new(big.Float).SetPrec(2400).SetFloat64(v) }

// once rounds a number to a float of 32 or 64 bits.
func once(v *big.Float, size int, mode big.RoundingMode) float64 {
	if size == 64 {
		f, _ := v.Float64()
		return f
	}
	// Subnormal numbers have fewer bits: what is below 2^-149 is cut first.
	e := v.MantExp(nil)
	prec := 24
	if e < -125 {
		prec = 24 - (-125 - e)
	}
	if prec < 1 {
		return tiny(v, mode)
	}
	f, _ := new(big.Float).SetMode(mode).SetPrec(uint(prec)).Set(v).Float64()
	return clip(f, mode)
}

// tiny rounds what is less than the smallest float32.
func tiny(v *big.Float, mode big.RoundingMode) float64 {
	half := v.Sign() != 0 && new(big.Float).Abs(v).Cmp(big.NewFloat(0x1p-150)) > 0
	up := half && mode == big.ToNearestEven || v.Sign() > 0 && mode == big.ToPositiveInf || v.Sign() < 0 && mode == big.ToNegativeInf
	if up {
		return math.Copysign(0x1p-149, float64(v.Sign()))
	}
	return math.Copysign(0, float64(v.Sign()))
}

// clip gives infinity, or the largest float32, for what is too large for one.
func clip(f float64, mode big.RoundingMode) float64 {
	if math.Abs(f) <= math.MaxFloat32 {
		return f
	}
	if mode == big.ToZero || mode == big.ToNegativeInf && f > 0 || mode == big.ToPositiveInf && f < 0 {
		return math.Copysign(math.MaxFloat32, f)
	}
	return math.Inf(int(math.Copysign(1, f)))
}

// fusedOracle is x*y+z rounded once; special values follow doubles.
func fusedOracle(size int, mode big.RoundingMode) func(x, y, z float64) float64 {
	return func(x, y, z float64) float64 {
		plain := x*y + z
		if math.IsNaN(plain) || math.IsInf(x, 0) || math.IsInf(y, 0) || math.IsInf(z, 0) {
			return plain
		}
		p := new(big.Float).SetPrec(2400).Mul(exactOf(x), exactOf(y))
		sum := new(big.Float).SetPrec(2400).Add(p, exactOf(z))
		if sum.Sign() == 0 { // the sign of zero
			if mode == big.ToNegativeInf && !(x*y == 0 && z == 0) {
				return math.Copysign(0, -1)
			}
			return plain
		}
		return once(sum, size, mode)
	}
}

func f32op(f func(x, y, z float64) float64) func(x, y, z uint64) uint64 {
	return func(x, y, z uint64) uint64 {
		read := func(v uint64) float64 { return float64(math.Float32frombits(uint32(v))) }
		return uint64(math.Float32bits(float32(f(read(x), read(y), read(z)))))
	}
}

func f64op(f func(x, y, z float64) float64) func(x, y, z uint64) uint64 {
	return func(x, y, z uint64) uint64 {
		return math.Float64bits(f(math.Float64frombits(x), math.Float64frombits(y), math.Float64frombits(z)))
	}
}

func TestFloatInstructions(t *testing.T) {
	two, three, four := "f32 f32", "f32 f32 f32", "f32 f32 f32 f32"
	modes := map[string]big.RoundingMode{"rn": big.ToNearestEven, "rz": big.ToZero, "rm": big.ToNegativeInf, "rp": big.ToPositiveInf}
	for name, mode := range modes {
		f := fusedOracle(32, mode)
		checkAll(t, []instruction{
			{"fma." + name + ".f32 d, x, y, z;", four, f32op(f)},
			{"mul." + name + ".f32 d, x, y;", three, f32op(func(x, y, _ float64) float64 { return f(x, y, math.Copysign(0, x*y)) })},
			{"add." + name + ".f32 d, x, y;", three, f32op(func(x, y, _ float64) float64 { return f(x, 1, y) })},
			{"sub." + name + ".f32 d, x, y;", three, f32op(func(x, y, _ float64) float64 { return f(x, 1, -y) })},
		})
	}
	nearest := fusedOracle(64, big.ToNearestEven)
	checkAll(t, []instruction{
		{"fma.rn.f64 d, x, y, z;", "f64 f64 f64 f64", f64op(nearest)},
		{"add.f64 d, x, y;", "f64 f64 f64", f64op(func(x, y, _ float64) float64 { return nearest(x, 1, y) })},
		{"sub.f64 d, x, y;", "f64 f64 f64", f64op(func(x, y, _ float64) float64 { return nearest(x, 1, -y) })},
		{"mul.f64 d, x, y;", "f64 f64 f64", f64op(func(x, y, _ float64) float64 { return x * y })},
		{"div.rn.f64 d, x, y;", "f64 f64 f64", f64op(func(x, y, _ float64) float64 { return x / y })},
		{"sqrt.rn.f64 d, x;", "f64 f64", f64op(func(x, _, _ float64) float64 { return math.Sqrt(x) })},
		{"rcp.rn.f64 d, x;", "f64 f64", f64op(func(x, _, _ float64) float64 { return 1 / x })},
		{"div.rn.f32 d, x, y;", three, quotient32(big.ToNearestEven)},
		{"div.rz.f32 d, x, y;", three, quotient32(big.ToZero)},
		{"sqrt.rn.f32 d, x;", two, func(x, _, _ uint64) uint64 {
			return uint64(math.Float32bits(float32(math.Sqrt(float64(math.Float32frombits(uint32(x)))))))
		}},
		{"min.f32 d, x, y;", three, f32op(func(x, y, _ float64) float64 { return lesser(x, y) })},
		{"max.f32 d, x, y;", three, f32op(func(x, y, _ float64) float64 { return -lesser(-x, -y) })},
		{"min.NaN.f32 d, x, y;", three, f32op(func(x, y, _ float64) float64 {
			if x != x || y != y {
				return math.NaN()
			}
			return lesser(x, y)
		})},
		{"max.f64 d, x, y;", "f64 f64 f64", f64op(func(x, y, _ float64) float64 { return -lesser(-x, -y) })},
		{"neg.f32 d, x;", two, func(x, _, _ uint64) uint64 { return x ^ 1<<31 }},
		{"abs.f64 d, x;", "f64 f64", func(x, _, _ uint64) uint64 { return x &^ (1 << 63) }},
		{"copysign.f32 d, x, y;", three, func(x, y, _ uint64) uint64 { return x&(1<<31) | y&(1<<31-1) }},
		{"add.sat.f32 d, x, y;", three, f32op(func(x, y, _ float64) float64 {
			if s := float64(float32(x) + float32(y)); s == s {
				return math.Max(0, math.Min(1, s))
			}
			return 0
		})},
		{"mul.ftz.f32 d, x, y;", three, f32op(func(x, y, _ float64) float64 { return tinyToZero(tinyToZero(x) * tinyToZero(y)) })},
		{"testp.finite.f32 p, x; selp.f32 d, 0f3F800000, 0f00000000, p;", two, f32op(func(x, _, _ float64) float64 {
			return float64(truth(!math.IsNaN(x) && !math.IsInf(x, 0)))
		})},
		{"testp.subnormal.f32 p, x; selp.f32 d, 0f3F800000, 0f00000000, p;", two, f32op(func(x, _, _ float64) float64 {
			return float64(truth(x != 0 && math.Abs(x) < 0x1p-126))
		})},
	})
	for _, r := range []string{"eq", "ne", "lt", "le", "gt", "ge", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan"} {
		checkAll(t, []instruction{
			{"setp." + r + ".f32 p, x, y; selp.f32 d, 0f3F800000, 0f00000000, p;", three, f32op(func(x, y, _ float64) float64 { return ordered(r, x, y) })},
			{"setp." + r + ".f64 p, x, y; selp.f64 d, 0d3FF0000000000000, 0d0000000000000000, p;", "f64 f64 f64", f64op(func(x, y, _ float64) float64 { return ordered(r, x, y) })},
		})
	}
}

// ordered tells relations by the order of two numbers, or that there is none.
func ordered(r string, x, y float64) float64 {
	none := math.IsNaN(x) || math.IsNaN(y)
	switch {
	case r == "num" || r == "nan":
		return float64(truth(none == (r == "nan")))
	case none:
		return float64(truth(len(r) == 3))
	}
	return float64(holdsCompare(r[:2], compareFloats(x, y)))
}

func compareFloats(x, y float64) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

func lesser(x, y float64) float64 {
	switch {
	case math.IsNaN(x):
		return y
	case math.IsNaN(y):
		return x
	case x < y || x == y && math.Signbit(x):
		return x
	}
	return y
}

// tinyToZero is what .ftz does to a number that is not yet rounded to 32 bits.
func tinyToZero(x float64) float64 {
	if r := float64(float32(x)); math.Abs(r) < 0x1p-126 {
		return math.Copysign(0, x)
	}
	return x
}

func quotient32(mode big.RoundingMode) func(x, y, z uint64) uint64 {
	return f32op(func(x, y, _ float64) float64 {
		if q := x / y; q == 0 || math.IsNaN(q) || math.IsInf(x, 0) || math.IsInf(y, 0) || y == 0 {
			return q
		}
		return once(new(big.Float).SetPrec(2400).Quo(exactOf(x), exactOf(y)), 32, mode)
	})
}

// What cards approximate is rounded properly here, so that half a unit in the
// last place is left.
func TestApproximations(t *testing.T) {
	for op, f := range map[string]func(x float64) float64{
		"ex2.approx.f32": math.Exp2, "lg2.approx.f32": math.Log2, "sin.approx.f32": math.Sin, "cos.approx.f32": math.Cos,
		"tanh.approx.f32": math.Tanh, "sqrt.approx.f32": math.Sqrt, "rcp.approx.f32": func(x float64) float64 { return 1 / x },
		"rsqrt.approx.f32": func(x float64) float64 { return 1 / math.Sqrt(x) },
	} {
		checkAll(t, []instruction{{op + " d, x;", "f32 f32", f32op(func(x, _, _ float64) float64 { return f(x) })}})
	}
}
