// What begins and ends an update: where frames are, data, and the step of parameters.
#pragma once
#include "rows.h"
#include "math.h"

// layout finds the time of each frame: the last that begins no later than it.
DEV void layout(const Dims &d, int lo, int hi, Team team) {
  eachNumber(hi - lo, team, [&](int i) {
    int from = 0, to = d.T; // off[from] <= r < off[to]
    while (to - from > 1) {
      const int t = (from + to) / 2;
      if (d.off[t] <= lo + i) {
        from = t;
      } else {
        to = t;
      }
    }
    d.time[lo + i] = from;
  });
}

DEV void port(const Dims &d, const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) {
    int row;
    if (o.axis & FRAME) {
      const Place p = placeOf(d, o.axis, r);
      row = d.from[p.b] + p.t;
    } else {
      row = d.number[r];
    }
    rowOf(o.a[0], r)[j] = rowOf(o.a[1], row)[j];
  });
}

DEV void seed(const Dims &d, const Op &o, int lo, int hi, Team team) {
  const float v = d.coef[o.n[1]] * d.scale;
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) { put(o, rowOf(o.a[0], r) + j, v); });
}

// signOf is zero of what has none.
DEV float signOf(float x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }

DEV void penalty(const Dims &d, const Op &o, int lo, int hi, Team team) {
  const float square = 2 * o.f[0] * d.scale, size = o.f[1] * d.scale;
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) {
    const float w = rowOf(o.a[1], r)[j];
    rowOf(o.a[0], r)[j] += square * w + size * signOf(w);
  });
}

// adam is kernel.Adam's update, of a gradient whose norm is clipped.
DEV void adam(const Dims &d, const Op &o, int lo, int hi, Team team) {
  const double norm = *(const GLOBAL double *)o.a[4].p;
  if (!(norm - norm == 0)) return;
  const float scale = d.clip > 0 && norm > double(d.clip) ? float(double(d.clip) / norm) : 1;
  const float rest1 = o.f[0], rest2 = o.f[1], keep1 = 1 - rest1, keep2 = 1 - rest2;
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) {
    GLOBAL float &w = rowOf(o.a[0], r)[j], &m = rowOf(o.a[1], r)[j], &v = rowOf(o.a[2], r)[j];
    const float g = rowOf(o.a[3], r)[j] * scale;
    m = keep1 * m + rest1 * g;
    v = keep2 * v + rest2 * (g * g);
    w -= d.rate * m / (f_sqrt(v) + d.eps);
  });
}
