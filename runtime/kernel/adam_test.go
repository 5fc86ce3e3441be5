package kernel

import (
	"math"
	"testing"
)

// TestAdam compares three steps with Kingma & Ba's algorithm 1 in float64, with the
// gradient scaled by half. Float32 keeps six digits of a step of at most 0.03.
func TestAdam(t *testing.T) {
	eachTable(t, func(t *testing.T) {
		for _, n := range lengths() {
			checkAdam[float32](t, n, 1e-6)
		}
	})
	t.Run("float64", func(t *testing.T) { checkAdam[float64](t, 70, 1e-14) })
}

func checkAdam[F Float](t *testing.T, n int, tol float64) {
	const rate, beta1, beta2, eps = 0.01, 0.9, 0.99, 1e-3
	r := newRand()
	w, m, v := random[F](r, n, 1), make([]F, n), make([]F, n)
	want, mean, square := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range w {
		want[i] = float64(w[i])
	}
	for step := 1; step <= 3; step++ {
		g := random[F](r, n, 1)
		c := AdamStep(rate, beta1, beta2, eps, step)
		c.Scale = 0.5
		Adam(w, m, v, g, c)
		for i := range want {
			d := float64(g[i]) / 2
			mean[i] = beta1*mean[i] + (1-beta1)*d
			square[i] = beta2*square[i] + (1-beta2)*d*d
			unbiased := mean[i] / (1 - math.Pow(beta1, float64(step)))
			root := math.Sqrt(square[i] / (1 - math.Pow(beta2, float64(step))))
			want[i] -= rate * unbiased / (root + eps)
		}
	}
	requireNear(t, w, want, tol)
	requireNear(t, m, mean, tol)
	requireNear(t, v, square, tol)
}

func TestAdamScaleZeroIsOne(t *testing.T) {
	one, zero := []float64{1, 0, 0}, []float64{1, 0, 0}
	c := AdamStep(0.1, 0.9, 0.99, 1e-8, 1)
	Adam(zero[:1], zero[1:2], zero[2:], []float64{3}, c)
	c.Scale = 1
	Adam(one[:1], one[1:2], one[2:], []float64{3}, c)
	requireSame(t, zero, one)
}
