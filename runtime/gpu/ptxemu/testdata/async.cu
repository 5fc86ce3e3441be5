// Copies to shared memory that go on while a kernel does other things.
#include "device.h"

SHARED float buffer[2][128];

INLINE void fetch(float *to, const float *from, int bytes) {
  u32 a = (u32)(u64)(__attribute__((address_space(3))) float *)to;
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(a), "l"(from), "r"(bytes) : "memory");
}

KERNEL stream(const float *in, float *out, int n, int wait) {
  int i = thread();
  fetch(&buffer[0][4 * i], in + 4 * i, 16);
  asm volatile("cp.async.commit_group;");
  for (int k = 0; k < n; k++) {
    if (k + 1 < n) fetch(&buffer[(k + 1) & 1][4 * i], in + (k + 1) * 128 + 4 * i, k + 2 < n ? 16 : 4);
    asm volatile("cp.async.commit_group;");
    if (wait) asm volatile("cp.async.wait_group 1;" ::: "memory");
    barrier();
    for (int j = i; j < 128; j += 32) out[k * 128 + j] = buffer[k & 1][127 - j];
    barrier();
  }
}
