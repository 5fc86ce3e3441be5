package exact

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distmv"
)

// Outlooks from every step, and from before the first, against the joint distribution
// of path and observations, conditioned; that of the next step's observations gives
// them the density that the filter does.
func TestGaussianAhead(t *testing.T) {
	for _, s := range shapes() {
		t.Run(fmt.Sprint(s), func(t *testing.T) {
			g := s.model(rand.New(rand.NewPCG(1, 2)))
			o, f := newJoint(g), g.Filter()
			for last := -1; last < s.steps-1; last++ {
				rows, y := o.seen(g, last+1)
				mean, cov := o.given(t, rows, y)
				for ahead := 1; last+ahead < s.steps; ahead++ {
					checkOutlook(t, g, g.Ahead(f, last, ahead), mean, cov, last+ahead)
				}
				if got, want := nextDensity(t, g, g.Ahead(f, last, 1), last+1), f.LogLik[last+1]; math.Abs(got-want) > 1e-9*(1+math.Abs(want)) {
					t.Errorf("step %d has log density %g, want %g", last+1, got, want)
				}
			}
		})
	}
}

// checkOutlook compares the state with its part of a path, and what is observed with
// a linear function of that. The tolerance is the rounding of a hundred sums.
func checkOutlook(t *testing.T, g *Gaussian, got *Outlook, mean *mat.VecDense, cov *mat.Dense, step int) {
	t.Helper()
	n, p := g.State, g.Obs
	m, v := mean.SliceVec(step*n, step*n+n), cov.Slice(step*n, step*n+n, step*n, step*n+n)
	var obs mat.VecDense
	var obsCov mat.Dense
	c := mat.NewDense(p, n, at(g.C, step, p*n))
	obs.MulVec(c, m)
	obs.AddVec(&obs, mat.NewVecDense(p, at(g.D, step, p)))
	obsCov.Product(c, v, c.T())
	r := mat.NewDense(p, p, nil)
	setCov(r, 0, at(g.R, step, g.sizeR()), p, g.FullR)
	obsCov.Add(&obsCov, r)
	for _, x := range []struct {
		name      string
		got, want mat.Matrix
	}{
		{"mean", mat.NewVecDense(n, got.Mean), m}, {"covariance", mat.NewDense(n, n, got.Cov), v},
		{"mean of what is observed", mat.NewVecDense(p, got.ObsMean), &obs}, {"its covariance", mat.NewDense(p, p, got.ObsCov), &obsCov},
	} {
		if !mat.EqualApprox(x.got, x.want, 1e-8) {
			t.Errorf("step %d: %s is\n%v, want\n%v", step, x.name, mat.Formatted(x.got), mat.Formatted(x.want))
		}
	}
}

// nextDensity is the log density of what was observed at a step.
func nextDensity(t *testing.T, g *Gaussian, o *Outlook, step int) float64 {
	seen := g.observed(nil, step)
	if len(seen) == 0 {
		return 0
	}
	mean, y, cov := make([]float64, len(seen)), make([]float64, len(seen)), mat.NewSymDense(len(seen), nil)
	for i, a := range seen {
		mean[i], y[i] = o.ObsMean[a], g.Y[step*g.Obs+a]
		for j, b := range seen {
			cov.SetSym(i, j, o.ObsCov[a*g.Obs+b])
		}
	}
	d, ok := distmv.NewNormal(mean, cov, nil)
	if !ok {
		t.Fatal("the covariance is singular")
	}
	return d.LogProb(y)
}

// States ahead against sums over all paths.
func TestChainAhead(t *testing.T) {
	for _, moving := range []bool{false, true} {
		const k, steps = 3, 5
		c := chainOf(k, steps, moving, false)
		floats.AddConst(-logSumExp(c.Start), c.Start)
		filtered := c.Filter()
		for last := -1; last < steps-1; last++ {
			for ahead := 1; last+ahead < steps; ahead++ {
				blind := &Chain{States: k, LogP: make([]float64, steps*k), Trans: c.Trans, Start: c.Start}
				copy(blind.LogP, c.LogP[:(last+1)*k])
				want, total := make([]float64, k), 0.0
				blind.paths(last+ahead+1, func(path []int, logp float64) {
					want[path[last+ahead]] += math.Exp(logp)
					total += math.Exp(logp)
				})
				for j, got := range c.Ahead(filtered, last, ahead) {
					if math.Abs(got-want[j]/total) > 1e-12 {
						t.Errorf("from %d, %d ahead: state %d has probability %g, want %g", last, ahead, j, got, want[j]/total)
					}
				}
			}
		}
	}
}
