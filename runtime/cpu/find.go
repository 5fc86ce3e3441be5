package cpu

import (
	"math"

	"ssmc/runtime"
	"ssmc/runtime/op"
)

// A finder does tasks, and looks for the first number that is not finite.
type finder[F Float] struct {
	dims  *op.Dims
	batch *runtime.Batch
	owner func(pos string) string
	lo    int      // the sequence of its batch that the first is
	shape op.Shape // where it was found
	row   int
	value float64
}

// do does a task and reports what it writes that is not finite.
func (f *finder[F]) do(x *Machine[F], t *task[F]) error {
	s, loops := t.stage.(*scan[F])
	switch {
	case !loops:
		x.do(t)
		if err := f.alone(t); err != nil {
			return err
		}
	case t.back:
		t.begin()
		if err := f.reverse(s.back); err != nil {
			return err
		}
	default:
		x.do(t)
		if i := f.scan(s); i >= 0 {
			st := s.spec.Body[i]
			return f.report(st.Spec.Name(), st.Pos)
		}
	}
	for _, a := range t.writes {
		if f.search(a) {
			e := f.report(t.name, t.pos)
			e.Gradient = t.back
			return e
		}
	}
	return nil
}

// alone reports the gradient of an operation outside any scan.
func (f *finder[F]) alone(t *task[F]) error {
	if o, ok := t.stage.(alone[F]); ok && t.back {
		if e := f.summed(o.operation); e != nil {
			return e
		}
	}
	return nil
}

// scan is the first step of s, in the order of its loop, whose result is not
// finite, or -1.
func (f *finder[F]) scan(s *scan[F]) int {
	first := func(steps []int, lo, hi int) int {
		for _, i := range steps {
			a := s.steps[i].link().out
			if !s.gone[len(s.spec.Inputs)+i] && f.searchRows(a, lo, min(hi, a.rows)) {
				return i
			}
		}
		return -1
	}
	if i := first(s.before, 0, math.MaxInt); i >= 0 {
		return i
	}
	lay := s.dims.Layout(s.frames)
	for k := range lay.T {
		t := s.time(lay, k)
		if i := first(s.loop, lay.Off[t], lay.Off[t+1]); i >= 0 {
			return i
		}
	}
	return first(s.after, 0, math.MaxInt)
}

// reverse takes a scan's gradients back, and reports the first, in the order of
// its loop, that is not finite.
func (f *finder[F]) reverse(r *reversal[F]) error {
	var first *NotFinite
	r.walk(func(o operation[F], lo, hi int) {
		o.backward(lo, hi)
		if first == nil {
			first = f.rows(o, lo, hi)
		}
	}, func(o operation[F]) {
		o.finish()
		if first == nil {
			first = f.summed(o)
		}
	})
	if first == nil {
		return nil
	}
	return first
}

// rows reports the gradients that rows [lo,hi) of o have given row by row.
func (f *finder[F]) rows(o operation[F], lo, hi int) *NotFinite {
	l := o.link()
	arrays := rowByRow(o)
	for _, d := range l.din {
		if d.array != nil && d.shape.SameRows(l.out.shape) {
			arrays = append(arrays, d.array)
		}
	}
	for _, a := range arrays {
		if a.shape.Axis != op.Once && f.searchRows(a, lo, hi) {
			return f.gradient(o)
		}
	}
	return nil
}

// rowByRow is what a formula gives to inputs of one row, before it is summed.
func rowByRow[F Float](o operation[F]) (arrays []*array[F]) {
	if m, ok := o.(*mapOp[F]); ok {
		for _, s := range m.sums {
			arrays = append(arrays, s.each)
		}
	}
	return arrays
}

// summed reports the gradients that o has given when it is finished. Those that are
// sums over sequences and times are said to be of where the largest part is.
func (f *finder[F]) summed(o operation[F]) *NotFinite {
	l := o.link()
	if e := f.rows(o, 0, l.out.rows); e != nil {
		return e
	}
	for k, d := range l.din {
		if d.array == nil || !f.search(d.array) {
			continue
		}
		value := f.value
		if d.shape.Axis != op.Once || !f.largest(summands(o, k)) {
			return f.gradient(o)
		}
		f.value = value
		e := f.gradient(o)
		e.Sum = true
		return e
	}
	return nil
}

// summands is the arrays of which the rows, multiplied, are what each row of o's
// result gives to a sum, the gradient of input k.
func summands[F Float](o operation[F], k int) []*array[F] {
	l := o.link()
	switch o := o.(type) {
	case *affine[F]:
		if k == 1 {
			return []*array[F]{l.in[0], l.dout}
		}
	case *mapOp[F]:
		for _, s := range o.sums {
			if s.input == k {
				return []*array[F]{s.each}
			}
		}
		return nil
	case *lagOp[F], *spliceOp[F]: // only some rows give to the sum
		return nil
	}
	return []*array[F]{l.dout}
}

// largest makes the place the row whose largest numbers have the largest product.
// It reports whether rows have a sequence.
func (f *finder[F]) largest(arrays []*array[F]) bool {
	if len(arrays) == 0 || arrays[0] == nil || arrays[0].shape.Axis == op.Once {
		return false
	}
	most := -1.0
	for r := range arrays[0].rows {
		product := 1.0
		for _, a := range arrays {
			product *= largestOf(a.row(r))
		}
		if product > most {
			f.shape, f.row, most = arrays[0].shape, r, product
		}
	}
	return most >= 0
}

func largestOf[F Float](row []F) (most float64) {
	for _, v := range row {
		most = max(most, math.Abs(float64(v)))
	}
	return most
}

func (f *finder[F]) search(a *array[F]) bool { return f.searchRows(a, 0, a.rows) }

func (f *finder[F]) searchRows(a *array[F], lo, hi int) bool {
	for r := lo; r < hi; r++ {
		for _, v := range a.row(r) {
			if !isFinite(float64(v)) {
				f.shape, f.row, f.value = a.shape, r, float64(v)
				return true
			}
		}
	}
	return false
}

// gradient is the error for what was found in the gradient of o's inputs.
func (f *finder[F]) gradient(o operation[F]) *NotFinite {
	l := o.link()
	e := f.report(l.spec.Name(), l.pos)
	e.Gradient = true
	return e
}

// report is the error for what was found.
func (f *finder[F]) report(name, pos string) *NotFinite {
	e := &NotFinite{Op: name, Pos: pos, Sequence: -1, Value: f.value}
	if f.owner != nil {
		e.Owner = f.owner(pos)
	}
	b, t := locate(f.dims, f.shape, f.row)
	if b >= 0 {
		if f.shape.Sampled {
			b /= f.dims.K
		}
		e.Sequence = f.lo + b
		if b < len(f.batch.Index) {
			e.Sequence = f.batch.Index[b]
		}
	}
	if e.Time = t + 1; b >= 0 && t >= 0 && f.batch.From != nil {
		e.Time += f.batch.From[b]
	}
	return e
}
