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

// A Step is how far an update goes: nowhere, unless the norm of the gradient is finite.
struct Step {
  bool goes;
  float scale;  // of the gradient, which clips its norm
};

DEV Step stepOf(const Dims &d, const Array &at) {
  const double norm = *(const GLOBAL double *)at.p;
  return {norm - norm == 0, d.clip > 0 && norm > double(d.clip) ? float(double(d.clip) / norm) : 1};
}

// adam is kernel.Adam's update.
DEV void adam(const Dims &d, const Op &o, int lo, int hi, Team team) {
  const Step s = stepOf(d, o.a[4]);
  if (!s.goes) return;
  const float rest1 = o.f[0], rest2 = o.f[1], keep1 = 1 - rest1, keep2 = 1 - rest2;
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) {
    GLOBAL float &w = rowOf(o.a[0], r)[j], &m = rowOf(o.a[1], r)[j], &v = rowOf(o.a[2], r)[j];
    const float g = rowOf(o.a[3], r)[j] * s.scale;
    m = keep1 * m + rest1 * g;
    v = keep2 * v + rest2 * (g * g);
    w -= d.rate * m / (f_sqrt(v) + d.eps);
  });
}

// rmsProp is optim.RMSProp's update.
DEV void rmsProp(const Dims &d, const Op &o, int lo, int hi, Team team) {
  const Step s = stepOf(d, o.a[4]);
  if (!s.goes) return;
  const float rest = o.f[0], decay = 1 - rest, momentum = o.f[1];
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) {
    GLOBAL float &w = rowOf(o.a[0], r)[j], &v = rowOf(o.a[1], r)[j], &u = rowOf(o.a[2], r)[j];
    const float g = rowOf(o.a[3], r)[j] * s.scale;
    v = decay * v + rest * g * g;
    u = momentum * u + g / (f_sqrt(v) + d.eps);
    w -= d.rate * u;
  });
}

// sgd is optim.SGD's update.
DEV void sgd(const Dims &d, const Op &o, int lo, int hi, Team team) {
  const Step s = stepOf(d, o.a[4]);
  if (!s.goes) return;
  const float momentum = o.f[1];
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) {
    GLOBAL float &w = rowOf(o.a[0], r)[j], &u = rowOf(o.a[1], r)[j];
    u = momentum * u + s.scale * rowOf(o.a[3], r)[j];
    w -= d.rate * u;
  });
}
