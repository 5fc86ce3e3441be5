// A team of the 8 blocks of a cluster (sm_90), which have 16 sequences of their own and
// wait for nobody else.
#pragma once
#include "blocks.h"

enum { CLUSTER = 8, SEQUENCES = 16 };

struct Cluster {
  DEVICE int block() const { return blockIndex() % CLUSTER; }
  DEVICE int blocks() const { return CLUSTER; }

  // wait: arrive releases and wait acquires, unless they say otherwise, for all threads of
  // the cluster and memory of any kind: "memory accesses requested prior to the preceding
  // arrive by all threads in the cluster are complete and visible to the executing thread"
  // (PTX ISA, barrier.cluster).
  DEVICE void wait() { asm volatile("barrier.cluster.arrive.aligned;\n\tbarrier.cluster.wait.aligned;" ::: "memory"); }

  // rows are those of the cluster's sequences that last: all of them stand first.
  DEVICE Rows rows(const Dims &d, int axis, int t) const {
    const int lo = startOf(d, axis, t), n = sizeOf(d, axis, t);
    const int first = blockIndex() / CLUSTER * SEQUENCES * samples(d, axis), end = first + SEQUENCES * samples(d, axis);
    return {lo + (first < n ? first : n), lo + (end < n ? end : n), first};
  }
};
