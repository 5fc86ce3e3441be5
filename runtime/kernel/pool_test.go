package kernel

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestRunCovers asks that ranges cover [0,n) once, that none is shorter than grain
// unless it is all, and that no more are made than there are threads.
func TestRunCovers(t *testing.T) {
	for _, threads := range []int{1, 2, 3, 8, 64} {
		p := NewPool(threads)
		for _, n := range []int{0, 1, 15, 16, 17, 100, 1000, 100003} {
			for _, grain := range []int{0, 1, 7, 40, 1000} {
				checkRun(t, p, n, grain)
			}
		}
		p.Close()
	}
	checkRun(t, nil, 100, 1)
}

func checkRun(t *testing.T, p *Pool, n, grain int) {
	t.Helper()
	seen, ranges := make([]int32, n), atomic.Int32{}
	p.Run(n, grain, func(lo, hi int) {
		ranges.Add(1)
		if hi-lo < min(grain, n) || n >= 64*p.Threads() && lo%16 != 0 {
			t.Errorf("n %d, grain %d, %d threads: range [%d,%d)", n, grain, p.Threads(), lo, hi)
		}
		for i := lo; i < hi; i++ {
			seen[i]++
		}
	})
	if int(ranges.Load()) > p.Threads() || n > 0 && ranges.Load() == 0 {
		t.Errorf("n %d: %d ranges for %d threads", n, ranges.Load(), p.Threads())
	}
	for i, v := range seen {
		if v != 1 {
			t.Fatalf("n %d, grain %d: element %d ran %d times", n, grain, i, v)
		}
	}
}

// TestRunAfterPark lets workers fall asleep between loops.
func TestRunAfterPark(t *testing.T) {
	p := NewPool(3)
	defer p.Close()
	for range 3 {
		checkRun(t, p, 100, 1)
		time.Sleep(5 * time.Millisecond)
	}
}

func TestRunIsParallel(t *testing.T) {
	p := NewPool(3)
	defer p.Close()
	var all sync.WaitGroup
	all.Add(3)
	p.Run(3, 1, func(lo, hi int) { // returns only if all three run at once
		all.Done()
		all.Wait()
	})
}

func TestRunNestedAndShared(t *testing.T) {
	p := NewPool(2)
	defer p.Close()
	var total atomic.Int64
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			p.Run(40, 1, func(lo, hi int) {
				p.Run(hi-lo, 1, func(lo, hi int) { total.Add(int64(hi - lo)) })
			})
		})
	}
	all.Wait()
	if total.Load() != 160 {
		t.Errorf("nested loops ran %d of 160 steps", total.Load())
	}
}

// TestRunPanics raises a panic in each thread; the pool must remain usable.
func TestRunPanics(t *testing.T) {
	p := NewPool(3)
	defer p.Close()
	for at := range 3 {
		got := recovered(func() {
			p.Run(3, 1, func(lo, hi int) {
				if lo == at {
					panic(fmt.Sprint("in range ", at))
				}
			})
		})
		if got != fmt.Sprint("in range ", at) {
			t.Errorf("panic in range %d came out as %v", at, got)
		}
		checkRun(t, p, 100, 1)
	}
}

func recovered(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

func TestRunAfterClose(t *testing.T) {
	p := NewPool(4)
	p.Close()
	p.Close()
	checkRun(t, p, 1000, 1)
	if p.Threads() != 1 {
		t.Errorf("closed pool has %d threads", p.Threads())
	}
}
