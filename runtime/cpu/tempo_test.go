package cpu

import (
	"testing"
	"time"
)

// TestTempo plays windows of a machine that is busy for a while, and asks how many of
// them were spent in the slower way.
func TestTempo(t *testing.T) {
	const calm, busy, after = 20, 400, 100
	for _, c := range []struct {
		name          string
		shared, alone time.Duration // of a window of the same frames, while it is busy
		most          int           // windows in the slower way while it is busy
	}{
		{"alone is faster", 50 * time.Millisecond, 35 * time.Millisecond, 20},
		{"shared is faster", 35 * time.Millisecond, 50 * time.Millisecond, 20},
	} {
		x, slower := tempo{}, 0
		for i := range calm + busy + after {
			disturbed := i >= calm && i < calm+busy
			spent := window
			if disturbed {
				spent = c.shared
				if x.alone {
					spent = c.alone
				}
				if spent == max(c.shared, c.alone) {
					slower++
				}
				x.preemptions = 20
			}
			if !disturbed && x.alone && i > calm+busy+mostWindows+2 {
				t.Fatalf("%s: still alone when the machine was no longer busy", c.name)
			}
			x.spent, x.frames = spent, 1000
			x.judge()
		}
		if slower > c.most {
			t.Errorf("%s: %d of %d windows in the slower way", c.name, slower, busy)
		}
	}
}
