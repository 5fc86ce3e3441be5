// The multivariate normal distribution's log density, a row a warp.
#pragma once
#include "matrix.h"

// A Normal is what a warp knows of the distribution of a row: see exact.Normal.
struct Normal {
  int n, k, seen;         // numbers; deviations; numbers that are there
  bool byRoot, proper;    // the triangle that is given is the root; there is a density
  GLOBAL float *root;     // [seen,seen] of the covariance of what is there
  GLOBAL float *y, *u;    // [k,seen] L^-1 d and S^-1 d
  GLOBAL float *inverse;  // [seen,seen]
  GLOBAL int *at;         // [seen] which are there
};

// covariance is that of numbers i and j, of a covariance or its triangle.
DEV float covariance(const GLOBAL float *s, int n, bool tri, int i, int j) {
  if (!tri) return symmetric(s, n, i, j);
  return float(dot(s + i * n, 1, s + j * n, 1, (i < j ? i : j) + 1));
}

// look finds which numbers are there.
DEV void look(Normal &q, const GLOBAL float *present, int lane) {
  q.seen = 0;
  for (int i = 0; i < q.n; i++) {
    if (present && present[i] == 0) continue;
    if (q.seen % 32 == lane) q.at[q.seen] = i;
    q.seen++;
  }
  syncWarp();
}

// setRoot finds the root of the covariance of what is there.
DEV void setRoot(Normal &q, const GLOBAL float *s, bool tri, int lane) {
  const int m = q.seen;
  q.byRoot = tri && m == q.n;
  for (int e = lane; e < m * m; e += 32) {
    const int a = e / m, b = e % m;
    q.root[e] = q.byRoot ? (b <= a ? s[e] : 0) : covariance(s, q.n, tri, q.at[a], q.at[b]);
  }
  syncWarp();
  q.proper = true;
  if (!q.byRoot) {
    q.proper = factor(q.root, m, lane);
    return;
  }
  for (int a = 0; a < m; a++) q.proper = q.proper && q.root[a * m + a] != 0;
}

// whiten finds L^-1 d, a deviation a lane.
DEV void whiten(const Normal &q, const GLOBAL float *dev, int lane) {
  const int m = q.seen;
  for (int r = lane; r < q.k; r += 32) {
    GLOBAL float *y = q.y + r * m;
    for (int a = 0; a < m; a++)
      y[a] = float((dev[r * q.n + q.at[a]] - dot(y, 1, q.root + a * m, 1, a)) / q.root[a * m + a]);
  }
  syncWarp();
}

// solve finds S^-1 d of L^-1 d.
DEV void solve(const Normal &q, int lane) {
  const int m = q.seen;
  for (int r = lane; r < q.k; r += 32) {
    const GLOBAL float *y = q.y + r * m;
    GLOBAL float *u = q.u + r * m;
    for (int a = m - 1; a >= 0; a--)
      u[a] = float((y[a] - dot(u + a + 1, 1, q.root + (a + 1) * m + a, m, m - 1 - a)) / q.root[a * m + a]);
  }
  syncWarp();
}

// logProb is the log density at deviations that have been whitened.
DEV float logProb(const Normal &q, int lane) {
  const int m = q.seen;
  double s = 0;
  for (int e = lane; e < q.k * m; e += 32) s += double(q.y[e]) * double(q.y[e]);
  for (int a = lane; a < m; a += 32) s += 1.8378770664093453 + 2 * double(f_log(f_abs(q.root[a * m + a])));
  return float(-sumWarp(s) / 2);
}

// setNormal is the distribution of row r, in memory that begins with two matrices.
DEV Normal setNormal(const Op &o, const GLOBAL float *s, const GLOBAL float *present, GLOBAL float *scratch, int lane) {
  Normal q;
  q.n = o.n[0];
  q.k = o.n[1];
  q.root = scratch;
  q.at = (GLOBAL int *)(scratch + q.n * q.n);
  q.y = scratch + 2 * q.n * q.n;
  q.u = q.y + q.k * q.n;
  q.inverse = q.u + q.k * q.n;
  look(q, present, lane);
  setRoot(q, s, o.n[2] != 0, lane);
  return q;
}

// given is row r's part of an array that may be left out.
DEV GLOBAL float *given(const Dims &d, int axis, const Array &a, int r) {
  return a.p ? rowOf(a, rowFor(d, axis, a, r)) : a.p;
}

OUTLINE void mvNormal(const Dims &d, const Op &o, int lo, int hi, Team team) {
  eachWarp(lo, hi, team, [&](int r, int lane) {
    const Normal q = setNormal(o, given(d, o.axis, o.a[2], r), given(d, o.axis, o.a[3], r), rowOf(o.a[4], r), lane);
    float v = NOT_A_NUMBER;
    if (q.proper) {
      whiten(q, given(d, o.axis, o.a[1], r), lane);
      v = logProb(q, lane);
    }
    if (lane == 0) rowOf(o.a[0], r)[0] = v;
    syncWarp();
  });
}

