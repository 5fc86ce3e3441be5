package kernel

import (
	"runtime"
	"sync/atomic"
	"time"
)

// patience is how long a thread looks at what it waits for before it sleeps: longer
// than what goes on between two loops of an update, since to wake it again takes
// tens of microseconds, and short enough that an idle pool costs nothing.
const patience = 150 * time.Microsecond

// looks is how many looks there are between two turns of other goroutines.
const looks = 64

// pause tells the core that its thread only waits. It is the best that the CPU has,
// whatever routines numbers are computed with.
var pause = tables32[0].pause

// sleeper is a thread that waits for a number to change. It looks for a while, so
// that handing work over takes a fraction of a microsecond, and then sleeps.
type sleeper struct {
	asleep atomic.Bool
	wake   chan struct{}
	_      [64]byte // no two in one cache line
}

func newSleeper() sleeper { return sleeper{wake: make(chan struct{}, 1)} }

// await returns when the number is no longer seen. Whoever changes it calls rouse.
func (s *sleeper) await(number *atomic.Uint64, seen uint64) {
	if changes(number, seen) {
		return
	}
	s.asleep.Store(true)
	if number.Load() != seen && s.asleep.CompareAndSwap(true, false) {
		return // and nobody wakes it
	}
	<-s.wake
}

// rouse wakes the sleeper if it sleeps.
func (s *sleeper) rouse() {
	if s.asleep.Load() && s.asleep.CompareAndSwap(true, false) {
		s.wake <- struct{}{}
	}
}

// changes reports whether the number changes within the time of patience.
func changes(number *atomic.Uint64, seen uint64) bool {
	for start := time.Now(); time.Since(start) < patience; runtime.Gosched() {
		for range looks {
			if number.Load() != seen {
				return true
			}
			pause()
		}
	}
	return false
}
