// Warps: sums by shuffling, votes, and halves of a warp that part and meet.
#include "device.h"

INLINE int bfly(int x, int by) {
  int y;
  asm volatile("shfl.sync.bfly.b32 %0, %1, %2, 0x1f, 0xffffffff;" : "=r"(y) : "r"(x), "r"(by));
  return y;
}

INLINE int up8(int x, int by, int *in) {
  int y;
  asm volatile("{ .reg .pred p; shfl.sync.up.b32 %0|p, %2, %3, 0x1800, 0xffffffff; selp.b32 %1, 1, 0, p; }"
               : "=r"(y), "=r"(*in) : "r"(x), "r"(by));
  return y;
}

INLINE u32 ballot(int x) {
  u32 y;
  asm volatile("{ .reg .pred p; setp.ne.s32 p, %1, 0; vote.sync.ballot.b32 %0, p, 0xffffffff; }" : "=r"(y) : "r"(x));
  return y;
}

KERNEL warps(const int *in, int *sum, int *scan, u32 *odd, int *meet) {
  int i = block() * threads() + thread(), lane = i & 31;
  int x = in[i], s = x;
  for (int by = 16; by; by >>= 1) s += bfly(s, by);
  sum[i] = s;
  int p = x;
  for (int by = 1; by < 8; by <<= 1) {
    int ok, y = up8(p, by, &ok);
    if (ok) p += y;
  }
  scan[i] = p;
  odd[i] = ballot(x & 1);
  // Lanes leave each other for as many rounds as their number, and meet again.
  int rounds = 0;
  while (rounds * rounds < lane + (x & 3)) rounds++;
  asm volatile("bar.warp.sync 0xffffffff;" ::: "memory");
  meet[i] = bfly(rounds, 1);
}
