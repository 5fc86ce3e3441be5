// Where rows stand.
#pragma once
#include "team.h"

// samples is the rows of an axis for each row of the batch.
DEV int samples(const Dims &d, int axis) { return axis & SAMPLED ? d.K : 1; }

// rowsOf is how many rows an axis has; once is how many where it is ONCE.
DEV int rowsOf(const Dims &d, int axis, int once) {
  if (axis & FRAME) return d.N * samples(d, axis);
  return axis & SEQ ? d.B * samples(d, axis) : once;
}

// over is r / s; s is one, most of the time.
DEV int over(int r, int s) { return s == 1 ? r : r / s; }

// timeOf is the time of row r of frames.
DEV int timeOf(const Dims &d, int axis, int r) { return d.time[over(r, samples(d, axis))]; }

// startOf is the first row of time t of frames.
DEV int startOf(const Dims &d, int axis, int t) { return d.off[t] * samples(d, axis); }

// sizeOf is the rows of time t of frames: none where there is no such time.
DEV int sizeOf(const Dims &d, int axis, int t) {
  return t < 0 || t >= d.T ? 0 : (d.off[t + 1] - d.off[t]) * samples(d, axis);
}

// lenOf is the frames of sequence b, a number among those of the axis.
DEV int lenOf(const Dims &d, int axis, int b) { return d.len[over(b, samples(d, axis))]; }

// edgeOf is the row of the first frame of sequence b, or of its last.
DEV int edgeOf(const Dims &d, int axis, int b, bool last) {
  return last ? startOf(d, axis, lenOf(d, axis, b) - 1) + b : b;
}

// partOf is where part s of n equal parts of rows begins.
DEV int partOf(int rows, int s, int n) { return int((long long)rows * s / n); }

// A Place is the time and the sequence of a row of frames.
struct Place {
  int t, b;
};

DEV Place placeOf(const Dims &d, int axis, int r) {
  const int t = timeOf(d, axis, r);
  return {t, r - startOf(d, axis, t)};
}

// rowFor is the row that a has for row r of a domain.
DEV int rowFor(const Dims &d, int axis, const Array &a, int r) {
  const int own = a.axis & (SEQ | FRAME), domain = axis & (SEQ | FRAME);
  if (own == domain) return r;
  return own == ONCE ? 0 : placeOf(d, axis, r).b;
}

// rowOf is where row r of a begins.
DEV GLOBAL float *rowOf(const Array &a, int r) { return a.p + long(r) * a.ld; }

// put stores a result, or adds it to what is there.
DEV void put(const Op &o, GLOBAL float *to, float v) { *to = o.add ? *to + v : v; }
