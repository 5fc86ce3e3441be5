// Sums over many rows. They are taken in parts, so that many threads share them, and
// the parts are added up in order.
#pragma once
#include "rows.h"
#include "warp.h"

DEV void colSum(const Op &o, int rows, Team team) {
  const int parts = o.n[1];
  eachElement(0, parts, o.n[0], team, [&](int s, int j) {
    float v = 0;
#pragma unroll 8
    for (int r = partOf(rows, s, parts), end = partOf(rows, s + 1, parts); r < end; r++) v += rowOf(o.a[1], r)[j];
    rowOf(o.a[0], s)[j] = v;
  });
}

DEV void addParts(const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[0], team, [&](int i, int j) {
    float v = 0;
#pragma unroll 8
    for (int s = 0; s < o.n[1]; s++) v += rowOf(o.a[1], s * o.n[2] + i)[j];
    put(o, rowOf(o.a[0], i) + j, v);
  });
}

DEV GLOBAL double *doubles(const Array &a) { return (GLOBAL double *)a.p; }

// sumParts sets a0 to the sums of f(number) over parts of the rows of a1.
template <class F> DEV void sumParts(const Op &o, int rows, Team team, F f) {
  const int parts = o.n[1], cols = o.n[0];
  eachWarp(0, parts, team, [&](int s, int lane) {
    const int from = partOf(rows, s, parts), to = partOf(rows, s + 1, parts);
    double v = 0;
    eachElement(from, to, cols, {lane, 32}, [&](int r, int j) { v += f(double(rowOf(o.a[1], r)[j])); });
    v = sumWarp(v);
    if (lane == 0) doubles(o.a[0])[s] = v;
  });
}

// sumDoubles is the sum of n numbers, in every lane.
DEV double sumDoubles(const GLOBAL double *x, int n, int lane) {
  double v = 0;
  for (int i = lane; i < n; i += 32) v += x[i];
  return sumWarp(v);
}

DEV void total(const Dims &d, const Op &o, Team team) {
  eachWarp(0, 1, team, [&](int, int lane) {
    double cost = 0;
    for (int i = 0; i < o.n[2]; i++) {
      const double v = sumDoubles(doubles(o.a[1]) + i * o.n[1], o.n[1], lane);
      cost += double(d.coef[i]) * v;
      if (lane == 0) doubles(o.a[0])[1 + i] = v;
    }
    if (lane == 0) doubles(o.a[0])[0] = double(d.scale) * cost;
  });
}

DEV void norm(const Op &o, Team team) {
  eachWarp(0, 1, team, [&](int, int lane) {
    const double v = sumDoubles(doubles(o.a[1]), o.n[1], lane);
    if (lane == 0) doubles(o.a[0])[0] = __builtin_sqrt(v);
  });
}

DEV void gateBack(const Dims &d, const Op &o, int lo, int hi, Team team) {
  const double mean = doubles(o.a[2])[0] / (double(rowsOf(d, o.n[2], o.n[3])) * o.n[1]);
  const bool open = mean >= double(o.f[0]);
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) { put(o, rowOf(o.a[0], r) + j, open ? rowOf(o.a[1], r)[j] : 0); });
}
