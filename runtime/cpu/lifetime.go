package cpu

import (
	"slices"
)

// plan gives every array that owns memory its place. What no task is known to
// touch is kept apart from all others, as is what is read after a run.
func (x *Machine[F]) plan() {
	lives := map[*array[F]]*block[F]{}
	touch := func(at int) func(*array[F]) {
		return func(a *array[F]) {
			if lives[a] == nil {
				lives[a] = newBlock(a, at, at)
			}
			lives[a].to = at
		}
	}
	for _, in := range x.inputs {
		in.array.roots(touch(-1))
	}
	tasks := slices.Concat(x.forward, x.backward)
	end := phases * len(tasks)
	for i, t := range tasks {
		var in [phases][]*array[F]
		t.touched(func(when int, a *array[F]) { in[when] = append(in[when], a) })
		for when, arrays := range in {
			for _, a := range arrays {
				a.roots(touch(phases*i + when))
			}
		}
		if i == len(x.forward)-1 {
			for _, a := range x.env.carry.sources() {
				a.roots(touch(phases*i + ending))
			}
		}
	}
	for _, a := range x.kept() {
		a.roots(touch(end))
	}
	for _, a := range x.env.arrays { // in an order that does not change
		if a.base != nil || a.given { // a.one is another array only where K is one
			continue
		}
		if lives[a] == nil {
			lives[a] = newBlock(a, -1, end)
		}
		x.env.memory.blocks = append(x.env.memory.blocks, lives[a])
	}
}

// roots calls visit with the arrays that own the memory that a may lie in.
func (a *array[F]) roots(visit func(*array[F])) {
	switch {
	case a == nil || a.given:
	case a.base != nil:
		a.base.roots(visit)
	case a.one != nil:
		a.one.roots(visit)
		visit(a)
	default:
		visit(a)
	}
}

// kept is what is read after the tasks.
func (x *Machine[F]) kept() []*array[F] {
	kept := slices.Concat(x.values, x.samples)
	for _, c := range x.leftover {
		kept = append(kept, c.array)
	}
	for _, a := range x.extra {
		kept = append(kept, a.src)
	}
	return kept
}

// The phases of a task: a scan's gradients go through the loop, are then finished,
// and only then go on to what came before the loop.
const (
	looping = iota
	finishing
	ending
	phases
)

// A visitor is told of an array that is touched in a phase.
type visitor[F Float] func(when int, a *array[F])

func (v visitor[F]) each(when int, arrays ...*array[F]) {
	for _, a := range arrays {
		v(when, a)
	}
}

// touched calls visit with the arrays that the task reads or writes. What it
// writes for others is there until it ends.
func (t *task[F]) touched(visit visitor[F]) {
	for _, c := range t.zero {
		visit(looping, c.array)
	}
	switch s := t.stage.(type) {
	case alone[F]:
		touch(s.operation, t.back, looping, finishing, visit)
	case *scan[F]:
		if t.back {
			s.back.touched(visit)
		} else {
			s.touched(visit)
		}
	}
	visit.each(ending, t.writes...)
}

// touch calls visit with the arrays of an operation, forwards or back; its
// gradients are taken in one phase, and finished in another.
func touch[F Float](o operation[F], back bool, when, finish int, visit visitor[F]) {
	l := o.link()
	if back {
		touchBack(o, when, finish, visit)
		return
	}
	visit.each(when, l.in...)
	visit(when, l.out)
	if a, ok := o.(*affine[F]); ok {
		visit(when, a.form(a.weight, a.trans))
	}
}

func touchBack[F Float](o operation[F], when, finish int, visit visitor[F]) {
	l := o.link()
	for _, p := range []int{when, finish} {
		if _, ok := o.(*mapOp[F]); ok && p != when {
			break
		}
		visit.each(p, reread(o)...)
		visit(p, l.dout)
	}
	for _, d := range l.din {
		visit.each(when, d.array)
		visit.each(finish, d.array)
	}
	switch o := o.(type) {
	case *affine[F]:
		o.touchBack(when, visit)
	case *mapOp[F]:
		for _, s := range o.sums {
			visit.each(when, s.each)
			visit.each(finish, s.each)
		}
	}
}

// touchBack is the memory of packed matrices.
func (a *affine[F]) touchBack(when int, visit visitor[F]) {
	if a.wants(0) {
		visit(when, a.form(a.weight, !a.trans))
	}
}

// reread is those of an operation's inputs and its result that its gradients
// depend on: all, unless it is known better.
func reread[F Float](o operation[F]) []*array[F] {
	l := o.link()
	switch o := o.(type) {
	case *affine[F]:
		if o.wants(1) {
			return l.in[:2]
		}
		return l.in[1:2]
	case *mapOp[F], *nade[F], *sequencesOp[F]:
		return l.in
	case *logSoftmaxOp[F], *relaxOp[F]:
		return []*array[F]{l.out}
	case *gatherOp[F], *takeOp[F], *gateOp[F]:
		return l.in[1:2]
	case *lagOp[F], *spliceOp[F], *holdOp[F], *edgeOp[F], *expandOp[F], *repeatOp[F], *concatOp[F], *reshapeOp[F],
		*selectOp[F], *sliceOp[F], *totalOp[F], *reweighOp[F]:
		return nil
	}
	return append(slices.Clip(l.in), l.out)
}

// touched calls visit with all values of the body.
func (s *scan[F]) touched(visit visitor[F]) {
	visit.each(looping, s.values...)
	for _, o := range s.steps {
		touch(o, false, looping, looping, visit)
	}
}

// touched calls visit with the gradients of the body, and what they depend on.
func (r *reversal[F]) touched(visit visitor[F]) {
	for _, c := range r.plan.zero {
		visit(looping, c.array)
	}
	for _, i := range r.after {
		touch(r.steps[i], true, looping, looping, visit)
	}
	for _, i := range r.loop {
		touch(r.steps[i], true, looping, finishing, visit)
	}
	for _, i := range r.before {
		touch(r.steps[i], true, ending, ending, visit)
	}
	for _, c := range r.copies {
		visit.each(ending, c.src, c.dst)
	}
	for _, g := range r.grads[:len(r.spec.Inputs)] {
		visit.each(looping, g.array)
	}
}
