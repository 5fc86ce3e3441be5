// The functions of statistics, each by the algorithm of package scalar, in float64.
#pragma once
#include "math64.h"

#define CALLED static __device__ __attribute__((noinline, unused))

// sinPi is |sin(pi x)|.
DEV double sinPi(double x) {
  double half = x - __builtin_rint(x), n = __builtin_rint(2 * half);
  return abs64(sine({PI * (half - 0.5 * n), (int)n}));
}

// The pieces of lgammaOf are those of fdlibm, to 1e-17. nearTwo is log gamma(2-y).
DEV double nearTwo(double y) {
  double p = horner(y, 7.72156649015328655494e-02, 3.22467033424113591611e-01, 6.73523010531292681824e-02, 2.05808084325167332806e-02,
                    7.38555086081402883957e-03, 2.89051383673415629091e-03, 1.19270763183362067845e-03, 5.10069792153511336608e-04,
                    2.20862790713908385557e-04, 1.08011567247583939954e-04, 2.52144565451257326939e-05, 4.48640949618915160150e-05);
  return fma64(y, p, -0.5 * y);
}

// nearLeast is log gamma(y + 1.46163...), where it is least.
DEV double nearLeast(double y) {
  double p = horner(y, 4.83836122723810047042e-01, -1.47587722994593911752e-01, 6.46249402391333854778e-02, -3.27885410759859649565e-02,
                    1.79706750811820387126e-02, -1.03142241298341437450e-02, 6.10053870246291332635e-03, -3.68452016781138256760e-03,
                    2.25964780900612472250e-03, -1.40346469989232843813e-03, 8.81081882437654011382e-04, -5.38595305356740546715e-04,
                    3.15632070903625950361e-04, -3.12754168375120860518e-04, 3.35529192635519073543e-04);
  return -1.21486290535849611461e-01 + fma64(y * y, p, 3.63867699703950536541e-18);
}

// nearOne is log gamma(1+y).
DEV double nearOne(double y) {
  double p = horner(y, -7.72156649015328655494e-02, 6.32827064025093366517e-01, 1.45492250137234768737e+00, 9.77717527963372745603e-01,
                    2.28963728064692451092e-01, 1.33810918536787660377e-02);
  double q = horner(y, 1, 2.45597793713041134822e+00, 2.12848976379893395361e+00, 7.69285150456672783825e-01, 1.04222645593369134254e-01,
                    3.21709242282423911810e-03);
  return -0.5 * y + y * p / q;
}

// fromTwo is log gamma(2+y) for y from 0 to 1.
DEV double fromTwo(double y) {
  double p = horner(y, -7.72156649015328655494e-02, 2.14982415960608852501e-01, 3.25778796408930981787e-01, 1.46350472652464452805e-01,
                    2.66422703033638609560e-02, 1.84028451407337715652e-03, 3.19475326584100867617e-05);
  double q = horner(y, 1, 1.39200533467621045958e+00, 7.21935547567138069525e-01, 1.71933865632803078993e-01, 1.86459191715652901344e-02,
                    7.77942496381893596434e-04, 7.32668430744625636189e-06);
  return 0.5 * y + y * p / q;
}

// belowTwo is log gamma(x) for 0 < x < 2; below 0.9 as log gamma(1+x) - log x.
DEV double belowTwo(double x) {
  double up = x <= 0.9 ? x + 1 : x, less = x <= 0.9 ? x : x - 1, y; // less is up - 1 to the last bit
  if (up >= 1.7316321449683622) y = nearTwo(1 - less);
  else if (up >= 1.2316321449683622) y = nearLeast(less - 0.46163214496836224576);
  else y = nearOne(less);
  return x <= 0.9 ? y - log64(x) : y;
}

// fromEight is log gamma(x) for x from 8 on (Stirling).
DEV double fromEight(double x) {
  double t = log64(x), z = 1 / x;
  double w = horner(z * z, 8.33333333333329678849e-02, -2.77777777728775536470e-03, 7.93650558643019558500e-04,
                    -5.95187557450339963135e-04, 8.36339918996282139126e-04, -1.63092934096575273989e-03);
  return (x - 0.5) * (t - 1) + fma64(z, w, 4.18938533204672725052e-01);
}

