// AFFINE, within a scan: few rows, and always the same weights.
//
// Columns of results are cut in tiles of 8, rows in chunks of 32. The warps of a
// block take equal parts of the terms each, and add up what they have in a fixed order:
// so numbers do not depend on how many blocks there are, or on what they are given.
#pragma once
#include "mma.h"
#include "blocks.h"
#include "wide.h"

enum {
  SCAN_THREADS = 256,
  WARPS = SCAN_THREADS / 32,
  COLS = 8,    // of a tile
  ROWS = 32,   // of a chunk: two of 16, and a thread for each element of a tile
  TERMS = 16,  // a step
  KEPT = COLS * TERMS,  // weights of a tile for a step
  GROUP = 4,   // tiles at once, that share the rows once read
  AHEAD = 3,   // steps whose rows are on their way
  PARTS = WARPS * GROUP * ROWS * COLS,  // floats that affine needs in shared memory
};

// A Share is what of the results is a block's: tiles from the first on, each step-th,
// in chunks of rows from the first on, each step-th.
struct Share {
  int tile, tileStep, tiles;
  int chunk, chunkStep;
};

// shareOf deals tiles to n5 blocks from block n4 on, and as often as there are so many
// blocks again, chunks of rows to each such row of blocks.
DEV Share shareOf(const Op &o, int block, int blocks) {
  const int tiles = (o.n[1] + COLS - 1) / COLS, lanes = o.n[5], copies = blocks / lanes;
  const int i = (block + blocks - o.n[4]) % blocks;
  return {i % lanes, lanes, i < lanes * copies ? tiles : 0, i / lanes, copies};
}

DEV int stepsOf(const Op &o) { return (o.n[0] + TERMS - 1) / TERMS; }

// weight is W[k,c]; 0 outside.
DEV float weight(const Op &o, int k, int c) {
  if (k >= o.n[0] || c >= o.n[1]) return 0;
  return o.n[2] ? rowOf(o.a[2], c)[k] : rowOf(o.a[2], k)[c];
}

// keepWeights copies the weights of the block's tiles to shared memory: for each tile
// and step [COLS,TERMS], so that a lane's four are together. Threads that are neighbours
// read what lies together in W.
DEV void keepWeights(const Op &o, Share s, float *kept) {
  const int n = stepsOf(o) * KEPT;
  for (int tile = s.tile; tile < s.tiles; tile += s.tileStep, kept += n)
    for (int i = threadIndex(); i < n; i += SCAN_THREADS) {
      const int step = i / KEPT, at = i % KEPT;
      const int c = o.n[2] ? at / TERMS : at % COLS, k = o.n[2] ? at % TERMS : at / COLS;
      kept[step * KEPT + c * TERMS + k] = weight(o, step * TERMS + k, tile * COLS + c);
    }
}

// A Piece is some tiles of a chunk of rows.
struct Piece {
  int row, rows;          // the first row, and how many there are
  int tile, step, tiles;  // as in Share; at most GROUP tiles
  const float *kept;      // weights of the first tile in shared memory, or 0
};

DEV int tileOf(const Piece &p, int i) { return p.tile + i * p.step; }

// An Input is where the lane's rows of the chunk begin, g, g+8, g+16 and g+24. Those
// beyond the chunk are its first.
struct Input {
  const GLOBAL float *row[4];
  bool wide;
};

DEV Input inputOf(const Op &o, const Moment &m, const Piece &p) {
  Input in = {{}, isWide(o.a[1].p, o.a[1].ld) && o.n[0] % 4 == 0};
  if (o.n[6]) in.wide &= isWide(o.a[4].p, o.a[4].ld);
#pragma unroll
  for (int i = 0; i < 4; i++) {
    const int r = threadIndex() % 32 / 4 + 8 * i, row = p.row + (r < p.rows ? r : 0);
    in.row[i] = o.n[6] ? rowBefore(m, o.a[1], o.a[4], row) : rowOf(o.a[1], row);
  }
  return in;
}

// readRows reads the lane's share of one step of the chunk's rows: terms 4q to 4q+3.
DEV void readRows(float x[4][4], const Op &o, const Piece &p, const Input &in, int step) {
  const int g = threadIndex() % 32 / 4, k = step * TERMS + threadIndex() % 4 * 4;
#pragma unroll
  for (int i = 0; i < 4; i++) {
    x[i][0] = x[i][1] = x[i][2] = x[i][3] = 0;
    if (8 * i >= p.rows) continue;
    readFour(x[i], in.row[i], k, o.n[0], in.wide);
#pragma unroll
    for (int j = 0; j < 4; j++) x[i][j] = g + 8 * i < p.rows ? x[i][j] : 0;
  }
}

// readWeights reads the lane's four weights of tile i and a step.
DEV void readWeights(float w[4], const Op &o, const Piece &p, int i, int step) {
  const int g = threadIndex() % 32 / 4, q = threadIndex() % 4;
  if (p.kept) {
    const Four v = *(const Four *)(p.kept + (i * stepsOf(o) + step) * KEPT + g * TERMS + 4 * q);
    w[0] = v.x, w[1] = v.y, w[2] = v.z, w[3] = v.w;
    return;
  }
  const int c = tileOf(p, i) * COLS + g, k = step * TERMS + 4 * q;
  const long across = o.n[2] ? o.a[2].ld : 1, down = o.n[2] ? 1 : o.a[2].ld;
  const GLOBAL float *column = o.a[2].p + least(c, o.n[1] - 1) * across;
#pragma unroll
  for (int j = 0; j < 4; j++) {
    const float v = column[least(k + j, o.n[0] - 1) * down];
    w[j] = c < o.n[1] && k + j < o.n[0] ? v : 0;
  }
}

