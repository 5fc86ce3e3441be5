// What teams of blocks are told by.
#pragma once
#include "rows.h"

#define DEVICE inline __device__ __attribute__((always_inline))

// Rows are those of a time, [lo,hi).
struct Rows {
  int lo, hi;
};
