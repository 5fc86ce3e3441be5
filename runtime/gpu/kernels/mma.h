// Products of small matrices by the tensor cores of one warp.
//
// Lane 4g+q holds, by the PTX ISA, "Matrix Fragments for mma.m16n8k8" (.tf32) and
// "Matrix Fragments for mma.m16n8k16 with floating point type" (.bf16):
//
//   m16n8k8, tf32   A: [g][q], [g+8][q], [g][q+4], [g+8][q+4]
//                   B: [q][g], [q+4][g]
//   m16n8k16, bf16, two numbers a register, the low half first
//                   A: [g][2q,2q+1], [g+8][2q,2q+1], [g][2q+8,2q+9], [g+8][2q+8,2q+9]
//                   B: [2q,2q+1][g], [2q+8,2q+9][g]
//   both            C: [g][2q], [g][2q+1], [g+8][2q], [g+8][2q+1]
//
// The terms of a sum may come in any order, so long as it is the same for both
// factors. So here a lane is given any four of 16 k of its rows and column, the same for
// A and B, the four lanes of one g all 16 of them: how they lie in memory decides which.
#pragma once
#include "device.h"

// How products are computed: FP32 as three products of tf32 numbers, to the precision
// of float32; TF32 and BF16 with factors rounded to 11 and 8 bits, sums in float32.
enum Precision { FP32, TF32, BF16 };

// 16 rows of 16 numbers, one lane's share: rounded, and what rounding left (FP32).
struct Left {
  u32 a[2][4], rest[2][4];
};

// 16 rows of 8 columns.
struct Right {
  u32 b[2][2], rest[2][2];
};

// A sum of products, [16,8]: of the rounded factors, and of what rounding left.
struct Sum {
  float c[4], rest[4];
};

DEV u32 tf32(float x) {
  u32 r;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(r) : "f"(x));
  return r;
}

DEV u32 bf16x2(float low, float high) {
  u32 r;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(r) : "f"(high), "f"(low));
  return r;
}

// nearTF32 is tf32 in two instructions, where cvt takes four that wait for each other. What
// is said of NaN is that some become zero: their rest is NaN still.
DEV u32 nearTF32(float x) { return (__builtin_bit_cast(u32, x) + 0x1000) & 0xffffe000; }

// restTF32 is what nearTF32 leaves of x: 12 bits, of which the tensor cores take 11.
DEV u32 restTF32(float x, u32 rounded) { return __builtin_bit_cast(u32, x - __builtin_bit_cast(float, rounded)); }

DEV void mmaTF32(float c[4], const u32 a[4], const u32 b[2]) {
  asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};"
               : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

DEV void mmaBF16(float c[4], const u32 a[4], const u32 b[2]) {
  asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};"
               : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

// left is the lane's share of 16 rows: four numbers of row g, four of row g+8.
template <int P> DEV Left left(const float low[4], const float high[4]) {
  Left l;
  if (P == BF16) {
    l.a[0][0] = bf16x2(low[0], low[1]), l.a[0][1] = bf16x2(high[0], high[1]);
    l.a[0][2] = bf16x2(low[2], low[3]), l.a[0][3] = bf16x2(high[2], high[3]);
    return l;
  }
#pragma unroll
  for (int i = 0; i < 8; i++) {
    float x = i % 2 ? high[i / 2] : low[i / 2];
    u32 &a = l.a[i / 4][i % 4];
    a = P == FP32 ? nearTF32(x) : tf32(x);
    if (P == FP32) l.rest[i / 4][i % 4] = restTF32(x, a);
  }
  return l;
}

// right is the lane's share of 8 columns: four numbers of column g.
template <int P> DEV Right right(const float x[4]) {
  Right r;
  if (P == BF16) {
    r.b[0][0] = bf16x2(x[0], x[1]), r.b[0][1] = bf16x2(x[2], x[3]);
    return r;
  }
#pragma unroll
  for (int i = 0; i < 4; i++) {
    u32 &b = r.b[i / 2][i % 2];
    b = P == FP32 ? nearTF32(x[i]) : tf32(x[i]);
    if (P == FP32) r.rest[i / 2][i % 2] = restTF32(x[i], b);
  }
  return r;
}

// multiply adds the products of l and r to s, of N times 16 rows. Tensor cores cut off what
// they add to a sum instead of rounding it, which over many terms costs digits (Ootomo and
// Yokota 2022): in FP32 they sum 16 terms at a time, and these are added up with rounding.
// What waits for each other stands apart.
template <int P, int N> DEV void multiply(Sum *const s[N], const Left l[N], const Right &r) {
  float few[N][4] = {};
#pragma unroll
  for (int i = 0; i < (P == BF16 ? 1 : 2); i++) {
#pragma unroll
    for (int n = 0; n < N; n++)
      if (P == BF16) mmaBF16(s[n]->c, l[n].a[0], r.b[0]);
      else mmaTF32(P == FP32 ? few[n] : s[n]->c, l[n].a[i], r.b[i]);
    if (P != FP32) continue;
#pragma unroll
    for (int n = 0; n < N; n++) mmaTF32(s[n]->rest, l[n].a[i], r.rest[i]);
#pragma unroll
    for (int n = 0; n < N; n++) mmaTF32(s[n]->rest, l[n].rest[i], r.b[i]);
  }
  if (P == FP32)
#pragma unroll
    for (int n = 0; n < N; n++)
#pragma unroll
      for (int i = 0; i < 4; i++) s[n]->c[i] += few[n][i];
}

// result is number i of s. What rounding left of an infinite number is NaN, so
// that the sum itself says what came of it.
template <int P> DEV float result(const Sum &s, int i) {
  bool finite = __builtin_fabsf(s.c[i]) < __builtin_inff();
  return P == FP32 && finite ? s.c[i] + s.rest[i] : s.c[i];
}
