package exact

import "gonum.org/v1/gonum/floats"

// Filtered is what a filter knows at each step.
type Filtered struct {
	LogLik            []float64 // [T], as Gaussian.LogLik
	PredMean, PredCov []float64 // [T,n], [T,n,n]: x[t] given y[0] to y[t-1]
	Mean, Cov         []float64 // [T,n], [T,n,n]: x[t] given y[0] to y[t]
}

// Filter is the Kalman filter of the sequence. Steps of which nothing is
// present are forecasts.
func (g *Gaussian) Filter() *Filtered {
	n, steps := g.State, g.Steps()
	f := &Filtered{make([]float64, steps), make([]float64, steps*n), make([]float64, steps*n*n),
		make([]float64, steps*n), make([]float64, steps*n*n)}
	var k Kalman
	k.fit(g, 1)
	s := k.steps[0]
	for t := range steps {
		f.LogLik[t] = k.forward(s, s.a, s.p, t)
		copy(f.PredMean[t*n:], s.a0)
		copy(f.PredCov[t*n*n:], s.p0)
		copy(f.Mean[t*n:], s.a)
		copy(f.Cov[t*n*n:], s.p)
	}
	return f
}

// Smoothed is the posterior of the path given all observations.
type Smoothed struct {
	Mean  []float64 // [T,n]
	Cov   []float64 // [T,n,n]
	Cross []float64 // [T,n,n]: covariance of x[t] (rows) and x[t-1]; zero at the first step
}

// Smooth is the fixed-interval smoother. Its moments are those of Rauch, Tung
// and Striebel (Särkkä 2013, theorem 8.2), found by the recursions of the score
// and the information of later observations, which invert no covariance of the
// state: parts of it may be known exactly (Durbin and Koopman 2012, sections
// 4.4 and 4.7).
func (g *Gaussian) Smooth() *Smoothed {
	n, steps := g.State, g.Steps()
	out := &Smoothed{make([]float64, steps*n), make([]float64, steps*n*n), make([]float64, steps*n*n)}
	var k Kalman
	k.fit(g, max(1, steps))
	k.replay(0, steps)
	score, info := make([]float64, n), make([]float64, n*n)
	for t := steps - 1; t >= 0; t-- {
		s := k.steps[t]
		k.smoothMean(out.Mean[t*n:][:n], s, score)
		k.smoothCov(out.Cov[t*n*n:][:n*n], s, info)
		k.update.information(s, g, t, info)
		k.update.score(s, g, t, score)
		if t > 0 {
			k.cross(out.Cross[t*n*n:][:n*n], s, k.steps[t-1], t, info)
			k.earlierInfo(info, t)
			k.earlierScore(score, t)
		}
	}
	return out
}

// smoothMean is a + P r, where r is the score of the later observations.
func (k *Kalman) smoothMean(dst []float64, s *step, score []float64) {
	apply(dst, s.p, score)
	floats.Add(dst, s.a)
}

// smoothCov is P - P N P, where N is the information of the later observations.
func (k *Kalman) smoothCov(dst []float64, s *step, info []float64) {
	mul(k.tmp, s.p, info, k.n, k.n, k.n)
	mulSym(dst, k.tmp, s.p, k.n, k.n)
	floats.SubTo(dst, s.p, dst)
}

// cross is (I - P0 N) A P with P0 predicted for time t and P filtered before it.
func (k *Kalman) cross(dst []float64, s, before *step, t int, info []float64) {
	n := k.n
	mul(k.tmp, at(k.g.A, t, n*n), before.p, n, n, n)
	mul(k.other, info, k.tmp, n, n, n)
	mul(dst, s.p0, k.other, n, n, n)
	floats.SubTo(dst, k.tmp, dst)
}

// earlierScore is A' r.
func (k *Kalman) earlierScore(score []float64, t int) {
	copy(k.mean, score)
	clear(score)
	addApplyT(score, 1, at(k.g.A, t, k.n*k.n), k.mean)
}

// earlierInfo is A' N A.
func (k *Kalman) earlierInfo(info []float64, t int) {
	n := k.n
	a := at(k.g.A, t, n*n)
	mul(k.tmp, info, a, n, n, n)
	clear(info)
	addMulT(info, 1, a, k.tmp, n, n, n)
	symmetrise(info, n)
}
