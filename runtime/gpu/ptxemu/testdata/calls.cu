// Functions that are called: declared before they are defined, nested, with
// structs, pointers to what is the caller's own, and a switch over a table.
#include "device.h"
#define FAR __attribute__((device, noinline))

struct Pair {
  double a;
  int b;
};

FAR Pair swap(Pair p, int n);
FAR float leaf(float x);
FAR void bump(int *x, int by) { *x += by * threads(); }

FAR float twice(float x) { return leaf(x) * 2.0f + leaf(-x); }

FAR int choose(int op, int x, int y) {
  switch (op) {
    case 0: return x + y;
    case 1: return x * y - 3;
    case 2: return x / (y | 1);
    case 3: return x ^ y << 2;
    case 4: return leaf((float)x) > y;
    case 5: return x % (y | 1) + op;
    default: return -1;
  }
}

FAR Pair swap(Pair p, int n) {
  Pair q = {p.b + 0.5 * n, (int)p.a - n};
  return q;
}

FAR float leaf(float x) { return x * x + 1.0f; }

KERNEL calls(const int *in, float *f, int *out, int n) {
  int i = block() * threads() + thread();
  if (i >= n) return;
  int x = in[i], own[4] = {x, x + 1, x + 2, x + 3};
  for (int k = 0; k < 4; k++) bump(&own[(x + k) & 3], k);
  Pair p = {x * 1.25, x};
  p = swap(swap(p, 1), i);
  f[i] = twice((float)x) + (float)p.a;
  out[i] = choose(i % 7, x, own[i & 3]) + p.b;
}
