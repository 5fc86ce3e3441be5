// The kernel that does one op of a program, over all rows of its domain.
#include "exports.h"
#include "perform.h"
#include "whole.h"

extern "C" __global__ void __launch_bounds__(256) perform(const GLOBAL Dims *dims, const GLOBAL Op *ops, int i) {
  const Dims &d = anywhere(*dims);
  const Op &o = anywhere(ops[i]);
  const int rows = rowsOf(d, o.axis, o.rows);
  if (!whole(d, o, rows, everybody())) perform(d, o, 0, rows, everybody());
}
