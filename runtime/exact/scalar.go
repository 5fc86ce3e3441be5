package exact

import "math"

// A scalarStep is a step of a model with one state and one observation, for
// which loops over matrices would cost several times what they compute.
type scalarStep struct {
	a0, p0 float64 // mean and variance before the observation
	a, p   float64 // and after
	e, sd  float64 // innovation over its standard deviation, and that
	seen   bool
}

// isScalar reports whether g has one state and one observation.
func isScalar(g *Gaussian) bool { return g.State == 1 && g.Obs == 1 }

// one is the number of x that serves time t.
func one(x []float64, t int) float64 {
	if len(x) > 1 {
		return x[t]
	}
	return x[0]
}

// addOne adds v to the number of x that serves time t, if there is one.
func addOne(x []float64, t int, v float64) {
	switch {
	case len(x) > 1:
		x[t] += v
	case len(x) == 1:
		x[0] += v
	}
}

// forward filters time t from the moments a and p before, and gives the log
// density.
func (s *scalarStep) forward(g *Gaussian, a, p float64, t int) float64 {
	q, r := one(g.Q, t), one(g.R, t)
	if !(q >= 0 && r >= 0) {
		return s.fail()
	}
	s.a0, s.p0 = one(g.B, t), q
	if t > 0 {
		trans := one(g.A, t)
		s.a0 += trans * a
		s.p0 += trans * trans * p
	}
	s.a, s.p = s.a0, s.p0
	if s.seen = g.Present == nil || one(g.Present, t) != 0; !s.seen {
		return 0
	}
	c := one(g.C, t)
	f := c*c*s.p0 + r
	if !(f > 0) {
		return s.fail()
	}
	s.sd = math.Sqrt(f)
	s.e = (g.Y[t] - one(g.D, t) - c*s.a0) / s.sd
	s.a += s.p0 * c / s.sd * s.e
	s.p *= r / f
	return -(log2Pi + math.Log(f) + s.e*s.e) / 2
}

func (s *scalarStep) fail() float64 {
	nan := math.NaN()
	*s = scalarStep{nan, nan, nan, nan, nan, nan, true}
	return nan
}

// pull adds to d the gradient of w times the log density of time t, and takes
// those by the mean and variance after the observation to those before: see
// univariate.
func (s *scalarStep) pull(g, d *Gaussian, t int, w, da, dp float64) (float64, float64) {
	if !s.seen {
		return da, dp
	}
	c := one(g.C, t)
	m := s.p0 * c / s.sd
	move, pm := da*m, dp*m
	dv := (move - w*s.e) / s.sd
	df := (m*pm - move*s.e + w*(s.e*s.e-1)/2) / (s.sd * s.sd)
	dm := (da*s.e-2*pm)/s.sd + df*c
	addOne(d.Y, t, dv)
	addOne(d.D, t, -dv)
	addOne(d.R, t, df)
	addOne(d.C, t, df*s.sd*m-dv*s.a0+s.p0*dm)
	return da - dv*c, dp + dm*c
}

// scalarLogLik is LogLik.
func scalarLogLik(ll []float64, g *Gaussian) {
	g.check()
	var s scalarStep
	for t := range ll {
		ll[t] = s.forward(g, s.a, s.p, t)
	}
}

// scalarGradient is Gradient; d is zero.
func (k *Kalman) scalarGradient(d, g *Gaussian, w []float64) {
	g.check()
	if cap(k.scalars) < len(w) {
		k.scalars = make([]scalarStep, len(w))
	}
	steps, last := k.scalars[:len(w)], scalarStep{}
	for t := range steps {
		steps[t].forward(g, last.a, last.p, t)
		last = steps[t]
	}
	da, dp := 0.0, 0.0
	for t := len(w) - 1; t >= 0; t-- {
		da, dp = steps[t].pull(g, d, t, w[t], da, dp)
		addOne(d.B, t, da)
		addOne(d.Q, t, dp)
		if t > 0 {
			trans, before := one(g.A, t), &steps[t-1]
			addOne(d.A, t, da*before.a+2*dp*trans*before.p)
			da, dp = da*trans, dp*trans*trans
		}
	}
}
