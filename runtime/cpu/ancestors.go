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

// gatherOp gives each particle the row of its ancestor.
type gatherOp[F Float] struct{ links[F] }

// source is the row that row r comes from.
func (g *gatherOp[F]) source(r int) int {
	k := g.dims.K
	return r/k*k + int(g.in[1].row(r)[0])
}

func (g *gatherOp[F]) forward(lo, hi int) {
	for r := lo; r < hi; r++ {
		copy(g.out.row(r), g.in[0].row(g.source(r)))
	}
}

// backward adds: what it writes to is zero, or holds the gradients of others.
func (g *gatherOp[F]) backward(lo, hi int) {
	if !g.wants(0) {
		return
	}
	for r := lo; r < hi; r++ {
		addTo(g.din[0].row(g.source(r)), g.dout.row(r))
	}
}
