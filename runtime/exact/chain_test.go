package exact

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// chainOf draws a chain. A sharp one has log probabilities in the thousands,
// which no float64 holds as probabilities, and transitions that cannot be.
func chainOf(k, steps int, moving, sharp bool) *Chain {
	r := rand.New(rand.NewPCG(3, 4))
	scale, blocks := 1.0, 1
	if moving {
		blocks = steps
	}
	if sharp {
		scale = 1500
	}
	c := &Chain{States: k, LogP: make([]float64, steps*k), Trans: make([]float64, blocks*k*k), Start: make([]float64, k)}
	for _, x := range [][]float64{c.LogP, c.Trans, c.Start} {
		for i := range x {
			x[i] = scale * r.NormFloat64()
		}
	}
	for i := 0; i < len(c.Trans); i += k {
		if sharp && i%(2*k) == 0 {
			c.Trans[i] = math.Inf(-1)
		}
		norm := logSumExp(c.Trans[i:][:k])
		for j := range k {
			c.Trans[i+j] -= norm
		}
	}
	return c
}

// paths calls f with every path of n steps and its log density with the
// observations.
func (c *Chain) paths(n int, f func(path []int, logp float64)) {
	path := make([]int, n)
	var walk func(t int, logp float64)
	walk = func(t int, logp float64) {
		if t == n {
			f(path, logp)
			return
		}
		for j := range c.States {
			step := c.Start[j]
			if t > 0 {
				step = c.trans(t)[path[t-1]*c.States+j]
			}
			path[t] = j
			walk(t+1, logp+step+c.LogP[t*c.States+j])
		}
	}
	walk(0, 0)
}

func eachChain(t *testing.T, f func(t *testing.T, c *Chain)) {
	for bits := range 4 {
		moving, sharp := bits&1 > 0, bits&2 > 0
		t.Run(fmt.Sprintf("moving=%v,sharp=%v", moving, sharp), func(t *testing.T) {
			f(t, chainOf(3, 6, moving, sharp))
		})
	}
}

// TestChain compares with the sum over all paths: some thousand roundings, of
// numbers up to 10^4 in logs.
func TestChain(t *testing.T) {
	eachChain(t, func(t *testing.T, c *Chain) {
		k, steps := c.States, c.Steps()
		ll, before, total := c.LogLik(), 0.0, 0.0
		for n := 1; n <= steps; n++ {
			var all []float64
			c.paths(n, func(_ []int, logp float64) { all = append(all, logp) })
			total = logSumExp(all)
			near(t, "log likelihood", ll[n-1:n], []float64{total - before}, 1e-11)
			before = total
		}
		single, pair := make([]float64, steps*k), make([]float64, steps*k*k)
		best, most := []int{}, math.Inf(-1)
		c.paths(steps, func(path []int, logp float64) {
			p := math.Exp(logp - total)
			for s, j := range path {
				single[s*k+j] += p
				if s > 0 {
					pair[(s*k+path[s-1])*k+j] += p
				}
			}
			if logp > most {
				best, most = slices.Clone(path), logp
			}
		})
		gotSingle, gotPair := c.Marginals()
		near(t, "marginals", gotSingle, single, 1e-9)
		near(t, "pairs", gotPair, pair, 1e-9)
		path, logp := c.Viterbi()
		if !slices.Equal(path, best) || math.Abs(logp-most) > 1e-9 {
			t.Errorf("path %v of %v, want %v of %v", path, logp, best, most)
		}
	})
}

// TestChainGradient compares a weighted sum with central differences: errors of
// h² = 1e-8 of third derivatives below one.
func TestChainGradient(t *testing.T) {
	const h = 1e-4
	for _, moving := range []bool{false, true} {
		c := chainOf(3, 6, moving, false)
		w := []float64{0.5, -1, 2, 0, 1.5, 1}
		d := &Chain{LogP: make([]float64, len(c.LogP)), Trans: make([]float64, len(c.Trans)), Start: make([]float64, len(c.Start))}
		new(Forward).Gradient(d, c, w)
		cost := func() (sum float64) {
			for i, v := range c.LogLik() {
				sum += w[i] * v
			}
			return sum
		}
		for i, x := range [][]float64{c.LogP, c.Trans, c.Start} {
			got := [][]float64{d.LogP, d.Trans, d.Start}[i]
			near(t, fmt.Sprint("gradient ", i), got, differences(x, h, cost), 1e-7)
		}
	}
}

// differences is the derivatives of f by x.
func differences(x []float64, h float64, f func() float64) []float64 {
	d := make([]float64, len(x))
	for i, v := range x {
		x[i] = v + h
		d[i] = f()
		x[i] = v - h
		d[i] = (d[i] - f()) / (2 * h)
		x[i] = v
	}
	return d
}

// TestChainSample compares frequencies with marginals: of 20000 paths, a
// standard deviation is at most 0.0036.
func TestChainSample(t *testing.T) {
	const n = 20000
	c := chainOf(3, 6, true, false)
	steps := c.Steps()
	freq := make([]float64, steps*c.States*c.States)
	paths := c.Sample(rand.New(rand.NewPCG(5, 6)), n)
	for i := range n {
		for s := 1; s < steps; s++ {
			p := paths[i*steps:][:steps]
			freq[(s*c.States+p[s-1])*c.States+p[s]] += 1.0 / n
		}
	}
	_, pair := c.Marginals()
	for i, p := range pair {
		if math.Abs(freq[i]-p) > 0.018 {
			t.Errorf("pair %d has frequency %v, probability %v", i, freq[i], p)
		}
	}
}

// TestImpossible shows that what cannot be has a density of zero, and what is
// not a number shows.
func TestImpossible(t *testing.T) {
	c := chainOf(3, 6, false, false)
	for i := range c.States {
		c.LogP[2*c.States+i] = math.Inf(-1)
	}
	if ll := c.LogLik(); !math.IsInf(ll[2], -1) {
		t.Errorf("log likelihood %v of an impossible observation", ll)
	}
	c = chainOf(3, 6, false, false)
	c.Trans[1] = math.NaN()
	if ll := c.LogLik(); math.IsNaN(ll[0]) || !math.IsNaN(ll[1]) {
		t.Errorf("log likelihood %v with a transition that is not a number", ll)
	}
}
