// Who does what: the threads that work together on an op, and loops that share its
// rows out among them. Every number is one thread's, or one warp's, and is found in
// an order that does not depend on how many there are.
#pragma once
#include "program.h"

// OUTLINE is for what is large and seldom done: it stays out of the code around it.
#define OUTLINE static inline __device__ __attribute__((noinline))

// What kernels are given lies in global memory; functions take it wherever it is, as
// scans keep copies nearer by.
DEV const Dims &anywhere(const GLOBAL Dims &d) { return *(const Dims *)&d; }
DEV const Op &anywhere(const GLOBAL Op &o) { return *(const Op *)&o; }

// A Team is threads of whole warps, of one block or of many.
struct Team {
  int thread, threads;
};

// everybody is all threads of a launch.
DEV Team everybody() {
  return {int(blockIndex() * blockThreads() + threadIndex()), int(blocks() * blockThreads())};
}

// eachElement gives f(r, j) the elements of rows [lo,hi) of cols columns, one a thread.
template <class F> DEV void eachElement(int lo, int hi, int cols, Team team, F f) {
  if (cols <= 0) return;
  int r = lo + team.thread / cols, j = team.thread % cols;
  const int rows = team.threads / cols, rest = team.threads % cols;
  while (r < hi) {
    f(r, j);
    r += rows;
    j += rest;
    if (j >= cols) {
      j -= cols;
      r++;
    }
  }
}

// eachNumber gives f(i) the numbers [0,n), one a thread.
template <class F> DEV void eachNumber(int n, Team team, F f) {
  for (int i = team.thread; i < n; i += team.threads) f(i);
}

// eachWarp gives f(i, lane) the numbers [lo,hi), one a warp, all lanes of it at once.
template <class F> DEV void eachWarp(int lo, int hi, Team team, F f) {
  for (int i = lo + team.thread / 32; i < hi; i += team.threads / 32) f(i, team.thread % 32);
}
