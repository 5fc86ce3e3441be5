package compiler

import (
	"math"

	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime/op"
)

// A timeAxis is an index that variables are declared with: t, or one that counts
// blocks of so many steps of t. What varies with the blocks has a row for each
// step all the same: it is held over its block.
type timeAxis struct {
	name  string
	every int // steps of t
}

func (a *timeAxis) describe() string { return "the time axis " + a.name }

// steps is the axis t.
var steps = &timeAxis{"t", 1}

// declareAxis is index s = every(16, t).
func (u *unit) declareAxis(c *lang.Const) value {
	call, ok := c.Value.Tree().(*lang.Call)
	if ok {
		fun, isName := call.Fun.(*lang.NameRef)
		ok = isName && fun.Name == "every" && len(call.Args) == 2 && lang.Text(call.Args[1].Value) == "t"
	}
	if !ok {
		u.errorf(diag.TimeIndex, c.Value.Span, "an index counts blocks of steps").Helpf("write index %s = every(16, t)", c.Name.Text)
		return bad{}
	}
	v := u.root().eval(call.Args[0].Value)
	n, ok := v.(number)
	if !ok || n.v < 2 || n.v > maxBlock || n.v != math.Trunc(n.v) {
		u.errorf(diag.BadSize, call.Args[0].Span, "a block has from 2 to %d steps", maxBlock)
		return bad{}
	}
	return &timeAxis{c.Name.Text, int(n.v)}
}

// maxBlock bounds the steps of a block.
const maxBlock = 4096

// axisOf is the axis that a declaration names, or nil where it names none.
func (u *unit) axisOf(d *lang.Decl) (*timeAxis, bool) {
	switch {
	case d.Index == nil:
		return nil, true
	case d.Index.Text == steps.name:
		return steps, true
	}
	a, ok := u.names[d.Index.Text].(*timeAxis)
	switch {
	case !ok && !isBad(u.names[d.Index.Text]):
		u.errorf(diag.UnknownName, d.Index.Span, "there is no time axis %s", d.Index.Text).
			Helpf("the time axis is t; declare another by index %s = every(16, t)", d.Index.Text)
	case ok && d.Role.Text != "latent":
		u.errorf(diag.Unsupported, d.Span, "only latents vary with %s in this version", a.name).
			Helpf("write %s[t], and leave the steps between blank: missing", d.Name.Text)
		return nil, false
	}
	u.touched[d.Index.Text] = true
	return a, ok
}

// offset is how many steps of its own axis a moment is from what is read there
// now. It must be relative, or a number in a statement for a fixed time.
func (s *scope) offset(own *timeAxis, m moment, at diag.Span) (int, bool) {
	switch {
	case m.base != "" && m.base != "T" && m.base != own.name:
		s.errorf(diag.TimeIndex, at, "this varies with %s, and is read at a time %s", own.name, m.base).Helpf("write %s, or %s-1", own.name, own.name)
		return 0, false
	case m.base == own.name && s.time != 0 && m.off != 0, m.base == "T":
		s.errorf(diag.TimeIndex, at, "a time here is t, t-1 or t+1, or a number in a statement for a fixed time")
		return 0, false
	case m.base == own.name:
		return m.off, true
	case s.time == 0:
		s.errorf(diag.TimeIndex, at, "a fixed time can only be read in a statement for a fixed time").Helpf("write %s-1 for the step before", own.name)
		return 0, false
	}
	return m.off - ((s.time-1)*s.steps().every/own.every + 1), true
}

// steps is the axis of the statement.
func (s *scope) steps() *timeAxis {
	if s.axis == nil {
		return steps
	}
	return s.axis
}

// held is a node over its blocks of time.
func (u *unit) held(v *variable, n *ir.Node) *ir.Node {
	if v.every() == 1 || n.Shape.Axis != op.Frame {
		return n
	}
	n = u.build.Apply(op.Hold{Every: v.every()}, n)
	u.tell(n, v.refAt(0))
	return n
}

// once counts a term of v once a block.
func (u *unit) once(v *variable, n *ir.Node) *ir.Node {
	if v.every() == 1 {
		return n
	}
	tick := u.build.Apply(op.Tick{Every: v.every()})
	if n.Shape.Sampled {
		tick = u.build.Repeat(tick)
	}
	if n.Shape.Axis != op.Frame {
		n = u.build.Expand(n, op.PerFrame(1))
	}
	return u.build.Call("where", tick, n, u.build.Number(0))
}

// every is the steps of t over which the variable is held.
func (v *variable) every() int {
	if v.axis == nil {
		return 1
	}
	return v.axis.every
}

// index is how far the variable has come at step t of t, from 1.
func (v *variable) index(t int) int { return (t-1)/v.every() + 1 }

// begins is the first step of t at which the variable is what it is at step t.
func (v *variable) begins(t int) int { return t - (t-1)%v.every() }

// block is so many steps of t that blocks of every axis begin together.
func (u *unit) block() int {
	n := 1
	for _, v := range u.order {
		if n%v.every() != 0 {
			n *= v.every()
		}
	}
	return n
}

// far is a step of t behind all first ones, at which every block begins.
func (u *unit) far() int {
	n := u.block()
	return 1 + n*((49+n)/n)
}
