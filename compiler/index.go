package compiler

import (
	"math"

	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
)

// A moment is a place in time as written: t-2, 1, T.
type moment struct {
	base string // t, another axis, T or, for a fixed time, nothing
	off  int
}

// moment reads a time. It must be t, T, a whole number, or t or T plus or minus one.
func (s *scope) moment(n lang.Node) (moment, bool) {
	switch n := n.(type) {
	case *lang.NameRef:
		if n.Name == "t" || n.Name == "T" {
			return moment{n.Name, 0}, true
		}
		if a, ok := s.lookup(n.Name).(*timeAxis); ok {
			return moment{a.name, 0}, true
		}
		if v, ok := s.lookup(n.Name).(number); ok && v.v == math.Trunc(v.v) {
			return moment{"", int(v.v)}, true
		}
	case *lang.Number:
		if n.Value == math.Trunc(n.Value) {
			return moment{"", int(n.Value)}, true
		}
	case *lang.Unary:
		if m, ok := s.moment(n.X); ok && m.base == "" {
			return moment{"", -m.off}, true
		}
	case *lang.Binary:
		m, ok := s.moment(n.X)
		k, okK := s.moment(n.Y)
		if ok && okK && k.base == "" && (n.Op == "+" || n.Op == "-") {
			if n.Op == "-" {
				k.off = -k.off
			}
			return moment{m.base, m.off + k.off}, true
		}
	}
	return moment{}, false
}

// index is x[...]: a moment of what varies in time, or coordinates.
func (s *scope) index(n *lang.Index) value {
	ref, isName := n.X.(*lang.NameRef)
	if !isName {
		return s.coordinates(n)
	}
	switch v := s.lookup(ref.Name).(type) {
	case nil:
		return s.unknown(ref)
	case *variable:
		if v.Timed {
			return s.inTime(n, ref, v.Name)
		}
		return s.coordinates(n)
	case *timed:
		return s.inTime(n, ref, v.name)
	case sweep:
		return s.inTime(n, ref, ref.Name)
	default:
		return s.coordinates(n)
	}
}

// inTime is v[moment] or v[from:to].
func (s *scope) inTime(n *lang.Index, ref *lang.NameRef, name string) value {
	if len(n.Slices) != 1 {
		s.errorf(diag.TimeIndex, n.Span, "%s has one index, the time", name).Helpf("write %s[t][i] for coordinate i", name)
		return bad{}
	}
	sl := n.Slices[0]
	if sl.Range {
		return s.rangeOf(n, ref, sl)
	}
	m, ok := s.moment(sl.Lo)
	if !ok {
		s.errorf(diag.TimeIndex, sl.Span, "%s is not a time", lang.Text(sl.Lo)).Helpf("a time is t, t-1, t+1, or a number: %s[t-1]", name)
		return bad{}
	}
	return s.readName(ref, m, n.Span)
}

func (s *scope) readName(ref *lang.NameRef, m moment, at diag.Span) value {
	if s.still {
		return s.readEnd(ref, m, at)
	}
	own := steps
	if v, ok := s.lookup(ref.Name).(*variable); ok {
		own = v.axis
	}
	off, ok := s.offset(own, m, at)
	if !ok {
		return bad{}
	}
	switch v := s.lookup(ref.Name).(type) {
	case *variable:
		return s.read(v, off, at)
	case *timed:
		return s.readTimed(v, off, at)
	case sweep:
		node, ok := s.u.shift(s, v.node, steps, off, nil, at, ref.Name)
		if !ok {
			return bad{}
		}
		return array{node, v.dims, v.sup}
	}
	panic("compiler: " + ref.Name + " does not vary in time")
}

