// Package agree compares what machines make of the same run: a GPU's with the CPU's.
// It owns the random batches and the tolerances. It knows nothing of languages,
// optimisers or tests.
package agree

import (
	"fmt"
	"math"
	"slices"

	"ssmc/runtime"
	"ssmc/runtime/gpu"
)

// Tolerance is how far products in a precision may be from float32, as a part of the
// largest number; with factors of 8 bits, units that are near zero are off or on.
var Tolerance = map[gpu.Precision]float64{gpu.FP32: 1e-4, gpu.TF32: 2e-3, gpu.BF16: 0.2}

// A Gap is the largest difference between numbers of two machines.
type Gap struct {
	What      string // and number Index of it
	Index     int
	Got, Want float64
	Scale     float64 // what the difference is a part of
}

// Size is the difference as a part of the scale; NaN counts as infinite.
func (g Gap) Size() float64 {
	if g.Got == g.Want {
		return 0
	}
	d := math.Abs(g.Got-g.Want) / g.Scale
	if math.IsNaN(d) {
		return math.Inf(1)
	}
	return d
}

func (g Gap) String() string {
	return fmt.Sprintf("%s, number %d: %g, want %g (%.2g of %g)", g.What, g.Index, g.Got, g.Want, g.Size(), g.Scale)
}

// Worst is the largest of some gaps, of which there is one at least.
func Worst(list []Gap) Gap {
	return slices.MaxFunc(list, func(a, b Gap) int {
		switch {
		case a.Size() < b.Size():
			return -1
		case a.Size() > b.Size():
			return 1
		}
		return 0
	})
}

// Numbers is the largest gap between two lists, as a part of the largest number that is
// wanted or of some least scale.
func Numbers(what string, got, want []float64, least float64) Gap {
	scale := max(least, 1e-3)
	for _, v := range want {
		scale = max(scale, math.Abs(v))
	}
	worst := Gap{What: what, Scale: scale}
	for i := range want {
		g := Gap{what, i, got[i], want[i], scale}
		if g.Size() > worst.Size() {
			worst = g
		}
	}
	return worst
}

// Runs is the gaps between what two machines have of the same run: the cost, the rows
// and the sum of each term and, where grad, the gradient by each parameter. Gradients
// that are small beside the others count by a tenth of the largest.
func Runs(params *runtime.Params[float32], got, want runtime.Machine, grad bool) []Gap {
	list := []Gap{Numbers("the cost", []float64{got.Cost()}, []float64{want.Cost()}, 0)}
	for i, term := range want.Terms() {
		list = append(list, Numbers("term "+term.Name, slices.Clone(got.Term(i)), slices.Clone(want.Term(i)), 0))
		list = append(list, Numbers("the sum of "+term.Name, []float64{got.Weighed(i)}, []float64{want.Weighed(i)}, 0))
	}
	if !grad {
		return list
	}
	return append(list, Params("the gradient of ", params, got.Gradient(), want.Gradient())...)
}

// Params is the gaps between vectors that are laid out as parameters are, one for each
// of these.
func Params(what string, params *runtime.Params[float32], got, want []float32) (list []Gap) {
	largest := 0.0
	for _, v := range want {
		largest = max(largest, math.Abs(float64(v)))
	}
	for i, q := range params.List {
		lo, hi := params.Off[i], params.Off[i]+q.Size()
		list = append(list, Numbers(what+q.Name, wide(got[lo:hi]), wide(want[lo:hi]), 0.1*largest))
	}
	return list
}

func wide(v []float32) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = float64(x)
	}
	return out
}
