package cpu

import "ssmc/runtime"

// A shard is some sequences of a batch, and what a run makes of them.
type shard[F Float] struct {
	portion
	batch    runtime.Batch // the sequences, with the data of all
	cost     float64
	gradient []F
	next     [][][]F // what is carried from it
	err      error
}

// run evaluates the shard on m.
func (h *shard[F]) run(m *Machine[F], r runtime.Run) {
	m.env.portion = &h.portion
	if h.err = m.evaluate(&h.batch, r); h.err != nil {
		return
	}
	h.cost = m.Cost()
	if r.Grad {
		h.gradient = append(h.gradient[:0], m.gradient...)
	}
	if c := m.env.carry; c != nil {
		h.next, c.next = c.next, h.next
	}
}

// take gives the shard sequences [lo,hi) of b.
func (h *shard[F]) take(b *runtime.Batch, lo, hi int) {
	h.lo, h.batch = lo, runtime.Batch{Lens: b.Lens[lo:hi], Data: b.Data, Present: b.Present}
	h.batch.Index = sub(b.Index, lo, hi)
	h.batch.From, h.batch.More = sub(b.From, lo, hi), sub(b.More, lo, hi)
}

// sub is elements [lo,hi) of x, of which there may be none.
func sub[E any](x []E, lo, hi int) []E {
	if x == nil {
		return nil
	}
	return x[lo:hi]
}

// Of shards.
const (
	leastRows   = 16      // sequences in one
	mostShards  = 64      // of a batch
	mostNumbers = 1 << 17 // of parameters: larger matrices take up caches, and more rows had better share them
)

// count is the number of shards that so many sequences are cut into. Parameters that are few also
// keep the gradients of all shards small, some 32 MB together.
func (s *Shards[F]) count(sequences int) int {
	n := 1
	if s.first.coupled || len(s.first.params.Values) > mostNumbers {
		return n
	}
	for 2*n <= mostShards && sequences >= 2*n*leastRows {
		n *= 2
	}
	return n
}

// cut deals the sequences of b out to n shards.
func (s *Shards[F]) cut(b *runtime.Batch, n int) {
	for len(s.spare) < n {
		s.spare = append(s.spare, &shard[F]{})
	}
	s.shards, s.cuts = s.spare[:n], cuts(s.cuts, b.Lens, n, leastRows)
	lo := 0
	for i, hi := range s.cuts {
		s.shards[i].whole = s.joint.env.dims
		s.shards[i].take(b, lo, hi)
		lo = hi
	}
}

// cuts says where each of n shards ends, in dst if there is room: frames are dealt
// out evenly, but no shard has fewer than so many sequences. Neighbours, which are
// about as long as each other, stay together.
func cuts(dst, lens []int, n, least int) []int {
	left, hi := 0, 0
	for _, l := range lens {
		left += l
	}
	for dst = dst[:0]; len(dst) < n-1; dst = append(dst, hi) {
		others := n - len(dst) - 1
		lo, goal := hi, left/(others+1)
		for got := 0; hi < len(lens)-others*least && (hi < lo+least || got < goal); hi++ {
			got, left = got+lens[hi], left-lens[hi]
		}
	}
	return append(dst, len(lens))
}