DEV double lgammaAbove(double x) {
  if (x < 2) return belowTwo(x);
  if (!(x < 8)) return x < INF64 ? fromEight(x) : x;
  double n = __builtin_floor(x), y = x - n, z = 1;
  for (; n > 2; n--) z *= y + n - 1;
  return fromTwo(y) + log64(z);
}

// lgammaOf is log |gamma(x)|, infinite at whole numbers from 0 down.
CALLED double lgammaOf(double x) {
  if (x > 0 || x != x) return lgammaAbove(x);
  if (x == -INF64) return x;
  double s = sinPi(x);
  return s == 0 ? INF64 : log64(PI / abs64(s * x)) - lgammaAbove(-x);
}

// digammaOf has the terms of gonum's Digamma.
CALLED double digammaOf(double x) {
  if (x == 0) return -__builtin_copysign(INF64, x);
  double y = 0;
  if (x < 0) {
    double r = x - __builtin_trunc(x);
    if (!(r < 0)) return NOT_A_NUMBER64; // at whole numbers and -infinity
    Turn a = nearTurn(PI * r);
    y = -PI * cosine(a) / sine(a);
    x = 1 - x;
  }
  for (; x < 7; x++) y -= 1 / x;
  double z = 1 / (x - 0.5);
  double w = z * z * horner(z * z, 1.0 / 24, -7.0 / 960, 31.0 / 8064, -127.0 / 30720);
  return x == INF64 ? x : y + log64(x - 0.5) + w;
}

// trigammaOf is by recurrence and the asymptotic series (Abramowitz & Stegun 6.4.12),
// below zero by reflection, infinite at whole numbers.
DEV double trigammaOf(double x) {
  bool below = x < 0.5;
  double s = sinPi(x), y = 0, q = below ? 1 - x : x;
  for (; q < 12; q++) y += 1 / (q * q);
  double z = 1 / q, z2 = z * z;
  y += z + 0.5 * z2 + z * z2 * horner(z2, 1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6);
  return below ? PI * PI / (s * s) - y : y;
}

DEV float f_lgamma(float x) { return (float)lgammaOf(x); }
DEV float f_digamma(float x) { return (float)digammaOf(x); }
DEV float f_trigamma(float x) { return (float)trigammaOf(x); }
DEV float f_lbeta(float a, float b) { return (float)(lgammaOf(a) + lgammaOf(b) - lgammaOf((double)a + b)); }
DEV float f_dlbeta(float a, float b) { return (float)(digammaOf(a) - digammaOf((double)a + b)); }

// log1mexp is log(1 - exp(-x)) (Maechler 2012).
DEV float f_log1mexp(float x) {
  return (float)(x > 0.6931471805599453 ? log1p64(-exp64(-x)) : log64(-expm164(-x)));
}

// erfcNear is erfc(x) for |x| < 0.84375.
DEV double erfcNear(double x) {
  double z = x * x;
  double p = horner(z, 1.28379167095512558561e-01, -3.25042107247001499370e-01, -2.84817495755985104766e-02, -5.77027029648944159157e-03,
                    -2.37630166566501626084e-05);
  double q = horner(z, 1, 3.97917223959155352819e-01, 6.50222499887672944485e-02, 5.08130628187576562776e-03, 1.32494738004321644526e-04,
                    -3.96022827877536812320e-06);
  double y = x * p / q;
  return x < 0.25 ? 1 - (x + y) : 0.5 - (y + (x - 0.5));
}

// erfcOne is erfc(x) for 0.84375 <= x < 1.25.
DEV double erfcOne(double x) {
  double s = x - 1;
  double p = horner(s, -2.36211856075265944077e-03, 4.14856118683748331666e-01, -3.72207876035701323847e-01, 3.18346619901161753674e-01,
                    -1.10894694282396677476e-01, 3.54783043256182359371e-02, -2.16637559486879084300e-03);
  double q = horner(s, 1, 1.06420880400844228286e-01, 5.40397917702171048937e-01, 7.18286544141962662868e-02, 1.26171219808761642112e-01,
                    1.36370839120290507362e-02, 1.19844998467991074170e-02);
  return 1 - 8.45062911510467529297e-01 - p / q;
}

