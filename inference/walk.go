package inference

import (
	"math/rand/v2"
	"slices"
)

// walk draws the batches of an epoch in which the pieces of a sequence come in
// their order: each slot of a batch goes through some sequences, one after
// another, a piece an update.
func (p *plan) walk(r *rand.Rand) [][]piece {
	walks := slices.Clone(p.walks)
	r.Shuffle(len(walks), func(i, j int) { walks[i], walks[j] = walks[j], walks[i] })
	slots := p.slots(walks)
	p.cuts = slices.Grow(p.cuts[:0], p.rounds)[:p.rounds]
	for i := range p.cuts {
		p.cuts[i] = p.cuts[i][:0]
	}
	for _, slot := range slots {
		r.Shuffle(len(slot), func(i, j int) { slot[i], slot[j] = slot[j], slot[i] })
		for i, q := range slices.Concat(slot...) {
			p.cuts[i] = append(p.cuts[i], q)
		}
	}
	return p.cuts
}

// slots deals sequences out to the slots of a batch, those of most pieces first
// and each to a slot that has least: slots are then nearly even, and how many
// pieces they have depends on no order (Graham 1969).
func (p *plan) slots(walks [][]piece) [][][]piece {
	walks = slices.Clone(walks)
	slices.SortStableFunc(walks, func(a, b []piece) int { return len(b) - len(a) })
	slots := make([][][]piece, min(p.config.Batch, len(walks)))
	sizes := make([]int, len(slots))
	for _, w := range walks {
		least := slices.Index(sizes, slices.Min(sizes))
		slots[least] = append(slots[least], w)
		sizes[least] += len(w)
	}
	return slots
}

// mostPieces is the most pieces that a slot has.
func mostPieces(slots [][][]piece) (most int) {
	for _, s := range slots {
		n := 0
		for _, w := range s {
			n += len(w)
		}
		most = max(most, n)
	}
	return most
}
