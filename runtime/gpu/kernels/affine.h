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

// A Share is what of the results is a block's: so many tiles from the first on, each
// step-th, in chunks of rows from the first on, each step-th.
struct Share {
  int tile, tileStep, tiles;
  int chunk, chunkStep;
  int fast;  // its weights are kept, and rows are wide
  int pad[2];
};

// isFast reports whether a block that keeps its weights can read rows by fours.
DEV bool isFast(const Op &o) {
  if (o.n[3] < 0 || o.n[0] % 4 || !isWide(o.a[1].p, o.a[1].ld)) return false;
  return !o.n[6] || isWide(o.a[4].p, o.a[4].ld);
}

// shareOf deals tiles to n5 blocks from block n4 on, and as often as there are so many
// blocks again, chunks of rows to each such row of blocks.
DEV Share shareOf(const Op &o, int block, int blocks) {
  const int tiles = (o.n[1] + COLS - 1) / COLS, lanes = o.n[5], copies = blocks / lanes;
  const int i = (block + blocks - o.n[4]) % blocks, first = i % lanes;
  const int own = i < lanes * copies && first < tiles ? (tiles - first + lanes - 1) / lanes : 0;
  return {first, lanes, own, i / lanes, copies, isFast(o)};
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
  for (int t = 0; t < s.tiles; t++, kept += n)
    for (int i = threadIndex(); i < n; i += SCAN_THREADS) {
      const int step = i / KEPT, at = i % KEPT;
      const int c = o.n[2] ? at / TERMS : at % COLS, k = o.n[2] ? at % TERMS : at / COLS;
      kept[step * KEPT + c * TERMS + k] = weight(o, step * TERMS + k, (s.tile + t * s.tileStep) * COLS + c);
    }
}

// A Piece is some tiles of a chunk of rows.
struct Piece {
  int row, rows;          // the first row, and how many there are
  int tile, step, tiles;  // as in Share; at most GROUP tiles
  const float *kept;      // weights of the first tile in shared memory, or 0
};

DEV int tileOf(const Piece &p, int i) { return p.tile + i * p.step; }

// HALVES is how many times 16 rows a piece has: 1 or 2. FAST is as in Share.

// An Input is where the lane's rows of the chunk begin, g, g+8, g+16 and g+24. Those
// beyond the chunk are its first: what comes of them is nobody's.
template <int HALVES> struct Input {
  const GLOBAL float *row[2 * HALVES];
};

template <int HALVES> DEV Input<HALVES> inputOf(const Op &o, const Moment &m, const Piece &p) {
  Input<HALVES> in;
#pragma unroll
  for (int i = 0; i < 2 * HALVES; i++) {
    const int r = threadIndex() % 32 / 4 + 8 * i, row = p.row + (r < p.rows ? r : 0);
    in.row[i] = o.n[6] ? rowBefore(m, o.a[1], o.a[4], row) : o.a[1].p + product(row, o.a[1].ld);
  }
  return in;
}

// readRows reads the lane's share of one step of the chunk's rows: terms 4q to 4q+3.
// Beyond the last there is anything at all, which the weights there make nothing of.
template <int HALVES, bool FAST> DEV void readRows(float x[2 * HALVES][4], const Op &o, const Input<HALVES> &in, int step) {
  const int k = step * TERMS + threadIndex() % 4 * 4;
#pragma unroll
  for (int i = 0; i < 2 * HALVES; i++) readFour<FAST>(x[i], in.row[i], k, o.n[0]);
}

