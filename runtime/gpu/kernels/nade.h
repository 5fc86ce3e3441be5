// The neural autoregressive estimator of op.NADE. Hidden units are computed anew for
// each coordinate: that takes less than fetching them.
#pragma once
#include "rows.h"
#include "warp.h"

// nade is a row a warp, whose lanes share the units; scratch holds their inputs.
OUTLINE void nade(const Op &o, int lo, int hi, Team team) {
  const int coordinates = o.n[0], units = o.n[1];
  eachWarp(lo, hi, team, [&](int r, int lane) {
    const GLOBAL float *x = rowOf(o.a[1], r);
    GLOBAL float *in = rowOf(o.a[7], r);
    for (int h = lane; h < units; h += 32) in[h] = rowOf(o.a[3], r)[h];
    double logp = 0;
    for (int i = 0; i < coordinates; i++) {
      const GLOBAL float *w = rowOf(o.a[4], i), *v = rowOf(o.a[5], i);
      float l = 0;
      for (int h = lane; h < units; h += 32) {
        l = f_fma(v[h], f_sigmoid(in[h]), l);
        in[h] = f_fma(x[i], w[h], in[h]);
      }
      l = sumWarp(l) + rowOf(o.a[2], r)[i];
      logp += double(x[i] * l - f_softplus(l));
      if (lane == 0) rowOf(o.a[6], r)[i] = l;
    }
    if (lane == 0) rowOf(o.a[0], r)[0] = float(logp);
  });
}

DEV void nadeLogits(const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[0], team, [&](int r, int i) {
    const float p = f_sigmoid(rowOf(o.a[4], r)[i]);
    const float v = rowOf(o.a[2], r)[0] * (rowOf(o.a[3], r)[i] - p);
    rowOf(o.a[0], r)[i] = v;
    if (o.a[1].p) put(o, rowOf(o.a[1], r) + i, v);
  });
}

// A Unit is what a hidden unit has seen of a row, and the gradient by its input of what
// the coordinates so far have made of it.
struct Unit {
  float in, gradient;
};

// pass takes a unit past coordinate i, whose logit has gradient dl, and gives the value
// that it had there.
DEV float pass(Unit &q, float dl, float v, float x, float w) {
  const float h = f_sigmoid(q.in);
  q.gradient += dl * v * h * (1 - h);
  q.in = f_fma(x, w, q.in);
  return h;
}

// startGradient is the gradient by the start of unit h in row r: what all coordinates
// make of it.
DEV float startGradient(int coordinates, const Array *a, int r, int h) {
  Unit q = {rowOf(a[2], r)[h], 0};
  for (int i = 0; i < coordinates; i++) pass(q, rowOf(a[0], r)[i], rowOf(a[4], i)[h], rowOf(a[1], r)[i], rowOf(a[3], i)[h]);
  return q.gradient;
}

OUTLINE void nadeStart(const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[1], team, [&](int r, int h) { put(o, rowOf(o.a[0], r) + h, startGradient(o.n[0], o.a + 1, r, h)); });
}

// nadeWeights gives a thread a unit and a part of the rows. What the coordinates after
// one make of the unit is what all make of it, less those so far.
OUTLINE void nadeWeights(const Op &o, int rows, Team team) {
  const int coordinates = o.n[0], parts = o.n[2];
  eachElement(0, parts, o.n[1], team, [&](int s, int h) {
    GLOBAL float *dw = rowOf(o.a[0], s * coordinates) + h, *dv = rowOf(o.a[1], s * coordinates) + h;
    for (int i = 0; i < coordinates; i++) dw[i * o.a[0].ld] = dv[i * o.a[1].ld] = 0;
    for (int r = partOf(rows, s, parts), end = partOf(rows, s + 1, parts); r < end; r++) {
      const float all = startGradient(coordinates, o.a + 2, r, h);
      Unit q = {rowOf(o.a[4], r)[h], 0};
      for (int i = 0; i < coordinates; i++) {
        const float dl = rowOf(o.a[2], r)[i], x = rowOf(o.a[3], r)[i];
        dv[i * o.a[1].ld] += dl * pass(q, dl, rowOf(o.a[6], i)[h], x, rowOf(o.a[5], i)[h]);
        dw[i * o.a[0].ld] += x * (all - q.gradient);
      }
    }
  });
}
