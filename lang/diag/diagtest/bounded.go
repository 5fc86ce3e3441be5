package diagtest

import (
	"fmt"
	"runtime/metrics"
	"syscall"
	"testing"
	"time"
)

// The most that hostile input may take: processor time, which tells on a busy
// machine too, and time by the clock, after which the program is ended if it has
// worked that long or has not worked at all.
const (
	maxWork = 20 * time.Second
	maxWait = 3 * time.Minute
	idle    = 100 * time.Millisecond
)

// Bounded calls f, which reads input that no one vouches for. The test fails
// where f allocates more than so many bytes, those that are free again counted as
// well, or works for longer than maxWork. One that never comes back ends the
// program, so that a fuzzer can tell what it was.
func Bounded(t testing.TB, bytes uint64, f func()) {
	t.Helper()
	memory, work := allocated(), worked()
	defer watch(t.Name()).Stop()
	f()
	if n := allocated() - memory; n > bytes {
		t.Errorf("it allocates %d bytes, more than %d", n, bytes)
	}
	if d := worked() - work; d > maxWork {
		t.Errorf("it takes %v", d)
	}
}

// watch ends the program where it works for too long, or sleeps for good. One that
// gets little of a busy machine does neither.
func watch(name string) (timer *time.Timer) {
	begin := worked()
	last := begin
	timer = time.AfterFunc(maxWait, func() {
		now := worked()
		if now-begin > maxWork || now-last < idle {
			panic(fmt.Sprintf("%s has worked for %v, and does not come back", name, now-begin))
		}
		last = now
		timer.Reset(maxWait)
	})
	return timer
}

// allocated is how many bytes the program has ever allocated.
func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// worked is how much processor time the program has taken.
func worked() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // it fails only where its arguments are wrong
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
