// What a machine is given to do, as data: the host fills these structs in
// (program.go mirrors them, field by field), kernels read them.
#pragma once
#include "device.h"

// How many rows an array has: those of one array for all (ONCE), one a sequence,
// or one a frame; with SAMPLED, K times as many. Row b*K+k is sample k of sequence b.
enum Axis { ONCE = 0, SEQ = 1, FRAME = 2, SAMPLED = 4 };

// An Array is a matrix, row-major, rows ld numbers apart; p is element [0,0] of it,
// or of a view of some of its columns. One row that serves all of a domain that is
// ONCE has ld = 0.
struct Array {
  GLOBAL float *p;
  int ld;
  int axis;
};

// Dims is what there is to know of a batch. It is uploaded before each run:
// arrays that pointers show stay where they are. Frames are packed: time first, the
// longest sequence first; the rows of time t are off[t] to off[t+1], and sequence b
// stands at row off[t]+b while it lasts. Sampled rows are K times as many.
struct Dims {
  int K, T, B, N;   // samples a sequence; longest length; sequences; frames
  u32 seed[2];      // of noise, low word first
  u32 step[2];      // the number of the update
  float scale;      // what the cost is multiplied by
  float rate;       // bias-corrected step size of Adam
  float eps;        // bias-corrected
  float clip;       // largest norm of the gradient; 0 is no limit
  const GLOBAL int *off;     // [T+1]
  const GLOBAL int *len;     // [B] frames, never rising
  const GLOBAL int *from;    // [B] row of the data set where the sequence's frames begin
  const GLOBAL int *number;  // [B] number of the sequence in the data set
  GLOBAL int *time;          // [N] time of a frame, from 0, filled in by LAYOUT
  const GLOBAL float *coef;  // of the terms
};

// An Op is one operation over the rows of its domain. What n, f and a hold depends
// on the code: see Code.
struct Op {
  int code;
  int axis;    // of the rows that it goes over
  int rows;    // how many, where axis is ONCE
  int add;     // the results are added to what is there
  int n[8];
  float f[2];
  int arrays;  // in more
  int pad;
  Array a[8];  // a[0] is where results go; an array that is left out has p = 0
  const GLOBAL Array *more;
  const GLOBAL int *table;
};

// A Scan is a loop over time: for each time its ops, on the rows of that time.
// Its ops are those that perform knows but for those that say "whole" below, and AFFINE.
struct Scan {
  int ops;
  int rev;      // from the last time to the first
  int axis;     // FRAME, or FRAME | SAMPLED: of all rows
  int shared;   // floats of shared memory that resident weights take in each block
  const GLOBAL Op *op;     // [ops]
  const GLOBAL int *sync;  // [ops] 1 where all threads must be done before the next op
  GLOBAL u32 *barrier;     // a count of arrivals; zero before the first launch
};

