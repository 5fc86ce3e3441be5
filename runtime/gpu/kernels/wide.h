// Reads of several numbers at once.
#pragma once
#include "device.h"

typedef float Two __attribute__((ext_vector_type(2)));
typedef float Four __attribute__((ext_vector_type(4)));

// isWide reports whether all rows begin at a multiple of 16 bytes.
DEV bool isWide(const GLOBAL float *p, int ld) { return (u64)p % 16 == 0 && ld % 4 == 0; }

// readNow reads where it stands in the program: the compiler would read where the number
// is needed first, and wait for it there.
DEV float readNow(const GLOBAL float *p) {
  float v;
  asm volatile("ld.global.f32 %0, [%1];" : "=f"(v) : "l"(p));
  return v;
}

DEV int least(int a, int b) { return a < b ? a : b; }

// readFour reads numbers k to k+3 of a row of n > 0; of those from n on it says nothing.
// WIDE says that n, k and the row's address are multiples of four numbers. It reads where
// there is something in any case, and does not look at what it has read: so many reads are
// under way together.
template <bool WIDE> DEV void readFour(float v[4], const GLOBAL float *row, int k, int n) {
  if (WIDE) {
    const GLOBAL float *p = row + least(k, n - 4);
    asm volatile("ld.global.v4.f32 {%0,%1,%2,%3}, [%4];" : "=f"(v[0]), "=f"(v[1]), "=f"(v[2]), "=f"(v[3]) : "l"(p));
    return;
  }
#pragma unroll
  for (int i = 0; i < 4; i++) v[i] = readNow(row + least(k + i, n - 1));
}
