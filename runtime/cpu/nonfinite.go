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
	Sum      bool    // it is a sum of finite numbers, the largest of which is of that sequence and time
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
	if e.Sum {
		b.WriteString(", a sum of which the largest part is")
	}
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
	x.env.memory.clear() // nothing is left of the last run, to be taken for what this one has written
	clear(x.gradient)
	if err := x.load(b, r); err != nil {
		return err
	}
	x.env.runs++ // weights are packed again, where others have written since
	tasks := x.forward
	if r.Grad {
		tasks = append(append([]*task[F]{}, x.forward...), x.backward...)
	}
	for _, t := range tasks {
		if err := f.do(x, t); err != nil {
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
