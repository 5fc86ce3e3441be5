package exact

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkKalman times the filter and its gradient for 100 steps, with the
// variances by step as the compiler gives them.
func BenchmarkKalman(b *testing.B) {
	for _, s := range []shape{{n: 1, p: 1}, {n: 2, p: 1}, {n: 4, p: 4}, {n: 4, p: 4, fullR: true}, {n: 10, p: 88}, {n: 100, p: 100}, {n: 100, p: 100, fullR: true}} {
		s.steps = 100
		g := s.model(rand.New(rand.NewPCG(1, 2)))
		for i := range g.A {
			g.A[i] /= float64(s.n)
		}
		name := fmt.Sprintf("n=%d,p=%d,full=%v", s.n, s.p, s.fullR)
		w, d := weights(s.steps), gradientOf(g)
		var k Kalman
		b.Run(name+"/filter", func(b *testing.B) {
			for b.Loop() {
				k.LogLik(w, g)
			}
		})
		b.Run(name+"/gradient", func(b *testing.B) {
			for b.Loop() {
				k.Gradient(d, g, weights(s.steps))
			}
		})
	}
}
