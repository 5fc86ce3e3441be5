// Noise: the numbers of package kernel, which are a function of seed, stream and
// position alone.
#pragma once
#include "rows.h"
#include "warp.h"

// Words are the four that Philox4x32-10 (Salmon et al. 2011) gives for a counter.
struct Words {
  u32 w[4];
};

DEV Words philox(u64 counter, u64 stream, u64 seed) {
  u32 a = u32(counter), b = u32(counter >> 32), c = u32(stream), e = u32(stream >> 32);
  u32 low = u32(seed), high = u32(seed >> 32);
  for (int round = 0; round < 10; round++) {
    const u64 p = u64(a) * 0xD2511F53u, q = u64(c) * 0xCD9E8D57u;
    a = u32(q >> 32) ^ b ^ low;
    b = u32(q);
    c = u32(p >> 32) ^ e ^ high;
    e = u32(p);
    low += 0x9E3779B9u;
    high += 0xBB67AE85u;
  }
  return {{a, b, c, e}};
}

// A Draw is four values for one counter.
struct Draw {
  float v[4];
};

// normalPair is Box and Muller's for two words, which are rounded to float32 first.
DEV void normalPair(u32 a, u32 b, float &x, float &y) {
  const float u = float(2 * u64(a) + 1) * 0x1p-33f, quarters = float(int(b)) * 0x1p-30f;
  const SinCos sc = sinCosQuarters(quarters);
  const float radius = f_sqrt(-2 * f_log(u));
  x = radius * sc.cos;
  y = radius * sc.sin;
}

DEV Draw normals(Words r) {
  Draw v;
  normalPair(r.w[0], r.w[1], v.v[0], v.v[1]);
  normalPair(r.w[2], r.w[3], v.v[2], v.v[3]);
  return v;
}

// uniforms are the centres of 2^23 equal parts of (0,1).
DEV Draw uniforms(Words r) {
  Draw v;
#pragma unroll
  for (int i = 0; i < 4; i++) v.v[i] = (float(r.w[i] >> 9) + 0.5f) * 0x1p-23f;
  return v;
}

// drawn is what an op makes of words; factors of dropout are zero with the probability
// of the rate, and else what keeps the mean at one.
DEV Draw drawn(const Op &o, Words r) {
  if (o.code == NORMALS) return normals(r);
  Draw v = uniforms(r);
  if (o.code == UNIFORMS) return v;
#pragma unroll
  for (int i = 0; i < 4; i++) v.v[i] = v.v[i] >= o.f[0] ? 1 / (1 - o.f[0]) : 0;
  return v;
}

// draw sets all rows to random numbers. A block of 64 of them is what 16 counters give:
// word w of counter c is number 16 w + c.
DEV void draw(const Dims &d, const Op &o, int rows, Team team) {
  const int cols = o.n[0], count = rows * cols;
  const u64 seed = u64(d.seed[1]) << 32 | d.seed[0];
  const u64 stream = (u64(d.step[1]) << 32 | d.step[0]) << 16 | u64(o.n[1]);
  eachNumber((count + 63) / 64 * 16, team, [&](int c) {
    const Draw v = drawn(o, philox(u64(c), stream, seed));
#pragma unroll
    for (int w = 0; w < 4; w++) {
      const int e = c / 16 * 64 + 16 * w + c % 16;
      if (e < count) rowOf(o.a[0], e / cols)[e % cols] = v.v[w];
    }
  });
}
