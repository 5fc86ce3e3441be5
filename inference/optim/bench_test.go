package optim

import (
	"fmt"
	"testing"

	"ssmc/runtime"
	"ssmc/runtime/kernel"
)

// BenchmarkUpdate is of as many parameters as the paper's model has.
func BenchmarkUpdate(b *testing.B) {
	list := []runtime.Param{{Name: "W", Dims: []int{1200, 2500}, Init: runtime.Init{Kind: "uniform", A: -0.1, B: 0.1}}}
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			pool := kernel.NewPool(threads)
			defer pool.Close()
			p := runtime.NewParams[float32](list, 1)
			u, err := NewUpdater(p, NewAdam(len(p.Values), 0.9, 0.999, 1e-8), 1, []Penalty{{"l2", 0.05, "*"}}, pool)
			if err != nil {
				b.Fatal(err)
			}
			g := make([]float32, len(p.Values))
			for b.Loop() {
				if _, err := u.Update(g, 0.05, 1e-3); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
