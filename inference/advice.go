package inference

import (
	"fmt"
	"math"

	"ssmc/inference/data"
)

// What may be wrong with a fit whose numbers fail.
const (
	mostPlain = 1e3  // the size up to which values of the data need no scaling
	lowFloor  = 1e-6 // the floor up to which a higher one may help
	startUp   = 500  // updates in which a learning rate that rises may help
)

// advise is what to try where the numbers of a fit were not finite, the likeliest
// first.
func (f *fitter) advise() (out []string) {
	c := f.config
	if name, size := largest(f.data.Train); size > mostPlain {
		out = append(out, fmt.Sprintf("divide %s in the data by a number: it reaches %.3g, and nets are made for numbers around one", name, size))
	}
	if f.run.Updates > 0 {
		out = append(out, fmt.Sprintf("--set optimizer.lr=%.2g: a quarter of the learning rate", c.LR*f.run.slowed()/4))
	}
	if c.Clip == 0 {
		out = append(out, "--set optimizer.clip_norm=1: gradients are not clipped")
	}
	if f.run.Updates > 0 && f.run.Updates < startUp && c.Schedule.Warmup == 0 {
		out = append(out, fmt.Sprintf("--set optimizer.schedule.warmup=%d: it failed early, and the learning rate would rise until then", 2*startUp))
	}
	if c.Floor < lowFloor {
		out = append(out, fmt.Sprintf("--set floor=%g: where what is computed there has a variance or a rate near zero", lowFloor))
	}
	if f.run.Updates > 0 && c.OnNaN.Kind == "stop" {
		out = append(out, "--on-nan=rollback: go on from the best parameters at half the learning rate, three times at most")
	}
	return out
}

// largest is the variable of a set with the largest number in size, of those that
// are real.
func largest(set *data.Set) (name string, size float64) {
	for v, x := range set.Vars {
		if x.Kind != data.Real {
			continue
		}
		for i := range set.Sequences {
			for _, y := range set.Sequences[i].Values(v) {
				if a := math.Abs(float64(y)); a > size {
					name, size = x.Name, a
				}
			}
		}
	}
	return name, size
}
