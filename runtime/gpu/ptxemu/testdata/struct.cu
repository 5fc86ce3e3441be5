// Parameters of struct type, of which some are indexed by what is computed, and
// pointers in memory, which are generic.
#include "device.h"

struct Span {
  int from, to;
};

struct Plan {
  float *out;
  const float *in[3];
  double scale;
  Span span[4];
  short step;
  unsigned char on;
};

KERNEL apply(Plan p, int which, float **also) {
  int i = thread();
  Span s = p.span[(which + i) & 3];
  if (i < s.from || i >= s.to || !p.on) return;
  float v = 0;
  for (int k = 0; k < 3; k++) v += p.in[k][i * p.step];
  p.out[i] = (float)(v * p.scale);
  also[i & 1][i] = v;
}