// A Target is a row that results are put in or added to.
struct Target {
  GLOBAL float *row;
  bool add;
};

DEV void give(Target t, int i, float v) { t.row[i] = t.add ? t.row[i] + v : v; }

// empty makes a row of n numbers ready for what is given to some of them.
DEV void empty(Target t, int n, int lane) {
  if (!t.add) fillRow(t.row, n, 0, lane);
  syncWarp();
}

// giveDeviations is the gradient by the deviations, -w S^-1 d.
DEV void giveDeviations(const Normal &q, Target t, float w, int lane) {
  empty(t, q.k * q.n, lane);
  for (int e = lane; e < q.k * q.seen; e += 32) give(t, e / q.seen * q.n + q.at[e % q.seen], -w * q.u[e]);
}

// giveRoot is the gradient by the triangle: the lower part of w (u y' - L^-T).
DEV void giveRoot(const Normal &q, Target t, float w, int lane) {
  const int n = q.n;
  for (int e = lane; e < n * n; e += 32) {
    const int i = e / n, j = e % n;
    double v = j <= i ? dot(q.u + i, n, q.y + j, n, q.k) : 0;
    if (i == j) v -= 1 / double(q.root[e]);
    give(t, e, float(w * v));
  }
}

// setGradient replaces q's inverse by the gradient by the covariance of what is there,
// w (u u' - S^-1)/2.
DEV void setGradient(const Normal &q, float w, int lane) {
  const int m = q.seen;
  for (int e = lane; e < m * m; e += 32) q.inverse[e] = e / m == e % m ? 1 : 0;
  syncWarp();
  solveLower(q.inverse, q.root, m, lane);
  syncWarp();
  solveUpper(q.inverse, q.root, m, lane);
  syncWarp();
  for (int e = lane; e < m * m; e += 32)
    q.inverse[e] = float(w / 2 * (dot(q.u + e / m, m, q.u + e % m, m, q.k) - q.inverse[e]));
  syncWarp();
}

// giveBlock is that gradient in its place in that by s.
DEV void giveBlock(const Normal &q, Target t, int lane) {
  const int m = q.seen;
  for (int e = lane; e < m * m; e += 32) give(t, q.at[e / m] * q.n + q.at[e % m], q.inverse[e]);
}

// giveTriangle takes that gradient G to the triangle s: the lower part of 2 G s.
DEV void giveTriangle(const Normal &q, Target t, const GLOBAL float *s, int lane) {
  const int m = q.seen, n = q.n;
  for (int e = lane; e < m * n; e += 32) {
    const int a = e / n, j = e % n;
    if (j > q.at[a]) continue;
    double v = 0;
    for (int b = 0; b < m; b++)
      if (j <= q.at[b]) v += 2 * double(q.inverse[a * m + b]) * double(s[q.at[b] * n + j]);
    give(t, q.at[a] * n + j, float(v));
  }
}

// giveCovariance is the gradient by the covariance s or its triangle.
DEV void giveCovariance(const Normal &q, Target t, const GLOBAL float *s, bool tri, float w, int lane) {
  if (q.byRoot) return giveRoot(q, t, w, lane);
  setGradient(q, w, lane);
  empty(t, q.n * q.n, lane);
  if (tri) return giveTriangle(q, t, s, lane);
  giveBlock(q, t, lane);
}

OUTLINE void mvNormalBack(const Dims &d, const Op &o, int lo, int hi, Team team) {
  const int n = o.n[0], k = o.n[1];
  eachWarp(lo, hi, team, [&](int r, int lane) {
    const GLOBAL float *s = given(d, o.axis, o.a[4], r);
    const Target dd = {given(d, o.axis, o.a[0], r), o.add != 0}, ds = {given(d, o.axis, o.a[1], r), o.n[3] != 0};
    const Normal q = setNormal(o, s, given(d, o.axis, o.a[5], r), rowOf(o.a[6], r), lane);
    if (!q.proper) {
      if (dd.row) fillRow(dd.row, k * n, NOT_A_NUMBER, lane);
      if (ds.row) fillRow(ds.row, n * n, NOT_A_NUMBER, lane);
      return;
    }
    const float w = rowOf(o.a[2], r)[0];
    whiten(q, given(d, o.axis, o.a[3], r), lane);
    solve(q, lane);
    if (dd.row) giveDeviations(q, dd, w, lane);
    if (ds.row) giveCovariance(q, ds, s, o.n[2] != 0, w, lane);
    syncWarp();
  });
}
