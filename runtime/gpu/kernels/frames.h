// Ops that move rows from one time to another.
#pragma once
#include "rows.h"

// frame is element j of a, which has the axis of frames, for sequence b at time t.
DEV float frame(const Dims &d, const Array &a, int t, int b, int j) {
  return rowOf(a, startOf(d, a.axis, t) + b)[j];
}

// A Span is times, from the first to before the end.
struct Span {
  int from, to;
};

// outside is the times of sequence b whose frame by earlier does not exist.
DEV Span outside(const Dims &d, int axis, int b, int by) {
  const int len = lenOf(d, axis, b);
  if (by > 0) return {0, by < len ? by : len};
  return {len + by > 0 ? len + by : 0, len};
}

// sumOver is the sum of element j of a's frames of sequence b.
DEV float sumOver(const Dims &d, const Array &a, Span times, int b, int j) {
  float s = 0;
  for (int t = times.from; t < times.to; t++) s += frame(d, a, t, b, j);
  return s;
}

// eachSequence sets row b of a0 to f(b, j); where there is one row, to the sum over
// the sequences of a1.
template <class F> DEV void eachSequence(const Dims &d, const Op &o, int lo, int hi, Team team, F f) {
  if (o.axis & SEQ) {
    eachElement(lo, hi, o.n[0], team, [&](int b, int j) { put(o, rowOf(o.a[0], b) + j, f(b, j)); });
    return;
  }
  const int sequences = d.B * samples(d, o.a[1].axis);
  eachWarp(0, o.n[0], team, [&](int j, int lane) {
    float s = 0;
    for (int b = lane; b < sequences; b += 32) s += f(b, j);
    s = sumWarp(s);
    if (lane == 0) put(o, o.a[0].p + j, s);
  });
}

DEV void lag(const Dims &d, const Op &o, int lo, int hi, Team team) {
  const int by = o.n[1];
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) {
    const Place p = placeOf(d, o.axis, r);
    float v;
    if (p.b < sizeOf(d, o.axis, p.t - by)) {
      v = frame(d, o.a[1], p.t - by, p.b, j);
    } else if (o.a[2].p) {
      v = rowOf(o.a[2], o.a[2].axis & SEQ ? p.b : 0)[j];
    } else {
      v = rowOf(o.a[1], edgeOf(d, o.axis, p.b, by < 0))[j];
    }
    rowOf(o.a[0], r)[j] = v;
  });
}

DEV void lagBack(const Dims &d, const Op &o, int lo, int hi, Team team) {
  const int by = o.n[1];
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) {
    const Place p = placeOf(d, o.axis, r);
    float s = 0;
    if (p.b < sizeOf(d, o.axis, p.t + by)) s = frame(d, o.a[1], p.t + by, p.b, j);
    if (o.n[2] && r == edgeOf(d, o.axis, p.b, by < 0)) s += sumOver(d, o.a[1], outside(d, o.axis, p.b, by), p.b, j);
    put(o, rowOf(o.a[0], r) + j, s);
  });
}

// lagScatter gives no two rows of one time the same target.
DEV void lagScatter(const Dims &d, const Op &o, int lo, int hi, Team team) {
  const int by = o.n[1];
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) {
    const Place p = placeOf(d, o.axis, r);
    int to = -1;
    if (p.b < sizeOf(d, o.axis, p.t - by)) {
      to = startOf(d, o.axis, p.t - by) + p.b;
    } else if (o.n[2]) {
      to = edgeOf(d, o.axis, p.b, by < 0);
    }
    if (to >= 0) rowOf(o.a[0], to)[j] += rowOf(o.a[1], r)[j];
  });
}

DEV void lagStart(const Dims &d, const Op &o, int lo, int hi, Team team) {
  eachSequence(d, o, lo, hi, team, [&](int b, int j) {
    return sumOver(d, o.a[1], outside(d, o.a[1].axis, b, o.n[1]), b, j);
  });
}

DEV void splice(const Dims &d, const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) {
    const Array &a = timeOf(d, o.axis, r) == o.n[1] ? o.a[1] : o.a[2];
    rowOf(o.a[0], r)[j] = rowOf(a, rowFor(d, o.axis, a, r))[j];
  });
}

DEV void spliceBack(const Dims &d, const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) {
    const bool there = timeOf(d, o.axis, r) == o.n[1];
    put(o, rowOf(o.a[0], r) + j, there == (o.n[2] != 0) ? rowOf(o.a[1], r)[j] : 0);
  });
}

DEV void spliceStart(const Dims &d, const Op &o, int lo, int hi, Team team) {
  eachSequence(d, o, lo, hi, team, [&](int b, int j) {
    return b < sizeOf(d, o.a[1].axis, o.n[1]) ? frame(d, o.a[1], o.n[1], b, j) : 0;
  });
}

DEV void expandBack(const Dims &d, const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[0], team, [&](int b, int j) {
    put(o, rowOf(o.a[0], b) + j, sumOver(d, o.a[1], {0, lenOf(d, o.axis, b)}, b, j));
  });
}

DEV void hold(const Dims &d, const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) {
    const Place p = placeOf(d, o.axis, r);
    rowOf(o.a[0], r)[j] = frame(d, o.a[1], p.t - p.t % o.n[1], p.b, j);
  });
}

DEV void holdBack(const Dims &d, const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) {
    const Place p = placeOf(d, o.axis, r);
    const int len = lenOf(d, o.axis, p.b), end = p.t + o.n[1];
    put(o, rowOf(o.a[0], r) + j, p.t % o.n[1] == 0 ? sumOver(d, o.a[1], {p.t, end < len ? end : len}, p.b, j) : 0);
  });
}

// holdScatter gives no two rows of one time the same target.
DEV void holdScatter(const Dims &d, const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) {
    const Place p = placeOf(d, o.axis, r);
    rowOf(o.a[0], startOf(d, o.axis, p.t - p.t % o.n[1]) + p.b)[j] += rowOf(o.a[1], r)[j];
  });
}

DEV void tick(const Dims &d, const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, 1, team, [&](int r, int) { rowOf(o.a[0], r)[0] = timeOf(d, o.axis, r) % o.n[1] == 0 ? 1 : 0; });
}

DEV void edge(const Dims &d, const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[0], team, [&](int b, int j) {
    rowOf(o.a[0], b)[j] = rowOf(o.a[1], edgeOf(d, o.axis, b, o.n[1] != 0))[j];
  });
}

DEV void edgeBack(const Dims &d, const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[0], team, [&](int b, int j) {
    rowOf(o.a[0], edgeOf(d, o.axis, b, o.n[1] != 0))[j] += rowOf(o.a[1], b)[j];
  });
}
