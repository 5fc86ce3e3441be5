package compiler

import (
	"math"

	"ssmc/lang"
	"ssmc/lang/diag"
)

// An extent is a range of times relative to t; the ends may be infinite. One
// without end may stop some steps short of the last: u[t-1:T-1].
type extent struct {
	from, to float64
	short    int
}

// past is the lower or upper end of a range that begins, or ends, where the
// sequence does.
func past(unbounded bool) float64 {
	if unbounded {
		return math.Inf(1)
	}
	return 0
}

// extentOf is the times that a reference in a factor covers.
func (s *scope) extentOf(r *lang.Ref) extent {
	if len(r.Index) != 1 {
		return everywhere
	}
	end := func(e *lang.Expr, open float64) float64 {
		if m, ok := s.moment(e.Tree()); ok && m.base != "" && m.base != "T" {
			return float64(m.off)
		}
		return open
	}
	sl := r.Index[0]
	if !sl.Range {
		k := end(sl.Lo, 0)
		return extent{from: k, to: k}
	}
	e := extent{from: end(sl.Lo, math.Inf(-1)), to: end(sl.Hi, math.Inf(1))}
	if m, ok := s.moment(sl.Hi.Tree()); ok && m.base == "T" {
		e.short = max(0, -m.off)
	}
	return e
}

// everywhere is all of a sequence.
var everywhere = extent{from: math.Inf(-1), to: math.Inf(1)}

// note reports a read that the guide's factors do not list. Latents read at the
// same time may be drawn by an earlier factor.
func (g *guideScope) note(s *scope, v *variable, off int, at diag.Span) {
	if g == nil {
		return
	}
	read := extent{from: float64(off), to: float64(off)}
	if s.sweeping != nil {
		if math.IsInf(s.sweeping.from, 1) {
			read.from = math.Inf(-1)
		}
		if math.IsInf(s.sweeping.to, 1) {
			read.to = math.Inf(1)
		}
	}
	for _, r := range g.given {
		e := s.extentOf(r)
		if r.Name.Text == v.Name && e.from <= read.from && read.to <= e.to {
			return
		}
	}
	s.errorf(diag.GuideReads, at, "the guide's body reads %s, which its factors do not list", v.Name).
		Helpf("add it behind the bar: q(... | %s)", readText(v, read))
}

// readText is how a factor lists what was read.
func readText(v *variable, e extent) string {
	if !v.Timed {
		return v.Name
	}
	from, to := v.timeText(e.from), v.timeText(e.to)
	if math.IsInf(e.from, -1) {
		from = "1"
	}
	if math.IsInf(e.to, 1) {
		to = "T"
		if e.short > 0 {
			to += "-" + itoa(e.short)
		}
	}
	if from == to {
		return v.Name + "[" + from + "]"
	}
	return v.Name + "[" + from + ":" + to + "]"
}

// timeText is a time relative to t, or to that of the variable's own axis.
func (v *variable) timeText(k float64) string {
	t := v.axis.name
	switch {
	case k == 0:
		return t
	case k < 0:
		return t + "-" + itoa(int(-k))
	}
	return t + "+" + itoa(int(k))
}
