package compiler

import (
	"math"

	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime/op"
)

// A timeLet is a time that a query names: another one with steps added, or one
// that is found in the data.
type timeLet struct {
	name  string
	same  moment   // where holds is nil
	holds *ir.Node // the condition that it is the first, or the last, to meet
	last  bool
	from  int // the first step at which the condition has a value, from 0
	at    diag.Span
}

// let is let k = TIME, or first or last of a condition.
func (x *asking) let(l *lang.Let) {
	name := l.Target.Name
	switch {
	case reserved[name.Text] || len(l.Target.Index) > 0 || l.Target.Field != nil:
		x.u.errorf(diag.BadTime, l.Target.Span, "a query gives names to times").Helpf("write let k = first(u[t] == 1), let k = 5, or let k = T - 3")
		return
	case x.times[name.Text] || x.u.names[name.Text] != nil:
		x.u.errorf(diag.Duplicate, name.Span, "%s is already defined", name.Text).Helpf("give one of them another name")
		return
	}
	out := timeLet{name: name.Text, at: l.Span}
	x.times[name.Text] = true
	if call, ok := l.Value.Tree().(*lang.Call); ok {
		if !x.found(&out, call) {
			return
		}
	} else if m, ok := x.time(l.Value.Tree()); ok {
		out.same = m
	} else {
		return
	}
	x.out.times = append(x.out.times, out)
}

// found is a time that is found in the data.
func (x *asking) found(out *timeLet, call *lang.Call) bool {
	fun, ok := call.Fun.(*lang.NameRef)
	if !ok || fun.Name != "first" && fun.Name != "last" || len(call.Args) != 1 || call.Args[0].Name != "" {
		x.u.errorf(diag.BadTime, call.Span, "%s is no time", lang.Text(call)).Helpf("write first(CONDITION) or last(CONDITION), as in first(u[t] == 1)")
		return false
	}
	out.last = fun.Name == "last"
	e := x.number(call.Args[0].Value, nil)
	if e == nil {
		return false
	}
	out.holds, out.from = e.node, e.from
	if what := x.latentIn(e.node); what != "" {
		x.u.errorf(diag.BadTime, call.Args[0].Span, "a time is found in the data, and %s is latent", what).Helpf("write a condition over what is observed, and inputs")
		return false
	}
	return true
}

// latentIn is a latent that a node depends on, or empty.
func (x *asking) latentIn(n *ir.Node) (name string) {
	nodes := []*ir.Node{n}
	for _, p := range x.pins {
		nodes = append(nodes, p.node)
	}
	used := map[*ir.Node]bool{}
	ir.Visit(nodes[:1], func(n *ir.Node) { used[n] = true })
	for pin, p := range x.pins {
		if used[pin] {
			ir.Visit([]*ir.Node{p.node}, func(n *ir.Node) { used[n] = true })
		}
	}
	for _, v := range x.u.latents() {
		if v.node != nil && used[v.node] || v.asked != nil && used[v.asked] {
			return v.Name
		}
	}
	return ""
}

// time reads k, T, a whole number, or one of them plus or minus steps. What it is
// not is reported.
func (x *asking) time(n lang.Node) (moment, bool) {
	m, bad := x.moment(n)
	switch {
	case bad == nil:
		return m, true
	default:
		if ref, ok := bad.(*lang.NameRef); ok && ref.Name != "t" && x.u.names[ref.Name] == nil {
			names := []string{"T"}
			for k := range x.times {
				names = append(names, k)
			}
			x.u.errorf(diag.UnknownName, ref.Span, "there is no time %s", ref.Name).
				Helpf("%s", suggestOr(ref.Name, names, "name one: let "+ref.Name+" = first(u[t] == 1)"))
			return m, false
		}
		x.u.errorf(diag.BadTime, n.At(), "%s is no time of a sequence", lang.Text(n)).
			Helpf("a time is a number, T for the last, or a name such as k of let k = first(...), and steps from there: k-1")
		return m, false
	}
}

// moment is time without a report: wrong is the part that is no time.
func (x *asking) moment(n lang.Node) (m moment, wrong lang.Node) {
	switch n := n.(type) {
	case *lang.NameRef:
		if n.Name == "T" || x.times[n.Name] {
			return moment{n.Name, 0}, nil
		}
		if c, ok := x.u.names[n.Name].(number); ok && c.v == math.Trunc(c.v) {
			return moment{"", int(c.v)}, nil
		}
	case *lang.Number:
		if n.Value == math.Trunc(n.Value) && math.Abs(n.Value) < maxSize {
			return moment{"", int(n.Value)}, nil
		}
	case *lang.Binary:
		if n.Op != "+" && n.Op != "-" {
			return m, n
		}
		if m, wrong = x.moment(n.X); wrong != nil {
			return m, wrong
		}
		k, wrong := x.moment(n.Y)
		switch {
		case wrong != nil:
			return m, wrong
		case k.base != "":
			return m, n
		case n.Op == "-":
			k.off = -k.off
		}
		return moment{m.base, m.off + k.off}, nil
	}
	return m, n
}

// A window is the times that something is for, both included.
type window struct{ lo, hi moment }

// window reads one slice: k:T, or k alone.
func (x *asking) window(s *lang.SliceNode) (w window, ok bool) {
	lo, ok := x.time(s.Lo)
	hi := lo
	if ok && s.Range {
		hi, ok = x.time(s.Hi)
	}
	return window{lo, hi}, ok && x.inside(window{lo, hi}, s)
}

// inside reports a window that no sequence has.
func (x *asking) inside(w window, s *lang.SliceNode) bool {
	switch {
	case w.lo.base == w.hi.base && w.lo.off > w.hi.off:
		x.u.errorf(diag.BadTime, s.Span, "no time lies from %s to %s", lang.Text(s.Lo), lang.Text(s.Hi)).Helpf("a range is FIRST:LAST")
	case w.lo.base == "" && w.lo.off < 1 || w.hi.base == "" && w.hi.off < 1:
		x.u.errorf(diag.BadTime, s.Span, "time begins at 1")
	case w.lo.base == "T" && w.lo.off > 0 || w.hi.base == "T" && w.hi.off > 0:
		x.u.errorf(diag.BadTime, s.Span, "T is the last time of a sequence: there is none behind it")
	default:
		return true
	}
	return false
}

// A pin is a node at a time that each sequence has its own of.
type pin struct {
	node *ir.Node
	when moment
}

// pin stands for a at a fixed time.
func (x *asking) pin(name string, a array, m moment) array {
	if a.node.Shape.Axis != op.Frame {
		return a
	}
	n := x.u.build.Input(op.Source{Kind: op.Data, Name: name}, op.PerSeq(a.node.Shape.Cols))
	x.pins[n] = pin{a.node, m}
	a.node = n
	return a
}
