package exact

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// A shape is a way in which a Gaussian may be given.
type shape struct {
	n, p, steps  int
	fullQ, fullR bool
	moving       bool // a block a step
	missing      bool
}

// shapes covers the paths of the code.
func shapes() []shape {
	var all []shape
	for _, size := range [][2]int{{1, 1}, {3, 2}, {2, 4}, {2, 1}} {
		for bits := range 16 {
			all = append(all, shape{size[0], size[1], 6, bits&1 > 0, bits&2 > 0, bits&4 > 0, bits&8 > 0})
		}
	}
	return all
}

// model draws a Gaussian.
func (s shape) model(r *rand.Rand) *Gaussian {
	blocks := 1
	if s.moving {
		blocks = s.steps
	}
	normal := func(n int, sd float64) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = sd * r.NormFloat64()
		}
		return x
	}
	g := &Gaussian{State: s.n, Obs: s.p, FullQ: s.fullQ, FullR: s.fullR, Y: normal(s.steps*s.p, 1),
		A: normal(blocks*s.n*s.n, 0.6), B: normal(blocks*s.n, 0.5), Q: covs(r, blocks, s.n, s.fullQ),
		C: normal(blocks*s.p*s.n, 0.8), D: normal(blocks*s.p, 0.5), R: covs(r, blocks, s.p, s.fullR)}
	if s.missing {
		g.Present = make([]float64, len(g.Y))
		for i := range g.Present {
			if g.Present[i] = float64(r.IntN(2)); g.Present[i] == 0 {
				g.Y[i] = math.NaN()
			}
		}
	}
	return g
}

// covs draws blocks of covariances, or of variances.
func covs(r *rand.Rand, blocks, n int, full bool) []float64 {
	if !full {
		q := make([]float64, blocks*n)
		for i := range q {
			q[i] = 0.3 + r.Float64()
		}
		return q
	}
	q := make([]float64, blocks*n*n)
	for b := range blocks {
		mix := make([]float64, n*n)
		for i := range mix {
			mix[i] = 0.5 * r.NormFloat64()
		}
		cov := q[b*n*n:][:n*n]
		mulSym(cov, mix, mix, n, n)
		for i := range n {
			cov[i*n+i] += 0.3
		}
	}
	return q
}

func near(t *testing.T, what string, got, want []float64, tol float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i, w := range want {
		if !(math.Abs(got[i]-w) <= tol*(1+math.Abs(w))) {
			t.Fatalf("%s: number %d is %v, want %v", what, i, got[i], w)
		}
	}
}

// TestJoint compares filter and smoother with the joint distribution of path
// and observations. Both are exact; the joint is of 30 dimensions and well
// conditioned, which leaves 1e-9 far off.
func TestJoint(t *testing.T) {
	const tol = 1e-9
	for _, s := range shapes() {
		t.Run(fmt.Sprintf("%+v", s), func(t *testing.T) {
			g := s.model(rand.New(rand.NewPCG(1, 2)))
			o, f, n := newJoint(g), g.Filter(), s.n
			before := 0.0
			for step := range s.steps {
				rows, y := o.seen(g, step)
				mean, cov := o.given(t, rows, y)
				near(t, "predicted mean", f.PredMean[step*n:][:n], mean.RawVector().Data[step*n:][:n], tol)
				near(t, "predicted covariance", f.PredCov[step*n*n:][:n*n], block(cov, step*n, step*n, n), tol)
				rows, y = o.seen(g, step+1)
				mean, cov = o.given(t, rows, y)
				near(t, "filtered mean", f.Mean[step*n:][:n], mean.RawVector().Data[step*n:][:n], tol)
				near(t, "filtered covariance", f.Cov[step*n*n:][:n*n], block(cov, step*n, step*n, n), tol)
				all := o.logDensity(t, rows, y)
				near(t, "log density", f.LogLik[step:][:1], []float64{all - before}, tol)
				before = all
			}
			near(t, "LogLik", g.LogLik(), f.LogLik, 1e-13)
			rows, y := o.seen(g, s.steps)
			mean, cov := o.given(t, rows, y)
			checkSmooth(t, g.Smooth(), mean, cov, n, tol)
		})
	}
}

func checkSmooth(t *testing.T, s *Smoothed, mean *mat.VecDense, cov *mat.Dense, n int, tol float64) {
	t.Helper()
	near(t, "smoothed mean", s.Mean, mean.RawVector().Data, tol)
	for step := range len(s.Mean) / n {
		near(t, "smoothed covariance", s.Cov[step*n*n:][:n*n], block(cov, step*n, step*n, n), tol)
		want := make([]float64, n*n)
		if step > 0 {
			want = block(cov, step*n, (step-1)*n, n)
		}
		near(t, "lag-one covariance", s.Cross[step*n*n:][:n*n], want, tol)
	}
}
