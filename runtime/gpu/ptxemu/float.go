package ptxemu

import "math"

// rounding is how an instruction rounds: to nearest (n), to zero (z), down (m)
// or up (p); whether numbers too small for an exponent are zero; and whether
// results stop at zero and one.
type rounding struct {
	mode byte // 0 and 'n' alike
	ftz  bool
	sat  bool
}

// rounding reads .rn, .rz, .rm, .rp and .ftz.
func (b *binding) rounding() rounding {
	r := rounding{ftz: b.has("ftz")}
	if m := b.one("rn", "rz", "rm", "rp"); m != "" && m != "rn" {
		r.mode = m[1]
	}
	return r
}

func (r rounding) in(x float32) float32 {
	if r.ftz {
		return flush(x)
	}
	return x
}

func (r rounding) out(x float32) uint64 {
	if r.ftz {
		x = flush(x)
	}
	if r.sat { // NaN becomes zero
		x = min(1, max(0, x))
		if x != x {
			x = 0
		}
	}
	return bits32(x)
}

const smallest = 0x1p-126 // of the float32 that are not subnormal

// flush makes subnormal numbers zero.
func flush(x float32) float32 {
	if x > -smallest && x < smallest {
		return float32(math.Copysign(0, float64(x)))
	}
	return x
}

func float(v uint64) float32  { return math.Float32frombits(uint32(v)) }
func double(v uint64) float64 { return math.Float64frombits(v) }

const nan32 = 0x7fffffff // the NaN that cards make

func bits32(x float32) uint64 {
	if x != x {
		return nan32
	}
	return uint64(math.Float32bits(x))
}

func bits64(x float64) uint64 { return math.Float64bits(x) }

// floats makes add, sub, mul, div, min or max.
func (b *binding) floats(k kind, r rounding, nan bool, d, x, y int) exec {
	if k.name == "f64" {
		f := doubles(b, r, nan)
		return lanes2(d, x, y, func(x, y uint64) uint64 { return bits64(f(double(x), double(y))) })
	}
	if k.name != "f32" {
		b.refuse("arithmetic of %s is not known here", k.name)
	}
	if run := fastFloat(b.s.op, r, d, x, y); run != nil {
		return run
	}
	f := singles(b, r, nan)
	return lanes2(d, x, y, func(x, y uint64) uint64 { return r.out(f(r.in(float(x)), r.in(float(y)))) })
}

func singles(b *binding, r rounding, nan bool) func(x, y float32) float32 {
	switch b.s.op {
	case "add":
		return func(x, y float32) float32 { return addRounded(float64(x), float64(y), r.mode) }
	case "sub":
		return func(x, y float32) float32 { return addRounded(float64(x), -float64(y), r.mode) }
	case "mul":
		return func(x, y float32) float32 { return rounded(float64(x)*float64(y), r.mode) }
	case "div":
		return func(x, y float32) float32 { return divRounded(float64(x), float64(y), r.mode) }
	case "min":
		return func(x, y float32) float32 { return float32(least(float64(x), float64(y), nan)) }
	case "max":
		return func(x, y float32) float32 { return float32(-least(-float64(x), -float64(y), nan)) }
	}
	b.refuse("unknown for floats")
	return nil
}

func doubles(b *binding, r rounding, nan bool) func(x, y float64) float64 {
	if r != (rounding{}) {
		b.refuse("doubles are rounded to nearest here")
	}
	switch b.s.op {
	case "add":
		return func(x, y float64) float64 { return x + y }
	case "sub":
		return func(x, y float64) float64 { return x - y }
	case "mul":
		return func(x, y float64) float64 { return x * y }
	case "div":
		return func(x, y float64) float64 { return x / y }
	case "min":
		return func(x, y float64) float64 { return least(x, y, nan) }
	case "max":
		return func(x, y float64) float64 { return -least(-x, -y, nan) }
	}
	b.refuse("unknown for floats")
	return nil
}

// least is the smaller number, and the other one where one is NaN, unless nan
// asks for that.
func least(x, y float64, nan bool) float64 {
	switch {
	case !nan && x != x:
		return y
	case !nan && y != y:
		return x
	}
	return min(x, y) // math.Min has -Inf come before NaN
}

// rounded gives a number as a float32. It must be exact, or rounded to odd: the
// last bit set where something was left out (Boldo and Melquiond 2008), so that
// it cannot be rounded twice.
func rounded(v float64, mode byte) float32 {
	f := float32(v)
	g := float64(f)
	switch {
	case g == v || v != v:
	case mode == 'z' && math.Abs(g) > math.Abs(v):
		return math.Nextafter32(f, 0)
	case mode == 'm' && g > v:
		return math.Nextafter32(f, float32(math.Inf(-1)))
	case mode == 'p' && g < v:
		return math.Nextafter32(f, float32(math.Inf(1)))
	}
	return f
}

