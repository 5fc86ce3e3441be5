// Ops over small matrices, one a row: a warp has each. Numbers are stored in float32,
// as they come and go; sums are taken in double.
#pragma once
#include "rows.h"
#include "warp.h"

DEV void batchMul(const Dims &d, const Op &o, int lo, int hi, Team team) {
  const int m = o.n[0], k = o.n[1], n = o.n[2];
  const int ai = o.n[3] ? 1 : k, ak = o.n[3] ? m : 1; // what a row or column further is, in a1
  const int bk = o.n[4] ? 1 : n, bj = o.n[4] ? k : 1; // and in a2
  eachElement(lo, hi, m * n, team, [&](int r, int e) {
    const GLOBAL float *a = rowOf(o.a[1], rowFor(d, o.axis, o.a[1], r)) + e / n * ai;
    const GLOBAL float *b = rowOf(o.a[2], rowFor(d, o.axis, o.a[2], r)) + e % n * bj;
    float s = 0;
    for (int q = 0; q < k; q++) s = f_fma(a[q * ak], b[q * bk], s);
    put(o, rowOf(o.a[0], r) + e, s);
  });
}

// symmetric is element (i,j) of the symmetric part of a [n,n].
DEV float symmetric(const GLOBAL float *a, int n, int i, int j) { return (a[i * n + j] + a[j * n + i]) / 2; }

// dot is the sum of n products of numbers that lie so far apart.
DEV double dot(const GLOBAL float *a, int as, const GLOBAL float *b, int bs, int n) {
  double s = 0;
  for (int k = 0; k < n; k++) s = __builtin_fma(double(a[k * as]), double(b[k * bs]), s);
  return s;
}

DEV void fillRow(GLOBAL float *a, int n, float v, int lane) {
  for (int i = lane; i < n; i += 32) a[i] = v;
}

// factor replaces the lower triangle of a symmetric a [n,n] by its Cholesky factor and
// the rest by zeros. It reports whether a is positive definite.
OUTLINE bool factor(GLOBAL float *a, int n, int lane) {
  for (int j = 0; j < n; j++) {
    GLOBAL float *row = a + j * n;
    if (lane == 0) {
      const double pivot = row[j] - dot(row, 1, row, 1, j);
      row[j] = pivot > 0 ? float(__builtin_sqrt(pivot)) : NOT_A_NUMBER;
    }
    syncWarp();
    const float root = row[j];
    if (!(root > 0)) return false;
    for (int i = j + 1 + lane; i < n; i += 32) {
      a[i * n + j] = float((a[i * n + j] - dot(a + i * n, 1, row, 1, j)) / root);
      row[i] = 0;
    }
    syncWarp();
  }
  return true;
}

OUTLINE void cholesky(const Dims &d, const Op &o, int lo, int hi, Team team) {
  const int n = o.n[0];
  eachWarp(lo, hi, team, [&](int r, int lane) {
    const GLOBAL float *a = rowOf(o.a[1], rowFor(d, o.axis, o.a[1], r));
    GLOBAL float *l = rowOf(o.a[0], r);
    for (int e = lane; e < n * n; e += 32) l[e] = symmetric(a, n, e / n, e % n);
    syncWarp();
    if (factor(l, n, lane)) return;
    syncWarp();
    fillRow(l, n * n, NOT_A_NUMBER, lane);
  });
}

// solveRight replaces x [n,n] by x L^-1, a row a lane; L is lower triangular.
OUTLINE void solveRight(GLOBAL float *x, const GLOBAL float *l, int n, int lane) {
  for (int i = lane; i < n; i += 32)
    for (int j = n - 1; j >= 0; j--) {
      GLOBAL float *row = x + i * n;
      const int rest = n - 1 - j;
      row[j] = float((row[j] - dot(row + j + 1, 1, l + (j + 1) * n + j, n, rest)) / l[j * n + j]);
    }
}

// solveLower replaces x [n,n] by L^-1 x, a column a lane.
OUTLINE void solveLower(GLOBAL float *x, const GLOBAL float *l, int n, int lane) {
  for (int j = lane; j < n; j += 32)
    for (int i = 0; i < n; i++) x[i * n + j] = float((x[i * n + j] - dot(l + i * n, 1, x + j, n, i)) / l[i * n + i]);
}

// solveUpper replaces x [n,n] by the transpose of L^-1, times x, a column a lane.
OUTLINE void solveUpper(GLOBAL float *x, const GLOBAL float *l, int n, int lane) {
  for (int j = lane; j < n; j += 32)
    for (int i = n - 1; i >= 0; i--) {
      const int rest = n - 1 - i;
      x[i * n + j] = float((x[i * n + j] - dot(l + (i + 1) * n + i, n, x + (i + 1) * n + j, n, rest)) / l[i * n + i]);
    }
}

