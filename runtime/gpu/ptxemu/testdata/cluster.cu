// arch: sm_90
// cluster: 4
// Blocks of a cluster write each other's shared memory.
#include "device.h"

SHARED int box[64];

KERNEL ring(int *out) {
  u32 rank, n, at, addr = (u32)(u64)(__attribute__((address_space(3))) int *)box;
  asm("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
  asm("mov.u32 %0, %%cluster_nctarank;" : "=r"(n));
  asm volatile("barrier.cluster.arrive.aligned; barrier.cluster.wait.aligned;" ::: "memory");
  asm("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(at) : "r"(addr + thread() * 4), "r"((rank + 1) % n));
  asm volatile("st.shared::cluster.u32 [%0], %1;" ::"r"(at), "r"(block() * 1000 + thread()) : "memory");
  asm volatile("barrier.cluster.arrive.aligned; barrier.cluster.wait.aligned;" ::: "memory");
  out[block() * threads() + thread()] = box[thread()];
}
