package inference

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"ssmc/inference/data"
)

// A plan says which pieces each batch of an epoch holds.
type plan struct {
	pieces []piece // all there are, in the order of the data
	config *Config
	draw   []piece   // the pieces of one epoch, in their order
	cuts   [][]piece // and the batches, parts of it
	walks  [][]piece // the pieces of each sequence, where they come in their order
	rounds int       // and the batches of an epoch then
	source rand.PCG
	random *rand.Rand // from source
}

// newPlan cuts a set into pieces of at most c.Window steps.
func newPlan(set *data.Set, c *Config) *plan {
	p := &plan{config: c}
	p.random = rand.New(&p.source)
	for i, n := range set.Lengths() {
		parts := split(i, n, c.Window)
		p.pieces = append(p.pieces, parts...)
		if c.Carry {
			p.walks = append(p.walks, parts)
		}
	}
	p.rounds = mostPieces(p.slots(p.walks))
	if c.Order == "sorted" {
		slices.SortStableFunc(p.pieces, byLength)
	}
	return p
}

// split cuts a sequence of n steps into the fewest pieces of at most window
// steps, whose lengths differ by at most one.
func split(seq, n, window int) []piece {
	parts := 1
	if window > 0 {
		parts = (n + window - 1) / window
	}
	var out []piece
	for i := range parts {
		out = append(out, piece{seq, n * i / parts, n * (i + 1) / parts})
	}
	return out
}

func byLength(a, b piece) int { return cmp.Compare(a.frames(), b.frames()) }

// updates is the number of batches in an epoch.
func (p *plan) updates() int {
	if p.config.Carry {
		return p.rounds
	}
	return (len(p.pieces) + p.config.Batch - 1) / p.config.Batch
}

// epoch draws the batches of an epoch, counted from 0: a function of the seed
// and the epoch alone. They are valid until the next call.
func (p *plan) epoch(n int) [][]piece {
	r := p.random
	p.source.Seed(p.config.Seed, mix("order", uint64(n)))
	if p.config.Carry {
		return p.walk(r)
	}
	p.draw = append(p.draw[:0], p.pieces...)
	if p.config.Order != "sorted" {
		r.Shuffle(len(p.draw), func(i, j int) { p.draw[i], p.draw[j] = p.draw[j], p.draw[i] })
	}
	if p.config.Order == "pooled" {
		for pool := range slices.Chunk(p.draw, p.config.Pool*p.config.Batch) {
			slices.SortStableFunc(pool, byLength)
		}
	}
	p.cuts = slices.AppendSeq(p.cuts[:0], slices.Chunk(p.draw, p.config.Batch))
	if p.config.Order != "shuffle" {
		r.Shuffle(len(p.cuts), func(i, j int) { p.cuts[i], p.cuts[j] = p.cuts[j], p.cuts[i] })
	}
	return p.cuts
}

// foreseen is how many pieces are drawn to see how large batches become.
const foreseen = 1 << 17

// largest is the frames of the largest batch of the first epochs, as many as can
// be drawn in no time: memory is made for it once. All epochs that sort their
// pieces are the same.
func (p *plan) largest() (frames int) {
	epochs := min(p.config.Epochs, 1+foreseen/len(p.pieces))
	if p.config.Order == "sorted" {
		epochs = 1
	}
	for n := range epochs {
		for _, list := range p.epoch(n) {
			sum := 0
			for _, q := range list {
				sum += q.frames()
			}
			frames = max(frames, sum)
		}
	}
	return frames
}

// evalPlan cuts a set into batches of whole sequences of like length, at most
// so many frames each; a longer sequence is a batch of its own.
func evalPlan(set *data.Set, frames int) [][]piece {
	var all []piece
	for i, n := range set.Lengths() {
		all = append(all, piece{i, 0, n})
	}
	slices.SortStableFunc(all, func(a, b piece) int { return byLength(b, a) })
	var out [][]piece
	sum := 0
	for i, p := range all {
		if sum += p.frames(); i == 0 || sum > frames {
			out, sum = append(out, nil), p.frames()
		}
		out[len(out)-1] = append(out[len(out)-1], p)
	}
	return out
}
