// C[M,N] = tanh(A[M,K] B[K,N] + bias[N]), a tile of 16 by 16 a block.
#include "device.h"

INLINE float exp2_(float x) {
  float y;
  asm("ex2.approx.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

INLINE float tanh_(float x) {
  float e = exp2_(-2.885390082f * __builtin_fabsf(x));
  return __builtin_copysignf((1.0f - e) / (1.0f + e), x);
}

KERNEL affine(int M, int N, int K, const float *A, const float *B, const float *bias, float *C) {
  SHARED static float a[16][17], b[16][17];
  int r = thread() / 16, c = thread() % 16;
  int row = __nvvm_read_ptx_sreg_ctaid_y() * 16 + r, col = block() * 16 + c;
  float sum = 0;
  for (int k = 0; k < K; k += 16) {
    a[r][c] = row < M && k + c < K ? A[row * K + k + c] : 0.0f;
    b[r][c] = k + r < K && col < N ? B[(k + r) * N + col] : 0.0f;
    barrier();
    for (int i = 0; i < 16; i++) sum = __builtin_fmaf(a[r][i], b[i][c], sum);
    barrier();
  }
  if (row < M && col < N) C[row * N + col] = tanh_(sum + bias[col]);
}
