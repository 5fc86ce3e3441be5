package inference

import (
	"slices"

	"ssmc/inference/data"
	"ssmc/runtime"
)

// A Footprint is the memory that fitting a model to a set takes, in bytes.
type Footprint struct {
	Parameters int // with their gradient, the optimiser's moments, and the best so far
	Batch      int // arrays of the largest batch there can be
	Frames     int // in that batch
}

// Measure finds the memory that fitting m to a set takes, with the largest batch
// that c can make.
func Measure(m *runtime.Model, set *data.Set, c *Config, device Device) (Footprint, error) {
	params := runtime.ZeroParams[float32](m.Params)
	machine, err := device.Machine(m, c.trained(), params, true)
	if err != nil {
		return Footprint{}, err
	}
	lens := pieceLengths(set, c.Window)
	lens = lens[:min(c.Batch, len(lens))]
	f := Footprint{}
	for _, n := range lens {
		f.Frames += n
	}
	const copies = 5 // values, gradient, two moments, and the best
	f.Parameters = copies * 4 * len(params.Values)
	if sized, ok := machine.(interface {
		Footprint(samples, sequences, frames int) int
	}); ok {
		f.Batch = sized.Footprint(c.draws(), len(lens), f.Frames)
	}
	return f, nil
}

// reserve has a machine make room for batches of a size, if it can.
func reserve(m runtime.Machine, samples, sequences, frames int) {
	if r, ok := m.(interface {
		Reserve(samples, sequences, frames int)
	}); ok {
		r.Reserve(samples, sequences, frames)
	}
}

// pieceLengths is the lengths of the pieces to train on, the longest first.
func pieceLengths(set *data.Set, window int) []int {
	lens := set.Lengths()
	if window > 0 {
		for i, n := range lens {
			lens[i] = min(n, window)
		}
	}
	slices.Sort(lens)
	slices.Reverse(lens)
	return lens
}
