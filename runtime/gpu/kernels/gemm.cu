// Products of whole arrays. Rows are known on the device alone: the grid is that of
// the capacity, and blocks beyond the rows there are return at once.
#include "gemm.h"

#define KERNEL(name, precision)                                                                                     \
  extern "C" __global__ void __launch_bounds__(GEMM_THREADS, 3) name(const GLOBAL Dims *dims, const GLOBAL Op *ops, int i) { \
    __shared__ __attribute__((aligned(16))) float shared[2 * STAGE];                                                \
    gemm<precision>(anywhere(*dims), anywhere(ops[i]), shared);                                                                         \
  }

KERNEL(gemm_fp32, FP32)
KERNEL(gemm_tf32, TF32)
KERNEL(gemm_bf16, BF16)
