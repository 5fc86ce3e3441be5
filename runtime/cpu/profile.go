package cpu

import "time"

// OpTime is the time spent in one op, forwards or back, since SetProfile.
type OpTime struct {
	Op       string
	Pos      string // where in the program it came from
	Backward bool
	Calls    int
	Time     time.Duration
}

// start begins a measurement, which what it returns ends.
func (t *OpTime) start() func() {
	begin := time.Now()
	return func() {
		t.Calls++
		t.Time += time.Since(begin)
	}
}

// SetProfile turns the measurement of times on, from zero, or off.
func (x *Machine[F]) SetProfile(on bool) {
	x.timed = on
	for _, tasks := range [][]*task[F]{x.forward, x.backward} {
		for _, t := range tasks {
			t.time = OpTime{Op: t.name, Pos: t.pos, Backward: t.back}
		}
	}
}

// Profile is the times of all ops in the order in which they run.
func (x *Machine[F]) Profile() []OpTime {
	var times []OpTime
	for _, tasks := range [][]*task[F]{x.forward, x.backward} {
		for _, t := range tasks {
			times = append(times, t.time)
		}
	}
	return times
}