// read is a variable, off steps from now.
func (s *scope) read(v *variable, off int, at diag.Span) value {
	if s.asks {
		return s.readAsked(v, off, at)
	}
	if s.guide != nil {
		s.guide.note(s, v, off, at)
		if d := s.guide.latents[v.Name]; d != nil {
			return s.readTimed(d, off, at)
		}
	}
	if v.class != nil {
		return s.readClass(v, off, at)
	}
	if v.node == nil && s.u.drawing != nil { // a definition of the model that the guide reads
		if d := s.u.drawing.latents[v.Name]; d != nil {
			return s.readTimed(d, off, at)
		}
	}
	if v.node == nil {
		return bad{} // its guide was found wrong
	}
	if v.Missing && s.guide == nil && !s.aware[v.Name] {
		s.errorf(diag.MissingRead, at, "%s may be missing, and what a model computes with must be there", v.Name).
			Helpf("say what stands for a blank, a number or parameter a: present(%[1]s) * %[1]s + (1 - present(%[1]s)) * a", lang.Text(refNode(v.Name, off, at)))
		return bad{}
	}
	out := array{v.node, v.Dims, s.u.varSupport(v)}
	if v.Clock != "" {
		return s.readClock(v, off, at)
	}
	if !v.Timed || off == 0 {
		return out
	}
	if off > 0 && s.guide == nil && v.Role != "input" {
		s.errorf(diag.Future, at, "a model cannot read the future: %s is not yet there at time t", lang.Text(refNode(v.Name, off, at))).
			Helpf("read %s[t] or an earlier one; a guide may look ahead", v.Name)
		return bad{}
	}
	node, ok := s.u.shift(s, v.node, v.axis, off, v.starts, at, v.Name)
	if !ok {
		return bad{}
	}
	out.node = node
	return out
}

// readClock is dt, off steps from now: positive, and without a value at the first
// step, unless the model says dt[1] = VALUE. Guides read what stands there.
func (s *scope) readClock(v *variable, off int, at diag.Span) value {
	node := v.node
	if rel := v.starts[1]; rel != nil {
		first, ok := s.u.start(s, rel, 1)
		if !ok {
			return bad{}
		}
		node = s.u.build.Splice(0, first, node)
	} else if s.guide == nil {
		s.need.raise(1-off, at, v.Name)
	}
	if off != 0 {
		sub := *s
		sub.need = nil
		var ok bool
		if node, ok = s.u.shift(&sub, node, steps, off, nil, at, v.Name); !ok {
			return bad{}
		}
	}
	return array{node, v.Dims, dist.Positive}
}

// varSupport is the support of a variable's values as an operand.
func (u *unit) varSupport(v *variable) dist.Support {
	switch {
	case v.Role == "latent":
		return u.latentSupport(v)
	case v.Kind == runtime.Real:
		return dist.Real
	case v.Kind == runtime.OneOf:
		return dist.Class
	}
	return unknown
}

func refNode(name string, off int, at diag.Span) lang.Node {
	var idx lang.Node = &lang.NameRef{Span: at, Name: "t"}
	if off != 0 {
		op := "+"
		if off < 0 {
			op, off = "-", -off
		}
		idx = &lang.Binary{Span: at, Op: op, X: idx, Y: &lang.Number{Value: float64(off), Text: itoa(off)}}
	}
	return &lang.Index{Span: at, X: &lang.NameRef{Span: at, Name: name}, Slices: []*lang.SliceNode{{Span: at, Lo: idx}}}
}

