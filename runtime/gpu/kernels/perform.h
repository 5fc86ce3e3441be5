// The switch over what ops of a graph do, on rows [lo,hi) of their domain.
#pragma once
#include "classes.h"
#include "copy.h"
#include "matrix.h"
#include "nade.h"
#include "normal.h"
#include "frames.h"

// map_program evaluates an element-wise program. The host writes it for the model at
// hand: see ptx.Module.
extern "C" __device__ void map_program(int program, const GLOBAL Array *arrays, int lo, int hi, int thread, int threads);

// perform does what scans may do too: none of it reads rows of another time that the
// same op writes.
DEV void perform(const Dims &d, const Op &o, int lo, int hi, Team team) {
  switch (o.code) {
  case COPY:
  case EXPAND: return copyRows(d, o, lo, hi, team);
  case FILL: return fill(o, lo, hi, team);
  case LAG: return lag(d, o, lo, hi, team);
  case LAG_SCATTER: return lagScatter(d, o, lo, hi, team);
  case SPLICE: return splice(d, o, lo, hi, team);
  case SPLICE_BACK: return spliceBack(d, o, lo, hi, team);
  case HOLD: return hold(d, o, lo, hi, team);
  case HOLD_SCATTER: return holdScatter(d, o, lo, hi, team);
  case TICK: return tick(d, o, lo, hi, team);
  case EDGE: return edge(d, o, lo, hi, team);
  case EDGE_BACK: return edgeBack(d, o, lo, hi, team);
  case REPEAT: return repeat(d, o, lo, hi, team);
  case REPEAT_BACK: return repeatBack(d, o, lo, hi, team);
  case ONE_HOT: return oneHot(o, lo, hi, team);
  case LOG_SOFTMAX: return logSoftmax(o, lo, hi, team);
  case LOG_SOFTMAX_BACK: return logSoftmaxBack(o, lo, hi, team);
  case RELAX: return relax(o, lo, hi, team);
  case RELAX_BACK: return relaxBack(o, lo, hi, team);
  case TAKE: return take(d, o, lo, hi, team);
  case TAKE_BACK: return takeBack(o, lo, hi, team);
  case SELECT: return selectColumns(o, lo, hi, team);
  case SELECT_BACK: return selectBack(o, lo, hi, team);
  case BATCH_MUL: return batchMul(d, o, lo, hi, team);
  case CHOLESKY: return cholesky(d, o, lo, hi, team);
  case CHOLESKY_BACK: return choleskyBack(o, lo, hi, team);
  case INVERSE: return inverse(d, o, lo, hi, team);
  case INVERSE_BACK: return inverseBack(o, lo, hi, team);
  case MV_NORMAL: return mvNormal(d, o, lo, hi, team);
  case MV_NORMAL_BACK: return mvNormalBack(d, o, lo, hi, team);
  case MAP: return map_program(o.n[0], o.more, lo, hi, team.thread, team.threads);
  case GATHER: return gather(d, o, lo, hi, team);
  case GATHER_BACK: return gatherBack(d, o, lo, hi, team);
  case NADE: return nade(o, lo, hi, team);
  case NADE_LOGITS: return nadeLogits(o, lo, hi, team);
  case NADE_START: return nadeStart(o, lo, hi, team);
  }
}

DEV void perform(const GLOBAL Dims &d, const GLOBAL Op &o, int lo, int hi, Team team) {
  perform(anywhere(d), anywhere(o), lo, hi, team);
}
