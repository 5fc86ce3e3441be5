package cpu

import (
	"unsafe"

	"ssmc/runtime/op"
)

// results is what a run leaves of the terms and the latents.
type results[F Float] struct {
	env     *env[F]
	values  []*array[F] // of the terms
	samples []*array[F] // of the latents
	dst     [][]float64 // of Term
	wide    [][]float64 // of Latent
}

// Bytes is the memory that is held for arrays.
func (x *results[F]) Bytes() int {
	return bytes(x.env.memory.slab)
}

// bytes is the memory of a slice.
func bytes[F Float](s []F) int { return cap(s) * int(unsafe.Sizeof(F(0))) }

// joined reports whether samples are weighed against each other.
func (x *results[F]) joined() bool { return x.env.weights != nil }

// Term is term i of the last run for each row: frames or sequences, times K
// samples unless the term has none. The next call for i overwrites it.
func (x *results[F]) Term(i int) []float64 {
	a := x.values[i]
	x.dst[i] = grow(x.dst[i], a.rows)
	for r := range a.rows {
		x.dst[i][r] = float64(a.row(r)[0])
	}
	return x.dst[i]
}

// Latent is the samples of latent i in the last run, [rows,Cols]. The next call
// for i overwrites it.
func (x *results[F]) Latent(i int) []float64 {
	a := x.samples[i]
	x.wide[i] = grow(x.wide[i], a.rows*a.cols)
	for r := range a.rows {
		for j, v := range a.row(r)[:a.cols] {
			x.wide[i][r*a.cols+j] = float64(v)
		}
	}
	return x.wide[i]
}

// Sequence adds up term i by sequence and sample: dst [B,K]. A term without
// samples counts for each; one that belongs to no sequence counts for none.
func (x *results[F]) Sequence(dst []float64, i int) {
	a, d := x.values[i], x.env.dims
	clear(dst)
	copies := d.K
	if a.shape.Sampled {
		copies = 1
	}
	d.EachRow(a.shape, func(r, b, _ int) {
		for k := range copies {
			dst[b*copies+k] += float64(a.row(r)[0])
		}
	})
}

// Bounds is what each sequence adds to the bound in the last run: dst [B].
func (x *results[F]) Bounds(dst []float64) {
	if x.joined() {
		copy(dst, x.env.weights.bound)
		return
	}
	clear(dst)
	for i, a := range x.values {
		each := 1
		if a.shape.Sampled {
			each = x.env.dims.K
		}
		x.env.dims.EachRow(a.shape, func(r, b, _ int) { dst[b/each] -= x.env.coef[i] * float64(a.row(r)[0]) })
	}
}

// Weighed adds up term i, each row times its sample's share of the bound.
func (x *results[F]) Weighed(i int) (s float64) {
	a, k := x.values[i], 1.0
	if !x.joined() {
		if a.shape.Sampled {
			k = float64(x.env.dims.K)
		}
		return sumOf(a) / k
	}
	for r := range a.rows {
		s += x.env.weights.of(a.shape, r) * float64(a.row(r)[0])
	}
	return s
}

// locate is the sequence (times samples) and the time of row r, both from 0;
// -1 where the row belongs to none.
func locate(d *op.Dims, s op.Shape, r int) (b, t int) {
	switch s.Axis {
	case op.Once:
		return -1, -1
	case op.Seq:
		return r, -1
	}
	l := d.Layout(s)
	eachTime(l, r, r+1, func(time, _, _ int) { b, t = r-l.Off[time], time })
	return b, t
}
