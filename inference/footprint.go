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

// Measure evaluates one sequence of a set, with its gradient, and scales the
// memory that took to the largest batch that c can make.
func Measure(m *runtime.Model, set *data.Set, c *Config, device Device) (Footprint, error) {
	params := runtime.NewParams[float32](m.Params, c.Seed)
	machine, err := device.Machine(m, c.trained(), params, true)
	if err != nil {
		return Footprint{}, err
	}
	p, err := newPacker(set, m.Ports)
	if err != nil {
		return Footprint{}, err
	}
	lens := pieceLengths(set, c.Window)
	var b runtime.Batch
	p.pack(&b, []piece{{0, 0, min(lens[0], set.Sequences[0].Len)}})
	run := runtime.Run{K: c.draws(), Coef: make([]float64, len(machine.Terms())), Seed: c.Seed, Grad: true}
	if err := machine.Run(&b, run); err != nil {
		return Footprint{}, err
	}
	frames := 0
	for _, n := range lens[:min(c.Batch, len(lens))] {
		frames += n
	}
	const copies = 7 // values, gradient, two moments, the best, and weights packed two ways
	f := Footprint{Parameters: copies * 4 * len(params.Values), Frames: frames}
	if sized, ok := machine.(interface{ Bytes() int }); ok {
		f.Batch = sized.Bytes() / b.Lens[0] * frames
	}
	return f, nil
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
