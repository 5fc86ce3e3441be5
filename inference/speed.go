package inference

import (
	"slices"
	"time"

	"ssmc/runtime/cpu"
)

// A Speed is what updates cost.
type Speed struct {
	Sequences  int // to train on
	Frames     int // of all of them
	Parameters int // numbers that are learned
	PerEpoch   int // updates

	Start          time.Duration // from the beginning to the end of the first update
	Each           []UpdateTime
	Mallocs        uint64 // objects that all timed updates have allocated
	ArrayBytes     int    // of arrays for the largest batch so far
	ParameterBytes int    // of parameters, their gradient and the optimiser's state
	Phases         []Phase
}

// An UpdateTime is one update: how long it took, and of how many frames it was.
type UpdateTime struct {
	Time   time.Duration
	Frames int
}

// Update is a quantile of the time an update took: 0.5 is the median.
func (s *Speed) Update(q float64) time.Duration {
	var times []time.Duration
	for _, u := range s.Each {
		times = append(times, u.Time)
	}
	return quantile(times, q)
}

// quantile is the value that a share q of a list is below, between neighbours in
// proportion. It sorts the list, which has at least one value.
func quantile(list []time.Duration, q float64) time.Duration {
	slices.Sort(list)
	at := q * float64(len(list)-1)
	i := min(int(at), len(list)-2)
	if i < 0 {
		return list[0]
	}
	return list[i] + time.Duration((at-float64(i))*float64(list[i+1]-list[i]))
}

// Total is the time of all updates.
func (s *Speed) Total() (sum time.Duration) {
	for _, u := range s.Each {
		sum += u.Time
	}
	return sum
}

// Epoch is the time of an epoch: the median of those that were timed in full or,
// where none was, what the updates say of it, frame by frame.
func (s *Speed) Epoch() time.Duration {
	var epochs []time.Duration
	for part := range slices.Chunk(s.Each, s.PerEpoch) {
		if len(part) == s.PerEpoch {
			whole := Speed{Each: part}
			epochs = append(epochs, whole.Total())
		}
	}
	if len(epochs) > 0 {
		return quantile(epochs, 0.5)
	}
	frames := 0
	for _, u := range s.Each {
		frames += u.Frames
	}
	return time.Duration(float64(s.Total()) * float64(s.Frames) / float64(frames))
}

// FramesPerSecond is the frames of an epoch over its time.
func (s *Speed) FramesPerSecond() float64 { return float64(s.Frames) / s.Epoch().Seconds() }

// Flops is the floating-point operations of all timed updates.
func (s *Speed) Flops() (sum cpu.Flops) {
	for _, p := range s.Phases {
		sum.Add(p.Flops)
	}
	return sum
}

// Rate is the floating-point operations a second, products and all others.
func (s *Speed) Rate() float64 { return s.Flops().Total() / s.Total().Seconds() }
