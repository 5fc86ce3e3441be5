package compiler

import (
	"maps"
	"slices"

	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime/op"
)

// A timed is a value defined for each time, which may read itself at others.
// It is evaluated when it is first read.
type timed struct {
	name   string
	at     diag.Span
	scope  *scope
	steps  *lang.Expr                   // at t
	firsts map[int]*lang.Expr           // at 1, 2, ...
	starts map[int]*lang.Relation       // at 0, -1, ...
	sample func(s *scope) (array, bool) // instead of steps: a latent drawn by its guide
	shape  *array                       // known beforehand: of a latent
	axis   *timeAxis                    // of a latent; nil is t

	state   int // what is known: nothing, being evaluated, or value
	value   array
	need    need
	promise *ir.Node
}

const (
	fresh = iota
	busy
	done
)

// readTimed is d, off steps from now. What is read of another time need not be
// known yet: a promise stands for it.
func (s *scope) readTimed(d *timed, off int, at diag.Span) value {
	if d.state == fresh && off != 0 {
		d.prepare()
	}
	if d.state == fresh && (off == 0 || d.promise == nil) {
		d.evaluateAt(off)
	}
	switch {
	case d.state == busy && off == 0 && d.promise != nil && s.u.elsewhere > 0:
	case d.state == busy && off == 0:
		s.errorf(diag.Cycle, at, "%s[t] depends on itself at the same time", d.name).Helpf("read %s[t-1]", d.name)
		d.value.node = nil
		return bad{}
	case d.state == busy && d.promise == nil:
		s.errorf(diag.MissingStart, at, "%s[t-1] has no value at t = 1", d.name).
			Helpf("add the line let %s[0] = zeros(SIZE) before it", d.name)
		return bad{}
	case d.state == done && d.value.node == nil:
		return bad{}
	}
	out := d.value
	if d.state != done {
		out.node = d.promise
	} else if s.need != nil && d.need.steps > 0 {
		s.need.raise(d.need.steps-off, d.need.at, d.need.what)
	}
	if off == 0 || out.node.Shape.Axis != op.Frame {
		return out
	}
	sub := *s
	if d.state != done || len(d.starts) > 0 {
		sub.need = nil
	}
	node, ok := s.u.shift(&sub, out.node, d.times(), off, d.starts, at, d.name)
	if !ok {
		return bad{}
	}
	out.node = node
	return out
}

// evaluateAt is evaluate for a read of another time, or of this one. What d reads
// at its own time may then be under evaluation: it is not what is being read.
func (d *timed) evaluateAt(off int) {
	u := d.scope.u
	if off == 0 {
		d.evaluate()
		return
	}
	u.elsewhere++
	d.evaluate()
	u.elsewhere--
}

// times is the axis of d's times.
func (d *timed) times() *timeAxis {
	if d.axis == nil {
		return steps
	}
	return d.axis
}

// prepare makes the promise that stands for d until it is known, if its size is:
// declared, or that of its start. What was promised is evaluated in the end.
func (d *timed) prepare() {
	if d.promise != nil {
		return
	}
	a, ok := d.first()
	if !ok {
		return
	}
	u := d.scope.u
	a.node = u.build.Row(a.node)
	sampled := d.shape != nil || d.noisy(map[*timed]bool{})
	d.value = a
	d.promise = u.build.Promise(op.Shape{Axis: op.Frame, Sampled: sampled, Cols: a.width()})
	u.promised = append(u.promised, d)
}

// settle evaluates what was promised and not yet read at its own time.
func (u *unit) settle() {
	for len(u.promised) > 0 {
		d := u.promised[0]
		u.promised = u.promised[1:]
		if d.state == fresh {
			d.evaluate()
		}
	}
}

// evaluate finds d's value, and keeps the promise that stood for it.
func (d *timed) evaluate() {
	u := d.scope.u
	d.prepare()
	d.state, d.need = busy, need{}
	v, ok := d.compute()
	d.state = done
	u.evaluated = append(u.evaluated, d)
	if !ok {
		d.value.node = nil
		return
	}
	if d.promise != nil || len(d.firsts) > 0 {
		v.node = u.build.Row(v.node)
	}
	if v = d.splice(v); d.promise != nil && !d.keep(&v) {
		v.node = nil
	}
	d.value = v
}

