// Atomic operations of every kind that the kernels use, and a lock.
#include "device.h"

KERNEL atomics(u32 *c, float *f, u64 *l, double *d, int *m) {
  int i = block() * threads() + thread();
  __nvvm_atom_add_gen_i((int *)&c[0], i);
  f[1] = 0;
  asm volatile("atom.global.add.f32 %0, [%1], %2;" : "=f"(f[2 + i]) : "l"(f), "f"((float)i));
  asm volatile("red.global.add.u64 [%0], %1;" ::"l"(l), "l"((u64)i << 32));
  asm volatile("red.global.add.f64 [%0], %1;" ::"l"(d), "d"(i * 0.5));
  asm volatile("red.global.max.s32 [%0], %1;" ::"l"(m), "r"(i * 7 % 50 - 20));
  asm volatile("red.global.min.u32 [%0], %1;" ::"l"(c + 1), "r"(100 + i * 3 % 11));
  asm volatile("red.global.inc.u32 [%0], %1;" ::"l"(c + 2), "r"(6));
  asm volatile("red.global.or.b32 [%0], %1;" ::"l"(c + 3), "r"(1 << (i & 15)));
  u32 old;
  do asm volatile("atom.acquire.gpu.global.cas.b32 %0, [%1], 0, 1;" : "=r"(old) : "l"(c + 4) : "memory");
  while (old);
  m[1] = m[1] * 3 + 1; // under the lock
  asm volatile("atom.release.gpu.global.exch.b32 %0, [%1], 0;" : "=r"(old) : "l"(c + 4) : "memory");
}
