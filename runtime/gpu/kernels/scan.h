// Loops over time in one launch. See struct Scan.
//
// A loop is run by a team of blocks: a place where they wait for each other, the rows
// of a time that are theirs, and which of them this block is. There are two teams, grid.h's
// and cluster.h's.
#pragma once
#include "affine.h"
#include "perform.h"

// Kept is what the loop reads at each time, copied to shared memory: a wait empties
// the cache in front of global memory, so that it would be read from afar again and again.
// The ops' pad tells whether all wait after them.
struct Kept {
  Dims dims;
  Op ops[1];  // as many as there are; then a Share for each, then weights
};

extern __shared__ __attribute__((aligned(16))) Kept kept[];

DEV Share *sharesOf(const Scan &s) { return (Share *)(kept->ops + s.ops); }
DEV float *weightsOf(const Scan &s) { return (float *)(sharesOf(s) + s.ops); }

// copyWords copies n words by all threads of the block.
DEV void copyWords(void *to, const GLOBAL void *from, int n) {
  for (int i = threadIndex(); i < n; i += SCAN_THREADS) ((u32 *)to)[i] = ((const GLOBAL u32 *)from)[i];
}

// keepAll fills kept in.
DEV void keepAll(const GLOBAL Dims &d, const Scan &s, int block, int blocks) {
  copyWords(&kept->dims, &d, sizeof(Dims) / 4);
  copyWords(kept->ops, s.op, s.ops * (sizeof(Op) / 4));
  syncBlock();
  for (int i = threadIndex(); i < s.ops; i += SCAN_THREADS) kept->ops[i].pad = s.sync[i] || i == s.ops - 1;
  for (int i = 0; i < s.ops; i++) {
    const Op &o = kept->ops[i];
    if (o.code != AFFINE) continue;
    const Share share = shareOf(o, block, blocks);
    if (threadIndex() == 0) sharesOf(s)[i] = share;
    if (o.n[3] >= 0) keepWeights(o, share, weightsOf(s) + o.n[3]);
  }
  syncBlock();
}

// performRows keeps the registers of the one big switch apart from those of affine.
OUTLINE void performRows(const SHARED Op *o, int lo, int hi, int thread, int threads) {
  perform(kept->dims, *(const Op *)o, lo, hi, {thread, threads});
}

// runOp runs op i on the rows of a time.
template <int P, class Blocks> DEV void runOp(const Scan &s, int i, const Moment &m, float *parts, Blocks &team) {
  const Op &o = kept->ops[i];
  if (o.code == AFFINE) return affine<P>(o, m, sharesOf(s)[i], weightsOf(s), parts);
  const Team threads = {team.block() * SCAN_THREADS + int(threadIndex()), team.blocks() * SCAN_THREADS};
  if (o.code == LAG && lagStep(o, s.rev, m, threads)) return;
  if (o.code == LAG_SCATTER && scatterStep(o, s.rev, m, threads)) return;
  performRows((const SHARED Op *)&o, m.now.lo, m.now.hi, threads.thread, threads.threads);
}

// rowsOf is the team's rows at step i of the loop: none before the first and after the
// last.
template <class Blocks> DEV Rows rowsOf(const Scan &s, Blocks &team, int i) {
  const int times = kept->dims.T;
  if (i < 0 || i >= times) return {};
  return team.rows(kept->dims, s.axis, s.rev ? times - 1 - i : i);
}

template <int P, class Blocks> DEV void scan(const GLOBAL Dims &d, const GLOBAL Scan &scan, Blocks &team) {
  __shared__ float parts[PARTS];
  const Scan s = *(const Scan *)&scan;  // in registers
  keepAll(d, s, team.block(), team.blocks());
  Moment m = {{}, {}, rowsOf(s, team, 0)};
  for (int i = 0; i < kept->dims.T; i++) {
    m = {m.now, m.next, rowsOf(s, team, i + 1)};  // the next from afar, while ops run
    if (count(m.now) == 0) continue;
    for (int j = 0; j < s.ops; j++) {
      runOp<P>(s, j, m, parts, team);
      if (kept->ops[j].pad) team.wait();
    }
  }
}
