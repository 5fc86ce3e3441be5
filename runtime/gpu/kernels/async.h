// Copies from global to shared memory that go on while a thread computes.
#pragma once
#include "device.h"
#include "program.h"
#include "wide.h"

// A Matrix is [rows,cols] numbers, rows ld apart. Where all rows begin at a multiple
// of 16 bytes it is wide, and copied four numbers at a time.
struct Matrix {
  const GLOBAL float *p;
  long ld;
  int rows, cols;
  bool wide;
};

DEV Matrix matrix(const Array &a, int rows, int cols) { return {a.p, a.ld, rows, cols, isWide(a.p, a.ld)}; }

DEV u32 sharedAddress(const float *p) { return (u32)(u64)(__attribute__((address_space(3))) const float *)p; }

// copy copies the first bytes of SIZE (4 or 16), and fills the rest with zeros.
template <int SIZE> DEV void copy(float *to, const GLOBAL float *from, int bytes) {
  asm volatile("cp.async.ca.shared.global [%0], [%1], %2, %3;" ::"r"(sharedAddress(to)), "l"(from), "n"(SIZE), "r"(bytes) : "memory");
}

// copyCommit ends a group of copies; copyWait<N> waits for all groups of this thread but
// the newest N. What other threads have copied is there after a syncBlock.
DEV void copyCommit() { asm volatile("cp.async.commit_group;" ::: "memory"); }
template <int N> DEV void copyWait() { asm volatile("cp.async.wait_group %0;" ::"n"(N) : "memory"); }

// copyPart copies the numbers of m from [r,c] on, WIDTH of them, those outside m as 0.
template <int WIDTH> DEV void copyPart(float *to, const Matrix &m, int r, int c) {
  int there = r < m.rows ? m.cols - c : 0;
  there = there < 0 ? 0 : there > WIDTH ? WIDTH : there;
  copy<4 * WIDTH>(to, there ? m.p + r * m.ld + c : m.p, 4 * there);
}

// copyTile copies ROWS x COLS numbers from [r,c] on to rows LD apart, by the THREADS of
// the block, WIDTH numbers at once. c is a multiple of WIDTH.
template <int ROWS, int COLS, int LD, int THREADS, int WIDTH> DEV void copyTile(float *to, const Matrix &m, int r, int c) {
  const int across = COLS / WIDTH, down = THREADS / across;
  const int row = threadIndex() / across, col = threadIndex() % across * WIDTH;
#pragma unroll 4
  for (int i = 0; i < ROWS; i += down) copyPart<WIDTH>(to + (row + i) * LD + col, m, r + row + i, c + col);
}
