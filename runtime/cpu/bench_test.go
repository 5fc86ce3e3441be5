package cpu

import (
	"fmt"
	"os"
	"sort"
	"testing"

	"ssmc/runtime/kernel"
)

// BenchmarkDMM is an update's evaluation of a deep Markov model of piano rolls,
// as Krishnan et al. (2017) size it: 14 GFLOP. With SSMC_PROFILE set it shows
// the ops that take longest.
func BenchmarkDMM(b *testing.B) {
	lens := make([]int, 20)
	for i := range lens {
		lens[i] = 60
	}
	m, batch := dmm(dmmSize{x: 88, z: 100, trans: 200, emit: 100, rnn: 600}, true), rolls(lens, 88)
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprint("threads=", threads), func(b *testing.B) {
			pool := kernel.NewPool(threads)
			defer pool.Close()
			x, _ := start[float32](b, m, pool, true)
			r := runOf(x, 1)
			run(b, x, batch, r)
			b.ReportAllocs()
			x.SetProfile(os.Getenv("SSMC_PROFILE") != "")
			for b.Loop() {
				run(b, x, batch, r)
			}
			b.ReportMetric(float64(x.Bytes())/1e6, "MB")
			report(b, x.Profile())
		})
	}
}

// report logs the ten ops that take longest.
func report(b *testing.B, times []OpTime) {
	sort.Slice(times, func(i, j int) bool { return times[i].Time > times[j].Time })
	for _, t := range times[:10] {
		if t.Calls > 0 {
			b.Logf("%8.2f ms %s back=%v", t.Time.Seconds()*1e3/float64(t.Calls), t.Op, t.Backward)
		}
	}
}
