package cpu

import (
	"fmt"
	"math"
	"strings"

	"ssmc/runtime"
	"ssmc/runtime/op"
)

// NotFinite says where the first number arose that is infinite or not a number.
type NotFinite struct {
	Op       string  // the op, or the input, whose result it is
	Param    bool    // it is a parameter
	Pos      string  // where in the program the op came from, if it is known, and
	Owner    string  // what the statement there is about: z[t]
	Gradient bool    // it is in the gradient of the op's inputs
	Sequence int     // its number in the data set, or -1
	Time     int     // from 1, or 0
	Value    float64 // the number
}

// Error names the op and the place.
func (e *NotFinite) Error() string {
	if e.Param {
		return fmt.Sprintf("parameter %s is %v", e.Op, e.Value)
	}
	var b strings.Builder
	if e.Pos != "" {
		fmt.Fprintf(&b, "%s: ", e.Pos)
	}
	if e.Gradient {
		b.WriteString("the gradient of ")
	}
	b.WriteString("a value that is computed here")
	if e.Owner != "" {
		fmt.Fprintf(&b, " for %s", e.Owner)
	}
	fmt.Fprintf(&b, " is %v", e.Value)
	if e.Sequence >= 0 {
		fmt.Fprintf(&b, ", in sequence %d of the data", e.Sequence+1)
	}
	if e.Time > 0 {
		fmt.Fprintf(&b, ", at t = %d", e.Time)
	}
	fmt.Fprintf(&b, " (%s)", e.Op)
	return b.String()
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// diagnose finds the first number that is not finite by running the tasks
// again, one at a time, and looking at what each has written before the next
// writes to the same place: noise is the same in each run.
func (x *Machine[F]) diagnose(b *runtime.Batch, r runtime.Run) error {
	f := finder[F]{dims: x.env.dims, batch: b, owner: x.model.Owner}
	if p := x.env.portion; p != nil {
		f.lo = p.lo
	}
	for _, in := range x.inputs {
		if in.source.Kind == op.Param && f.search(in.array) {
			return &NotFinite{Op: in.source.Name, Param: true, Sequence: -1, Value: f.value}
		}
	}
	if err := x.load(b, r); err != nil {
		return err
	}
	x.env.runs++ // weights are packed again, where others have written since
	tasks := x.forward
	if r.Grad {
		tasks = append(append([]*task[F]{}, x.forward...), x.backward...)
	}
	for _, t := range tasks {
		x.do(t)
		if err := f.task(t); err != nil {
			return err
		}
	}
	return finite(x.total.cost, x.norm.value, r.Grad)
}

// finite reports a cost, or the norm of its gradient, that is not finite.
func finite(cost, norm float64, grad bool) error {
	switch {
	case !isFinite(cost):
		return &NotFinite{Op: "cost", Sequence: -1, Value: cost}
	case grad && !isFinite(norm):
		return &NotFinite{Op: "cost", Gradient: true, Sequence: -1, Value: norm}
	}
	return nil
}

// A finder looks for numbers that are not finite.
type finder[F Float] struct {
	dims  *op.Dims
	batch *runtime.Batch
	owner func(pos string) string
	lo    int      // the sequence of its batch that the first is
	shape op.Shape // where it was found
	row   int
	value float64
}

// task reports what a task has written that is not finite.
func (f *finder[F]) task(t *task[F]) error {
	if s, ok := t.stage.(*scan[F]); ok && !t.back {
		if i := f.scan(s); i >= 0 {
			st := s.spec.Body[i]
			return f.report(st.Spec.Name(), st.Pos, false)
		}
	}
	for _, a := range t.writes {
		if f.search(a) {
			return f.report(t.name, t.pos, t.back)
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

// report is the error for what was found.
func (f *finder[F]) report(name, pos string, gradient bool) error {
	e := &NotFinite{Op: name, Pos: pos, Gradient: gradient, Sequence: -1, Value: f.value}
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
