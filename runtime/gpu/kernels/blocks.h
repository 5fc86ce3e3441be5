// What a team of blocks knows of where it is in a loop over time.
#pragma once
#include "rows.h"

#define DEVICE inline __device__ __attribute__((always_inline))
#define SHARED __attribute__((address_space(3)))

// Rows are those of a time, [lo,hi), that are a team's; lo is row seq among those that
// have one a sequence.
struct Rows {
  int lo, hi, seq;
};

DEV int count(Rows r) { return r.hi - r.lo; }

// A Moment is the rows of a time, and those of the times before and after it in the
// loop, which are the same sequences' in the same order: fewer or more of them.
struct Moment {
  Rows last, now, next;
};

// product is a times b in one instruction, which the compiler makes three of once it has
// made a long of b ahead of a loop.
DEV long product(int a, int b) {
  long v;
  asm("mul.wide.s32 %0, %1, %2;" : "=l"(v) : "r"(a), "r"(b));
  return v;
}

// rowBefore is what a has for row r at the time before in the loop; where its sequence
// has none there, the row of start.
DEV GLOBAL float *rowBefore(const Moment &m, const Array &a, const Array &start, int r) {
  const int i = r - m.now.lo;
  const bool there = i < count(m.last);
  const int row = there ? m.last.lo + i : start.axis & SEQ ? m.now.seq + i : 0;
  return (there ? a.p : start.p) + product(row, there ? a.ld : start.ld);
}

// lagStep does LAG by one time of the loop, without a look at where rows stand. It
// reports whether op is that.
DEV bool lagStep(const Op &o, bool rev, const Moment &m, Team team) {
  if (o.n[1] != (rev ? -1 : 1) || !o.a[2].p) return false;
  eachElement(m.now.lo, m.now.hi, o.n[0], team, [&](int r, int j) { rowOf(o.a[0], r)[j] = rowBefore(m, o.a[1], o.a[2], r)[j]; });
  return true;
}

// scatterStep does LAG_SCATTER to the next time of the loop.
DEV bool scatterStep(const Op &o, bool rev, const Moment &m, Team team) {
  if (o.n[1] != (rev ? 1 : -1) || o.n[2]) return false;
  eachElement(m.now.lo, m.now.hi, o.n[0], team, [&](int r, int j) {
    const int i = r - m.now.lo;
    if (i < count(m.next)) rowOf(o.a[0], m.next.lo + i)[j] += rowOf(o.a[1], r)[j];
  });
  return true;
}