// odd rounds hi+lo to odd, where hi is their sum rounded to nearest.
func odd(hi, lo float64) float64 {
	b := math.Float64bits(hi)
	switch {
	case lo == 0 || lo != lo || b&1 == 1 || math.IsInf(hi, 0):
		return hi
	case lo > 0 == (hi > 0):
		return math.Float64frombits(b + 1)
	}
	return math.Float64frombits(b - 1)
}

// addRounded adds two numbers and rounds once (the error is that of Knuth's
// two-sum).
func addRounded(x, y float64, mode byte) float32 {
	s := x + y
	v := s - x
	return rounded(odd(s, (x-(s-v))+(y-v)), mode)
}

func divRounded(x, y float64, mode byte) float32 {
	q := x / y
	left := math.FMA(-q, y, x)
	if y < 0 {
		left = -left
	}
	if q == 0 {
		return float32(q)
	}
	return rounded(odd(q, left), mode)
}

// fused is x*y+z rounded once. The product of two float32 is exact.
func fused(x, y, z float32, mode byte) float32 {
	return addRounded(float64(x)*float64(y), float64(z), mode)
}

// bindFMA makes fma and mad of floats.
func bindFMA(b *binding) exec {
	b.count(4)
	r := b.rounding()
	r.sat = b.has("sat")
	k := b.kind()
	a := b.s.args
	d, x, y, z := b.dst(a[0], k.size), b.src(a[1], k), b.src(a[2], k), b.src(a[3], k)
	switch k.name {
	case "f64":
		if r != (rounding{}) {
			b.refuse("doubles are rounded to nearest here")
		}
		return lanes3(d, x, y, z, func(x, y, z uint64) uint64 {
			return bits64(math.FMA(double(x), double(y), double(z)))
		})
	case "f32":
		if r.mode == 0 && !r.sat {
			return fastFMA(r, d, x, y, z)
		}
		return lanes3(d, x, y, z, func(x, y, z uint64) uint64 {
			return r.out(fused(r.in(float(x)), r.in(float(y)), r.in(float(z)), r.mode))
		})
	}
	b.refuse("arithmetic of %s is not known here", k.name)
	return nil
}

// bindFloatProduct makes mul of floats.
func bindFloatProduct(b *binding) exec {
	b.count(3)
	r := b.rounding()
	r.sat = b.has("sat")
	k := b.kind()
	if !k.float {
		b.refuse("a product of integers needs .lo, .hi or .wide")
	}
	return b.floats(k, r, false, b.dst(b.s.args[0], k.size), b.src(b.s.args[1], k), b.src(b.s.args[2], k))
}

// signBits gives abs or neg of a float, which touch its sign alone.
func signBits(k kind, negate, ftz bool) func(x uint64) uint64 {
	sign := uint64(1) << (8*k.size - 1)
	if k.name == "bf16x2" || k.name == "f16x2" {
		sign |= 1 << 15
	}
	return func(x uint64) uint64 {
		if ftz {
			x = uint64(math.Float32bits(flush(float(x))))
		}
		if negate {
			return x ^ sign
		}
		return x &^ sign
	}
}

// bindCopysign makes copysign: the second operand with the sign of the first.
func bindCopysign(b *binding) exec {
	b.count(3)
	k := b.kind()
	sign := uint64(1) << (8*k.size - 1)
	d, x, y := b.dst(b.s.args[0], k.size), b.src(b.s.args[1], k), b.src(b.s.args[2], k)
	return lanes2(d, x, y, func(x, y uint64) uint64 { return x&sign | y&^sign })
}

// bindTestp makes testp: of which sort a float is.
func bindTestp(b *binding) exec {
	b.count(2)
	sort := b.one("finite", "infinite", "number", "notanumber", "normal", "subnormal")
	k := b.kind()
	least := float64(smallest)
	if k.size == 8 {
		least = 0x1p-1022
	}
	p, x := b.predicate(b.s.args[0]), b.src(b.s.args[1], k)
	is := func(v float64) bool {
		a := math.Abs(v)
		switch sort {
		case "finite":
			return a <= math.MaxFloat64
		case "infinite":
			return math.IsInf(v, 0)
		case "number":
			return v == v
		case "notanumber":
			return v != v
		case "normal":
			return a >= least && a <= math.MaxFloat64
		}
		return a > 0 && a < least
	}
	return func(w *warp, m uint32) {
		w.set(p, m, w.holds(m, x, x, func(x, _ uint64) bool { return is(asDouble(k, x)) }))
	}
}

// asDouble reads a float of any size.
func asDouble(k kind, x uint64) float64 {
	switch k.name {
	case "f64":
		return double(x)
	case "f16":
		return fromHalf(x)
	case "bf16":
		return float64(float(x << 16))
	}
	return float64(float(x))
}
