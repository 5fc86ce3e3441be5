// Package agree compares what machines make of the same run: a GPU's with the CPU's.
// It owns the random batches and the tolerances. It knows nothing of languages,
// optimisers or tests.
package agree

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"ssmc/runtime"
	"ssmc/runtime/gpu"
)

// Tolerance is how far products in a precision may be from float32 (Gap.Far).
var Tolerance = map[gpu.Precision]float64{gpu.FP32: 1e-4, gpu.TF32: 1e-2, gpu.BF16: 0.1}

// A Gap is the difference between numbers of two machines: that of the number Index,
// where it is largest, and that of all.
type Gap struct {
	What      string
	Index     int
	Got, Want float64
	Scale     float64 // what the largest difference is a part of
	Norm      float64 // of the differences, as a part of the norm of what is wanted
}

// Size is the largest difference as a part of the scale; NaN counts as infinite.
func (g Gap) Size() float64 {
	if g.Got == g.Want {
		return 0
	}
	return orInf(math.Abs(g.Got-g.Want) / g.Scale)
}

// Far is what a tolerance is for: in float32 the largest difference, else the norm of all.
// With shorter factors some units that are near zero are off or on, and the numbers that
// hang on one of them differ by much.
func (g Gap) Far(p gpu.Precision) float64 {
	if p == gpu.FP32 {
		return g.Size()
	}
	return g.Norm
}

func (g Gap) String() string {
	return fmt.Sprintf("%s, number %d: %g, want %g (%.2g of %g; norm %.2g)", g.What, g.Index, g.Got, g.Want, g.Size(), g.Scale, g.Norm)
}

// Worst is the gap that is farthest in a precision, of some, of which there is one at least.
func Worst(list []Gap, p gpu.Precision) Gap {
	return slices.MaxFunc(list, func(a, b Gap) int { return cmp.Compare(a.Far(p), b.Far(p)) })
}

// A Least is what numbers are held against at least: the largest of them, and their norm.
type Least struct{ Scale, Norm float64 }

// Numbers is the gap between two lists.
func Numbers(what string, got, want []float64, least Least) Gap {
	g := Gap{What: what, Scale: max(least.Scale, 1e-3, largest(want))}
	d := make([]float64, len(want))
	for i, v := range want {
		d[i] = got[i] - v
		if one := (Gap{what, i, got[i], v, g.Scale, 0}); one.Size() > g.Size() {
			g = one
		}
	}
	if differs := norm(d); differs != 0 {
		g.Norm = orInf(differs / max(least.Norm, 1e-3, norm(want)))
	}
	return g
}

// orInf is v, infinite where it is NaN.
func orInf(v float64) float64 {
	if math.IsNaN(v) {
		return math.Inf(1)
	}
	return v
}

func largest(v []float64) (out float64) {
	for _, x := range v {
		out = max(out, math.Abs(x))
	}
	return out
}

func norm(v []float64) float64 { return floats.Norm(v, 2) }

// Runs is the gaps between what two machines have of the same run: the cost, the rows
// and the sum of each term and, where grad, the gradient by each parameter.
func Runs(params *runtime.Params[float32], got, want runtime.Machine, grad bool) []Gap {
	list := []Gap{Numbers("the cost", []float64{got.Cost()}, []float64{want.Cost()}, Least{})}
	for i, term := range want.Terms() {
		list = append(list, Numbers("term "+term.Name, slices.Clone(got.Term(i)), slices.Clone(want.Term(i)), Least{}))
		list = append(list, Numbers("the sum of "+term.Name, []float64{got.Weighed(i)}, []float64{want.Weighed(i)}, Least{}))
	}
	if !grad {
		return list
	}
	return append(list, Params("the gradient of ", params, got.Gradient(), want.Gradient())...)
}

// Params is the gaps between vectors that are laid out as parameters are, one for each
// of these. What is small beside the others is held against a tenth of the largest.
func Params(what string, params *runtime.Params[float32], got, want []float32) (list []Gap) {
	var least Least
	part := func(v []float32, i int) []float64 {
		return wide(v[params.Off[i] : params.Off[i]+params.List[i].Size()])
	}
	for i := range params.List {
		p := part(want, i)
		least = Least{max(least.Scale, 0.1*largest(p)), max(least.Norm, 0.1*norm(p))}
	}
	for i, q := range params.List {
		list = append(list, Numbers(what+q.Name, part(got, i), part(want, i), least))
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
