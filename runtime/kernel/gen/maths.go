package main

import "math"

const (
	signBit   = 0x80000000
	oneExp    = 127 // exponent field of 1
	mantissa  = 23  // bits of the mantissa field
	sqrtHalf  = 0x3f3504f3
	minNormal = 0x1p-126
)

func (a *asm) neg(x vec) vec    { return a.xor(x, a.bits(signBit)) }
func (a *asm) abs(x vec) vec    { return a.and(x, a.bits(^uint32(signBit))) }
func (a *asm) negAbs(x vec) vec { return a.or(x, a.bits(signBit)) }
func (a *asm) square(x vec) vec { return a.mul(x, x) }
func (a *asm) recip(x vec) vec  { return a.div(a.mov(a.num(1)), x) }
func (a *asm) sqrt(x vec) vec   { return a.convert(a.VSQRTPS, x) }
func (a *asm) relu(x vec) vec   { return a.maxNaN(a.num(0), x) }

// step returns 1 where x > 0, else 0; NaN stays NaN.
func (a *asm) step(x vec) vec {
	return a.indicator(greater, x, a.zero())
}

// exp returns e^x by the polynomial of Cephes' expf on [-ln2/2, ln2/2]. Bounds just
// beyond where the result is 0 or infinite keep the exponent within its field.
func (a *asm) exp(x vec) vec {
	r := a.clamp(x, -104, 89)
	n := a.round(a.mul(r, a.num(math.Log2E)))
	a.mulSub(r, n, a.num(0.693359375)) // ln2, its high bits and then its low ones
	a.mulSub(r, n, a.num(-2.12194440e-4))
	p := a.horner(r, 1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1)
	y := a.add(a.mulAdd(a.mov(r), p, a.square(r)), a.num(1))
	return a.scale(y, n)
}

// scale returns y 2^n for integers n. AVX2 multiplies by two halves of the power,
// each of which is a normal number even when the result is not.
func (a *asm) scale(y, n vec) vec {
	if a.wide {
		return a.do(a.VSCALEFPS, y, n)
	}
	whole := a.convert(a.VCVTPS2DQ, n)
	half := a.shift(a.VPSRAD, 1, whole)
	for _, part := range []vec{half, a.do(a.VPSUBD, whole, half)} {
		power := a.shift(a.VPSLLD, mantissa, a.do(a.VPADDD, part, a.bits(oneExp)))
		y = a.mul(y, power)
	}
	return y
}

// log returns the natural logarithm of x. Denormal numbers are scaled to normal ones.
func (a *asm) log(x vec) vec {
	tiny := a.cmp(less, x, a.num(minNormal))
	t, e := a.split(a.blend(tiny, a.mul(x, a.num(1<<mantissa)), x))
	e = a.sub(e, a.where(tiny, a.num(mantissa)))
	y := a.logOf(t, e)
	y = a.blend(a.cmp(equal, x, a.num(math.Inf(1))), x, y)
	zero := a.blend(a.cmp(equal, x, a.num(0)), a.num(math.Inf(-1)), a.mov(a.num(math.NaN())))
	return a.blend(a.cmp(greater, x, a.num(0)), y, zero)
}

// split returns t and e such that the positive normal x is (1+t) 2^e, with 1+t
// between the roots of 1/2 and 2.
func (a *asm) split(x vec) (t, e vec) {
	n := a.shift(a.VPSRAD, mantissa, a.do(a.VPSUBD, x, a.bits(sqrtHalf)))
	m := a.do(a.VPSUBD, x, a.shift(a.VPSLLD, mantissa, n))
	return a.sub(m, a.num(1)), a.convert(a.VCVTDQ2PS, n)
}

// logOf returns log((1+t) 2^e) by the polynomial of Cephes' logf. Float32's ln2
// happens to be good to 32 bits, so one product with e does.
func (a *asm) logOf(t, e vec) vec {
	p := a.horner(t, 7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
		-1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1)
	t2 := a.square(t)
	y := a.mul(a.mul(p, t), t2)
	a.mulSub(y, t2, a.num(0.5))
	return a.mulAdd(a.add(y, t), e, a.num(math.Ln2))
}

// log1p returns log(1+u) for u in [0,1], small ones included.
func (a *asm) log1p(u vec) vec {
	big := a.cmp(greater, u, a.num(math.Sqrt2-1))
	half := a.mul(a.sub(u, a.num(1)), a.num(0.5)) // 1+u = 2 (1+half)
	return a.logOf(a.blend(big, half, u), a.where(big, a.num(1)))
}

// sigmoid returns 1/(1+e^-x), as u/(1+u) with u = e^x where x < 0.
func (a *asm) sigmoid(x vec) vec {
	u := a.exp(a.negAbs(x))
	over := a.add(u, a.num(1))
	return a.div(a.blend(a.cmp(less, x, a.num(0)), u, a.mov(a.num(1))), over)
}

// softplus returns log(1+e^x) as max(x,0) + log(1+e^-|x|).
func (a *asm) softplus(x vec) vec {
	return a.add(a.log1p(a.exp(a.negAbs(x))), a.relu(x))
}

// tanh returns the rational function of Eigen's float tanh, and x itself where that
// is as good and the quotient would lose denormal bits.
func (a *asm) tanh(x vec) vec {
	r := a.clamp(x, -7.90531110763549805, 7.90531110763549805)
	r2 := a.square(r)
	p := a.mul(a.horner(r2, -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-08,
		1.48572235717979e-05, 6.37261928875436e-04, 4.89352455891786e-03), r)
	q := a.horner(r2, 1.19825839466702e-06, 1.18534705686654e-04, 2.26843463243900e-03, 4.89352518554385e-03)
	return a.blend(a.cmp(less, a.abs(x), a.num(0.0004)), x, a.div(p, q))
}
