package cpu

import "time"

// The names that a Profile has for what is no op.
const (
	Loading = "Inputs" // reads the batch, draws noise and dropout, and lays out arrays
	Norming = "Norm"   // of the gradient, which shows whether it is finite
)

// OpTime is the time spent in one op, forwards or back, since SetProfile.
type OpTime struct {
	Op       string
	Pos      string // where in the program it came from
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
			t.time = OpTime{Op: t.name, Pos: t.pos, Backward: t.back}
		}
	}
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
