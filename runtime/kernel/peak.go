package kernel

import "time"

// Peak is measured as the best of some short tries, each long enough for threads
// that sleep to have woken.
const (
	peakTries = 40
	peakTry   = 2 * time.Millisecond
)

// Peak measures the floating-point operations a second that the pool's threads do
// at most, all at once, in float32: multiply-adds on registers, which count two
// each. It takes a tenth of a second, and is what products can be compared with.
// Another program that runs at the same time makes it too low.
func Peak(p *Pool) float64 {
	best := 0.0
	turns := peakTurns()
	for range peakTries {
		begin := time.Now()
		p.Run(p.Threads(), 1, func(lo, hi int) {
			for range hi - lo {
				active.peak(turns, 1, 1)
			}
		})
		best = max(best, float64(turns)/time.Since(begin).Seconds())
	}
	return best * 2 * float64(active.turn*p.Threads())
}

// peakTurns is the turns of a try.
func peakTurns() int {
	for turns := 1 << 10; ; turns *= 2 {
		begin := time.Now()
		active.peak(turns, 1, 1)
		if time.Since(begin) > peakTry {
			return turns
		}
	}
}

// A turn in plain Go is a row of that many terms times a panel.
const (
	plainTerms = 32
	plainTurn  = plainTerms * plainCols
)

// plainPeak is peak in plain Go, by the inner loop of its tiles.
func plainPeak(turns int, x, y float32) (total float32) {
	var b [plainTurn]float32
	for i := range b {
		b[i] = y
	}
	a := []float32{x}
	for range turns {
		for _, s := range plainRow(plainTerms, a, 0, b[:]) {
			total += s
		}
	}
	return total
}