// keep gives v the shape that was promised, and keeps the promise.
func (d *timed) keep(v *array) bool {
	u, want := d.scope.u, d.promise.Shape
	if v.width() != want.Cols {
		u.errorf(diag.SizeMismatch, d.at, "%s[t] has %d coordinates, but its start has %d", d.name, v.width(), want.Cols)
		return false
	}
	if v.node.Shape.Axis != op.Frame {
		v.node = u.build.Expand(v.node, op.PerFrame(want.Cols))
	}
	if want.Sampled {
		v.node = u.build.Repeat(v.node)
	}
	u.build.Keep(d.promise, v.node)
	return true
}

// forget undoes all evaluations: they depended on what is about to change.
func (u *unit) forget() {
	for _, d := range u.evaluated {
		d.state, d.promise = fresh, nil
	}
	u.evaluated = nil
}

// noisy reports whether a definition depends on what the guide draws: it then
// has a value for each posterior sample.
func (d *timed) noisy(seen map[*timed]bool) bool {
	if seen[d] {
		return false
	}
	seen[d] = true
	if d.state == done && d.value.node != nil {
		return d.value.node.Shape.Sampled
	}
	if d.steps != nil && d.scope.noisy(d.steps.Tree(), seen) {
		return true
	}
	for _, e := range d.firsts {
		if d.scope.noisy(e.Tree(), seen) {
			return true
		}
	}
	return d.sample != nil
}

// noisy reports whether an expression names what the guide draws.
func (s *scope) noisy(n lang.Node, seen map[*timed]bool) (found bool) {
	walk(n, func(n lang.Node) bool {
		ref, ok := n.(*lang.NameRef)
		if !ok || found {
			return !found
		}
		switch v := s.lookup(ref.Name).(type) {
		case array:
			found = v.node.Shape.Sampled
		case sweep:
			found = v.node.Shape.Sampled
		case *timed:
			found = v.noisy(seen)
		case *variable:
			found = v.Role == "latent" && (v.node == nil || v.node.Shape.Sampled) && !s.u.exact()
		}
		return !found
	})
	return found
}

// first is an array of d's size: the declared one, or its start.
func (d *timed) first() (array, bool) {
	if d.shape != nil {
		return *d.shape, true
	}
	rel := d.starts[0]
	if rel == nil {
		return array{}, false
	}
	n := rel.Value.Tree()
	a, ok := d.scope.within("", n).array(n)
	a.sup = dist.Real
	return a, ok
}

// compute is the value at t.
func (d *timed) compute() (array, bool) {
	s := *d.scope
	s.need, s.time = &d.need, 0
	if d.sample != nil {
		return d.sample(&s)
	}
	if !d.placed() {
		return array{}, false
	}
	n := d.steps.Tree()
	return s.within(d.name, n).array(n)
}

// placed reports a definition that is not for every time.
func (d *timed) placed() bool {
	for _, k := range slices.Sorted(maps.Keys(d.firsts)) {
		if k > 1 && d.firsts[k-1] == nil {
			d.scope.errorf(diag.TimeIndex, d.firsts[k].Span, "%s[%d] is given, but not %s[%d]", d.name, k, d.name, k-1).
				Helpf("give every time from 1 on")
			return false
		}
	}
	if d.steps == nil {
		d.scope.errorf(diag.TimeIndex, d.at, "%s is defined for single times only", d.name).Helpf("add the line let %s[t] = ...", d.name)
	}
	return d.steps != nil
}

// splice puts the values of the first times in their places.
func (d *timed) splice(v array) array {
	u := d.scope.u
	for k := range len(d.firsts) {
		e := d.firsts[k+1]
		if e == nil {
			continue
		}
		s := *d.scope
		s.time = k + 1
		n := e.Tree()
		a, ok := s.within(d.name+"_"+itoa(k+1), n).array(n)
		if !ok {
			continue
		}
		a.node = u.build.Row(a.node)
		if a.width() != 1 && a.width() != v.width() {
			u.errorf(diag.SizeMismatch, e.Span, "%s[%d] has %d coordinates, but %s[t] has %d", d.name, k+1, a.width(), d.name, v.width())
			continue
		}
		v.node = u.build.Splice(k, a.node, v.node)
	}
	d.need.steps = max(0, d.need.steps-len(d.firsts))
	return v
}