// readWeights reads the lane's four weights of tile i and a step; 0 beyond the last term.
template <bool FAST> DEV void readWeights(float w[4], const Op &o, const Piece &p, int i, int step) {
  const int g = threadIndex() % 32 / 4, q = threadIndex() % 4;
  if (FAST || p.kept) {
    const SHARED float *kept = (const SHARED float *)p.kept;
    const Four v = *(const SHARED Four *)(kept + (i * stepsOf(o) + step) * KEPT + g * TERMS + 4 * q);
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

// multiplyStep adds the products of one step to the sums.
template <int P, int HALVES, bool FAST>
DEV void multiplyStep(Sum sums[HALVES][GROUP], const float x[2 * HALVES][4], const Op &o, const Piece &p, int step) {
  float w[GROUP][4];
#pragma unroll
  for (int i = 0; i < GROUP; i++)
    if (i < p.tiles) readWeights<FAST>(w[i], o, p, i, step);
  Left rows[HALVES];
#pragma unroll
  for (int h = 0; h < HALVES; h++) rows[h] = left<P>(x[2 * h], x[2 * h + 1]);
#pragma unroll
  for (int i = 0; i < GROUP; i++) {
    if (i >= p.tiles) break;
    const Right r = right<P>(w[i]);
    Sum *to[HALVES];
#pragma unroll
    for (int h = 0; h < HALVES; h++) to[h] = &sums[h][i];
    multiply<P, HALVES>(to, rows, r);
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
template <int P, int HALVES, bool FAST>
DEV void sumTerms(Sum sums[HALVES][GROUP], const Op &o, const Piece &p, const Input<HALVES> &in) {
  const int steps = stepsOf(o), each = (steps + WARPS - 1) / WARPS;
  const int from = threadIndex() / 32 * each, end = least(from + each, steps);
  float x[AHEAD][2 * HALVES][4];
#pragma unroll
  for (int a = 0; a < AHEAD; a++)
    if (from + a < end) readRows<HALVES, FAST>(x[a], o, in, unknown(from + a));
  for (int step = from; step < end; step += AHEAD)
#pragma unroll
    for (int a = 0; a < AHEAD; a++) {
      if (step + a >= end) break;
      multiplyStep<P, HALVES, FAST>(sums, x[a], o, p, unknown(step + a));
      if (step + a + AHEAD < end) readRows<HALVES, FAST>(x[a], o, in, unknown(step + a + AHEAD));
    }
}

// storeParts puts the warp's sums where other warps see them: [WARPS,GROUP,ROWS,COLS].
template <int P, int HALVES> DEV void storeParts(float *parts, const Sum sums[HALVES][GROUP], const Piece &p) {
  Two *to = (Two *)(parts + threadIndex() / 32 * GROUP * ROWS * COLS) + threadIndex() % 32;
#pragma unroll
  for (int i = 0; i < GROUP; i++) {
    if (i >= p.tiles) break;
#pragma unroll
    for (int m = 0; m < HALVES; m++)
#pragma unroll
      for (int h = 0; h < 2; h++)  // rows g and g+8
        to[(i * ROWS + 16 * m + 8 * h) * COLS / 2] = Two{result<P>(sums[m][i], 2 * h), result<P>(sums[m][i], 2 * h + 1)};
  }
}

// sumParts is the thread's element of tile i.
DEV float sumParts(const float *parts, int i) {
  float v = 0;
#pragma unroll
  for (int w = 0; w < WARPS; w++) v += parts[(w * GROUP + i) * ROWS * COLS + threadIndex()];
  return v;
}

// An Addend is what the thread's element of a tile is added to. It is read before all
// else, as it takes long, and looked at last.
struct Addend {
  float start, before;
};

template <int P, int HALVES, bool FAST> DEV void affinePiece(const Op &o, const Moment &m, const Piece &p, float *parts) {
  const int r = threadIndex() / COLS, col = threadIndex() % COLS;
  const int row = p.row + least(r, p.rows - 1);
  GLOBAL float *out = o.a[0].p + product(row, o.a[0].ld);
  const GLOBAL float *start = o.a[3].p + product(o.a[3].axis == ONCE ? 0 : row, o.a[3].ld);
  Addend to[GROUP];
#pragma unroll
  for (int i = 0; i < GROUP; i++) {
    if (i >= p.tiles) break;
    const int c = least(tileOf(p, i) * COLS + col, o.n[1] - 1);
    to[i].start = o.a[3].p ? readNow(start + c) : 0;
    to[i].before = o.add ? readNow(out + c) : 0;
  }
  Sum sums[HALVES][GROUP] = {};
  sumTerms<P, HALVES, FAST>(sums, o, p, inputOf<HALVES>(o, m, p));
  storeParts<P, HALVES>(parts, sums, p);
  syncBlock();
#pragma unroll
  for (int i = 0; i < GROUP; i++) {
    if (i >= p.tiles) break;
    const int c = tileOf(p, i) * COLS + col;
    const float v = sumParts(parts, i) + (to[i].start + to[i].before);
    if (r < p.rows && c < o.n[1]) out[c] = v;
  }
  syncBlock();  // parts are free again
}

// affineSlow is for what is not FAST: its registers are its own. Structs are taken apart, as
// clang 19 reads those that a function is given by value from addresses that are not theirs.
template <int P>
OUTLINE void affineSlow(const SHARED Op *o, int last, int lastEnd, int now, int seq, int row, int rows, int tile, int step, int tiles,
                        const float *kept, float *parts) {
  affinePiece<P, 2, false>(*(const Op *)o, {{last, lastEnd, 0}, {now, 0, seq}, {}}, {row, rows, tile, step, tiles, kept}, parts);
}

// affine computes the block's share of the rows of a time.
template <int P> DEV void affine(const Op &op, const Moment &m, const Share &s, const float *weights, float *parts) {
  const Op o = op;  // in registers
  const int kept = GROUP * stepsOf(o) * KEPT;
  for (int row = m.now.lo + s.chunk * ROWS; row < m.now.hi; row += s.chunkStep * ROWS)
    for (int tile = 0; tile < s.tiles; tile += GROUP) {
      const float *w = o.n[3] < 0 ? 0 : weights + o.n[3] + tile / GROUP * kept;
      const Piece p = {row, least(m.now.hi - row, ROWS), s.tile + tile * s.tileStep, s.tileStep, least(s.tiles - tile, GROUP), w};
      if (!s.fast)
        affineSlow<P>((const SHARED Op *)&op, m.last.lo, m.last.hi, m.now.lo, m.now.seq, p.row, p.rows, p.tile, p.step, p.tiles, w, parts);
      else if (p.rows > 16) affinePiece<P, 2, true>(o, m, p, parts);
      else affinePiece<P, 1, true>(o, m, p, parts);
    }
}
