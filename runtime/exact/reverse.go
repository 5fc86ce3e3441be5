package exact

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// tape is how many numbers of steps are kept for the way back. A longer
// sequence is cut into segments of the root of its length, which are filtered
// again when the way back comes to them.
const tape = 1 << 21

// Gradient sets the arrays of d that are not nil to the gradient, by those of
// g, of the sum of w[t] times the log density of step t; w is [T]. Arrays of d
// are as long as those of g: where a block serves all steps, so does its
// gradient. Covariances' gradients are symmetric. Nothing else of d is read.
//
// It is the filter's derivative, exactly, not that of a limit or a bound.
func (k *Kalman) Gradient(d, g *Gaussian, w []float64) {
	d.clear()
	if isScalar(g) {
		k.scalarGradient(d, g, w)
		return
	}
	k.fit(g, 1)
	k.reverse(d, g, w, k.segment(len(w)))
}

// reverse is Gradient in segments of some length; d is zero.
func (k *Kalman) reverse(d, g *Gaussian, w []float64, length int) {
	k.fit(g, length)
	k.mark(len(w))
	clear(k.mean)
	clear(k.cov)
	for hi := len(w); hi > 0; {
		lo := (hi - 1) / k.length * k.length
		k.replay(lo, hi)
		for t := hi - 1; t >= lo; t-- {
			k.update.pull(k.steps[t-lo], g, d, t, w[t], k.mean, k.cov)
			k.pullPredict(d, lo, t)
		}
		hi = lo
	}
}

// segment is the length of segments for a number of steps.
func (k *Kalman) segment(steps int) int {
	if steps*len(k.steps[0].all) <= tape {
		return max(1, steps)
	}
	return int(math.Ceil(math.Sqrt(float64(steps))))
}

// mark keeps the moments before each segment.
func (k *Kalman) mark(steps int) {
	size := k.n + k.n*k.n
	k.marks = grow(k.marks, (steps/k.length+1)*size)
	for lo := 0; lo+k.length < steps; lo += k.length {
		k.replay(lo, lo+k.length)
		last, m := k.steps[k.length-1], k.markAt(lo+k.length)
		copy(m, last.a)
		copy(m[k.n:], last.p)
	}
}

// markAt is the moments before the segment that starts at time lo.
func (k *Kalman) markAt(lo int) []float64 {
	size := k.n + k.n*k.n
	return k.marks[lo/k.length*size:][:size]
}

// replay filters the segment [lo,hi) into the steps.
func (k *Kalman) replay(lo, hi int) {
	for t := lo; t < hi; t++ {
		a, p := k.before(lo, t)
		k.forward(k.steps[t-lo], a, p, t)
	}
}

// before is the moments filtered before time t of the segment from lo, none
// before the first time.
func (k *Kalman) before(lo, t int) (a, p []float64) {
	switch {
	case t == 0:
		return nil, nil
	case t > lo:
		s := k.steps[t-lo-1]
		return s.a, s.p
	}
	m := k.markAt(lo)
	return m[:k.n], m[k.n:]
}

// pullPredict adds to d what the prediction of time t gives, and takes the
// gradients by the predicted moments to those by the moments before.
func (k *Kalman) pullPredict(d *Gaussian, lo, t int) {
	n := k.n
	if db := at(d.B, t, n); db != nil {
		floats.Add(db, k.mean)
	}
	if dq := at(d.Q, t, k.g.sizeQ()); dq != nil {
		addCovGrad(dq, k.cov, n, k.g.FullQ)
	}
	if t == 0 {
		return
	}
	trans := at(k.g.A, t, n*n)
	a, p := k.before(lo, t)
	mul(k.tmp, k.cov, trans, n, n, n)
	if da := at(d.A, t, n*n); da != nil {
		addOuter(da, 1, k.mean, a)
		mul(k.other, k.tmp, p, n, n, n)
		floats.AddScaled(da, 2, k.other)
	}
	clear(k.cov)
	addMulT(k.cov, 1, trans, k.tmp, n, n, n)
	symmetrise(k.cov, n)
	copy(k.other, k.mean)
	clear(k.mean)
	addApplyT(k.mean, 1, trans, k.other[:n])
}