// The codes. D is n[0], columns, unless it is said otherwise; r is a row of the domain,
// (t,b) its time and sequence. A row of an array whose axis is ONCE is row 0, one whose
// axis is SEQ in a domain of frames is that of the sequence. "(+)=" adds where op.add is
// set; "+=" always adds. "whole" ops need all rows at once, and stand in no scan.
enum Code {
  COPY = 1,     // a0[r] (+)= a1[r]
  FILL,         // a0[r] = f0
  LAG,          // a0[(t,b)] = a1[(t-n1,b)]; before the start (or after the end, n1 < 0) a2's row of b, or, without a2, a1's first (last) frame
  LAG_BACK,     // whole. a0[(t,b)] (+)= a1[(t+n1,b)] where there is one; with n2, the first (last) frame also has those that LAG gave it
  LAG_SCATTER,  // domain of a1: a0[(t-n1,b)] += a1[(t,b)] where there is one, and with n2 to the first (last) frame where there is none: for scans
  LAG_START,    // whole. domain a0, SEQ or ONCE (then over all b): a0[b] (+)= sum of a1[(t,b)] over the t before the start (after the end)
  SPLICE,       // a0[(t,b)] = t == n1 ? a1's row : a2's row
  SPLICE_BACK,  // a0[(t,b)] (+)= a1[(t,b)] where (t == n1) == n2; elsewhere 0 (nothing, if added)
  SPLICE_START, // whole. domain a0, SEQ or ONCE (then over all b): a0[b] (+)= a1[(n1,b)] where there is one
  EXPAND,       // a0[r] = a1's row
  EXPAND_BACK,  // whole. domain a0, SEQ: a0[b] (+)= sum over t of a1[(t,b)]
  HOLD,         // a0[(t,b)] = a1[(t - t mod n1, b)]
  HOLD_BACK,    // whole. a0[(t,b)] (+)= sum over the block's frames of a1 where t mod n1 == 0; elsewhere 0 (nothing)
  TICK,         // a0[(t,b)] = t mod n1 == 0
  EDGE,         // domain SEQ: a0[b] = a1[(0,b)], or of the last frame if n1
  EDGE_BACK,    // domain SEQ, of a1: a0[(0 or last,b)] += a1[b]
  REPEAT,       // domain sampled: a0[r] = a1[r/K]
  REPEAT_BACK,  // domain not sampled: a0[r] (+)= sum over k of a1[r*K+k]
  ONE_HOT,      // a0[r,j] = a1[r,0] == j
  LOG_SOFTMAX,       // a0[r] = a1[r] - log sum exp a1[r]
  LOG_SOFTMAX_BACK,  // a0[r] (+)= a1[r] - exp(a2[r]) sum a1[r]; a1 = dy, a2 = y
  RELAX,        // a0[r] = softmax(a1[r]/f0), or where the largest is, if f0 is 0
  RELAX_BACK,   // a0[r] (+)= y (dy - sum dy y) / f0; a1 = dy, a2 = y; 0 if f0 is 0
  TAKE,         // a0[r,0] = a1[r, class a2[r,0]]; a1 may be ONCE
  TAKE_BACK,    // a0[r,j] (+)= a2[r,0] == j ? a1[r,0] : 0
  TAKE_SUM,     // whole. domain a0, ONCE: a0[0,j] (+)= sum of a1[r,0] over rows r with a2[r,0] == j; n1 the axis of those rows, n2 how many where that is ONCE
  SELECT,       // a0[r,j] = a1[r, table[j]], 0 where that is negative
  SELECT_BACK,  // a0[r,i] (+)= sum of a1[r,j] over the j < n1 with table[j] == i; D is a0's columns
  BATCH_MUL,    // a0[r] (+)= a1[r] a2[r], matrices [n0,n1] by [n1,n2]; n3, n4: the transposes [n1,n0], [n2,n1] are stored
  CHOLESKY,        // a0[r] = L of the symmetric part of a1[r], [D,D]; NaN if not positive definite
  CHOLESKY_BACK,   // a0[r] (+)= gradient; a1 = dL, a2 = L, a3 scratch [rows,D*D] (Murray 2016): symmetric
  INVERSE,         // a0[r] = a1[r]^-1, [D,D], a2 scratch [rows,D*D]; NaN if singular
  INVERSE_BACK,    // a0[r] (+)= -y' dy y'; a1 = dy, a2 = y, a3 scratch [rows,D*D]
  MV_NORMAL,       // op.MVNormal: a0[r,0], a1 = d, a2 = S, a3 = present or none, a4 scratch [rows, 2*D*D + n1*D]; D = N, n1 = K, n2 = Tri
  MV_NORMAL_BACK,  // a0 = dd or none (added if add), a1 = dS or none (added if n3), a2 = dout, a3 = d, a4 = S, a5 = present or none, a6 scratch [rows, 3*D*D + 2*n1*D]
  MAP,          // the element-wise program n0: see ptx.Module; its arrays are more
  AFFINE,       // in scans alone: a0[r] (+)= a1[r] W + a3's row; a2 = W [n0,n1], or [n1,n0] if n2; n3: the float of shared memory where its part of W lies, or -1; columns are dealt to n5 blocks from block n4 on, rows to as many such sets as there are (kernels.Plan); n6: a1 is read at the time before in the loop, where there is none a4, as LAG reads a2

