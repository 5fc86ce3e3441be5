// Where the fields of structs lie, in bytes, for the test that compares them with the
// mirrors: sizes first.
#include "program.h"

#define SIZE(type) sizeof(type)
#define AT(type, field) __builtin_offsetof(type, field)

extern "C" __device__ unsigned char array_layout[] = {SIZE(Array), AT(Array, p), AT(Array, ld), AT(Array, axis)};

extern "C" __device__ unsigned char dims_layout[] = {
    SIZE(Dims), AT(Dims, K), AT(Dims, T), AT(Dims, B), AT(Dims, N), AT(Dims, seed), AT(Dims, step), AT(Dims, scale), AT(Dims, rate),
    AT(Dims, eps), AT(Dims, clip), AT(Dims, off), AT(Dims, len), AT(Dims, from), AT(Dims, number), AT(Dims, time), AT(Dims, coef)};

extern "C" __device__ unsigned char op_layout[] = {
    SIZE(Op), AT(Op, code), AT(Op, axis), AT(Op, rows), AT(Op, add), AT(Op, n), AT(Op, f), AT(Op, arrays), AT(Op, pad), AT(Op, a),
    AT(Op, more), AT(Op, table)};

extern "C" __device__ unsigned char scan_layout[] = {
    SIZE(Scan), AT(Scan, ops), AT(Scan, rev), AT(Scan, axis), AT(Scan, shared), AT(Scan, op), AT(Scan, sync), AT(Scan, barrier)};