// multiplyStep adds the products of one step to the sums of 16 or 32 rows.
template <int P> DEV void multiplyStep(Sum sums[2][GROUP], const float x[4][4], const Op &o, const Piece &p, int step) {
  float w[GROUP][4];
#pragma unroll
  for (int i = 0; i < GROUP; i++)
    if (i < p.tiles) readWeights(w[i], o, p, i, step);
  const Left low = left<P>(x[0], x[1]), high = left<P>(x[2], x[3]);
#pragma unroll
  for (int i = 0; i < GROUP; i++) {
    if (i >= p.tiles) continue;
    const Right r = right<P>(w[i]);
    multiply<P>(sums[0][i], low, r);
    if (p.rows > 16) multiply<P>(sums[1][i], high, r);
  }
}

// unknown hides what the compiler knows of i: it would keep, in registers that there are
// not enough of, all addresses that go on by a constant from one step to the next.
DEV int unknown(int i) {
  asm volatile("" : "+r"(i));
  return i;
}

// sumTerms sums the warp's part of the terms. Rows of AHEAD steps are on their way at
// any time: they come from afar, as other blocks have only just written them.
template <int P> DEV void sumTerms(Sum sums[2][GROUP], const Op &o, const Piece &p, const Input &in) {
  const int steps = stepsOf(o), each = (steps + WARPS - 1) / WARPS;
  const int from = threadIndex() / 32 * each, end = least(from + each, steps);
  float x[AHEAD][4][4];
#pragma unroll
  for (int a = 0; a < AHEAD; a++)
    if (from + a < end) readRows(x[a], o, p, in, unknown(from + a));
  for (int step = from; step < end; step += AHEAD)
#pragma unroll
    for (int a = 0; a < AHEAD; a++) {
      if (step + a >= end) break;
      multiplyStep<P>(sums, x[a], o, p, unknown(step + a));
      if (step + a + AHEAD < end) readRows(x[a], o, p, in, unknown(step + a + AHEAD));
    }
}

// storeParts puts the warp's sums where other warps see them: [WARPS,GROUP,ROWS,COLS].
template <int P> DEV void storeParts(float *parts, const Sum sums[2][GROUP], const Piece &p) {
  Two *to = (Two *)(parts + threadIndex() / 32 * GROUP * ROWS * COLS) + threadIndex() % 32;
#pragma unroll
  for (int i = 0; i < GROUP; i++)
#pragma unroll
    for (int m = 0; m < 2; m++)
#pragma unroll
      for (int h = 0; h < 2; h++)  // rows g and g+8
        if (i < p.tiles && 16 * m < p.rows)
          to[(i * ROWS + 16 * m + 8 * h) * COLS / 2] = Two{result<P>(sums[m][i], 2 * h), result<P>(sums[m][i], 2 * h + 1)};
}

// sumParts is the thread's element of tile i.
DEV float sumParts(const float *parts, int i) {
  float v = 0;
#pragma unroll
  for (int w = 0; w < WARPS; w++) v += parts[(w * GROUP + i) * ROWS * COLS + threadIndex()];
  return v;
}

// addend is what the thread's element of tile i is added to.
DEV float addend(const Op &o, int r, int c) {
  float v = 0;
  if (o.a[3].p) v = readNow(rowOf(o.a[3], o.a[3].axis == ONCE ? 0 : r) + c);
  if (o.add) v += readNow(rowOf(o.a[0], r) + c);
  return v;
}

template <int P> DEV void affinePiece(const Op &o, const Moment &m, const Piece &p, float *parts) {
  const int r = threadIndex() / COLS, col = threadIndex() % COLS;
  float start[GROUP];
#pragma unroll
  for (int i = 0; i < GROUP; i++) {  // before all else: it takes long, and is needed last
    const int c = tileOf(p, i) * COLS + col;
    start[i] = i < p.tiles && r < p.rows && c < o.n[1] ? addend(o, p.row + r, c) : 0;
  }
  Sum sums[2][GROUP] = {};
  sumTerms<P>(sums, o, p, inputOf(o, m, p));
  storeParts<P>(parts, sums, p);
  syncBlock();
#pragma unroll
  for (int i = 0; i < GROUP; i++) {
    const int c = tileOf(p, i) * COLS + col;
    if (i < p.tiles && r < p.rows && c < o.n[1]) rowOf(o.a[0], p.row + r)[c] = sumParts(parts, i) + start[i];
  }
  syncBlock();  // parts are free again
}

// affine computes the block's share of the rows of a time.
template <int P> DEV void affine(const Op &op, const Moment &m, Share s, const float *weights, float *parts) {
  const Op o = op;  // in registers
  const int kept = stepsOf(o) * KEPT;
  for (int row = m.now.lo + s.chunk * ROWS; row < m.now.hi; row += s.chunkStep * ROWS) {
    const float *w = o.n[3] < 0 ? 0 : weights + o.n[3];
    for (int tile = s.tile; tile < s.tiles; tile += GROUP * s.tileStep) {
      const int left = (s.tiles - tile + s.tileStep - 1) / s.tileStep;
      affinePiece<P>(o, m, {row, least(m.now.hi - row, ROWS), tile, s.tileStep, least(left, GROUP), w}, parts);
      if (w) w += GROUP * kept;
    }
  }
}
