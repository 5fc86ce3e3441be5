// The functions as PTX that generated programs call: op_<name> of package scalar.
#pragma once
#include "special.h"

#define EXPORT(name) \
  extern "C" __device__ __attribute__((noinline)) float op_##name(float x) { return f_##name(x); }
#define EXPORT2(name) \
  extern "C" __device__ __attribute__((noinline)) float op_##name(float a, float b) { return f_##name(a, b); }

EXPORT(exp)
EXPORT(expm1)
EXPORT(log)
EXPORT(log1p)
EXPORT(sigmoid)
EXPORT(softplus)
EXPORT(tanh)
EXPORT(sin)
EXPORT(cos)
EXPORT(lgamma)
EXPORT(digamma)
EXPORT(trigamma)
EXPORT(log1mexp)
EXPORT(logndtr)
EXPORT(logi0e)
EXPORT(i1i0)
EXPORT2(pow)
EXPORT2(lbeta)
EXPORT2(dlbeta)
