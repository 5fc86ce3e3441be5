package kernel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Pool is a set of threads that runs one loop at a time. A nil Pool is one thread,
// the caller's.
type Pool struct {
	mu      sync.Mutex // held while the workers are busy
	workers []*worker
	job     job
	pending atomic.Int32 // parts not yet done by workers
	done    gate
	failure atomic.Pointer[any] // the first panic in a worker

	single calls[float32] // of who holds mu
	double calls[float64]
}

// worker waits at its gate and then runs its part of the pool's job.
type worker struct {
	start gate
	_     [64]byte // no two gates in one cache line
}

// job is a loop over [0,n) cut at multiples of unit into parts ranges.
type job struct {
	f              func(lo, hi int)
	n, unit, parts int
}

// cut returns where part i of the job begins.
func (j *job) cut(i int) int {
	if i == j.parts {
		return j.n
	}
	return j.n / j.unit * i / j.parts * j.unit
}

// run runs part i of the job.
func (j *job) run(i int) { j.f(j.cut(i), j.cut(i+1)) }

// NewPool returns a pool of the given number of threads, the caller of Run being
// one of them; zero or less asks for GOMAXPROCS.
func NewPool(threads int) *Pool {
	if threads < 1 {
		threads = runtime.GOMAXPROCS(0)
	}
	p := &Pool{done: newGate()}
	for i := 1; i < threads; i++ {
		w := &worker{start: newGate()}
		p.workers = append(p.workers, w)
		go p.serve(w, i)
	}
	return p
}

// Threads returns the number of threads that Run uses at most.
func (p *Pool) Threads() int {
	if p == nil {
		return 1
	}
	return len(p.workers) + 1
}

// Run calls f on contiguous ranges that together are [0,n), each at least grain
// long, at most one a thread, and returns when all are done. Range boundaries are
// multiples of 16 unless ranges are so short that this would make them uneven.
// A panic in f is raised again in the caller. When the pool is busy, as it is
// inside f, Run calls f(0, n) itself. What f computes must not depend on the ranges.
func (p *Pool) Run(n, grain int, f func(lo, hi int)) {
	if n <= 0 {
		return
	}
	unit := 1
	if n >= 64*p.Threads() {
		unit = 16
	}
	p.run(job{f, n, unit, min(p.Threads(), n/unit/max(1, (grain+unit-1)/unit))})
}

// run runs the parts of j, the caller's being part 0.
func (p *Pool) run(j job) {
	if j.parts <= 1 || !p.mu.TryLock() {
		j.f(0, j.n)
		return
	}
	defer p.mu.Unlock()
	p.share(j)
}

// share runs the parts of j for who holds the pool.
func (p *Pool) share(j job) {
	p.start(j)
	defer p.join()
	p.job.run(0)
}

// start lets a worker begin each part of j but part 0.
func (p *Pool) start(j job) {
	p.job = j
	p.pending.Store(int32(j.parts - 1))
	for _, w := range p.workers[:j.parts-1] {
		w.start.open()
	}
}

// join waits for the workers and raises again what one of them raised, also when
// the caller's own part has panicked: the job's data must outlive the workers.
func (p *Pool) join() {
	p.done.wait()
	p.job.f = nil
	if v := p.failure.Swap(nil); v != nil {
		panic(*v)
	}
}

// Close ends the pool's threads; no Run may be under way. Run still works after
// it, on one thread.
func (p *Pool) Close() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.workers) > 0 {
		p.start(job{parts: len(p.workers) + 1})
		p.join()
		p.workers = nil
	}
}

// serve is the life of worker w, which runs part i of each job until it gets one
// that has no function.
func (p *Pool) serve(w *worker, i int) {
	for open := true; open; {
		w.start.wait()
		open = p.job.f != nil
		p.part(i)
	}
}

// part runs part i of the job; the last to finish lets the caller go on.
func (p *Pool) part(i int) {
	defer func() {
		if v := recover(); v != nil {
			p.fail(v)
		}
		if p.pending.Add(-1) == 0 {
			p.done.open()
		}
	}()
	if p.job.f != nil {
		p.job.run(i)
	}
}

// fail keeps what a worker raised, if it is the first.
func (p *Pool) fail(v any) { p.failure.CompareAndSwap(nil, &v) }
