// Loops over time by clusters. The size of clusters is in the PTX (see gen).
#include "cluster.h"
#include "exports.h"
#include "scan.h"

#define KERNEL(name, precision)                                                                                      \
  extern "C" __global__ void __launch_bounds__(SCAN_THREADS, 1) name(const GLOBAL Dims *dims, const GLOBAL Scan *scans, int i) { \
    Cluster team;                                                                                                   \
    scan<precision>(*dims, scans[i], team);                                                                         \
  }

KERNEL(cluster_fp32, FP32)
KERNEL(cluster_tf32, TF32)
KERNEL(cluster_bf16, BF16)

// cluster_barriers waits n times for the blocks of the cluster.
extern "C" __global__ void __launch_bounds__(SCAN_THREADS, 1) cluster_barriers(int n) {
  Cluster c;
  for (int i = 0; i < n; i++) c.wait();
}
