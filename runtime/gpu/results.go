package gpu

import (
	"encoding/binary"
	"math"
	"slices"

	"ssmc/runtime/op"
	"ssmc/runtime/schedule"
)

// results is what the last run left of the terms and the latents: sums are here,
// rows are fetched when they are asked for.
type results struct {
	dims    *op.Dims
	coef    []float64
	cost    float64
	sums    []float64 // of the terms
	norm    float64
	fetch   func(dst []float32, a *schedule.Array)
	terms   []*schedule.Array
	latents []*schedule.Array
	rows    []float32
	values  [][]float64 // of terms, nil where they are not fetched yet
	wide    [][]float64 // of Latent
}

// forget says that there was a new run.
func (x *results) forget() {
	x.values = slices.Grow(x.values[:0], len(x.terms))[:len(x.terms)]
	clear(x.values)
}

// read takes the sums from what the device left of them: the cost, the terms, and
// the norm of the gradient.
func (x *results) read(b []byte) {
	at := func(i int) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:])) }
	x.cost = at(0)
	x.sums = x.sums[:0]
	for i := range x.terms {
		x.sums = append(x.sums, at(1+i))
	}
	x.norm = at(1 + len(x.terms))
}

// Cost is the cost in the last run.
func (x *results) Cost() float64 { return x.cost }

// Norm is the Euclidean norm of the gradient in the last run that had one.
func (x *results) Norm() float64 { return x.norm }

// array fetches an array of the last run.
func (x *results) array(a *schedule.Array) []float32 {
	n := x.dims.Rows(a.Shape) * a.Shape.Cols
	x.rows = slices.Grow(x.rows[:0], n)[:n]
	x.fetch(x.rows, a)
	return x.rows
}

// widen is numbers in double precision, in dst if that is large enough.
func widen(dst []float64, src []float32) []float64 {
	dst = slices.Grow(dst[:0], len(src))[:len(src)]
	for i, v := range src {
		dst[i] = float64(v)
	}
	return dst
}

// Term is term i of the last run for each row: frames or sequences, times K
// samples unless the term has none.
func (x *results) Term(i int) []float64 {
	if x.values[i] == nil {
		x.values[i] = widen(nil, x.array(x.terms[i]))
	}
	return x.values[i]
}

// Latent is the samples of latent i in the last run, [rows,Cols]. The next call
// for i overwrites it.
func (x *results) Latent(i int) []float64 {
	if x.wide == nil {
		x.wide = make([][]float64, len(x.latents))
	}
	x.wide[i] = widen(x.wide[i], x.array(x.latents[i]))
	return x.wide[i]
}

// Sequence adds up term i by sequence and sample: dst [B,K]. A term without
// samples counts for each; one that belongs to no sequence counts for none.
func (x *results) Sequence(dst []float64, i int) {
	s := x.terms[i].Shape
	clear(dst)
	copies := x.dims.K
	if s.Sampled {
		copies = 1
	}
	x.dims.EachRow(s, func(r, b, _ int) {
		for k := range copies {
			dst[b*copies+k] += x.Term(i)[r]
		}
	})
}

// Bounds is what each sequence adds to the bound in the last run: dst [B].
func (x *results) Bounds(dst []float64) {
	clear(dst)
	for i, a := range x.terms {
		each := 1
		if a.Shape.Sampled {
			each = x.dims.K
		}
		x.dims.EachRow(a.Shape, func(r, b, _ int) { dst[b/each] -= x.coef[i] * x.Term(i)[r] })
	}
}

// Weighed adds up term i; all samples share alike.
func (x *results) Weighed(i int) float64 {
	if x.terms[i].Shape.Sampled {
		return x.sums[i] / float64(x.dims.K)
	}
	return x.sums[i]
}
