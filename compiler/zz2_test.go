package compiler

import (
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"ssmc/runtime"
	"ssmc/runtime/cpu"
	"ssmc/runtime/kernel"
)

func BenchmarkSyn(b *testing.B) {
	for _, threads := range []int{1, 2} {
		b.Run([]string{"", "1thread", "2threads"}[threads], func(b *testing.B) {
			text, err := os.ReadFile("/work/.tmp_me/syn/linear.ssm")
			if err != nil {
				b.Fatal(err)
			}
			m := load(b, string(text), "").Model
			pool := kernel.NewPool(threads)
			defer pool.Close()
			x, err := cpu.New(m, runtime.Spec{Train: true}, runtime.NewParams[float32](m.Params, 1), pool, true)
			if err != nil {
				b.Fatal(err)
			}
			lens := make([]int, 200)
			for i := range lens {
				lens[i] = 25
			}
			batch := invent(m, lens, rand.New(rand.NewPCG(1, 2)))
			run := runtime.Run{K: 1, Coef: coefficients(x.Terms(), 1), Grad: true}
			for range 100 {
				x.Run(batch, run)
			}
			prof := os.Getenv("SSMC_PROFILE") != ""
			x.SetProfile(prof)
			best := time.Hour
			for b.Loop() {
				run.Step++
				s := time.Now()
				if err := x.Run(batch, run); err != nil {
					b.Fatal(err)
				}
				best = min(best, time.Since(s))
			}
			b.ReportMetric(float64(best.Microseconds())/1e3, "best-ms")
			if prof {
				times := x.Profile()
				for _, t := range times {
					b.Logf("%8.3f ms %s back=%v %s", t.Time.Seconds()*1e3/float64(max(1, t.Calls)), t.Op, t.Backward, t.Pos)
				}
			}
		})
	}
}
