package exact

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// A Chain is a finite-state Markov chain of one sequence, with the log density
// that each state gives what was observed at each step. It has K = States
// states; row i of a transition matrix leads from state i. Rabiner 1989.
type Chain struct {
	States int
	LogP   []float64 // [T,K]: log densities of the observations, in nats
	Trans  []float64 // [K,K] or [T,K,K]: log probabilities; those of the first step are not read
	Start  []float64 // [K]: log probabilities of the first state
}

// Steps is the number of steps T.
func (c *Chain) Steps() int { return len(c.LogP) / c.States }

// trans is the log transition matrix that leads to time t.
func (c *Chain) trans(t int) []float64 { return at(c.Trans, t, c.States*c.States) }

// check panics where an array has no possible length.
func (c *Chain) check() {
	k, steps := c.States, c.Steps()
	if n := len(c.Trans); n != k*k && n != steps*k*k || len(c.Start) != k {
		panic(fmt.Sprintf("exact: %d transitions and %d starts do not fit %d states and %d steps", n, len(c.Start), k, steps))
	}
}

// LogLik is the log density of each step's observations given those before, in
// nats, [T].
func (c *Chain) LogLik() []float64 {
	ll := make([]float64, c.Steps())
	new(Forward).LogLik(ll, c)
	return ll
}

// Marginals is the posterior of the states given all observations, by the
// forward-backward algorithm: the probability of each state at each step,
// single [T,K], and of each pair of states at steps t-1 and t, pair [T,K,K],
// whose first block is zero.
func (c *Chain) Marginals() (single, pair []float64) {
	k, steps := c.States, c.Steps()
	single, pair = make([]float64, steps*k), make([]float64, steps*k*k)
	w := make([]float64, steps)
	fill(w, 1)
	// They are the derivatives of the log likelihood by the log densities and
	// the log transitions.
	new(Forward).Gradient(&Chain{LogP: single, Trans: pair}, c, w)
	return single, pair
}

// Viterbi is the most probable path [T] given all observations, and the log
// density of path and observations together. Of equals it takes the least.
func (c *Chain) Viterbi() (path []int, logp float64) {
	c.check()
	k, steps := c.States, c.Steps()
	if steps == 0 {
		return nil, 0
	}
	best, next, from := make([]float64, k), make([]float64, k), make([]int, steps*k)
	for j := range k {
		best[j] = c.Start[j] + c.LogP[j]
	}
	for t := 1; t < steps; t++ {
		for j := range k {
			next[j] = c.reach(best, from[t*k:][:k], t, j) + c.LogP[t*k+j]
		}
		best, next = next, best
	}
	path = make([]int, steps)
	last := maxIndex(best)
	logp = best[last]
	for t := steps - 1; t >= 0; t-- {
		path[t] = last
		last = from[t*k+last]
	}
	return path, logp
}

// reach is the best log density of a path to state j at time t, without its
// observation, and notes where that comes from.
func (c *Chain) reach(best []float64, from []int, t, j int) float64 {
	k, trans, most := c.States, c.trans(t), math.Inf(-1)
	for i, v := range best {
		if v += trans[i*k+j]; v > most || math.IsNaN(v) {
			most, from[j] = v, i
		}
	}
	return most
}

func maxIndex(x []float64) int {
	best := 0
	for i, v := range x {
		if v > x[best] {
			best = i
		}
	}
	return best
}

// Sample draws n paths [n,T] from the posterior given all observations, by
// filtering forwards and sampling backwards (Scott 2002, "Bayesian methods for
// hidden Markov models").
func (c *Chain) Sample(rng *rand.Rand, n int) []int {
	var f Forward
	k, steps := c.States, c.Steps()
	f.LogLik(make([]float64, steps), c)
	paths, logp := make([]int, n*steps), make([]float64, k)
	for i := range n {
		path := paths[i*steps:][:steps]
		for t := steps - 1; t >= 0; t-- {
			copy(logp, f.alpha[t*k:][:k])
			if t+1 < steps {
				for j := range logp {
					logp[j] += c.trans(t + 1)[j*k+path[t+1]]
				}
			}
			path[t] = category(rng, logp)
		}
	}
	return paths
}

// category draws from the log probabilities logp, which need not be normalised.
func category(rng *rand.Rand, logp []float64) int {
	norm, u := logSumExp(logp), rng.Float64()
	last := 0
	for i, v := range logp {
		p := math.Exp(v - norm)
		if p > 0 {
			last = i
		}
		if u -= p; u < 0 {
			return i
		}
	}
	return last
}
