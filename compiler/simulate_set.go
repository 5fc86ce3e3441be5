package compiler

import (
	"fmt"
	"math"

	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/runtime"
)

// An override sets a variable, whatever it would be: an intervention.
type override struct {
	x      *series
	coord  int // from 0, or all
	lo, hi int // times from 0, both included
	node   *ir.Node
}

// allCoords is every coordinate of a variable.
const allCoords = -1

// covers reports whether the override sets x at time t.
func (o *override) covers(x *series, t int) bool {
	return o.x == x && (!x.v.Timed || o.lo <= t && t <= o.hi)
}

// setsAll reports whether x at time t need not be drawn.
func (s *Simulator) setsAll(x *series, t int) bool {
	for i := range s.sets {
		if o := &s.sets[i]; o.coord == allCoords && o.covers(x, t) {
			return true
		}
	}
	return false
}

// override sets what interventions say of x at time t.
func (s *Simulator) override(x *series, t int, out []float64) {
	for i := range s.sets {
		o := &s.sets[i]
		if !o.covers(x, t) {
			continue
		}
		v := s.eval.At(o.node, t)
		for j := range out {
			if o.coord == allCoords || o.coord == j {
				s.setOne(x, t, &out[j], v[min(j, len(v)-1)])
			}
		}
	}
}

// setOne sets one coordinate to a value that it can have. Classes count from 1 in
// programs.
func (s *Simulator) setOne(x *series, t int, dst *float64, v float64) {
	if s.err != nil {
		return
	}
	over := x.v.support()
	if x.dist != nil {
		over = x.dist.Over
	}
	if why := impossible(x.v, over, v); why != "" {
		s.err = fmt.Errorf("%s: %s[%d] is set to %g, and %s", position(x.v.decl.Span), x.v.Name, t+1, v, why)
		return
	}
	if x.v.Kind == runtime.OneOf {
		v--
	}
	*dst = float64(float32(v))
}

// impossible says why a variable, whose distribution is over some support, cannot
// be v, or is empty.
func impossible(z *variable, over dist.Support, v float64) string {
	whole := v == math.Trunc(v)
	switch {
	case math.IsNaN(v) || math.Abs(v) > math.MaxFloat32:
		return "that is no number to compute with"
	case over == dist.Binary && v != 0 && v != 1:
		return z.Name + " is zero or one"
	case over == dist.Count && !(whole && v >= 0):
		return z.Name + " is a count: 0, 1, 2, ..."
	case over == dist.Class && !(whole && v >= 1 && v <= float64(z.Classes)):
		return fmt.Sprintf("%s is one of the classes 1 to %d", z.Name, z.Classes)
	case over == dist.Positive && v <= 0:
		return z.Name + " is positive"
	case over == dist.Unit && !(0 < v && v < 1):
		return z.Name + " lies between 0 and 1"
	}
	return ""
}

// A pinned node is one at a fixed time, from 0.
type pinned struct {
	node *ir.Node
	t    int
}
