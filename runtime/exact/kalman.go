package exact

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// A Kalman is the working memory of the Kalman filter and its reverse. The zero
// value is ready; it serves models of any size, one at a time.
//
// It filters covariances, not their roots: where the state starts with 10^k
// times the variance of an observation, k of the sixteen digits are lost.
type Kalman struct {
	g          *Gaussian
	n, p       int
	update     update
	steps      []*step   // those of a segment
	length     int       // of a segment
	marks      []float64 // filtered moments before each segment, [segments,n+n*n]
	tmp, other []float64 // [n,n]
	rootR      []float64 // [p,p]
	mean       []float64 // [n]: gradient by the mean of the state
	cov        []float64 // [n,n]: gradient by its covariance
	scalars    []scalarStep
}

// A step is the filter at one time. An update says what it keeps in m, s, gain
// and e; s and gain may be of any length.
type step struct {
	all    []float64 // what the other slices are cut from
	a0, p0 []float64 // mean [n] and covariance [n,n] before the observations
	a, p   []float64 // and after
	seen   []int     // components observed
	m      []float64 // [p,n]
	e      []float64 // [p]
	s      []float64
	gain   []float64
}

// An update takes in the observations of one time. Covariances do not depend
// on what was observed, so they come first.
type update interface {
	// fit readies the update for n states and p observations, and gives the
	// lengths of s and gain in a step.
	fit(n, p int) (s, gain int)
	// gains finds s.p. It reports whether the innovations' covariance is
	// positive definite.
	gains(s *step, g *Gaussian, t int) bool
	// means finds s.a, and the log density of the observations y [p].
	means(s *step, g *Gaussian, t int, y []float64) float64
	// pull adds to d the gradient of w times the log density, and takes the
	// gradients by s.a and s.p, which are symmetric, to those by s.a0 and s.p0.
	pull(s *step, g, d *Gaussian, t int, w float64, da, dp []float64)
	// score takes the score r [n] of the later observations at s.a to that of
	// these and the later ones at s.a0.
	score(s *step, g *Gaussian, t int, r []float64)
	// information does for the information matrix [n,n] what score does for r.
	information(s *step, g *Gaussian, t int, info []float64)
}

// LogLik sets ll [T] to the log density of each step's observations given those
// before, in nats: zero where nothing was observed, NaN where a covariance is
// not one. Durbin and Koopman 2012, sections 4.3 and 7.2.
func (k *Kalman) LogLik(ll []float64, g *Gaussian) {
	if isScalar(g) {
		scalarLogLik(ll, g)
		return
	}
	k.fit(g, 1)
	s := k.steps[0]
	for t := range ll {
		ll[t] = k.forward(s, s.a, s.p, t)
	}
}

// fit readies k for a model and segments of some length.
func (k *Kalman) fit(g *Gaussian, length int) {
	g.check()
	n, p, full := g.State, g.Obs, g.FullR && g.Obs > 1
	if _, is := k.update.(*multivariate); k.update == nil || k.n != n || k.p != p || is != full {
		k.n, k.p, k.steps, k.update = n, p, nil, &univariate{}
		if full {
			k.update = &multivariate{}
		}
	}
	k.g, k.length = g, length
	k.tmp, k.other, k.cov = grow(k.tmp, n*n), grow(k.other, n*n), grow(k.cov, n*n)
	k.mean, k.rootR = grow(k.mean, n), grow(k.rootR, p*p)
	sizeS, sizeGain := k.update.fit(n, p)
	for len(k.steps) < length {
		k.steps = append(k.steps, newStep(n, p, sizeS, sizeGain))
	}
}

func newStep(n, p, sizeS, sizeGain int) *step {
	s := &step{all: make([]float64, 2*n+2*n*n+p*n+p+sizeS+sizeGain)}
	rest := s.all
	cut := func(n int) []float64 {
		head := rest[:n:n]
		rest = rest[n:]
		return head
	}
	s.a0, s.p0, s.a, s.p = cut(n), cut(n*n), cut(n), cut(n*n)
	s.m, s.e, s.s, s.gain = cut(p*n), cut(p), cut(sizeS), cut(sizeGain)
	return s
}

// forward filters time t into s from the moments a and p filtered before, which
// may be those of s, and gives the log density.
func (k *Kalman) forward(s *step, a, p []float64, t int) float64 {
	if !k.covariances(s, p, t) {
		fill(s.all, math.NaN())
		return math.NaN()
	}
	k.predict(s, a, t)
	return k.update.means(s, k.g, t, at(k.g.Y, t, k.p))
}

// covariances finds the covariances of s, and reports whether they are such.
func (k *Kalman) covariances(s *step, p []float64, t int) bool {
	s.seen = k.g.observed(s.seen[:0], t)
	k.predictCov(s, p, t)
	return k.proper(t) && k.update.gains(s, k.g, t)
}

// predict sets s.a0 = A a + b.
func (k *Kalman) predict(s *step, a []float64, t int) {
	if t > 0 {
		apply(s.a0, at(k.g.A, t, k.n*k.n), a)
	} else {
		clear(s.a0)
	}
	floats.Add(s.a0, at(k.g.B, t, k.n))
}

// predictCov sets s.p0 = A p Aᵀ + Q.
func (k *Kalman) predictCov(s *step, p []float64, t int) {
	n := k.n
	if t > 0 {
		a := at(k.g.A, t, n*n)
		mul(k.tmp, a, p, n, n, n)
		mulSym(s.p0, k.tmp, a, n, n)
	} else {
		clear(s.p0)
	}
	addCov(s.p0, at(k.g.Q, t, k.g.sizeQ()), n, k.g.FullQ)
}

// float32Tol is what rounding to float32 may leave of a zero pivot.
const float32Tol = 1e-5

// proper reports whether Q and R of time t are positive semidefinite, where
// they are not those of the time before.
func (k *Kalman) proper(t int) bool {
	g := k.g
	ok := true
	if t == 0 || len(g.Q) > g.sizeQ() {
		ok = semidefinite(k.tmp, at(g.Q, t, g.sizeQ()), k.n, g.FullQ)
	}
	if t == 0 || len(g.R) > g.sizeR() {
		ok = ok && semidefinite(k.rootR, at(g.R, t, g.sizeR()), k.p, g.FullR)
	}
	return ok
}

// semidefinite reports whether q, a covariance or variances, is one.
func semidefinite(work, q []float64, n int, full bool) bool {
	if full {
		return root(work, q, n, full, float32Tol)
	}
	for _, v := range q {
		if !(v >= 0) {
			return false
		}
	}
	return true
}
