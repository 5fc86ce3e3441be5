// Ops of classes: rows that are log probabilities, and numbers of columns.
#pragma once
#include "rows.h"
#include "warp.h"

// classOf is the class, of n, that v stands for, or -1.
DEV int classOf(float v, int n) { return v >= 0 && v < float(n) ? int(v) : -1; }

// top is the largest of a row, NaN where one is.
DEV float top(const GLOBAL float *x, int cols, Lanes l) {
  float m = -INF;
  for (int j = l.first; j < cols; j += l.step) m = f_max(m, x[j]);
  return largest(l, m);
}

DEV void oneHot(const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) {
    const int c = classOf(rowOf(o.a[1], r)[0], o.n[0]);
    rowOf(o.a[0], r)[j] = c < 0 ? NOT_A_NUMBER : c == j ? 1 : 0;
  });
}

DEV void logSoftmax(const Op &o, int lo, int hi, Team team) {
  const int cols = o.n[0];
  eachRow(lo, hi, cols, team, [&](int r, Lanes l) {
    const GLOBAL float *x = rowOf(o.a[1], r);
    GLOBAL float *y = rowOf(o.a[0], r);
    const float m = top(x, cols, l);
    float s = 0;
    for (int j = l.first; j < cols; j += l.step) s += f_exp(x[j] - m);
    const float norm = f_log(sum(l, s));
    for (int j = l.first; j < cols; j += l.step) y[j] = x[j] - m - norm;
  });
}

DEV void logSoftmaxBack(const Op &o, int lo, int hi, Team team) {
  const int cols = o.n[0];
  eachRow(lo, hi, cols, team, [&](int r, Lanes l) {
    const GLOBAL float *dy = rowOf(o.a[1], r), *y = rowOf(o.a[2], r);
    GLOBAL float *dx = rowOf(o.a[0], r);
    float s = 0;
    for (int j = l.first; j < cols; j += l.step) s += dy[j];
    s = sum(l, s);
    for (int j = l.first; j < cols; j += l.step) put(o, dx + j, dy[j] - f_exp(y[j]) * s);
  });
}

// harden is one at the first of a row's largest numbers, and zero elsewhere.
DEV void harden(GLOBAL float *y, const GLOBAL float *x, int cols, Lanes l) {
  const float m = top(x, cols, l);
  int at = cols;
  for (int j = l.first; j < cols; j += l.step)
    if (x[j] == m && j < at) at = j;
  at = least(l, at);
  for (int j = l.first; j < cols; j += l.step) y[j] = x[j] != x[j] ? x[j] : j == at ? 1 : 0;
}

DEV void soften(GLOBAL float *y, const GLOBAL float *x, float temperature, int cols, Lanes l) {
  const float m = top(x, cols, l);
  float s = 0;
  for (int j = l.first; j < cols; j += l.step) s += f_exp((x[j] - m) / temperature);
  s = sum(l, s);
  for (int j = l.first; j < cols; j += l.step) y[j] = f_exp((x[j] - m) / temperature) / s;
}

DEV void relax(const Op &o, int lo, int hi, Team team) {
  eachRow(lo, hi, o.n[0], team, [&](int r, Lanes l) {
    if (o.f[0] == 0) {
      harden(rowOf(o.a[0], r), rowOf(o.a[1], r), o.n[0], l);
    } else {
      soften(rowOf(o.a[0], r), rowOf(o.a[1], r), o.f[0], o.n[0], l);
    }
  });
}

DEV void relaxBack(const Op &o, int lo, int hi, Team team) {
  const int cols = o.n[0];
  eachRow(lo, hi, cols, team, [&](int r, Lanes l) {
    const GLOBAL float *dy = rowOf(o.a[1], r), *y = rowOf(o.a[2], r);
    GLOBAL float *dx = rowOf(o.a[0], r);
    float s = 0;
    for (int j = l.first; j < cols; j += l.step) s += y[j] * dy[j];
    s = sum(l, s);
    for (int j = l.first; j < cols; j += l.step) put(o, dx + j, o.f[0] == 0 ? 0 : y[j] * (dy[j] - s) / o.f[0]);
  });
}

DEV void take(const Dims &d, const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, 1, team, [&](int r, int) {
    const int c = classOf(rowOf(o.a[2], r)[0], o.n[0]);
    rowOf(o.a[0], r)[0] = c < 0 ? NOT_A_NUMBER : rowOf(o.a[1], rowFor(d, o.axis, o.a[1], r))[c];
  });
}

DEV void takeBack(const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) {
    put(o, rowOf(o.a[0], r) + j, classOf(rowOf(o.a[2], r)[0], o.n[0]) == j ? rowOf(o.a[1], r)[0] : 0);
  });
}

DEV void takeSum(const Dims &d, const Op &o, Team team) {
  const int rows = rowsOf(d, o.n[1], o.n[2]);
  eachWarp(0, o.n[0], team, [&](int j, int lane) {
    float s = 0;
    for (int r = lane; r < rows; r += 32)
      if (classOf(rowOf(o.a[2], r)[0], o.n[0]) == j) s += rowOf(o.a[1], r)[0];
    s = sumWarp(s);
    if (lane == 0) put(o, o.a[0].p + j, s);
  });
}
