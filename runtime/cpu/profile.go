package cpu

import (
	"time"

	"ssmc/runtime/op"
)

// The names that a Profile has for what is no op.
const (
	Loading = "Inputs" // reads the batch, draws noise and dropout, and lays out arrays
	Norming = "Norm"   // of the gradient, which shows whether it is finite
)

// OpTime is the time spent in one op, forwards or back, since SetProfile.
type OpTime struct {
	Op       string
	Pos      string // where in the program it came from; of a scan, its largest product
	Backward bool
	Calls    int
	Time     time.Duration
	Flops    Flops // of all calls
}

// stop ends a measurement.
func (t *OpTime) stop(begin time.Time) {
	t.Calls++
	t.Time += time.Since(begin)
}

// SetProfile turns the measurement of times on, from zero, or off.
func (x *Machine[F]) SetProfile(on bool) {
	x.timed = on
	x.loading, x.norming = OpTime{Op: Loading}, OpTime{Op: Norming, Backward: true}
	for _, tasks := range [][]*task[F]{x.forward, x.backward} {
		for _, t := range tasks {
			t.time = OpTime{Op: t.name, Pos: t.place(), Backward: t.back}
		}
	}
}

// place is where the task comes from in the program: of a scan, the step with
// the largest matrix, where most of its time goes.
func (t *task[F]) place() string {
	s, ok := t.stage.(*scan[F])
	if !ok {
		return t.pos
	}
	pos, most := t.pos, 0
	for _, st := range s.spec.Body {
		if _, ok := st.Spec.(op.Affine); !ok {
			continue
		}
		w := s.values[st.In[1]].shape
		if size := w.Rows * w.Cols; size > most && st.Pos != "" {
			pos, most = st.Pos, size
		}
	}
	return pos
}

// Profile is the times of all ops in the order in which they run, between those
// of what is no op.
func (x *Machine[F]) Profile() []OpTime {
	times := []OpTime{x.loading}
	for _, tasks := range [][]*task[F]{x.forward, x.backward} {
		for _, t := range tasks {
			times = append(times, t.time)
		}
	}
	return append(times, x.norming)
}
