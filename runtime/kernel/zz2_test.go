package kernel

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

func TestZ2(t *testing.T) {
	for _, m := range []int{10, 6, 4, 2, 1} {
		b := random[float32](newRand(), 600*2400, 1)
		w := NewMatrix[float32](600, 2400)
		w.Set(b, 2400)
		w.plain.pack(nil, 600, 2400, source[float32]{b, 2400, false})
		for _, n := range []int{1, 2} {
			best := time.Hour
			for rep := 0; rep < 5; rep++ {
				var wg sync.WaitGroup
				s := time.Now()
				for range n {
					wg.Go(func() {
						a, c := random[float32](newRand(), m*600, 1), make([]float32, m*2400)
						var g product[float32]
						g.m, g.a, g.rs, g.cs, g.b, g.c, g.ldc = m, a, 600, 1, &w.plain, c, 2400
						for range 500 {
							g.multiply(nil)
						}
					})
				}
				wg.Wait()
				best = min(best, time.Since(s))
			}
			fmt.Printf("M=%d x %d: %.0f GF\n", m, n, float64(n*m)*500*600*2400*2/best.Seconds()/1e9)
		}
	}
}
