// D[16,8] = A[16,K] B[K,8] + C on tensor cores, of every type that is used.
#include "device.h"

INLINE u32 bits(float x) { return __builtin_bit_cast(u32, x); }

INLINE u32 pair(float lo, float hi) {
  u32 y;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(y) : "f"(hi), "f"(lo));
  return y;
}

KERNEL tf32k4(const float *A, const float *B, float *D) {
  int g = thread() / 4, q = thread() % 4;
  float c[4] = {1, 2, 3, 4};
  asm volatile("mma.sync.aligned.m16n8k4.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5}, {%6}, {%0,%1,%2,%3};"
               : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
               : "r"(bits(A[g * 4 + q])), "r"(bits(A[(g + 8) * 4 + q])), "r"(bits(B[q * 8 + g])));
  for (int i = 0; i < 4; i++) D[(g + 8 * (i / 2)) * 8 + 2 * q + i % 2] = c[i];
}

KERNEL bf16k16(const float *A, const float *B, float *D) {
  int g = thread() / 4, q = thread() % 4;
  float c[4] = {1, 2, 3, 4};
  u32 a[4], b[2];
  for (int i = 0; i < 4; i++) {
    const float *row = A + (g + 8 * (i & 1)) * 16 + 2 * q + 8 * (i >> 1);
    a[i] = pair(row[0], row[1]);
  }
  for (int i = 0; i < 2; i++) {
    const float *col = B + (2 * q + 8 * i) * 8 + g;
    b[i] = pair(col[0], col[8]);
  }
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
               : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
  for (int i = 0; i < 4; i++) D[(g + 8 * (i / 2)) * 8 + 2 * q + i % 2] = c[i];
}

SHARED unsigned short tile[16][8];

// The four parts of a matrix as ldmatrix gives them, and its transpose.
KERNEL matrix(const unsigned short *in, u32 *out) {
  for (int i = thread(); i < 128; i += 32) ((unsigned short *)tile)[i] = in[i];
  barrier();
  u32 at = (u32)(u64)(__attribute__((address_space(3))) unsigned short *)&tile[thread() & 15][0], r[4];
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0,%1}, [%2];" : "=r"(r[0]), "=r"(r[1]) : "r"(at));
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0,%1}, [%2];" : "=r"(r[2]), "=r"(r[3]) : "r"(at));
  for (int i = 0; i < 4; i++) out[i * 32 + thread()] = r[i];
}
