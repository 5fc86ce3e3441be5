package inference

import (
	"context"
	"fmt"

	"ssmc/inference/data"
	"ssmc/inference/predict"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// A Filtering says how a guide filters sequences.
type Filtering struct {
	// Weighed has particles drawn from the guide and weighed by the model, by a particle
	// filter; otherwise what the guide draws stands for the posterior.
	Weighed bool
	// Ahead says that the guide reads later steps than that which it draws. It is then
	// given the known steps alone, for each step anew: no later one can leak into a
	// prediction. That costs as many times as a sequence has steps.
	Ahead bool
	// Latents is those that a forecaster goes on from, and Memory the last known steps
	// that it takes of them: see runtime.Forecaster.
	Latents []runtime.Port
	Memory  int
	Plan    predict.Plan
}

// Prefixes of a sequence are filtered together as long as they have so many frames, and
// so many numbers are kept of their latents.
const (
	mostFrames  = 1 << 16
	mostNumbers = 1 << 23
)

// Source is where predictions of set have their latents from: the guide, given the known
// steps of each sequence.
func (f Fitted) Source(set *data.Set, c *Config, o Filtering) (predict.Source, error) {
	spec := runtime.Spec{Latents: true}
	if o.Weighed {
		spec.Sampled, spec.Join = true, op.Filter
	}
	machine, err := f.Device.Machine(f.Model, spec, f.Params, false)
	if err != nil {
		return nil, err
	}
	s := &guideSource{Filtering: o, set: set, model: f.Model, machine: machine, frames: c.Eval.Frames, site: sitesOf(f.Model, o.Latents)}
	return s, s.check()
}

// sitesOf is the site of the guide that draws each latent, or -1.
func sitesOf(m *runtime.Model, latents []runtime.Port) (out []int) {
	for _, z := range latents {
		at := -1
		for i, s := range m.Sites {
			if s.Name == z.Name {
				at = i
			}
		}
		out = append(out, at)
	}
	return out
}

// A guideSource filters with a guide.
type guideSource struct {
	Filtering
	set     *data.Set
	model   *runtime.Model
	machine runtime.Machine
	frames  int
	site    []int // of each latent

	sequence int
	tracks   []*track         // of all draws, given the whole sequence by a guide that does not look ahead
	first    int              // otherwise the known steps of the first of the clouds
	clouds   []*predict.Cloud // after so many steps, and each one more
	filled   []int            // draws that each of them has
}

// mostWork is frames times draws, of all known steps that a guide is given anew.
const mostWork = 1e10

// check reports what the guide cannot do, or not in any time worth waiting for.
func (s *guideSource) check() error {
	frames := 0.0
	for _, n := range s.set.Lengths() {
		frames += float64(n) * float64(n-1) / 2
	}
	if s.Ahead && frames*float64(s.draws()) > mostWork {
		return fmt.Errorf("the guide looks ahead, so that it is given the steps before each step anew: %.2g frames of %d draws; take fewer draws, another filter, or a guide that looks back, as ST_L", frames, s.draws())
	}
	for i, at := range s.site {
		if at < 0 && s.Latents[i].Kind != runtime.OneOf {
			return fmt.Errorf("the guide draws no %s", s.Latents[i].Name)
		}
	}
	return nil
}

// Begin turns to sequence i.
func (s *guideSource) Begin(_ context.Context, i int) error {
	s.sequence, s.clouds, s.tracks = i, nil, nil
	return nil
}

// After is what the guide draws of the known steps.
func (s *guideSource) After(ctx context.Context, known int) (*predict.Cloud, error) {
	switch {
	case known == 0:
		c := s.room()
		c.Latents = nil
		for k := range c.Weights {
			c.Weights[k] = 1 / float64(s.Plan.Particles)
		}
		return c, nil
	case s.Ahead:
		if i := known - s.first; s.clouds == nil || i >= len(s.clouds) {
			if err := s.fill(ctx, known); err != nil {
				return nil, err
			}
		}
		return s.clouds[known-s.first], nil
	case s.tracks == nil:
		steps := s.set.Sequences[s.sequence].Len - 1 // after all of them there is none to be predicted
		if err := s.run(ctx, prefixes(s.set, s.sequence, []int{steps})); err != nil {
			return nil, err
		}
	}
	c, done := s.room(), 0
	for _, t := range s.tracks {
		s.put(c, done, t, 0, known)
		done += t.k
	}
	return c, nil
}

// Observe has nothing to learn.
func (s *guideSource) Observe(*predict.Drawn) {}

func (s *guideSource) draws() int { return s.Plan.Filters * s.Plan.Particles }

// room is a cloud that is still to be filled.
func (s *guideSource) room() *predict.Cloud {
	return &predict.Cloud{Weights: make([]float64, s.draws()), Latents: make([][][]float32, s.draws())}
}

// fill finds the clouds after so many known steps and, as far as there is room, more.
func (s *guideSource) fill(ctx context.Context, known int) error {
	lens := s.together(known)
	s.first, s.clouds, s.filled = known, nil, make([]int, len(lens))
	for range lens {
		s.clouds = append(s.clouds, s.room())
	}
	return s.run(ctx, prefixes(s.set, s.sequence, lens))
}

// together is the lengths of the prefixes that are filtered at a time, from one on:
// what is kept of them is the less, the less is remembered.
func (s *guideSource) together(known int) (lens []int) {
	numbers := 0
	for _, z := range s.Latents {
		numbers += z.Cols
	}
	for n, sum, kept := known, 0, 0; n < s.set.Sequences[s.sequence].Len; n++ {
		steps := n
		if s.Memory >= 0 {
			steps = min(n, s.Memory)
		}
		sum, kept = sum+n, kept+steps*numbers*s.draws()
		if n > known && (sum > mostFrames || kept > mostNumbers) {
			break
		}
		lens = append(lens, n)
	}
	return lens
}

// prefixes is the first steps of a sequence, so many of them, as sequences of a set.
func prefixes(set *data.Set, i int, lens []int) *data.Set {
	q := &set.Sequences[i]
	out := &data.Set{Name: set.Name, Vars: set.Vars, TimeUnit: set.TimeUnit}
	for _, n := range lens {
		out.Sequences = append(out.Sequences, q.Prefix(set.Vars, n))
	}
	return out
}

// run draws from the guide, given some prefixes of the sequence.
func (s *guideSource) run(ctx context.Context, set *data.Set) error {
	prepare, runs, samples := newScorer, s.draws(), s.draws()
	if s.Weighed {
		prepare, runs, samples = newJoinedScorer, s.Plan.Filters, s.Plan.Particles
	}
	x, err := prepare(s.model, s.machine, set, s.frames, samples)
	if err != nil {
		return err
	}
	x.exact = false // what is drawn counts, whatever the terms depend on
	x.inspect = func(b *runtime.Batch, k int) { s.take(b, k, x.coef) }
	seed := mix("filtering", s.Plan.Seed, uint64(s.sequence), uint64(s.first))
	return x.sweep(ctx, runs, seed, func(int, []float64) {})
}

// take keeps what k draws of each prefix of a batch are.
func (s *guideSource) take(b *runtime.Batch, k int, coef []float64) {
	t := newTrack(s.machine, b, k, len(s.model.Sites), s.Weighed, coef)
	if !s.Ahead {
		s.tracks = append(s.tracks, t)
		return
	}
	for row, known := range b.Lens {
		at := known - s.first
		s.put(s.clouds[at], s.filled[at], t, row, known)
		s.filled[at] += k
	}
}

// put fills a cloud, from draw number done on, with those of a sequence of a track after
// so many steps.
func (s *guideSource) put(c *predict.Cloud, done int, t *track, row, known int) {
	for j := range t.k {
		c.Latents[done+j] = s.latents(t, row, known, j)
	}
	t.weights(c.Weights[done:done+t.k], row, known, s.Plan.Particles)
}

// latents is the last known steps of the latents of draw j, as forecasters take them.
func (s *guideSource) latents(t *track, row, known, j int) [][]float32 {
	out := make([][]float32, len(s.Latents))
	steps := known
	if s.Memory >= 0 {
		steps = min(known, s.Memory)
	}
	for i, z := range s.Latents {
		if at := s.site[i]; at >= 0 {
			out[i] = ClassNumbers(t.path(at, s.model.Sites[at], row, known, steps, j), s.model.Sites[at].Cols, z.Cols)
		}
	}
	return out
}

// ClassNumbers is samples of a latent [n,cols] of which a guide draws rows [n,drawn]:
// where that is wider, a class by indicators, each becomes its number, from 0.
func ClassNumbers(rows []float32, drawn, cols int) []float32 {
	if drawn == cols {
		return rows
	}
	var out []float32
	for ; len(rows) > 0; rows = rows[drawn:] {
		best := 0
		for k, v := range rows[:drawn] {
			if v > rows[best] {
				best = k
			}
		}
		out = append(out, float32(best))
	}
	return out
}
