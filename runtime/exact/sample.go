package exact

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
)

// Sample draws k paths [k,T,n] from the posterior given all observations, by
// simulation smoothing: the covariances are filtered once, and each path is one
// drawn from the model, moved by the mean of what its observations missed
// (Durbin and Koopman 2002, "A simple and efficient simulation smoother", with
// one smoothing a path). Paths are NaN where a covariance is not one.
func (g *Gaussian) Sample(rng *rand.Rand, k int) []float64 {
	steps := g.Steps()
	s := newSimulator(g, rng)
	size := steps * g.State
	paths := make([]float64, k*size)
	if !s.filter(steps) {
		fill(paths, math.NaN())
		return paths
	}
	for i := range k {
		s.draw(paths[i*size:][:size])
	}
	return paths
}

// doubleTol is what rounding may leave of a zero pivot.
const doubleTol = 1e-12

// A simulator draws paths.
type simulator struct {
	Kalman
	rng          *rand.Rand
	rootQ, rootR []float64 // triangular factors: as many blocks as Q and R have
	noise        []float64
	y            []float64 // [T,p]: the observations less those drawn
	score        []float64 // [n]
}

func newSimulator(g *Gaussian, rng *rand.Rand) *simulator {
	s := &simulator{rng: rng, noise: make([]float64, max(g.State, g.Obs)), y: make([]float64, len(g.Y)), score: make([]float64, g.State)}
	s.fit(g, max(1, g.Steps()))
	return s
}

// filter finds what all paths share, and reports whether covariances are such.
func (s *simulator) filter(steps int) bool {
	g := s.g
	var okQ, okR bool
	s.rootQ, okQ = roots(g.Q, g.State, g.FullQ)
	s.rootR, okR = roots(g.R, g.Obs, g.FullR)
	if !okQ || !okR {
		return false
	}
	for t := range steps {
		_, p := s.before(0, t)
		if !s.covariances(s.steps[t], p, t) {
			return false
		}
	}
	return true
}

// roots factors each block of a covariance.
func roots(q []float64, n int, full bool) ([]float64, bool) {
	size := covSize(n, full)
	dst := make([]float64, len(q)/size*n*n)
	for i := range len(q) / size {
		if !root(dst[i*n*n:][:n*n], q[i*size:][:size], n, full, doubleTol) {
			return nil, false
		}
	}
	return dst, true
}

// draw draws one path [T,n].
func (s *simulator) draw(path []float64) {
	n, steps := s.n, len(path)/s.n
	s.simulate(path)
	for t := range steps {
		a, _ := s.before(0, t)
		s.predict(s.steps[t], a, t)
		s.update.means(s.steps[t], s.g, t, s.y[t*s.p:][:s.p])
	}
	clear(s.score)
	mean := s.other[:n]
	for t := steps - 1; t >= 0; t-- {
		s.smoothMean(mean, s.steps[t], s.score)
		floats.Add(path[t*n:][:n], mean)
		s.update.score(s.steps[t], s.g, t, s.score)
		if t > 0 {
			s.earlierScore(s.score, t)
		}
	}
}

// simulate draws a path without b from the model, and takes what it would emit
// without d from the observations.
func (s *simulator) simulate(path []float64) {
	n, p := s.n, s.p
	for t := range len(path) / n {
		x := path[t*n:][:n]
		if t > 0 {
			apply(x, at(s.g.A, t, n*n), path[(t-1)*n:][:n])
		}
		s.addNoise(x, at(s.rootQ, t, n*n))
		y := s.y[t*p:][:p]
		apply(y, at(s.g.C, t, p*n), x)
		s.addNoise(y, at(s.rootR, t, p*p))
		floats.SubTo(y, s.g.Y[t*p:][:p], y)
	}
}

// addNoise adds normal numbers with covariance root rootᵀ.
func (s *simulator) addNoise(dst, root []float64) {
	n := len(dst)
	e := s.noise[:n]
	for i := range e {
		e[i] = s.rng.NormFloat64()
	}
	for i := range dst {
		dst[i] += floats.Dot(root[i*n:][:i+1], e[:i+1])
	}
}
