// Loops over time in one launch. See struct Scan.
//
// A loop is run by a team of blocks: a place where they wait for each other, the rows
// of a time that are theirs, and which of them this block is. There are two teams, grid.h's
// and cluster.h's.
#pragma once
#include "affine.h"
#include "perform.h"

// Dynamic shared memory: the ops, then resident weights.
extern __shared__ __attribute__((aligned(16))) float dynamicShared[];

// performRows keeps the registers of the one big switch apart from those of affine.
static __device__ __attribute__((noinline)) void performRows(const GLOBAL Dims *d, const GLOBAL Op *o, int lo, int hi, int thread, int threads) {
  perform(*d, *o, lo, hi, {thread, threads});
}

// keepOps copies ops to shared memory: a wait empties the cache in front of global memory,
// so that each op would be read from afar again and again. pad takes the op's sync.
DEV void keepOps(const GLOBAL Scan &s, Op *ops) {
  const int n = s.ops * (sizeof(Op) / 4);
  for (int i = threadIndex(); i < n; i += SCAN_THREADS) ((u32 *)ops)[i] = ((const GLOBAL u32 *)s.op)[i];
  syncBlock();
  for (int i = threadIndex(); i < s.ops; i += SCAN_THREADS) ops[i].pad = s.sync[i] || i == s.ops - 1;
}

// keepAll copies to shared memory what the loop reads at each time.
DEV void keepAll(const GLOBAL Scan &s, Op *ops, float *weights, int block, int blocks) {
  keepOps(s, ops);
  syncBlock();
  for (int i = 0; i < s.ops; i++)
    if (ops[i].code == AFFINE && ops[i].n[3] >= 0) keepWeights(ops[i], shareOf(ops[i], block, blocks), weights + ops[i].n[3]);
  syncBlock();
}

// runOps runs the ops on the rows of one time.
template <int P, class Blocks> DEV void runOps(const GLOBAL Dims &d, const GLOBAL Scan &s, const Op *ops, Rows rows, float *parts, Blocks &team) {
  const float *weights = (const float *)(ops + s.ops);
  for (int i = 0; i < s.ops; i++) {
    const Op &o = ops[i];
    if (o.code == AFFINE)
      affine<P>(o, rows.lo, rows.hi, shareOf(o, team.block(), team.blocks()), weights, parts);
    else
      performRows(&d, s.op + i, rows.lo, rows.hi, team.block() * SCAN_THREADS + threadIndex(), team.blocks() * SCAN_THREADS);
    if (o.pad) team.wait();
  }
}

template <int P, class Blocks> DEV void scan(const GLOBAL Dims &d, const GLOBAL Scan &s, Blocks &team) {
  __shared__ float parts[PARTS];
  Op *ops = (Op *)dynamicShared;
  keepAll(s, ops, (float *)(ops + s.ops), team.block(), team.blocks());
  const int times = d.T;
  Rows next = team.rows(d, s.axis, s.rev ? times - 1 : 0);
  for (int i = 0; i < times; i++) {
    const Rows rows = next;
    if (i + 1 < times) next = team.rows(d, s.axis, s.rev ? times - 2 - i : i + 1);
    if (rows.lo < rows.hi) runOps<P>(d, s, ops, rows, parts, team);
  }
}
