package cpu

import (
	"time"

	"ssmc/runtime/kernel"
)

// A tempo finds out whether several threads are worth it. Where other programs want
// the cores, threads that wait for each other at every step may be slower than one
// alone: when the system takes cores away often, a machine tries what it is like to
// run alone, goes on as it was faster, and tries the other way now and then.
type tempo struct {
	alone bool
	rate  [2]float64 // seconds a frame when last measured: shared, and alone

	spent       time.Duration // and what was done in it, in the window so far
	frames      int
	preemptions int64
	left        int // windows until the next judgement
	patience    int // of them the next time
}

// Windows are as long as it takes to tell; a machine is busy where a core is taken
// away more than once in often.
const (
	window      = 30 * time.Millisecond
	often       = 10 * time.Millisecond
	mostWindows = 64
)

// keep runs f, of so many frames, with the threads of a pool, and takes its time.
func (t *tempo) keep(p *kernel.Pool, frames int, f func(grad bool), grad bool) {
	if p.Threads() == 1 {
		f(grad)
		return
	}
	begin, before := time.Now(), kernel.Preemptions()
	p.Alone(t.alone)
	defer p.Alone(false)
	f(grad)
	t.spent += time.Since(begin)
	t.preemptions += kernel.Preemptions() - before
	if t.frames += frames; t.spent >= window {
		t.judge()
	}
}

// judge decides how to go on after a window.
func (t *tempo) judge() {
	busy := time.Duration(t.preemptions)*often > t.spent
	t.rate[way(t.alone)] = t.spent.Seconds() / float64(t.frames)
	t.spent, t.frames, t.preemptions = 0, 0, 0
	if !busy && !t.alone {
		t.left, t.patience = 0, 0
		return
	}
	if t.left--; t.left > 0 {
		return
	}
	t.choose()
}

// choose goes on in the other way, if that was faster when it was measured or has not
// been for long; the faster way lasts the longer, the more often it has won.
func (t *tempo) choose() {
	here, there := t.rate[way(t.alone)], t.rate[way(!t.alone)]
	if there == 0 || there < here { // the other way: to see, or to stay
		t.alone = !t.alone
		t.left = 1
		return
	}
	t.patience = min(max(2*t.patience, 4), mostWindows)
	t.left, t.rate[way(!t.alone)] = t.patience, 0
}

func way(alone bool) int {
	if alone {
		return 1
	}
	return 0
}
