package cpu

import (
	"sync/atomic"
	"time"

	"ssmc/runtime"
	"ssmc/runtime/kernel"
	"ssmc/runtime/op"
)

// Shards is a machine that cuts batches into shards of sequences. A thread takes
// a shard forwards and back on a machine of its own, and then the next: data stay
// in its cache, and threads wait for each other twice in a run. How a batch is
// cut depends on the batch and the model alone, and what shards give is added up
// in their order, so that any number of threads gives the same bits.
//
// A batch that is one shard is split over threads operation by operation.
type Shards[F Float] struct {
	*results[F] // of the last run
	first       *Machine[F]
	another     func() (*Machine[F], error)
	threads     []*Machine[F] // the first, and one for each other thread that there is work for
	joint       joint[F]      // what shards make together
	shards      []*shard[F]   // of the last run
	spare       []*shard[F]   // all that there were
	cuts        []int
	run         runtime.Run
	rest        []float64 // coefficients of all shards but the first
	next        atomic.Int64
	part        func(lo, hi int)
	clock       shardClock
}

// NewShards is New for a machine that cuts batches.
func NewShards[F Float](m *runtime.Model, spec runtime.Spec, params *runtime.Params[F], pool *kernel.Pool, grad bool) (*Shards[F], error) {
	first, err := New(m, spec, params, pool, grad)
	if err != nil {
		return nil, err
	}
	s := &Shards[F]{results: &first.results, first: first, threads: []*Machine[F]{first}}
	s.another = func() (*Machine[F], error) { return New(m, spec, params, nil, grad) }
	s.part = func(lo, hi int) {
		for i := lo; i < hi; i++ {
			s.drain(s.threads[i])
		}
	}
	s.joint.init(s, pool)
	return s, nil
}

// Run evaluates the terms and the cost, and the gradient if r asks for it.
func (s *Shards[F]) Run(b *runtime.Batch, r runtime.Run) error {
	begin := time.Now()
	defer s.clock.stop(begin)
	if err := s.first.check(b, r); err != nil {
		return err
	}
	n := s.count(len(b.Lens))
	if s.shards = s.shards[:0]; n > 1 {
		return s.runShards(b, r, n)
	}
	s.results, s.first.env.portion, s.first.env.pool = &s.first.results, nil, s.joint.env.pool
	return s.first.Run(b, r)
}

// runShards cuts the batch into n shards and runs them.
func (s *Shards[F]) runShards(b *runtime.Batch, r runtime.Run, n int) error {
	if err := s.staff(n); err != nil {
		return err
	}
	s.results, s.run = &s.joint.results, r
	s.joint.begin(b, r)
	s.cut(b, n)
	s.rest = append(s.rest[:0], r.Coef...)
	for i, t := range s.first.terms {
		if t.Value.Shape.Axis == op.Once { // counts in the first shard, once for all
			s.rest[i] = 0
		}
	}
	s.next.Store(0)
	s.joint.env.pool.Run(min(n, len(s.threads)), 1, s.part)
	for _, h := range s.shards {
		if h.err != nil {
			return h.err
		}
	}
	if err := s.joint.add(s.shards, r.Grad); err != nil {
		return err
	}
	for _, h := range s.shards {
		s.first.env.carry.keep(&h.batch, r.K, h.next)
	}
	return nil
}

// staff gives every thread that there is a shard for a machine. What the first
// does with a shard, it does on one thread.
func (s *Shards[F]) staff(shards int) error {
	s.first.env.pool = nil
	for len(s.threads) < min(shards, s.joint.env.pool.Threads()) {
		m, err := s.another()
		if err != nil {
			return err
		}
		m.env.carry.share(s.first.env.carry)
		m.SetProfile(s.first.timed)
		s.threads = append(s.threads, m)
	}
	return nil
}

// drain runs shards on a machine until there are none left.
func (s *Shards[F]) drain(m *Machine[F]) {
	for {
		i := int(s.next.Add(1)) - 1
		if i >= len(s.shards) {
			return
		}
		r := s.run
		if i > 0 {
			r.Coef = s.rest
		}
		s.shards[i].run(m, r)
		if s.shards[i].err == nil {
			s.joint.gather(s.shards[i], m)
		}
	}
}

// Cost is the cost in the last run.
func (s *Shards[F]) Cost() float64 {
	if s.whole() {
		return s.first.Cost()
	}
	return s.joint.cost
}

// whole reports whether the last batch was not cut.
func (s *Shards[F]) whole() bool { return len(s.shards) == 0 }

// Terms describes the terms.
func (s *Shards[F]) Terms() []runtime.Term { return s.first.terms }

// Grad is Gradient in the machine's own precision.
func (s *Shards[F]) Grad() []F {
	if s.whole() {
		return s.first.gradient
	}
	return s.joint.gradient
}

// Gradient is the gradient of the cost in the last run, laid out as the
// parameters are. The next run overwrites it.
func (s *Shards[F]) Gradient() []float32 { return s.first.single(s.Grad()) }

// Norm is the Euclidean norm of the gradient in the last run that had one.
func (s *Shards[F]) Norm() float64 {
	if s.whole() {
		return s.first.Norm()
	}
	return s.joint.norm.value
}

// Carried is what the machine knows of the sequences that go on, in float32.
func (s *Shards[F]) Carried() []runtime.Carried { return s.first.Carried() }

// Carry has the machine know what another one told of itself by Carried.
func (s *Shards[F]) Carry(list []runtime.Carried) error { return s.first.Carry(list) }
