// Ops that move rows.
#pragma once
#include "rows.h"

DEV void copy(const GLOBAL Dims &d, const GLOBAL Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) {
    put(o, rowOf(o.a[0], r) + j, rowOf(o.a[1], rowFor(d, o.axis, o.a[1], r))[j]);
  });
}

DEV void fill(const GLOBAL Op &o, int lo, int hi, Team team) {
  eachElement(lo, hi, o.n[0], team, [&](int r, int j) { rowOf(o.a[0], r)[j] = o.f[0]; });
}
