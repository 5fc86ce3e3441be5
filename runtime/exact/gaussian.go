// Package exact infers latent paths without sampling: linear-Gaussian chains
// by the Kalman filter and its smoother, finite chains by the forward-backward
// and Viterbi algorithms. It works on one sequence at a time, in float64, and
// knows nothing of graphs, batches or devices.
//
// Matrices are row-major slices. Times count from 0.
package exact

import "fmt"

// A Gaussian is a linear-Gaussian state-space model of one sequence, with what
// was observed of it:
//
//	x[0] ~ N(b[0], Q[0])
//	x[t] ~ N(A[t] x[t-1] + b[t], Q[t])
//	y[t] ~ N(C[t] x[t] + d[t], R[t])
//
// where x[t] has n = State numbers and y[t] has p = Obs. An array holds a block
// a step or, but for Y, one block that serves all steps. Only the symmetric
// part of a covariance counts. Durbin and Koopman 2012, section 4.1; Särkkä
// 2013, section 4.3.
type Gaussian struct {
	State, Obs   int
	FullQ, FullR bool      // Q (R) holds covariances, and not variances
	Y            []float64 // [T,p]
	Present      []float64 // [T,p] or [p], 0 where missing; nil if complete
	A            []float64 // [T,n,n] or [n,n]; that of the first step is not read
	B            []float64 // [T,n] or [n]
	Q            []float64 // [T,n], [n], [T,n,n] or [n,n]
	C            []float64 // [T,p,n] or [p,n]
	D            []float64 // [T,p] or [p]
	R            []float64 // [T,p], [p], [T,p,p] or [p,p]
}

// Steps is the number of steps T.
func (g *Gaussian) Steps() int { return len(g.Y) / g.Obs }

// LogLik is the log density of each step's observations given those before, in
// nats, [T]. It is NaN where a covariance is not one.
func (g *Gaussian) LogLik() []float64 {
	ll := make([]float64, g.Steps())
	new(Kalman).LogLik(ll, g)
	return ll
}

// sizeQ is the length of one block of Q.
func (g *Gaussian) sizeQ() int { return covSize(g.State, g.FullQ) }

// sizeR is the length of one block of R.
func (g *Gaussian) sizeR() int { return covSize(g.Obs, g.FullR) }

func covSize(n int, full bool) int {
	if full {
		return n * n
	}
	return n
}

// observed appends to dst the components that were observed at time t.
func (g *Gaussian) observed(dst []int, t int) []int {
	present := at(g.Present, t, g.Obs)
	for i := range g.Obs {
		if present == nil || present[i] != 0 {
			dst = append(dst, i)
		}
	}
	return dst
}

// check panics where an array has no possible length.
func (g *Gaussian) check() {
	n, p, steps := g.State, g.Obs, g.Steps()
	fits := func(name string, x []float64, size int) {
		if len(x) != size && len(x) != steps*size {
			panic(fmt.Sprintf("exact: %s has %d numbers, want %d or %d times as many", name, len(x), size, steps))
		}
	}
	fits("A", g.A, n*n)
	fits("B", g.B, n)
	fits("Q", g.Q, g.sizeQ())
	fits("C", g.C, p*n)
	fits("D", g.D, p)
	fits("R", g.R, g.sizeR())
	if g.Present != nil {
		fits("Present", g.Present, p)
	}
}

// clear zeroes a gradient.
func (g *Gaussian) clear() {
	for _, x := range [...][]float64{g.Y, g.A, g.B, g.Q, g.C, g.D, g.R} {
		clear(x)
	}
}

// at is the block of x that serves time t, nil if x is.
func at(x []float64, t, size int) []float64 {
	switch {
	case x == nil:
		return nil
	case len(x) > size:
		return x[t*size:][:size]
	}
	return x[:size]
}
