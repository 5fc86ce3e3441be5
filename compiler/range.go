package compiler

import (
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime/op"
)

// readEnd is v[1] or v[T] where one value a sequence is wanted.
func (s *scope) readEnd(ref *lang.NameRef, m moment, at diag.Span) value {
	first, last := m == moment{"", 1}, m == moment{"T", 0}
	if !first && !last {
		s.errorf(diag.TimeIndex, at, "there is no time t here: what is wanted is one value a sequence").
			Helpf("read the first, %[1]s[1], or the last, %[1]s[T], or run a net over all, lstm(%[1]s[1:T], 100)", ref.Name)
		return bad{}
	}
	if v, ok := s.lookup(ref.Name).(*variable); s.guide == nil && !(ok && v.Role == "input") {
		s.errorf(diag.Future, at, "a model draws what has one value a sequence first: %s is not yet there", ref.Name).
			Helpf("read inputs and static variables; a guide may read all")
		return bad{}
	}
	sub := *s
	sub.still, sub.need, sub.sweeping = false, nil, &extent{from: past(true), to: past(true)}
	a, ok := sub.asArray(sub.readName(ref, moment{"t", 0}, at), at)
	if !ok {
		return bad{}
	}
	return s.u.end(a, last)
}

// end is an array's first or last value of every sequence.
func (u *unit) end(a array, last bool) array {
	if a.node.Shape.Axis == op.Frame {
		a.node = u.build.Apply(op.Edge{Last: last}, a.node)
	}
	return a
}

// rangeOf is v[1:t], v[t:T] or v[1:T].
func (s *scope) rangeOf(n *lang.Index, ref *lang.NameRef, sl *lang.SliceNode) value {
	lo, okLo := s.moment(sl.Lo)
	hi, okHi := s.moment(sl.Hi)
	back := okLo && okHi && lo.base == "t" && hi == moment{"T", 0}
	forth := okLo && okHi && lo == moment{"", 1} && hi.base == "t"
	both := okLo && okHi && lo == moment{"", 1} && hi == moment{"T", 0}
	if !back && !forth && !both {
		s.errorf(diag.TimeIndex, sl.Span, "%s is not a range of times that a net can run over", lang.Text(n)).
			Helpf("write %s[1:t] for the past, %s[t:T] for the future, %s[1:T] for all", ref.Name, ref.Name, ref.Name)
		return bad{}
	}
	if v, ok := s.lookup(ref.Name).(*variable); !forth && s.guide == nil && !(ok && v.Role == "input") {
		s.errorf(diag.Future, n.Span, "a model cannot read the future, and %s reaches it", lang.Text(n)).
			Helpf("read the past: %s[1:t] or %s[1:t-1]; a guide may look ahead", ref.Name, ref.Name)
		return bad{}
	}
	if s.still && !both {
		return s.readEnd(ref, moment{"t", 0}, n.Span)
	}
	m := moment{"t", 0}
	if back {
		m.off = lo.off
	} else if forth {
		m.off = hi.off
	}
	sub := *s
	sub.still, sub.need, sub.sweeping = false, nil, &extent{from: past(!back), to: past(!forth)}
	v := sub.readName(ref, m, n.Span)
	a, ok := s.asArray(v, n.Span)
	if !ok {
		return bad{}
	}
	return sweep{array: a, back: back, both: both && !s.still, whole: s.still, raw: true, over: s.over(n, ref)}
}
