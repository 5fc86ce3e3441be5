// The functions of formulas (package scalar) in float32, to about two units in the
// last place over the whole range: NaN stays NaN, and infinities, zeros and numbers
// out of the domain give what float64 gives. There is no library below: they are made
// of products, sums, quotients and roots, and of fused products, which every machine
// rounds alike. Polynomials are those of Cephes, as on the CPU.
#pragma once
#include "device.h"

#define INF __builtin_inff()
#define NOT_A_NUMBER __builtin_nanf("")

DEV float f_fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
DEV int bitsOf(float x) { return __builtin_bit_cast(int, x); }
DEV float ofBits(int b) { return __builtin_bit_cast(float, b); }

// horner is c0 + x (c1 + x (c2 + ...)).
DEV float horner(float, float c) { return c; }
template <class... C> DEV float horner(float x, float c, C... more) { return f_fma(x, horner(x, more...), c); }

DEV float f_neg(float x) { return -x; }
DEV float f_abs(float x) { return __builtin_fabsf(x); }
DEV float f_sqrt(float x) { return __builtin_sqrtf(x); }
DEV float f_square(float x) { return x * x; }
DEV float f_recip(float x) { return 1 / x; }
DEV float f_relu(float x) { return x < 0 ? 0 : x; }

// Larger and smaller of two, NaN where either is.
DEV float f_max(float a, float b) { return a > b || a != a ? a : b; }
DEV float f_min(float a, float b) { return a < b || a != a ? a : b; }

// Comparisons are one or zero, NaN where an operand is.
DEV float indicator(bool yes, float a, float b) { return a != a || b != b ? NOT_A_NUMBER : yes ? 1 : 0; }
DEV float f_greater(float a, float b) { return indicator(a > b, a, b); }
DEV float f_greaterEq(float a, float b) { return indicator(a >= b, a, b); }
DEV float f_equal(float a, float b) { return indicator(a == b, a, b); }
DEV float f_step(float x) { return f_greater(x, 0); }

// f_clamp keeps NaN.
DEV float f_clamp(float x, float lo, float hi) { return x < lo ? lo : x > hi ? hi : x; }

// powerOf2 is 2^n, for n of a normal number.
DEV float powerOf2(int n) { return ofBits((n + 127) << 23); }

// timesPower is y 2^n by two steps, each of a normal power even where the result is not.
DEV float timesPower(float y, int n) { return y * powerOf2(n >> 1) * powerOf2(n - (n >> 1)); }

// A SplitExp is the number n ln2 + r with |r| <= ln2/2.
struct SplitExp {
  float r;
  int n;
};

// splitExp splits x of at most some hundreds: the integer stands in the low bits of a
// sum with 1.5 2^23. Of NaN r is NaN.
DEV SplitExp splitExp(float x) {
  const float shift = 12582912;
  float t = f_fma(x, 1.44269504f, shift), n = t - shift;
  float r = f_fma(n, -0.693145752f, x);
  return {f_fma(n, -1.42860677e-6f, r), bitsOf(t) - bitsOf(shift)};
}

// expOver is e^r - 1 for |r| <= ln2/2.
DEV float expOver(float r) {
  float p = horner(r, 5.0000001201e-1f, 1.6666665459e-1f, 4.1665795894e-2f, 8.3334519073e-3f, 1.3981999507e-3f, 1.9875691500e-4f);
  return f_fma(p, r * r, r);
}

// Beyond the bounds the result is 0 or infinite.
DEV float f_exp(float x) {
  SplitExp a = splitExp(f_clamp(x, -104, 89));
  return timesPower(expOver(a.r) + 1, a.n);
}

// The power is halved, so that the largest results do not overflow on the way.
DEV float f_expm1(float x) {
  SplitExp a = splitExp(f_clamp(x, -30, 89));
  float half = powerOf2(a.n - 1);
  float y = 2 * f_fma(half, expOver(a.r), half - 0.5f);
  return a.n == 0 ? (x == 0 ? x : expOver(a.r)) : y;
}

// logOf is log((1+t) 2^e) for 1+t between the roots of 1/2 and 2. Float32's ln2
// happens to be good to 32 bits, so one product with e does.
DEV float logOf(float t, float e) {
  float p = horner(t, 3.3333331174e-1f, -2.4999993993e-1f, 2.0000714765e-1f, -1.6668057665e-1f, 1.4249322787e-1f,
                   -1.2420140846e-1f, 1.1676998740e-1f, -1.1514610310e-1f, 7.0376836292e-2f);
  float t2 = t * t;
  return f_fma(e, 0.693147182f, f_fma(-0.5f, t2, p * t * t2) + t);
}

// exponent is e such that x is between the roots of 1/2 and 2 times 2^e, for normal x.
DEV int exponent(float x) { return (bitsOf(x) - 0x3f3504f3) >> 23; }

// logEnds is y, or what a logarithm is at x that are no positive finite numbers.
DEV float logEnds(float x, float y) { return x > 0 ? (x == INF ? x : y) : x == 0 ? -INF : NOT_A_NUMBER; }

// Numbers below the normal ones are scaled to those.
DEV float f_log(float x) {
  bool tiny = x < 0x1p-126f;
  float m = tiny ? x * 0x1p23f : x;
  int e = exponent(m);
  float t = ofBits(bitsOf(m) - (e << 23)) - 1;
  return logEnds(x, logOf(t, (float)(tiny ? e - 23 : e)));
}

// log1pOf is log(1+x) for x above -1 and below infinity: with e of the rounded sum, t
// is (1+x) 2^-e - 1 to the last bit.
DEV float log1pOf(float x) {
  int e = exponent(1 + x);
  float s = timesPower(1, -e);
  return logOf(f_fma(x, s, s - 1), (float)e);
}

DEV float f_log1p(float x) { return x == 0 ? x : logEnds(1 + x, log1pOf(x)); }

// With u = e^-|x|, small results keep all their digits.
DEV float f_sigmoid(float x) {
  float u = f_exp(-f_abs(x));
  return (x < 0 ? u : 1) / (1 + u);
}

DEV float f_softplus(float x) { return log1pOf(f_exp(-f_abs(x))) + f_relu(x); }

// Cephes' polynomial where 1 - 2/(e^2x + 1) would lose bits.
DEV float f_tanh(float x) {
  float a = f_abs(x), x2 = x * x;
  float p = horner(x2, -3.33332819422e-1f, 1.33314422036e-1f, -5.37397155531e-2f, 2.06390887954e-2f, -5.70498872745e-3f);
  float big = 1 - 2 / (f_exp(2 * a) + 1);
  return a < 0.625f ? f_fma(p * x2, x, x) : __builtin_copysignf(big, x);
}

// A SinCos is the sine and cosine of one angle.
struct SinCos {
  float sin, cos;
};

// sinCosQuarters is of x quarter turns, |x| below 2^22.
DEV SinCos sinCosQuarters(float x) {
  float n = __builtin_rintf(x), r = (x - n) * 1.57079637f, r2 = r * r;
  int q = (int)n;
  float s = f_fma(horner(r2, -1.6666654611e-1f, 8.3321608736e-3f, -1.9515295891e-4f), r2 * r, r);
  float c = f_fma(horner(r2, 4.166664568298827e-2f, -1.388731625493765e-3f, 2.443315711809948e-5f), r2 * r2, f_fma(-0.5f, r2, 1));
  float sin = q & 1 ? c : s, cos = q & 1 ? s : c;
  return {q & 2 ? -sin : sin, (q + 1) & 2 ? -cos : cos};
}
