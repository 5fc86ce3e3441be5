// A team of all blocks of a launch, which must all be resident: a cooperative launch.
#pragma once
#include "blocks.h"

DEV u32 loadRelaxed(const GLOBAL u32 *p) {
  u32 v;
  asm volatile("ld.relaxed.gpu.global.u32 %0, [%1];" : "=r"(v) : "l"(p) : "memory");
  return v;
}

DEV u32 loadAcquire(const GLOBAL u32 *p) {
  u32 v;
  asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(v) : "l"(p) : "memory");
  return v;
}

DEV void addRelease(GLOBAL u32 *p, u32 v) { asm volatile("red.release.gpu.global.add.u32 [%0], %1;" ::"l"(p), "r"(v) : "memory"); }

// A Barrier is where all blocks wait for each other. All but one add 1 to a count, the
// first what is lacking to 2^31: when all have come, the highest bit has changed, and the
// others are what they were. So the count serves one launch after another, of any
// number of blocks, and is never reset; it is zero before the first.
//
// What a block's threads wrote before wait, all threads of all blocks see after it:
// bar.sync puts the writes of the block before thread 0's red.release; the count is only
// changed by such additions, so that whoever reads what the last one left has
// synchronised with each of them (PTX ISA, Memory Consistency Model: a release is observed
// through any chain of atomic operations); ld.acquire does so, at the scope of the GPU,
// which also drops what this block's multiprocessor has in its L1; and the second bar.sync
// puts that before what the other threads read. So plain loads will do afterwards, but
// none through the read-only path (ld.global.nc) of what the loop writes.
struct Barrier {
  GLOBAL u32 *count;
  u32 phase;  // the highest bit while this block is not waited for

  // open is the barrier before the block's first wait: until it has come, the bit stays.
  static DEVICE Barrier open(GLOBAL u32 *count) { return {count, loadRelaxed(count) & 0x80000000}; }

  DEVICE void wait() {
    syncBlock();
    if (blocks() > 1 && threadIndex() == 0) {
      addRelease(count, blockIndex() == 0 ? 0x80000000 - (blocks() - 1) : 1);
      while ((loadAcquire(count) & 0x80000000) == phase) {
      }
    }
    phase ^= 0x80000000;
    syncBlock();
  }
};

struct Grid {
  Barrier barrier;

  DEVICE int block() const { return blockIndex(); }
  DEVICE int blocks() const { return ::blocks(); }
  DEVICE void wait() { barrier.wait(); }
  DEVICE Rows rows(const Dims &d, int axis, int t) const {
    const int lo = startOf(d, axis, t);
    return {lo, lo + sizeOf(d, axis, t), 0};
  }
};
