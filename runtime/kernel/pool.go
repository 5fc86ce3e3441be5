package kernel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Pool is a set of threads that runs one loop at a time. A nil Pool is one thread,
// the caller's.
//
// A loop has a part for each thread, which finds its share of the data in its own
// cache again, loop after loop. But whoever is free takes a part that nobody has
// begun: a thread that is late, since it slept or other programs keep its core
// busy, holds nobody up.
type Pool struct {
	mu      sync.Mutex // held while a job is under way
	threads []*thread  // the caller, and then the workers
	gone    sync.WaitGroup
	job     job
	word    atomic.Uint64 // the job that is under way or was the last
	pending atomic.Int32  // parts not yet done
	done    atomic.Uint64 // number of the last job that is
	failure atomic.Pointer[any]
	alone   atomic.Bool // loops are left to the caller

	single calls[float32] // of who holds mu
	double calls[float64]
}

// thread is one of a pool's, and where it waits.
type thread struct {
	sleeper
	taken atomic.Uint64 // number of the last job whose part for this thread was begun, by any
}

// A word is the number of a job and its parts: 48 and 16 bits.
type word uint64

func newWord(number uint64, parts int) word { return word(number<<16 | uint64(parts)) }

func (w word) number() uint64 { return uint64(w >> 16) }
func (w word) parts() int     { return int(w & 0xffff) }

// closing, as the number of parts, ends the workers.
const closing = 0xffff

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
	p := &Pool{}
	for range min(threads, closing-1) {
		p.threads = append(p.threads, &thread{sleeper: newSleeper()})
	}
	for i := range p.threads[1:] {
		p.gone.Go(func() { p.serve(i + 1) })
	}
	return p
}

// Threads returns the number of threads that Run uses at most.
func (p *Pool) Threads() int {
	if p == nil {
		return 1
	}
	return len(p.threads)
}

// Alone has loops run in the caller's thread, or shared again. No Run may be under
// way.
func (p *Pool) Alone(alone bool) {
	if p != nil {
		p.alone.Store(alone)
	}
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

// run runs the parts of j, each in some thread.
func (p *Pool) run(j job) {
	if j.parts <= 1 || p == nil || !p.mu.TryLock() {
		j.f(0, j.n)
		return
	}
	defer p.mu.Unlock()
	p.share(j)
}

// share runs the parts of j for who holds the pool.
func (p *Pool) share(j job) {
	if p.alone.Load() {
		j.f(0, j.n)
		return
	}
	number := p.publish(j)
	p.work(0, number, j.parts)
	for p.done.Load() != number {
		p.threads[0].await(&p.done, number-1)
	}
	p.job.f = nil
	if v := p.failure.Swap(nil); v != nil {
		panic(*v)
	}
}

// publish offers the parts of a job to all threads, and returns its number.
func (p *Pool) publish(j job) uint64 {
	number := p.done.Load() + 1
	p.job = j
	p.pending.Store(int32(j.parts))
	p.word.Store(uint64(newWord(number, j.parts)))
	for _, t := range p.threads[1:j.parts] {
		t.rouse()
	}
	return number
}

// work runs what parts of a job nobody has begun, thread i's own first.
func (p *Pool) work(i int, number uint64, parts int) {
	for k := range parts {
		part := (i + k) % parts
		t := &p.threads[part].taken
		if old := t.Load(); old < number && t.CompareAndSwap(old, number) {
			p.part(part, number)
		}
	}
}

// part runs part i of job number; who ends the last one lets the caller go on.
func (p *Pool) part(i int, number uint64) {
	defer func() {
		if v := recover(); v != nil {
			p.fail(v)
		}
		if p.pending.Add(-1) == 0 {
			p.done.Store(number)
			p.threads[0].rouse()
		}
	}()
	p.job.run(i)
}

// serve is the life of worker i: it takes parts of job after job.
func (p *Pool) serve(i int) {
	for {
		w := word(p.word.Load())
		if w.parts() == closing {
			return
		}
		p.work(i, w.number(), w.parts())
		p.threads[i].await(&p.word, uint64(w))
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
	p.word.Store(uint64(newWord(0, closing)))
	for _, t := range p.threads {
		t.rouse()
	}
	p.gone.Wait()
	p.threads = p.threads[:1]
}

// fail keeps what was raised in a part, if it is the first.
func (p *Pool) fail(v any) { p.failure.CompareAndSwap(nil, &v) }
