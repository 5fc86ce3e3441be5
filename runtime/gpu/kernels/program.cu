// The kernel that runs one op of a program.
#include "perform.h"

extern "C" __global__ void __launch_bounds__(256) perform(const GLOBAL Dims *d, const GLOBAL Op *ops, int i) {
  const GLOBAL Op &o = ops[i];
  perform(*d, o, 0, rowsOf(*d, o.axis, o.rows), everybody());
}
