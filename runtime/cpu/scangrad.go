package cpu

import (
	"slices"

	"ssmc/runtime/op"
)

// A reversal is how a scan takes gradients back: the steps in reverse, and
// which columns of gradients must be zero to begin with.
type reversal[F Float] struct {
	*scan[F]
	active []bool      // by value: a result depends on it, and it on a wanted input
	grads  []target[F] // by value; add where the array begins with a gradient
	plan   ledger[F]
	copies []accumulation[F]

	after, loop, before []int // active steps, last first
}

// An accumulation adds one array to another.
type accumulation[F Float] struct{ dst, src *array[F] }

// newReversal plans the gradients of a scan. The gradients of its results,
// douts, nil where zero, become those of the values inside, which are added to
// where they lie; those of the inputs go to din.
func newReversal[F Float](s *scan[F], douts []*array[F], din []target[F]) *reversal[F] {
	r := &reversal[F]{scan: s, grads: make([]target[F], len(s.values))}
	r.accept(din)
	r.markActive(douts)
	r.receive(douts)
	r.after, r.loop, r.before = r.backwards(s.after), r.backwards(s.loop), r.backwards(s.before)
	r.shareAddends()
	for v := range r.grads {
		if r.active[v] && r.grads[v].array == nil {
			r.grads[v].array = s.env.array(s.values[v].shape)
		}
	}
	r.aimAll()
	return r
}

// accept makes din the gradients of the inputs. Two inputs may share one: then
// all add to it.
func (r *reversal[F]) accept(din []target[F]) {
	copy(r.grads, din)
	for i, d := range din {
		for j := range i {
			if d.array != nil && r.grads[j].array == d.array {
				r.plan.settle(d.array, 0, d.shape.Cols)
				r.grads[i].add, r.grads[j].add = true, true
			}
		}
	}
	for _, d := range r.grads {
		if d.add {
			r.plan.full(d.array)
		}
	}
}

// markActive finds the values that gradients pass through.
func (r *reversal[F]) markActive(douts []*array[F]) {
	n := len(r.spec.Inputs)
	wanted, reached := make([]bool, len(r.values)), make([]bool, len(r.values))
	for i := range n {
		wanted[i] = r.grads[i].array != nil
	}
	for i, d := range douts {
		reached[r.spec.Outs[i]] = d != nil
	}
	for range r.spec.Body {
		for i, st := range r.spec.Body {
			for k, v := range st.In {
				if st.Spec.Diff(k) {
					wanted[n+i] = wanted[n+i] || wanted[v]
					reached[v] = reached[v] || reached[n+i]
				}
			}
		}
	}
	r.active = make([]bool, len(r.values))
	for v := range r.active {
		r.active[v] = wanted[v] && reached[v]
	}
}

// receive makes the gradients of results those of the values.
func (r *reversal[F]) receive(douts []*array[F]) {
	for i, d := range douts {
		v := r.spec.Outs[i]
		switch {
		case d == nil || !r.active[v]:
		case r.grads[v].array == nil:
			r.grads[v] = target[F]{d, true}
			r.plan.full(d)
		default:
			r.copies = append(r.copies, accumulation[F]{r.grads[v].array, d})
		}
	}
}

// backwards is the active ones of steps, last first.
func (r *reversal[F]) backwards(steps []int) []int {
	var back []int
	for _, i := range slices.Backward(steps) {
		if r.active[len(r.spec.Inputs)+i] {
			back = append(back, i)
		}
	}
	return back
}

// readers counts the active reads of each value.
func (r *reversal[F]) readers() []int {
	n := make([]int, len(r.values))
	for i, st := range r.spec.Body {
		if !r.active[len(r.spec.Inputs)+i] {
			continue
		}
		for _, v := range st.In {
			n[v]++
		}
	}
	return n
}

// shareAddends finds sums y = x W + c in which c has y's rows and no other
// reader: the gradient of c is that of y, and the two share one array.
func (r *reversal[F]) shareAddends() {
	readers, n := r.readers(), len(r.spec.Inputs)
	for i, st := range r.spec.Body {
		y := n + i
		if _, ok := st.Spec.(op.Affine); !ok || len(st.In) < 3 || !r.active[y] || r.grads[y].array != nil {
			continue
		}
		c := st.In[2]
		if readers[c] != 1 || !r.free(c) || r.values[c].shape != r.values[y].shape {
			continue
		}
		if c >= n {
			r.grads[c].array = r.env.array(r.values[c].shape)
		}
		r.grads[y].array = r.grads[c].array
	}
}

// free reports whether the gradient of v is nothing but what its readers give.
func (r *reversal[F]) free(v int) bool {
	if v < len(r.spec.Inputs) {
		return r.active[v] && !r.grads[v].add
	}
	return r.active[v] && r.grads[v].array == nil
}

// aimAll tells every active step where its gradients are, in the order in which
// they run, but for lags in the loop: what they add comes a time earlier.
func (r *reversal[F]) aimAll() {
	r.aim(r.after, func(f footprint) bool { return true })
	r.aim(r.loop, func(f footprint) bool { return f.partial })
	r.aim(r.loop, func(f footprint) bool { return !f.partial && f.phase != last })
	r.aim(r.loop, func(f footprint) bool { return !f.partial && f.phase == last })
	r.aim(r.before, func(f footprint) bool { return true })
	for v := range r.grads {
		if r.active[v] {
			r.plan.settle(r.grads[v].array, 0, r.values[v].shape.Cols)
		}
	}
	for _, steps := range [][]int{r.after, r.loop, r.before} {
		for _, i := range steps {
			r.steps[i].prepare()
		}
	}
}

// aim sets the targets of the operands of steps whose footprints are chosen.
func (r *reversal[F]) aim(steps []int, chosen func(footprint) bool) {
	for _, i := range steps {
		st, y := r.spec.Body[i], len(r.spec.Inputs)+i
		l := r.steps[i].link()
		if l.din == nil {
			l.dout, l.din = r.grads[y].array, make([]target[F], len(st.In))
		}
		for _, p := range []phase{direct, summed, last} {
			for k, v := range st.In {
				f := footprintOf(st.Spec, shapes(l.in), st.Out, k)
				if f.phase == p && chosen(f) && r.flows(st, k, y) {
					a := r.grads[v].array
					l.din[k] = target[F]{a, r.plan.claim(a, f)}
				}
			}
		}
	}
}

// flows reports whether operand k of step y is given a gradient.
func (r *reversal[F]) flows(st op.Step, k, y int) bool {
	v := st.In[k]
	return st.Spec.Diff(k) && r.active[v] && r.grads[v].array != r.grads[y].array
}

func (r *reversal[F]) pull() {
	r.walk(operation[F].backward, operation[F].finish)
}

// walk takes the steps back, each by back where it is in turn, and by finish at the
// end of its stage.
func (r *reversal[F]) walk(back func(o operation[F], lo, hi int), finish func(operation[F])) {
	for _, z := range r.plan.zero {
		z.clear()
	}
	whole := func(steps []int) {
		for _, i := range steps {
			back(r.steps[i], 0, r.steps[i].link().out.rows)
			finish(r.steps[i])
		}
	}
	whole(r.after)
	lay := r.dims.Layout(r.frames)
	for k := lay.T - 1; k >= 0; k-- {
		t := r.time(lay, k)
		for _, i := range r.loop {
			back(r.steps[i], lay.Off[t], lay.Off[t+1])
		}
	}
	for _, i := range r.loop {
		finish(r.steps[i])
	}
	whole(r.before)
	for _, c := range r.copies {
		c.add()
	}
}
