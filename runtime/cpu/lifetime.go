package cpu

import "slices"

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
	for i, t := range tasks {
		t.touched(func(a *array[F]) { a.roots(touch(i)) })
	}
	for _, a := range x.kept() {
		a.roots(touch(len(tasks)))
	}
	for _, a := range x.env.arrays { // in an order that does not change
		if a.base != nil || a.given { // a.one is another array only where K is one
			continue
		}
		if lives[a] == nil {
			lives[a] = newBlock(a, -1, len(tasks))
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

// touched calls visit with the arrays that the task reads or writes.
func (t *task[F]) touched(visit func(*array[F])) {
	each(visit, t.writes)
	for _, c := range t.zero {
		visit(c.array)
	}
	switch s := t.stage.(type) {
	case alone[F]:
		touch(s.operation, t.back, visit)
	case *scan[F]:
		if t.back {
			s.back.touched(visit)
		} else {
			s.touched(visit)
		}
	}
}

func each[F Float](visit func(*array[F]), arrays []*array[F]) {
	for _, a := range arrays {
		visit(a)
	}
}

// touch calls visit with the arrays of an operation, forwards or back.
func touch[F Float](o operation[F], back bool, visit func(*array[F])) {
	l := o.link()
	if !back {
		each(visit, l.in)
		visit(l.out)
		if a, ok := o.(*affine[F]); ok {
			visit(a.form(a.weight, a.trans))
		}
		return
	}
	each(visit, reread(o))
	visit(l.dout)
	for _, d := range l.din {
		visit(d.array)
	}
	switch o := o.(type) {
	case *affine[F]:
		if o.wants(0) {
			visit(o.form(o.weight, !o.trans))
		}
	case *mapOp[F]:
		for _, s := range o.sums {
			visit(s.each)
		}
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
func (s *scan[F]) touched(visit func(*array[F])) {
	each(visit, s.values)
	for _, o := range s.steps {
		touch(o, false, visit)
	}
}

// touched calls visit with all gradients of the body, and what they depend on.
func (r *reversal[F]) touched(visit func(*array[F])) {
	for _, g := range r.grads {
		visit(g.array)
	}
	for _, c := range r.copies {
		visit(c.src)
		visit(c.dst)
	}
	for _, i := range slices.Concat(r.after, r.loop, r.before) {
		touch(r.steps[i], true, visit)
	}
}