OUTLINE void choleskyBack(const Op &o, int lo, int hi, Team team) {
  const int n = o.n[0];
  eachWarp(lo, hi, team, [&](int r, int lane) {
    const GLOBAL float *dl = rowOf(o.a[1], r), *l = rowOf(o.a[2], r);
    GLOBAL float *x = rowOf(o.a[3], r), *da = rowOf(o.a[0], r);
    for (int e = lane; e < n * n; e += 32) {
      const int i = e / n, j = e % n;
      const double v = i < j ? 0 : dot(l + i * n + i, n, dl + i * n + j, n, n - i);
      x[e] = float(i == j ? v / 2 : v);
    }
    syncWarp();
    solveRight(x, l, n, lane);
    syncWarp();
    solveUpper(x, l, n, lane);
    syncWarp();
    for (int e = lane; e < n * n; e += 32) put(o, da + e, symmetric(x, n, e / n, e % n));
  });
}

// swapRows swaps two rows of x [n,n].
DEV void swapRows(GLOBAL float *x, int n, int i, int k, int lane) {
  for (int j = lane; j < n; j += 32) {
    const float v = x[i * n + j];
    x[i * n + j] = x[k * n + j];
    x[k * n + j] = v;
  }
}

// pivotOf is the row, from k on, with the largest number in column k, or -1 where that
// is zero or NaN.
DEV int pivotOf(const GLOBAL float *x, int n, int k, int lane) {
  float most = 0;
  int at = n;
  for (int i = k + lane; i < n; i += 32) {
    const float v = f_abs(x[i * n + k]);
    if (v > most) at = i;
    most = f_max(most, v);
  }
  const float m = maxWarp(most);
  at = minWarp(most == m ? at : n);
  return m > 0 ? at : -1;
}

// eliminate clears column k of w but for its diagonal, which becomes one, and does to x
// what it does to w.
DEV void eliminate(GLOBAL float *w, GLOBAL float *x, int n, int k, int lane) {
  const float pivot = w[k * n + k];
  syncWarp();
  for (int j = lane; j < n; j += 32) {
    w[k * n + j] /= pivot;
    x[k * n + j] /= pivot;
  }
  syncWarp();
  for (int i = lane; i < n; i += 32) {
    if (i == k) continue;
    const float v = -w[i * n + k];
    for (int j = 0; j < n; j++) {
      w[i * n + j] = f_fma(v, w[k * n + j], w[i * n + j]);
      x[i * n + j] = f_fma(v, x[k * n + j], x[i * n + j]);
    }
  }
  syncWarp();
}

// invert sets x to the inverse of w [n,n], which it overwrites: Gauss and Jordan's
// elimination, with pivots from a column. It reports whether there is one.
OUTLINE bool invert(GLOBAL float *x, GLOBAL float *w, int n, int lane) {
  for (int k = 0; k < n; k++) {
    const int p = pivotOf(w, n, k, lane);
    if (p < 0) return false;
    swapRows(w, n, k, p, lane);
    swapRows(x, n, k, p, lane);
    syncWarp();
    eliminate(w, x, n, k, lane);
  }
  return true;
}

OUTLINE void inverse(const Dims &d, const Op &o, int lo, int hi, Team team) {
  const int n = o.n[0];
  eachWarp(lo, hi, team, [&](int r, int lane) {
    const GLOBAL float *a = rowOf(o.a[1], rowFor(d, o.axis, o.a[1], r));
    GLOBAL float *x = rowOf(o.a[0], r), *w = rowOf(o.a[2], r);
    for (int e = lane; e < n * n; e += 32) {
      w[e] = a[e];
      x[e] = e / n == e % n ? 1 : 0;
    }
    syncWarp();
    if (invert(x, w, n, lane)) return;
    syncWarp();
    fillRow(x, n * n, NOT_A_NUMBER, lane);
  });
}

OUTLINE void inverseBack(const Op &o, int lo, int hi, Team team) {
  const int n = o.n[0];
  eachWarp(lo, hi, team, [&](int r, int lane) {
    const GLOBAL float *dy = rowOf(o.a[1], r), *y = rowOf(o.a[2], r);
    GLOBAL float *w = rowOf(o.a[3], r), *da = rowOf(o.a[0], r);
    for (int e = lane; e < n * n; e += 32) w[e] = float(dot(y + e / n, n, dy + e % n, n, n));
    syncWarp();
    for (int e = lane; e < n * n; e += 32) put(o, da + e, float(-dot(w + e / n * n, 1, y + e % n * n, 1, n)));
  });
}