// erfcFar is erfc(x) for 1.25 <= x < 28; x*x to the last bit by a fused product.
DEV double erfcFar(double x) {
  double s = 1 / (x * x), p, q;
  if (x < 1 / 0.35) {
    p = horner(s, -9.86494403484714822705e-03, -6.93858572707181764372e-01, -1.05586262253232909814e+01, -6.23753324503260060396e+01,
               -1.62396669462573470355e+02, -1.84605092906711035994e+02, -8.12874355063065934246e+01, -9.81432934416914548592e+00);
    q = horner(s, 1, 1.96512716674392571292e+01, 1.37657754143519042600e+02, 4.34565877475229228821e+02, 6.45387271733267880336e+02,
               4.29008140027567833386e+02, 1.08635005541779435134e+02, 6.57024977031928170135e+00, -6.04244152148580987438e-02);
  } else {
    p = horner(s, -9.86494292470009928597e-03, -7.99283237680523006574e-01, -1.77579549177547519889e+01, -1.60636384855821916062e+02,
               -6.37566443368389627722e+02, -1.02509513161107724954e+03, -4.83519191608651397019e+02);
    q = horner(s, 1, 3.03380607434824582924e+01, 3.25792512996573918826e+02, 1.53672958608443695994e+03, 3.19985821950859553908e+03,
               2.55305040643316442583e+03, 4.74528541206955367215e+02, -2.24409524465858183362e+01);
  }
  double x2 = x * x, rest = fma64(x, x, -x2);
  return exp64(-x2 - 0.5625) * exp64(p / q - rest) / x;
}

// erfcOf is fdlibm's erfc, for x below 28.
DEV double erfcOf(double x) {
  double a = abs64(x);
  if (a < 0.84375) return erfcNear(x);
  double y = a < 1.25 ? erfcOne(a) : a < 28 ? erfcFar(a) : 0;
  return x < 0 ? 2 - y : y;
}

// logndtr is the log of the standard normal distribution function; far below zero by
// its asymptotic series (Abramowitz & Stegun 26.2.12).
DEV float f_logndtr(float f) {
  double x = f;
  if (f != f) return f;
  if (x > 0) return (float)log1p64(-erfcOf(x * 0.7071067811865476) / 2);
  if (x >= -30) return (float)log64(erfcOf(-x * 0.7071067811865476) / 2);
  double v = 1 / (x * x);
  return (float)(-x * x / 2 - log64(-x) - 0.9189385332046727 + log1p64(-v * (1 - v * (3 - 15 * v))));
}

// A Bessel is exp(-x) I0(x) and exp(-x) I1(x).
struct Bessel {
  double i0, i1;
};

// besselTail is the asymptotic series of order n, mu = 4 n^2 (Abramowitz & Stegun 9.7.1).
DEV double besselTail(double x, double mu) {
  double sum = 1, term = 1;
  for (double k = 1; k < 2 * x && sum + term != sum; k++) {
    term *= -(mu - (2 * k - 1) * (2 * k - 1)) / (k * 8 * x);
    sum += term;
  }
  return sum / __builtin_sqrt(2 * PI * x);
}

// besselOf is by the power series (9.6.10), and where x is large by the asymptotic one.
DEV Bessel besselOf(double x) {
  if (!(x >= 0)) return {NOT_A_NUMBER64, NOT_A_NUMBER64};
  if (x > 20) return {besselTail(x, 0), besselTail(x, 4)};
  double i0 = 0, i1 = 0, term = exp64(-x), next = term * x / 2;
  for (double k = 1; i0 + term != i0 || i1 + next != i1; k++) {
    i0 += term, i1 += next;
    term *= x * x / 4 / (k * k);
    next *= x * x / 4 / (k * (k + 1));
  }
  return {i0, i1};
}

DEV float f_logi0e(float x) { return (float)log64(besselOf(x).i0); }

DEV float f_i1i0(float x) {
  Bessel b = besselOf(x);
  return (float)(b.i1 / b.i0);
}
