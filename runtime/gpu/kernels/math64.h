// What special functions take in float64 on their way to float32, so that what
// cancels leaves enough: the elementary functions by fdlibm's series.
#pragma once
#include "math.h"

#define INF64 __builtin_inf()
#define NOT_A_NUMBER64 __builtin_nan("")
#define PI 3.141592653589793

typedef long long s64;

DEV double fma64(double a, double b, double c) { return __builtin_fma(a, b, c); }
DEV double abs64(double x) { return __builtin_fabs(x); }
DEV double clamp64(double x, double lo, double hi) { return x < lo ? lo : x > hi ? hi : x; }
DEV s64 bitsOf64(double x) { return __builtin_bit_cast(s64, x); }
DEV double ofBits64(s64 b) { return __builtin_bit_cast(double, b); }

DEV double horner(double, double c) { return c; }
template <class... C> DEV double horner(double x, double c, C... more) { return fma64(x, horner(x, more...), c); }

// over64 is (e^r - 1)/r for |r| <= ln2/2, the first terms of its series.
DEV double over64(double r) {
  double p = 1;
#pragma unroll
  for (int k = 14; k > 1; k--) p = fma64(p * r, 1.0 / k, 1);
  return p;
}

// A Split64 is the number n ln2 + r with |r| <= ln2/2.
struct Split64 {
  double r;
  int n;
};

DEV Split64 split64(double x) {
  const double shift = 6755399441055744; // 1.5 2^52: the integer stands in the low bits
  double t = fma64(x, 1.4426950408889634, shift), n = t - shift;
  double r = fma64(n, -6.93147180369123816490e-01, x);
  return {fma64(n, -1.90821492927058770002e-10, r), (int)bitsOf64(t)};
}

DEV double powerOf64(int n) { return ofBits64((s64)(n + 1023) << 52); }

DEV double exp64(double x) {
  Split64 a = split64(clamp64(x, -746, 710));
  int half = a.n >> 1;
  return fma64(over64(a.r), a.r, 1) * powerOf64(half) * powerOf64(a.n - half);
}

// expm1 is e^x - 1 for x of at most some hundreds.
DEV double expm164(double x) {
  Split64 a = split64(clamp64(x, -50, 700));
  double p = powerOf64(a.n);
  return fma64(p, over64(a.r) * a.r, p - 1);
}

// log64 is of numbers that are not subnormal.
DEV double log64(double x) {
  s64 n = (bitsOf64(x) - 0x3fe6a09e667f3bcd) >> 52;
  double k = (double)(int)n, f = ofBits64(bitsOf64(x) - (n << 52)) - 1, s = f / (2 + f), s2 = s * s;
  double r = s2 * horner(s2, 6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01,
                         2.222219843214978396e-01, 1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01);
  double h = 0.5 * f * f;
  double y = k * 6.93147180369123816490e-01 - ((h - (s * (h + r) + k * 1.90821492927058770002e-10)) - f);
  return x > 0 ? (x == INF64 ? x : y) : x == 0 ? -INF64 : NOT_A_NUMBER64;
}

// log1p64 is log(1+x): the error of the sum is that of the quotient (Kahan).
DEV double log1p64(double x) {
  double u = 1 + x;
  return u == 1 ? x : log64(u) * (x / (u - 1));
}

// A Turn is an angle of n quarter turns and r more, |r| <= pi/4.
struct Turn {
  double r;
  int n;
};

// sine is sin(r), and with odd n cos(r), turned by n quarters.
DEV double sine(Turn a) {
  double r2 = a.r * a.r;
  double s = a.r * horner(r2, 1, -1.66666666666666324348e-01, 8.33333333332248946124e-03, -1.98412698298579493134e-04,
                          2.75573137070700676789e-06, -2.50507602534068634195e-08, 1.58969099521155010221e-10);
  double c = horner(r2, 1, -0.5, 4.16666666666666019037e-02, -1.38888888888741095749e-03, 2.48015872894767294178e-05,
                    -2.75573143513906633035e-07, 2.08757232129817482790e-09, -1.13596475577881948265e-11);
  double y = a.n & 1 ? c : s;
  return a.n & 2 ? -y : y;
}

DEV double cosine(Turn a) { return sine({a.r, a.n + 1}); }

// nearTurn is the angle x, |x| < 2^28: pi/2 in two parts leaves all bits of r.
DEV Turn nearTurn(double x) {
  double n = __builtin_rint(x * 0.6366197723675814);
  return {fma64(n, -6.123233995736766e-17, fma64(n, -1.5707963267948966, x)), (int)n};
}

// wordOf is 32 bits of 2/pi, from bit 32(i-1) after its point.
DEV u32 wordOf(int i) {
  u32 w = 0;
  w = i == 1 ? 0xA2F9836E : w;
  w = i == 2 ? 0x4E441529 : w;
  w = i == 3 ? 0xFC2757D1 : w;
  w = i == 4 ? 0xF534DDC0 : w;
  w = i == 5 ? 0xDB629599 : w;
  w = i == 6 ? 0x3C439041 : w;
  return i == 7 ? 0xFE5163AB : w;
}

// windowOf is the 32 bits of 2/pi from bit b-32 after its point.
DEV u32 windowOf(int b) {
  u64 both = (u64)wordOf(b >> 5) << 32 | wordOf((b >> 5) + 1);
  return (u32)(both >> (32 - (b & 31)));
}

// farTurn is the angle x = m 2^e, |x| >= 2^22 (Payne & Hanek 1983): the bits of 2/pi
// that give whole turns are left out, and the product with the next 96 is m of them.
DEV Turn farTurn(float x) {
  int e = (bitsOf(x) >> 23 & 255) - 150, b = e + 30;
  u32 m = (bitsOf(x) & 0x7fffff) | 0x800000;
  u64 p0 = (u64)m * windowOf(b + 64), p1 = (u64)m * windowOf(b + 32) + (p0 >> 32), p2 = (u64)m * windowOf(b) + (p1 >> 32);
  u64 p = p2 << 32 | (u32)p1, n = (p + (1ull << 61)) >> 62;
  double r = (double)(s64)(p - (n << 62)) * (PI / 2 * 0x1p-62);
  return x < 0 ? Turn{-r, -(int)n} : Turn{r, (int)n};
}

DEV Turn turnOf(float x) {
  float a = f_abs(x);
  return a < 0x1p22f ? nearTurn(x) : a < INF ? farTurn(x) : Turn{NOT_A_NUMBER64, 0};
}

DEV float f_sin(float x) { return x == 0 ? x : (float)sine(turnOf(x)); }
DEV float f_cos(float x) { return (float)cosine(turnOf(x)); }

// pow is e^(b log |a|), negative for negative a and odd b. As in package scalar, NaN
// passes through where C says 1.
DEV float f_pow(float a, float b) {
  float whole = __builtin_truncf(b);
  bool odd = (whole == b) & (int)f_clamp(whole, -0x1p24f, 0x1p24f); // beyond, all are even
  double m = exp64((double)b * log64(abs64(a)));
  m = b == 0 || (f_abs(a) == 1) ? 1 : m;
  m = a < 0 && a != -INF && whole != b ? NOT_A_NUMBER64 : m;
  m = a != a || b != b ? NOT_A_NUMBER64 : m;
  return (float)(odd ? __builtin_copysign(m, (double)a) : m);
}
