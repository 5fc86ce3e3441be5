// What the lanes of a warp say to each other, beside device.h.
#pragma once
#include "math.h"
#include "team.h"

// syncWarp waits for all lanes, and shows each what the others have stored.
DEV void syncWarp() { asm volatile("bar.warp.sync 0xffffffff;" ::: "memory"); }

DEV double shuffleXor(double v, int offset) {
  const u64 bits = __builtin_bit_cast(u64, v);
  const u64 low = u32(bitsOf(shuffleXor(ofBits(int(bits)), offset)));
  const u64 high = u32(bitsOf(shuffleXor(ofBits(int(bits >> 32)), offset)));
  return __builtin_bit_cast(double, high << 32 | low);
}

// sumWarp is the sum over a warp's lanes, in a fixed order, in every lane.
DEV double sumWarp(double v) {
  for (int o = 16; o > 0; o >>= 1) v += shuffleXor(v, o);
  return v;
}

// maxWarp is the largest of a warp's lanes, NaN where one is.
DEV float maxWarp(float v) {
  for (int o = 16; o > 0; o >>= 1) v = f_max(v, shuffleXor(v, o));
  return v;
}

// minWarp is the least of a warp's lanes.
DEV int minWarp(int v) {
  for (int o = 16; o > 0; o >>= 1) {
    const int other = bitsOf(shuffleXor(ofBits(v), o));
    v = other < v ? other : v;
  }
  return v;
}

// Lanes share the columns of a row: those from first on, each step-th. Narrow rows
// are one thread's.
struct Lanes {
  int first, step;
};

const int narrow = 16;

DEV float sum(Lanes l, float v) { return l.step == 1 ? v : sumWarp(v); }
DEV float largest(Lanes l, float v) { return l.step == 1 ? v : maxWarp(v); }
DEV int least(Lanes l, int v) { return l.step == 1 ? v : minWarp(v); }

// eachRow gives f(r, lanes) the rows [lo,hi), one a warp, or one a thread where they
// are narrow.
template <class F> DEV void eachRow(int lo, int hi, int cols, Team team, F f) {
  const bool alone = cols < narrow;
  const Lanes l = alone ? Lanes{0, 1} : Lanes{team.thread % 32, 32};
  const int step = alone ? team.threads : team.threads / 32;
  for (int r = lo + (alone ? team.thread : team.thread / 32); r < hi; r += step) f(r, l);
}
