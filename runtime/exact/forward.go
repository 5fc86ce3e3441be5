package exact

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// A Forward is the working memory of the forward algorithm and its reverse. The
// zero value is ready; it serves chains of any size, one at a time.
//
// All numbers are logs. Sums of probabilities are taken as such where that is
// safe, and through logs where a sum comes near what float64 can't hold.
type Forward struct {
	alpha []float64 // [T,K]: log p(state at t | observations to t)
	pred  []float64 // [T,K]: log p(state at t | observations to t-1)
	from  []float64 // [K]: exp of alpha of the time before
	odds  []float64 // [K,K]: exp of the transitions
	d     []float64 // [K]: gradient by pred, or by alpha
	share []float64 // [K]: d over the probability pred
	tmp   []float64 // [K]
	ll    []float64 // [T]
}

// Sums between these are safe: what they lack is of no account.
const (
	least = 1e-250
	most  = 1e+250
)

func (f *Forward) fit(c *Chain, steps int) {
	c.check()
	k := c.States
	f.alpha, f.pred = grow(f.alpha, steps*k), grow(f.pred, steps*k)
	f.from, f.odds = grow(f.from, k), grow(f.odds, k*k)
	f.d, f.share, f.tmp = grow(f.d, k), grow(f.share, k), grow(f.tmp, k)
}

// LogLik sets ll [T] to the log density of each step's observations given those
// before, in nats: the forward algorithm, scaled at each step (Rabiner 1989,
// section V.A).
func (f *Forward) LogLik(ll []float64, c *Chain) {
	f.fit(c, len(ll))
	k := c.States
	for t := range ll {
		pred, alpha := f.pred[t*k:][:k], f.alpha[t*k:][:k]
		if t == 0 {
			copy(pred, c.Start)
		} else {
			f.predict(pred, c, t)
		}
		floats.AddTo(alpha, pred, c.LogP[t*k:][:k])
		ll[t] = logSumExp(alpha)
		floats.AddConst(-ll[t], alpha)
	}
}

// leave finds from and odds for the step to time t.
func (f *Forward) leave(c *Chain, t int) {
	k := c.States
	for i, v := range f.alpha[(t-1)*k:][:k] {
		f.from[i] = math.Exp(v)
	}
	if t == 1 || len(c.Trans) > k*k {
		for i, v := range c.trans(t) {
			f.odds[i] = math.Exp(v)
		}
	}
}

// predict finds pred for time t.
func (f *Forward) predict(pred []float64, c *Chain, t int) {
	k := c.States
	f.leave(c, t)
	clear(pred)
	addApplyT(pred, 1, f.odds, f.from)
	for j, v := range pred {
		if v > least && v < most {
			pred[j] = math.Log(v)
			continue
		}
		for i := range k {
			f.tmp[i] = f.alpha[(t-1)*k+i] + c.trans(t)[i*k+j]
		}
		pred[j] = logSumExp(f.tmp)
	}
}

// Gradient sets the arrays of d that are not nil to the gradient, by those of
// c, of the sum of w[t] times the log density of step t; w is [T]. With w one
// throughout these are posterior probabilities. d.Trans may be [K,K], for the
// sum over steps, or [T,K,K].
func (f *Forward) Gradient(d, c *Chain, w []float64) {
	clear(d.LogP)
	clear(d.Trans)
	clear(d.Start)
	k := c.States
	f.ll = grow(f.ll, len(w))
	f.LogLik(f.ll, c)
	clear(f.d)
	for t := len(w) - 1; t >= 0; t-- {
		f.pullNorm(t, k, w[t])
		if d.LogP != nil {
			copy(d.LogP[t*k:], f.d)
		}
		if t > 0 {
			f.pullPredict(c, t, at(d.Trans, t, k*k))
		}
	}
	if d.Start != nil && len(w) > 0 {
		copy(d.Start, f.d)
	}
}

// pullNorm takes the gradient by alpha of time t to that by pred, and by the
// log densities, of that time: alpha is pred + logp - ll.
func (f *Forward) pullNorm(t, k int, w float64) {
	rest := w - floats.Sum(f.d)
	for j, v := range f.alpha[t*k:][:k] {
		f.d[j] += rest * math.Exp(v)
	}
}

// pullPredict takes the gradient by pred of time t to that by alpha of the time
// before, and adds that by the transitions to dtrans, if there is one.
func (f *Forward) pullPredict(c *Chain, t int, dtrans []float64) {
	k := c.States
	f.leave(c, t)
	pred := f.pred[t*k:][:k]
	for j, v := range pred {
		f.share[j] = 0
		if safe(v) {
			f.share[j] = f.d[j] * math.Exp(-v)
		}
	}
	copy(f.tmp, f.d)
	for i, p := range f.from {
		row := f.odds[i*k:][:k]
		f.d[i] = p * floats.Dot(row, f.share)
		if dtrans != nil {
			for j, o := range row {
				dtrans[i*k+j] += p * o * f.share[j]
			}
		}
	}
	for j, v := range pred {
		if !safe(v) && f.tmp[j] != 0 {
			f.pullState(c, t, j, v, dtrans)
		}
	}
}

// safe reports whether the exp of v, a log of a sum, is between least and most.
func safe(v float64) bool { return v > -575 && v < 575 }

// pullState does for state j what pullPredict does for those that are safe.
func (f *Forward) pullState(c *Chain, t, j int, pred float64, dtrans []float64) {
	k := c.States
	for i, a := range f.alpha[(t-1)*k:][:k] {
		v := math.Exp(a+c.trans(t)[i*k+j]-pred) * f.tmp[j]
		f.d[i] += v
		if dtrans != nil {
			dtrans[i*k+j] += v
		}
	}
}

// logSumExp is the log of the sum of the exps of x.
func logSumExp(x []float64) float64 {
	top := math.Inf(-1)
	for _, v := range x {
		top = max(top, v) // NaN, if there is one
	}
	if math.IsInf(top, 0) {
		return top
	}
	sum := 0.0
	for _, v := range x {
		sum += math.Exp(v - top)
	}
	return top + math.Log(sum)
}
