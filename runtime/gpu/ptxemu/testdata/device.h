// The little that the kernels of these tests need, without NVIDIA's headers.
#pragma once
#define KERNEL extern "C" __attribute__((global)) void
#define DEVICE __attribute__((device))
#define INLINE static __attribute__((device, always_inline))
#define SHARED __attribute__((shared))
#define CONSTANT __attribute__((constant))
typedef unsigned int u32;
typedef unsigned long long u64;
INLINE int thread() { return __nvvm_read_ptx_sreg_tid_x(); }
INLINE int block() { return __nvvm_read_ptx_sreg_ctaid_x(); }
INLINE int threads() { return __nvvm_read_ptx_sreg_ntid_x(); }
INLINE int blocks() { return __nvvm_read_ptx_sreg_nctaid_x(); }
INLINE void barrier() { __nvvm_bar_sync(0); }
