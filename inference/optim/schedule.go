package optim

import "math"

// A Schedule says what share of the learning rate an update takes.
type Schedule struct {
	Kind   string  // constant, exponential, cosine or linear
	Steps  int     // updates to decay over; of exponential, updates to decay by Rate
	Rate   float64 // of exponential: the factor every Steps updates
	Floor  float64 // of cosine and linear: the share that is left at the end
	Warmup int     // updates over which the share first rises from 0 to 1
}

// Schedules lists the kinds of schedule.
var Schedules = []string{"constant", "exponential", "cosine", "linear"}

// At is the share for update number done, counted from 0. Decay begins when
// the warm-up is over.
func (s Schedule) At(done int) float64 {
	if done < s.Warmup {
		return float64(done+1) / float64(s.Warmup+1)
	}
	return s.decay(float64(done-s.Warmup) / float64(max(1, s.Steps)))
}

// decay is the share after a part of the steps.
func (s Schedule) decay(part float64) float64 {
	switch s.Kind {
	case "exponential":
		return math.Pow(s.Rate, part)
	case "cosine":
		return s.Floor + (1-s.Floor)*(1+math.Cos(math.Pi*min(1, part)))/2
	case "linear":
		return 1 - (1-s.Floor)*min(1, part)
	}
	return 1
}
