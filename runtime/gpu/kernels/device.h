// What kernels use of the machine: clang's builtins alone, no file of NVIDIA's.
#pragma once
#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))
#define DEV static inline __device__ __attribute__((always_inline))
#define GLOBAL __attribute__((address_space(1)))

typedef unsigned int u32;
typedef unsigned long long u64;

DEV u32 threadIndex() { return __nvvm_read_ptx_sreg_tid_x(); }
DEV u32 blockThreads() { return __nvvm_read_ptx_sreg_ntid_x(); }
DEV u32 blockIndex() { return __nvvm_read_ptx_sreg_ctaid_x(); }
DEV u32 blockIndexY() { return __nvvm_read_ptx_sreg_ctaid_y(); }
DEV u32 blockIndexZ() { return __nvvm_read_ptx_sreg_ctaid_z(); }
DEV u32 blocks() { return __nvvm_read_ptx_sreg_nctaid_x(); }
DEV void syncBlock() { __nvvm_bar_sync(0); }

// lane i's v, of the whole warp; offset in lanes.
DEV float shuffleXor(float v, int offset) {
  float r;
  asm volatile("shfl.sync.bfly.b32 %0, %1, %2, 31, 0xffffffff;" : "=f"(r) : "f"(v), "r"(offset));
  return r;
}

// sumWarp is the sum over a warp's lanes, in a fixed order, in every lane.
DEV float sumWarp(float v) {
  for (int o = 16; o > 0; o >>= 1) v += shuffleXor(v, o);
  return v;
}
