// h[t+1] = h[t] W[H,H] for h[t] of [16,H], on tensor cores; every block owns eight
// columns, and all wait for each other after each step.
#include "device.h"

INLINE u32 tf32(float x) {
  u32 y;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(y) : "f"(x));
  return y;
}

INLINE void mma(float c[4], const u32 a[4], const u32 b[2]) {
  asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
               : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

INLINE void gridBarrier(u32 *count, u32 target) {
  barrier();
  if (thread() == 0) {
    asm volatile("red.release.gpu.global.add.u32 [%0], 1;" ::"l"(count) : "memory");
    u32 seen;
    do asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(seen) : "l"(count) : "memory");
    while (seen < target);
  }
  barrier();
}

extern SHARED u32 held[];

KERNEL recur(int T, int H, const float *W, float *h, u32 *count) {
  int n = block() * 8, g = thread() / 4, q = thread() % 4;
  for (int i = thread(); i < H * 8; i += 32) held[i] = tf32(W[i / 8 * H + n + i % 8]);
  barrier();
  for (int t = 0; t < T; t++) {
    const float *from = h + (long)t * 16 * H;
    float *to = h + (long)(t + 1) * 16 * H;
    float c[4] = {0, 0, 0, 0};
    for (int k = 0; k < H; k += 8) {
      u32 a[4] = {tf32(from[g * H + k + q]), tf32(from[(g + 8) * H + k + q]),
                  tf32(from[g * H + k + q + 4]), tf32(from[(g + 8) * H + k + q + 4])};
      u32 b[2] = {held[(k + q) * 8 + g], held[(k + q + 4) * 8 + g]};
      mma(c, a, b);
    }
    to[g * H + n + 2 * q] = c[0];
    to[g * H + n + 2 * q + 1] = c[1];
    to[(g + 8) * H + n + 2 * q] = c[2];
    to[(g + 8) * H + n + 2 * q + 1] = c[3];
    gridBarrier(count, (t + 1) * blocks());
  }
}
