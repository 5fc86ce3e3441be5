package agree

import (
	"math/rand/v2"

	"ssmc/runtime"
	"ssmc/runtime/op"
)

// Batch is a batch of random values that a model's ports may have, half of what may be
// missing present, and always the same for the same lengths.
func Batch(m *runtime.Model, lens []int) *runtime.Batch {
	r := rand.New(rand.NewPCG(1, 2))
	lay := op.NewLayout(lens)
	b := &runtime.Batch{Lens: lens}
	for i := range lens {
		b.Index = append(b.Index, i)
	}
	for _, p := range m.Ports {
		rows := lay.N
		if p.Static {
			rows = lay.B
		}
		v := make([]float32, rows*p.Cols)
		var present []float32
		for i := range v {
			v[i] = value(r, p)
			if p.Missing {
				present = append(present, float32(r.IntN(2)))
			}
		}
		b.Data, b.Present = append(b.Data, v), append(b.Present, present)
	}
	return b
}

func value(r *rand.Rand, p runtime.Port) float32 {
	v := float32(r.NormFloat64())
	switch {
	case p.Kind == runtime.Binary:
		v = float32(r.IntN(2))
	case p.Kind == runtime.Count:
		v = float32(r.IntN(5))
	case p.Kind == runtime.OneOf:
		v = float32(r.IntN(p.Classes))
	case p.Clock != "":
		v = 0.5 + r.Float32()
	}
	if p.Range != nil && v <= float32(p.Range.Low) {
		v = float32(p.Range.Low) + r.Float32()
	}
	return v
}

// Run is how a machine with these terms is run by comparisons: step tells apart the
// noise and the number of samples.
func Run(terms []runtime.Term, step int) runtime.Run {
	r := runtime.Run{K: 1 + step, Seed: 3, Step: uint64(step), Scale: 0.5, Grad: true}
	for i, term := range terms {
		r.Coef = append(r.Coef, -term.Kind.Sign()*(1+0.25*float64(i)))
	}
	return r
}
