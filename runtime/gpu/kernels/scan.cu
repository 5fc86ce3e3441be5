// Loops over time by the whole grid, and what tells how long its parts take.
#include "exports.h"
#include "grid.h"
#include "scan.h"

#define KERNEL(name, precision)                                                                                      \
  extern "C" __global__ void __launch_bounds__(SCAN_THREADS, 1) name(const GLOBAL Dims *dims, const GLOBAL Scan *scans, int i) { \
    Grid team = {Barrier::open(scans[i].barrier)};                                                                  \
    scan<precision>(*dims, scans[i], team);                                                                         \
  }

KERNEL(scan_fp32, FP32)
KERNEL(scan_tf32, TF32)
KERNEL(scan_bf16, BF16)

// barriers waits n times for all blocks.
extern "C" __global__ void __launch_bounds__(SCAN_THREADS, 1) barriers(int n, GLOBAL u32 *count) {
  Barrier b = Barrier::open(count);
  for (int i = 0; i < n; i++) b.wait();
}

// nothing is what a launch costs.
extern "C" __global__ void nothing() {}
