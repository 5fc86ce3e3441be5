package kernel

import (
	"testing"
	"time"
)

// TestPeakCounts asks that a turn does as many multiply-adds as it says: their
// total is exact while it is below 2^24.
func TestPeakCounts(t *testing.T) {
	for _, table := range tables32 {
		for _, turns := range []int{1, 2, 7, 100} {
			want := float32(turns * table.turn * 2 * 3)
			if got := table.peak(turns, 2, 3); got != want {
				t.Errorf("%s: %d turns of %d add up to %v, want %v", table.name, turns, table.turn, got, want)
			}
		}
	}
}

// TestPeak asks that no product of matrices is faster than the peak. A busy
// machine may disturb either measurement: the tolerance is for that.
func TestPeak(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time, which the race detector stretches")
	}
	was := active
	defer func() { active = was }()
	for _, active = range tables32 {
		peak, product := Peak(nil), productRate()
		t.Logf("%s: %.1f GFLOP/s, a product %.1f", active.name, peak/1e9, product/1e9)
		if peak <= 0 || product > 1.5*peak {
			t.Errorf("%s: the peak is %.3g FLOP/s, but a product has %.3g", active.name, peak, product)
		}
	}
}

// productRate is the floating-point operations a second of a large product.
func productRate() float64 {
	o := newOperands[float32](newRand(), [3]int{240, 320, 320})
	w := NewMatrix[float32](o.k, o.n)
	w.Set(o.b, o.ldb)
	best := time.Hour
	for range 10 {
		begin := time.Now()
		w.Mul(nil, o.m, o.a, o.lda, o.c, o.ldc, Addend[float32]{})
		best = min(best, time.Since(begin))
	}
	return 2 * float64(o.m*o.n*o.k) / best.Seconds()
}
