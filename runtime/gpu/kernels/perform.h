// The one switch over what ops of a graph do, on rows [lo,hi) of their domain.
#pragma once
#include "copy.h"

DEV void perform(const GLOBAL Dims &d, const GLOBAL Op &o, int lo, int hi, Team team) {
  switch (o.code) {
  case COPY:
  case EXPAND: return copy(d, o, lo, hi, team);
  case FILL: return fill(o, lo, hi, team);
  }
}
