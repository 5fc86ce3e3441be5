package kernel

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"
)

// Pool is a set of threads that runs one loop at a time. A nil Pool is one thread,
// the caller's.
//
// The parts of a loop are taken by whoever comes first, the caller among them: a
// worker that is late, since it slept or other programs keep its core busy, holds
// nobody up who can do its part.
type Pool struct {
	mu      sync.Mutex // held while a job is under way
	workers []*sleeper
	gone    sync.WaitGroup // of workers that have ended
	job     job
	word    atomic.Uint64 // what there is to take
	pending atomic.Int32  // parts not yet done
	done    atomic.Uint64 // number of the last job that is
	caller  sleeper
	failure atomic.Pointer[any] // the first panic in a part
}

// A word is the number of a job, its parts, and how many of them are taken: 32, 16
// and 16 bits.
type word uint64

func newWord(number uint64, parts int) word { return word(number<<32 | uint64(parts)<<16) }

func (w word) number() uint64 { return uint64(w >> 32) }
func (w word) parts() int     { return int(w >> 16 & 0xffff) }
func (w word) taken() int     { return int(w & 0xffff) }

// closing, as the number of parts, ends the workers; no job has more parts than
// maxParts.
const (
	closing  = 0xffff
	maxParts = closing - 1
)

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
	p := &Pool{caller: newSleeper()}
	for range min(threads, maxParts) - 1 {
		w := newSleeper()
		p.workers = append(p.workers, &w)
		p.gone.Go(func() { p.serve(&w) })
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

// run runs the parts of j, each in some thread.
func (p *Pool) run(j job) {
	if j.parts <= 1 || p == nil || !p.mu.TryLock() {
		j.f(0, j.n)
		return
	}
	defer p.mu.Unlock()
	number := p.publish(j, min(j.parts, maxParts))
	for p.take(number) {
	}
	for p.done.Load() != number {
		p.caller.await(&p.done, number-1)
	}
	p.job.f = nil
	if v := p.failure.Swap(nil); v != nil {
		panic(*v)
	}
}

// publish offers the parts of a job to all threads, and returns its number.
func (p *Pool) publish(j job, parts int) uint64 {
	number := (p.done.Load() + 1) & math.MaxUint32
	p.job = j
	p.job.parts = parts
	p.pending.Store(int32(parts))
	p.word.Store(uint64(newWord(number, parts)))
	for _, w := range p.workers {
		w.rouse()
	}
	return number
}

// take runs a part of job number, if one is left.
func (p *Pool) take(number uint64) bool {
	w := word(p.word.Load())
	if w.number() != number || w.taken() >= w.parts() {
		return false
	}
	if p.word.CompareAndSwap(uint64(w), uint64(w+1)) {
		p.part(w.taken(), number)
	}
	return true
}

// part runs part i of job number; who ends the last one lets the caller go on.
func (p *Pool) part(i int, number uint64) {
	defer func() {
		if v := recover(); v != nil {
			p.failure.CompareAndSwap(nil, &v)
		}
		if p.pending.Add(-1) == 0 {
			p.done.Store(number)
			p.caller.rouse()
		}
	}()
	p.job.run(i)
}

// serve is the life of a worker: it takes parts of job after job.
func (p *Pool) serve(s *sleeper) {
	for {
		w := word(p.word.Load())
		switch {
		case w.parts() == closing:
			return
		case !p.take(w.number()):
			s.await(&p.word, uint64(w))
		}
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
	for _, w := range p.workers {
		w.rouse()
	}
	p.gone.Wait()
	p.workers = nil
}
