// GEMM and GEMM_WEIGHTS: a block computes a tile of 64x64 results, each of its four
// warps 32x32 of them, 32 terms at a time. While it multiplies, the next 32 are on
// their way to shared memory.
#pragma once
#include "async.h"
#include "rows.h"
#include "mma.h"


enum {
  GEMM_THREADS = 128,
  SIDE = 64,   // of a block's tile
  DEPTH = 32,  // terms a step
  // Floats between two rows of a tile in shared memory, such that a warp's reads
  // fall into 32 different banks: of one that lies [SIDE,DEPTH], and [DEPTH,SIDE].
  ACROSS_LD = DEPTH + 8,
  DOWN_LD = SIDE + 4,
  TILE = SIDE * ACROSS_LD,
  STAGE = 2 * TILE,
};

// A Task is one tile of results: out = (out +) left right + start.
struct Task {
  Matrix left, right;
  int row, col;       // the first of the tile
  int from, to;       // the terms
  int rows, cols;     // of all results
  GLOBAL float *out;
  long ld;
  const GLOBAL float *start;  // or 0
  long startLD;
  bool add;
};

// fetch starts the copy of terms k to k+DEPTH of one factor. DOWN says that its terms
// lie down the rows: [terms, rows or columns of results].
template <bool DOWN, int WIDTH> DEV void fetchBy(float *tile, const Matrix &m, int at, int k) {
  if (DOWN) copyTile<DEPTH, SIDE, DOWN_LD, GEMM_THREADS, WIDTH>(tile, m, k, at);
  else copyTile<SIDE, DEPTH, ACROSS_LD, GEMM_THREADS, WIDTH>(tile, m, at, k);
}

template <bool DOWN> DEV void fetch(float *tile, const Matrix &m, int at, int k) {
  if (m.wide) fetchBy<DOWN, 4>(tile, m, at, k);
  else fetchBy<DOWN, 1>(tile, m, at, k);
}

// take reads the lane's four of terms k to k+16 of one row or column of results: k+2q,
// k+2q+1, k+2q+8 and k+2q+9.
template <bool DOWN> DEV void take(float v[4], const float *tile, int at, int k) {
  k += 2 * (threadIndex() % 4);
#pragma unroll
  for (int i = 0; i < 4; i += 2) {
    const float *p = tile + (DOWN ? (k + 4 * i) * DOWN_LD + at : at * ACROSS_LD + k + 4 * i);
    if (DOWN) v[i] = p[0], v[i + 1] = p[DOWN_LD];
    else v[i] = ((const Two *)p)->x, v[i + 1] = ((const Two *)p)->y;
  }
}

// multiplyStage adds the products of DEPTH terms to the warp's 2x4 sums.
template <int P, bool DOWN_L, bool DOWN_R> DEV void multiplyStage(Sum sums[2][4], const float *stage) {
  int warp = threadIndex() / 32, g = threadIndex() % 32 / 4;
  int row = warp / 2 * 32 + g, col = warp % 2 * 32 + g;
#pragma unroll 1
  for (int k = 0; k < DEPTH; k += 16) {
    Left l[2];
#pragma unroll
    for (int i = 0; i < 2; i++) {
      float low[4], high[4];
      take<DOWN_L>(low, stage, row + 16 * i, k);
      take<DOWN_L>(high, stage, row + 16 * i + 8, k);
      l[i] = left<P>(low, high);
    }
#pragma unroll
    for (int j = 0; j < 4; j++) {
      float x[4];
      take<DOWN_R>(x, stage + TILE, col + 8 * j, k);
      Right r = right<P>(x);
      Sum *const both[2] = {&sums[0][j], &sums[1][j]};
      multiply<P, 2>(both, l, r);
    }
  }
}