  GATHER,       // domain sampled: a0[r] = a1 at the particle, among the K of r, that a2[r,0] names
  GATHER_BACK,  // a0[r] (+)= sum of a1 over the particles that a2 sends to r
  NADE,         // op.NADE: a0[r,0], a1 = x [rows,D], a2 = bias, a3 = start [rows,n1], a4 = W, a5 = V [D,n1]; a6 = the logits [rows,D], to keep, a7 scratch [rows,n1]
  NADE_LOGITS,  // a0[r] = the gradient by the logits [rows,D], a1 (+)= it, or none, is that by the bias; a2 = dout, a3 = x, a4 = the logits, which may be a0
  NADE_START,   // a0[r] (+)= the gradient by the start [rows,n1]; a1 = that by the logits, a2 = x, a3 = start, a4 = W, a5 = V
  NADE_WEIGHTS, // whole. domain of x: a0, a1 = the gradients by W, V in n2 parts of the rows, [n2*D,n1], for ADD_PARTS; a2 = that by the logits, a3 = x, a4 = start, a5 = W, a6 = V

  HOLD_SCATTER, // domain of a1: a0[(t - t mod n1,b)] += a1[(t,b)]: for scans

  // By the kernels gemm_fp32, gemm_tf32 and gemm_bf16 alone, a block for each 64x64 results.
  GEMM = 48,     // a0[r] (+)= a1[r] W + a3's row, if there is a3, which may be a0; a2 = W [n0,n1], or [n1,n0] if n2
  GEMM_WEIGHTS,  // a0[n0,n1] (+)= a1' a2, summed over the domain; where n3 > 1, blocks z < n3 sum a part of the rows each, to a4 [n3,n0*n1] instead, for ADD_PARTS

  // What follows stands in no scan.
  LAYOUT = 64,  // domain FRAME: time[r], of Dims
  NORMALS,      // a0[r,0:D] = standard normal numbers of kernel.Normals, number r*D+j; stream step<<16 | n1
  UNIFORMS,     // as NORMALS, uniform on (0,1): kernel.Uniforms
  DROPOUT,      // uniforms u: a0 = u >= f0 ? 1/(1-f0) : 0
  PORT,         // a0[(t,b)] = a1[from[b]+t], or, domain SEQ, a1[number[b]]; a1 is the data set's
  COL_SUM,      // domain of a1: a0[s,0:D] = sum of the s-th of n1 equal parts of the rows of a1; part s of R rows is rows R*s/n1 to R*(s+1)/n1
  ADD_PARTS,    // domain ONCE, n2 rows in all of D columns: a0[i] (+)= sum over s < n1 of row s*n2 + i of a1, in order
  SEED,         // a0[r] (+)= coef[n1] * scale, in D columns
  SUM,          // domain of a1: partial sums in double of a1[r], of D columns: a0 is double [n1]
  TOTAL,        // domain ONCE, one row: result, double [n2+1], a0; a1 = partial sums, double [n2,n1], of n2 terms; result[1+i] = the sum of term i, result[0] = scale * sum of coef[i]*result[1+i]
  GATE_BACK,    // a0[r] (+)= a1[r] where the mean, a2 (double [1], a sum) over n1 columns and its rows (axis n2, n3 of them where that is ONCE), is at least f0; else 0
  PENALTY,      // domain ONCE: a0[i] += scale * (2 f0 a1[i] + f1 sign a1[i]); a0 = gradient, a1 = parameters
  SUM_SQUARES,  // as SUM, of squares
  NORM,         // a0 = double [1]: root of the sum of a1, double [n1]
  ADAM,         // domain ONCE: a0 = parameters, a1, a2 = moments, a3 = gradient, a4 = norm (double [1]); f0, f1 one less the decays; nothing where the norm is not finite
  RMSPROP,      // as ADAM: a1 = mean squares, a2 = velocities; f0 = 1 - the decay, f1 = the momentum
  SGD,          // as ADAM: a1 = velocities; f1 = the momentum
};
