package cpu

import (
	"time"
	"unsafe"
)

// A shardClock measures what runs take from beginning to end.
type shardClock struct {
	on   bool
	wall time.Duration
}

func (c *shardClock) stop(begin time.Time) {
	if c.on {
		c.wall += time.Since(begin)
	}
}

// SetProfile turns the measurement of times on, from zero, or off.
func (s *Shards[F]) SetProfile(on bool) {
	s.clock = shardClock{on: on}
	for _, m := range s.threads {
		m.SetProfile(on)
	}
}

// Profile is the times of all ops in the order in which they run, added up over
// shards. Those of several threads at work on shards of their own overlap: each
// op then has its part of what runs took from beginning to end.
func (s *Shards[F]) Profile() []OpTime {
	times := s.first.Profile()
	for _, m := range s.threads[1:] {
		for i, t := range m.Profile() {
			times[i].Calls += t.Calls
			times[i].Time += t.Time
			times[i].Flops.Add(t.Flops)
		}
	}
	busy := time.Duration(0)
	for _, t := range times {
		busy += t.Time
	}
	if busy > s.clock.wall {
		for i := range times {
			times[i].Time = time.Duration(float64(times[i].Time) * s.clock.wall.Seconds() / busy.Seconds())
		}
	}
	return times
}

// Bytes is the memory that the machine holds for arrays.
func (s *Shards[F]) Bytes() int {
	n := s.joint.Bytes()
	for _, m := range s.threads {
		n += m.Bytes()
	}
	for _, h := range s.spare {
		n += bytes(h.gradient)
	}
	return n
}

// Reserve makes room for batches of so many samples, sequences and frames: with one
// that is cut, of about its shards.
func (s *Shards[F]) Reserve(samples, sequences, frames int) {
	n := s.count(sequences)
	s.first.Reserve(samples, sequences/n, frames/n)
}

// Footprint is the bytes that batches of so many samples, sequences and frames
// take beside parameters, their gradient and the data.
func (s *Shards[F]) Footprint(samples, sequences, frames int) int {
	n := s.count(sequences)
	if n == 1 {
		return s.first.Footprint(samples, sequences, frames)
	}
	size := int(unsafe.Sizeof(F(0)))
	each := s.first.Footprint(samples, sequences/n, frames/n)
	return min(n, s.joint.env.pool.Threads())*each + n*len(s.joint.gradient)*size + s.joint.env.memory.size(samples, sequences, frames)*size
}
