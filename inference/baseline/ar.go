package baseline

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"ssmc/inference/data"
	"ssmc/inference/scoring"
	"ssmc/runtime/exact"
)

// mostLags is the largest order of an autoregression.
const mostLags = 10

// leastRows is how many equations there have to be for each coefficient.
const leastRows = 5

// An ar predicts x[t] by c + φ₁ x[t-1] + ... + φₚ x[t-p] and normal noise. Blanks, and
// what lies before the first step, are integrated out by the Kalman filter: before the
// first value is known there is climatology.
type ar struct {
	constant float64
	phi      []float64 // as many as its order
	variance float64
	climate  scoring.Normal
	ahead    int
}

// fitAR fits each component by conditional least squares on the sequences of train; the
// order, from 0 to 10, has the least BIC (Schwarz 1978) on the equations that all of
// them have.
func fitAR(_ data.Var, parts []component, ahead int) []Predictor {
	out := make([]*ar, len(parts))
	variances := make([]float64, len(parts))
	climate := normals(parts)
	for d, c := range parts {
		out[d] = leastBIC(c)
		out[d].climate, out[d].ahead = climate[d], ahead
		variances[d] = out[d].variance
	}
	raise(variances)
	var list []Predictor
	for d, a := range out {
		a.variance = variances[d]
		list = append(list, a)
	}
	return list
}

// Order is that of an autoregression, or false for another predictor.
func Order(p Predictor) (order int, ok bool) {
	a, ok := p.(*ar)
	if !ok {
		return 0, false
	}
	return len(a.phi), true
}

// leastBIC chooses an order, and fits it to all equations that it has.
func leastBIC(c component) *ar {
	most := mostLags
	for most > 0 && equations(c, most) < leastRows*(most+2) {
		most--
	}
	best, least := 0, math.Inf(1)
	for p := range most + 1 {
		if _, bic, ok := leastSquares(c, p, most); ok && bic < least {
			best, least = p, bic
		}
	}
	if a, _, ok := leastSquares(c, best, best); ok {
		return a
	}
	return &ar{} // of nothing; raised to a least variance
}

// equations is how many values have so many before them.
func equations(c component, lags int) (n int) {
	c.windows(lags, func([]float64) { n++ })
	return n
}

// windows calls f with each value and so many before it, the last first, where all are
// there.
func (c component) windows(lags int, f func(w []float64)) {
	w := make([]float64, lags+1)
	for _, s := range c {
		for t := lags; t < len(s); t++ {
			for i := range w {
				w[i] = s[t-i]
			}
			if !slices.ContainsFunc(w, math.IsNaN) {
				f(w)
			}
		}
	}
}

// leastSquares fits order p to the values with so many before them, by QR, and gives
// its BIC. What is fitted is taken from its mean, for the sake of rounding.
func leastSquares(c component, p, lags int) (a *ar, bic float64, ok bool) {
	var rows, y []float64
	var m mean
	c.values(m.add)
	c.windows(lags, func(w []float64) {
		y = append(y, w[0]-m.value())
		rows = append(rows, 1)
		for _, x := range w[1 : p+1] {
			rows = append(rows, x-m.value())
		}
	})
	n := len(y)
	if n < p+1 {
		return nil, 0, false
	}
	X, Y := mat.NewDense(n, p+1, rows), mat.NewVecDense(n, y)
	var beta, fitted mat.VecDense
	if err := beta.SolveVec(X, Y); err != nil {
		return nil, 0, false // singular: a lower order says the same
	}
	fitted.MulVec(X, &beta)
	fitted.SubVec(Y, &fitted)
	square := floats.Dot(fitted.RawVector().Data, fitted.RawVector().Data)
	a = &ar{variance: square / float64(n), phi: slices.Clone(beta.RawVector().Data[1:])}
	a.constant = beta.AtVec(0) + m.value()*(1-floats.Sum(a.phi))
	return a, float64(n)*math.Log(a.variance+math.SmallestNonzeroFloat64) + float64(p+2)*math.Log(float64(n)), true
}

// Predict filters the sequence and looks ahead of each of its steps.
func (a *ar) Predict(values []float64) []Prediction {
	g := a.gaussian(values)
	f := g.Filter()
	out := make([]Prediction, len(values))
	for t := range values {
		from := max(-1, t-a.ahead) // -1: none of the values is known
		o := g.Ahead(f, from, t-from)
		out[t].Number = scoring.Normal{Mu: o.ObsMean[0], SD: math.Sqrt(o.ObsCov[0])}
	}
	return out
}

// gaussian is the autoregression as a state-space model, whose state is the last
// values. At the first step they are independent, of the mean and variance of all.
func (a *ar) gaussian(values []float64) *exact.Gaussian {
	n, steps := max(1, len(a.phi)), len(values)
	g := &exact.Gaussian{State: n, Obs: 1, A: make([]float64, n*n), B: make([]float64, steps*n), Q: make([]float64, steps*n),
		C: make([]float64, n), D: []float64{0}, R: []float64{0}, Y: values, Present: make([]float64, steps)}
	copy(g.A, a.phi)
	for i := 1; i < n; i++ {
		g.A[i*n+i-1] = 1
	}
	g.C[0] = 1
	for t, x := range values {
		if !math.IsNaN(x) {
			g.Present[t] = 1
		}
		g.B[t*n], g.Q[t*n] = a.constant, a.variance
	}
	for i := range n {
		g.B[i], g.Q[i] = a.climate.Mu, a.climate.SD*a.climate.SD
	}
	return g
}
