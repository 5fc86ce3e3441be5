package ptxemu

import "math"

// bindApprox makes the functions of one float. Those that a card approximates
// are rounded properly here: cards differ from that in the last bit or two.
func bindApprox(b *binding) exec {
	b.count(2)
	approx := b.has("approx")
	r := b.rounding()
	k := b.kind()
	d, x := b.dst(b.s.args[0], k.size), b.src(b.s.args[1], k)
	f := functions[b.s.op]
	if f == nil || r.mode != 0 {
		b.refuse("unknown function of a float")
	}
	switch {
	case k.name == "f64" && approx: // of the upper half of the bits alone
		return lanes1(d, x, func(x uint64) uint64 { return bits64(f(double(x&^0xffffffff))) &^ 0xffffffff })
	case k.name == "f64":
		return lanes1(d, x, func(x uint64) uint64 { return bits64(f(double(x))) })
	case k.name == "f32":
		return lanes1(d, x, func(x uint64) uint64 { return r.out(float32(f(float64(r.in(float(x)))))) })
	}
	b.refuse("functions of %s are not known here", k.name)
	return nil
}

var functions = map[string]func(float64) float64{
	"rcp":   func(x float64) float64 { return 1 / x },
	"sqrt":  math.Sqrt,
	"rsqrt": func(x float64) float64 { return 1 / math.Sqrt(x) },
	"sin":   math.Sin,
	"cos":   math.Cos,
	"ex2":   math.Exp2,
	"lg2":   math.Log2,
	"tanh":  math.Tanh,
}