// shift is a node, off steps of its own axis from now. Before the first step it
// takes the values that starts give; what they do not give is at rest in a guide,
// and in a model the expression needs it.
func (u *unit) shift(s *scope, n *ir.Node, own *timeAxis, off int, starts map[int]*lang.Relation, at diag.Span, name string) (*ir.Node, bool) {
	dir := own.every // of the lags: a net run from the end looks the other way
	if s.back {
		dir = -dir
	}
	for k := 1; k <= off && s.guide != nil; k++ {
		n = u.build.Lag(n, -dir, u.build.Fill(u.restOf(name), 1, n.Shape.Cols))
		u.tell(n, s.readAt(name, own, k))
	}
	if off > 0 && s.guide == nil {
		n = u.build.Lag(n, -off*dir, nil)
		u.tell(n, s.readAt(name, own, off))
		return n, true
	}
	for k := 1; k <= -off; k++ {
		rel := starts[1-k]
		if rel == nil && s.guide != nil {
			n = u.build.Lag(n, dir, u.build.Fill(u.restOf(name), 1, n.Shape.Cols))
			u.tell(n, s.readAt(name, own, -k))
			continue
		}
		if rel == nil {
			s.need.raise((-off*own.every+s.steps().every-1)/s.steps().every, at, name)
			n = u.build.Lag(n, dir*(-off-k+1), nil)
			u.tell(n, s.readAt(name, own, off))
			return n, true
		}
		start, ok := u.start(s, rel, n.Shape.Cols)
		if !ok {
			return nil, false
		}
		n = u.build.Lag(n, dir, start)
		u.tell(n, s.readAt(name, own, -k))
	}
	return n, true
}

// start is the value before the first step that a statement gives.
func (u *unit) start(s *scope, rel *lang.Relation, cols int) (*ir.Node, bool) {
	home := *s
	home.need, home.time = nil, 0
	n := rel.Value.Tree()
	a, ok := home.within("", n).array(n)
	if !ok {
		return nil, false
	}
	a.node = u.build.Row(a.node)
	if w := a.width(); w != 1 && w != cols {
		u.errorf(diag.SizeMismatch, rel.Value.Span, "%s has %d coordinates, but its start has %d", rel.Target.Name.Text, cols, w)
		return nil, false
	}
	return a.node, true
}

// coordinates is a[i], a[i:j] or, of a list, an item.
func (s *scope) coordinates(n *lang.Index) value {
	v := s.eval(n.X)
	if isBad(v) {
		return bad{}
	}
	if m, ok := s.moment(n.Slices[0].Lo); ok && m.base != "" && m.base != "T" {
		s.errorf(diag.TimeIndex, n.Span, "%s is one value, not one for each time", lang.Text(n.X)).
			Helpf("drop the time; a recurrent net reads a range of times: lstm(z[1:t], 100)")
		return bad{}
	}
	if l, ok := v.(list); ok {
		return s.item(n, l)
	}
	a, ok := s.asArray(v, n.X.At())
	if !ok {
		return bad{}
	}
	if len(a.dims) < len(n.Slices) {
		s.errorf(diag.SizeMismatch, n.Span, "%s is %s: it has no such index", lang.Text(n.X), a.describe()).
			Helpf("coordinates of a vector are taken as v[i] or v[i:j], of a matrix as A[i], A[i, j] or A[i:j, k:l]")
		return bad{}
	}
	rest := n.Slices
	if !rest[0].Range {
		v := s.eval(rest[0].Lo)
		if isBad(v) {
			return bad{}
		}
		if class, isArray := v.(array); isArray && class.sup == dist.Class {
			if a, rest = s.byClass(a, class), rest[1:]; len(rest) == 0 {
				return a
			}
		}
	}
	return s.pick(n, a, rest)
}

func (s *scope) item(n *lang.Index, l list) value {
	i, ok := s.whole(n.Slices[0].Lo)
	if !ok {
		return bad{}
	}
	if n.Slices[0].Range || i < 1 || i > len(l) {
		s.errorf(diag.BadIndex, n.Slices[0].Span, "the list has items 1 to %d", len(l))
		return bad{}
	}
	return l[i-1]
}

// whole is the value of an expression that must be a constant whole number.
func (s *scope) whole(n lang.Node) (int, bool) {
	v := s.eval(n)
	x, ok := v.(number)
	if isBad(v) {
		return 0, false
	}
	if !ok || x.v != math.Trunc(x.v) {
		s.errorf(diag.NotConstant, n.At(), "expected a whole number, not %s", v.describe())
		return 0, false
	}
	return int(x.v), true
}
