// The switch over what stands in no scan: it takes all rows at once.
#pragma once
#include "classes.h"
#include "nade.h"
#include "random.h"
#include "reduce.h"
#include "frames.h"
#include "update.h"

// whole does such an op, and reports whether it is one.
DEV bool whole(const Dims &d, const Op &o, int rows, Team team) {
  switch (o.code) {
  case LAG_BACK: lagBack(d, o, 0, rows, team); break;
  case LAG_START: lagStart(d, o, 0, rows, team); break;
  case SPLICE_START: spliceStart(d, o, 0, rows, team); break;
  case EXPAND_BACK: expandBack(d, o, 0, rows, team); break;
  case HOLD_BACK: holdBack(d, o, 0, rows, team); break;
  case TAKE_SUM: takeSum(d, o, team); break;
  case NADE_WEIGHTS: nadeWeights(o, rows, team); break;
  case LAYOUT: layout(d, 0, rows, team); break;
  case NORMALS:
  case UNIFORMS:
  case DROPOUT: draw(d, o, rows, team); break;
  case PORT: port(d, o, 0, rows, team); break;
  case COL_SUM: colSum(o, rows, team); break;
  case ADD_PARTS: addParts(o, 0, rows, team); break;
  case SEED: seed(d, o, 0, rows, team); break;
  case SUM: sumParts(o, rows, team, [](double v) { return v; }); break;
  case TOTAL: total(d, o, team); break;
  case GATE_BACK: gateBack(d, o, 0, rows, team); break;
  case PENALTY: penalty(d, o, 0, rows, team); break;
  case SUM_SQUARES: sumParts(o, rows, team, [](double v) { return v * v; }); break;
  case NORM: norm(o, team); break;
  case ADAM: adam(d, o, 0, rows, team); break;
  case RMSPROP: rmsProp(d, o, 0, rows, team); break;
  case SGD: sgd(d, o, 0, rows, team); break;
  default: return false;
  }
  return true;
}
