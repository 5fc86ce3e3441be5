package exact

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// TestSample compares moments of 4000 paths with the smoother. Posterior
// variances are below two: four standard deviations of a mean are 0.09, and of
// a covariance 0.18.
func TestSample(t *testing.T) {
	const k = 4000
	for _, s := range []shape{{3, 2, 4, false, false, true, true}, {2, 3, 4, true, true, false, true}, {1, 1, 4, false, false, false, false}} {
		t.Run(fmt.Sprintf("%+v", s), func(t *testing.T) {
			g := s.model(rand.New(rand.NewPCG(1, 2)))
			paths, post := g.Sample(rand.New(rand.NewPCG(3, 4)), k), g.Smooth()
			n, size := s.n, s.n*s.steps
			mean := make([]float64, size)
			for i, v := range paths {
				mean[i%size] += v / k
			}
			cov := func(a, b int) (sum float64) {
				for i := 0; i < len(paths); i += size {
					sum += (paths[i+a] - post.Mean[a]) * (paths[i+b] - post.Mean[b]) / k
				}
				return sum
			}
			for a, v := range post.Mean {
				if math.Abs(mean[a]-v) > 0.09 {
					t.Errorf("mean %d is %v, want %v", a, mean[a], v)
				}
				step, i := a/n, a%n
				for j := range n {
					closeTo(t, "covariance", cov(a, step*n+j), post.Cov[a*n+j])
					if step > 0 {
						closeTo(t, "lag-one covariance", cov(step*n+i, (step-1)*n+j), post.Cross[a*n+j])
					}
				}
			}
		})
	}
}

func closeTo(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 0.18 {
		t.Errorf("%s %v, want %v", what, got, want)
	}
}

// TestKnown has parts without noise: an integrated random walk from a known
// start, whose drift is seen exactly at the end.
func TestKnown(t *testing.T) {
	g := &Gaussian{State: 2, Obs: 1, FullQ: true, Y: []float64{0, 0, 0, 1}, Present: []float64{0, 0, 0, 1},
		A: []float64{1, 1, 0, 1}, B: []float64{0, 0}, C: []float64{0, 1}, D: []float64{0}, R: []float64{0},
		Q: make([]float64, 16)}
	for step := 1; step < 4; step++ {
		g.Q[4*step+3] = 1
	}
	for _, path := range [][]float64{g.Sample(rand.New(rand.NewPCG(1, 1)), 1), g.Smooth().Mean} {
		near(t, "start", path[:2], []float64{0, 0}, 1e-12)
		near(t, "drift at the end", path[7:], []float64{1}, 1e-12)
		for step := 1; step < 4; step++ {
			near(t, "level", path[2*step:][:1], []float64{path[2*step-2] + path[2*step-1]}, 1e-12)
		}
		if path[3] == 0 || path[5] == 0 {
			t.Errorf("path %v does not move", path)
		}
	}
}
