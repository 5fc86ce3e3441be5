// Arrays of the module: constants, variables, and pointers to them.
#include "device.h"

CONSTANT float weights[4] = {0.25f, -1.5f, 3.0f, 8.0f};
CONSTANT short small[3] = {-1, 300, 7};
DEVICE double sums[2] = {1.0, -2.0};
DEVICE int counter;
DEVICE int *where[2] = {&counter, nullptr};

KERNEL tables(float *out) {
  int i = thread();
  out[i] = weights[i & 3] * small[i % 3] + (float)sums[i & 1];
  if (i == 0) {
    sums[0] += 10;
    *where[i] += blocks();
  }
}
