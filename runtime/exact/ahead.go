package exact

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// An Outlook is what is known of a step given the observations up to an earlier
// one, normal both of them.
type Outlook struct {
	Mean, Cov       []float64 // [n], [n,n] of the state
	ObsMean, ObsCov []float64 // [p], [p,p] of what will be observed
}

// Ahead is the outlook so many steps ahead, at least one, of those up to step last,
// which f has filtered; -1 is before the first. It is the prediction step of the
// filter as often as that (Durbin and Koopman 2012, section 4.11).
func (g *Gaussian) Ahead(f *Filtered, last, ahead int) *Outlook {
	n, p := g.State, g.Obs
	o := &Outlook{make([]float64, n), make([]float64, n*n), make([]float64, p), make([]float64, p*p)}
	if last >= 0 {
		copy(o.Mean, f.Mean[last*n:])
		copy(o.Cov, f.Cov[last*n*n:])
	}
	var k Kalman
	k.fit(g, 1)
	s := k.steps[0]
	for t := last + 1; t <= last+ahead; t++ {
		k.predict(s, o.Mean, t)
		k.predictCov(s, o.Cov, t)
		copy(o.Mean, s.a0)
		copy(o.Cov, s.p0)
	}
	g.observe(o, last+ahead)
	return o
}

// observe finds what will be observed of the state at time t.
func (g *Gaussian) observe(o *Outlook, t int) {
	n, p := g.State, g.Obs
	c := at(g.C, t, p*n)
	apply(o.ObsMean, c, o.Mean)
	floats.Add(o.ObsMean, at(g.D, t, p))
	tmp := make([]float64, p*n)
	mul(tmp, c, o.Cov, p, n, n)
	mulSym(o.ObsCov, tmp, c, p, n)
	addCov(o.ObsCov, at(g.R, t, g.sizeR()), p, g.FullR)
}

// Filter is the log probabilities of the states at each step, given the observations
// up to it: [T,K].
func (c *Chain) Filter() []float64 {
	var f Forward
	steps := c.Steps()
	f.LogLik(make([]float64, steps), c)
	return slices.Clone(f.alpha[:steps*c.States])
}

// Ahead is the probabilities [K] of the states so many steps, at least one, ahead of
// step last, whose states filtered [T,K] has: see Filter. -1 is before the first.
func (c *Chain) Ahead(filtered []float64, last, ahead int) []float64 {
	k := c.States
	now, next := make([]float64, k), make([]float64, k)
	from := filtered
	if last < 0 {
		from, last, ahead = c.Start, 0, ahead-1
	} else {
		from = filtered[last*k:]
	}
	for i := range now {
		now[i] = math.Exp(from[i])
	}
	for t := last + 1; t <= last+ahead; t++ {
		clear(next)
		for i, p := range now {
			for j, v := range c.trans(t)[i*k:][:k] {
				next[j] += p * math.Exp(v)
			}
		}
		now, next = next, now
	}
	return now
}
