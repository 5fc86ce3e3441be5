// Ops that move rows and columns.
#pragma once
#include "rows.h"

DEV void copyRows(const Dims &d, const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) {
    put(o, rowOf(o.a[0], r) + j, rowOf(o.a[1], rowFor(d, o.axis, o.a[1], r))[j]);
  });
}

DEV void fill(const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) { rowOf(o.a[0], r)[j] = o.f[0]; });
}

DEV void repeat(const Dims &d, const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) { rowOf(o.a[0], r)[j] = rowOf(o.a[1], over(r, d.K))[j]; });
}

DEV void repeatBack(const Dims &d, const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) {
    float s = 0;
    for (int k = 0; k < d.K; k++) s += rowOf(o.a[1], r * d.K + k)[j];
    put(o, rowOf(o.a[0], r) + j, s);
  });
}

DEV void selectColumns(const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) {
    const int from = o.table[j];
    rowOf(o.a[0], r)[j] = from < 0 ? 0 : rowOf(o.a[1], r)[from];
  });
}

DEV void selectBack(const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[0], team, [&](int r, int i) {
    float s = 0;
    for (int j = 0; j < o.n[1]; j++)
      if (o.table[j] == i) s += rowOf(o.a[1], r)[j];
    put(o, rowOf(o.a[0], r) + i, s);
  });
}

// firstParticle is the row of the first of the particles that row r stands among.
DEV int firstParticle(const Dims &d, int r) { return over(r, d.K) * d.K; }

DEV void gather(const Dims &d, const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) {
    const int from = firstParticle(d, r) + int(rowOf(o.a[2], r)[0]);
    rowOf(o.a[0], r)[j] = rowOf(o.a[1], from)[j];
  });
}

DEV void gatherBack(const Dims &d, const Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) {
    const int first = firstParticle(d, r);
    float s = 0;
    for (int q = first; q < first + d.K; q++)
      if (first + int(rowOf(o.a[2], q)[0]) == r) s += rowOf(o.a[1], q)[j];
    put(o, rowOf(o.a[0], r) + j, s);
  });
}