// spread lays the warp's sums out in shared memory, [SIDE,SIDE].
template <int P> DEV void spread(float *tile, const Sum sums[2][4]) {
  int warp = threadIndex() / 32, lane = threadIndex() % 32;
  int row = warp / 2 * 32 + lane / 4, col = warp % 2 * 32 + lane % 4 * 2;
#pragma unroll
  for (int i = 0; i < 2; i++)
#pragma unroll
    for (int j = 0; j < 4; j++)
#pragma unroll
      for (int c = 0; c < 4; c++) tile[(row + 16 * i + c / 2 * 8) * DOWN_LD + col + 8 * j + c % 2] = result<P>(sums[i][j], c);
}

// finish writes the tile that lies in shared memory, so that a warp's writes are
// next to each other whatever the fragments are.
DEV void finish(const Task &t, const float *tile) {
  for (int i = threadIndex(); i < SIDE * SIDE; i += GEMM_THREADS) {
    int r = t.row + i / SIDE, c = t.col + i % SIDE;
    if (r >= t.rows || c >= t.cols) continue;
    float v = tile[i / SIDE * DOWN_LD + i % SIDE];
    if (t.start) v += t.start[r * t.startLD + c];
    GLOBAL float *out = t.out + r * t.ld + c;
    *out = t.add ? *out + v : v;
  }
}

template <int P, bool DOWN_L, bool DOWN_R> DEV void runTask(const Task &t, float *shared) {
  Sum sums[2][4] = {};
  int stages = (t.to - t.from + DEPTH - 1) / DEPTH;
  for (int i = 0; i <= stages; i++) {
    if (i < stages) {
      float *next = shared + i % 2 * STAGE;
      fetch<DOWN_L>(next, t.left, t.row, t.from + i * DEPTH);
      fetch<DOWN_R>(next + TILE, t.right, t.col, t.from + i * DEPTH);
    }
    copyCommit();
    if (i == 0) continue;
    copyWait<1>();  // for all but the newest: for the stage before
    syncBlock();
    multiplyStage<P, DOWN_L, DOWN_R>(sums, shared + (i + 1) % 2 * STAGE);
    syncBlock();
  }
  spread<P>(shared, sums);
  syncBlock();
  finish(t, shared);
}

DEV Task productTask(const Op &op, int rows) {
  int K = op.n[0], D = op.n[1];
  Task t = {matrix(op.a[1], rows, K), op.n[2] ? matrix(op.a[2], D, K) : matrix(op.a[2], K, D)};
  t.row = blockIndex() * SIDE, t.col = blockIndexY() * SIDE;
  t.from = 0, t.to = K, t.rows = rows, t.cols = D;
  t.out = op.a[0].p, t.ld = op.a[0].ld, t.add = op.add;
  t.start = op.a[3].p, t.startLD = op.a[3].axis == ONCE && op.axis != ONCE ? 0 : op.a[3].ld;
  return t;
}

// weightsTask is a tile of one of n3 parts of the sum over rows.
DEV Task weightsTask(const Op &op, int rows) {
  int K = op.n[0], D = op.n[1], parts = op.n[3], z = blockIndexZ();
  int part = ((rows + parts - 1) / parts + DEPTH - 1) / DEPTH * DEPTH;
  Task t = {};
  t.row = blockIndex() * SIDE, t.col = blockIndexY() * SIDE;
  t.from = z * part < rows ? z * part : rows, t.to = t.from + part < rows ? t.from + part : rows;
  t.left = matrix(op.a[1], t.to, K), t.right = matrix(op.a[2], t.to, D);
  t.rows = K, t.cols = D;
  t.out = op.a[0].p, t.ld = op.a[0].ld, t.add = op.add;
  if (parts > 1) t.out = op.a[4].p + (long)z * K * D, t.ld = D, t.add = false;
  return t;
}

template <int P> DEV void gemm(const Dims &d, const Op &op, float *shared) {
  int rows = rowsOf(d, op.axis, op.rows);
  Task t = op.code == GEMM ? productTask(op, rows) : weightsTask(op, rows);
  if (t.row >= t.rows || t.col >= t.cols) return;
  if (op.code == GEMM_WEIGHTS) runTask<P, true, true>(t, shared);
  else if (op.n[2]) runTask<P, false, false>(t, shared);
  else runTask<P, false, true>(t, shared);
}
