package cpu

import "ssmc/runtime/op"

// ancestorsOp draws the particles that others go on from, one time after
// another.
type ancestorsOp[F Float] struct {
	links[F]
	w     *weights[F]
	drawn []float64 // [K] weights of one sequence
	time  func(t, lo, hi int)
}

func newAncestors[F Float](l links[F]) operation[F] {
	a := &ancestorsOp[F]{links: l, w: &weights[F]{env: l.env, join: op.Filter}}
	a.time = a.draw
	return a
}

func (a *ancestorsOp[F]) forward(lo, hi int) {
	if lo == 0 {
		a.w.terms = a.in[1:] // which a scan may have filled in since
		a.w.fit()
		a.drawn = grow(a.drawn, a.dims.K)
	}
	eachTime(a.layout(), lo, hi, a.time)
}

// draw resamples at time t, where weights ask for it.
func (a *ancestorsOp[F]) draw(t, _, _ int) {
	l, k := a.dims.Base, a.dims.K
	a.w.step(t)
	for b := range l.Size(t) {
		at := l.Off[t] + b
		if a.w.ends[at] {
			logMean(a.drawn, a.w.log[k*at:][:k])
			a.systematic(k*at, float64(a.in[0].row(at)[0]))
			continue
		}
		for j := range k {
			a.out.row(k*at + j)[0] = F(j)
		}
	}
}

// systematic gives the K particles from row first on ancestors at the quantiles
// (u + j)/K of their weights: each of weight w is drawn K w times, rounded up or
// down.
func (a *ancestorsOp[F]) systematic(first int, u float64) {
	k := len(a.drawn)
	from, below := 0, a.drawn[0]
	for j := range k {
		for from < k-1 && (u+float64(j))/float64(k) >= below {
			from++
			below += a.drawn[from]
		}
		a.out.row(first + j)[0] = F(from)
	}
}
