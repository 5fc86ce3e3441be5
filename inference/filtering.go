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

// mostFrames is as many frames as prefixes of a sequence have that are filtered
// together, or those of one prefix, if that has more.
const mostFrames = 1 << 16

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
	first    int              // known steps of the first of the clouds
	clouds   []*predict.Cloud // after so many steps, and each one more
	filled   []int            // draws that each of them has
}

// check reports what the guide cannot do.
func (s *guideSource) check() error {
	for i, at := range s.site {
		if at < 0 && s.Latents[i].Kind != runtime.OneOf {
			return fmt.Errorf("the guide draws no %s", s.Latents[i].Name)
		}
	}
	return nil
}

// Begin turns to sequence i.
func (s *guideSource) Begin(ctx context.Context, i int) error {
	s.sequence, s.clouds = i, nil
	return nil
}

// After is what the guide draws of the known steps.
func (s *guideSource) After(ctx context.Context, known int) (*predict.Cloud, error) {
	if known == 0 {
		c := &predict.Cloud{Weights: make([]float64, s.draws())}
		for k := range c.Weights {
			c.Weights[k] = 1 / float64(s.Plan.Particles)
		}
		return c, nil
	}
	if i := known - s.first; s.clouds == nil || i >= len(s.clouds) {
		if err := s.fill(ctx, known); err != nil {
			return nil, err
		}
	}
	return s.clouds[known-s.first], nil
}

// Observe has nothing to learn.
func (s *guideSource) Observe(*predict.Drawn) {}

func (s *guideSource) draws() int { return s.Plan.Filters * s.Plan.Particles }

// fill finds the clouds after so many known steps and, as far as there is room, more.
func (s *guideSource) fill(ctx context.Context, known int) error {
	q := &s.set.Sequences[s.sequence]
	last := q.Len - 1 // after all steps there is none to be predicted
	lens := []int{last}
	if s.Ahead {
		lens = nil
		for n, sum := known, 0; n <= last && (n == known || sum+n <= mostFrames); n++ {
			lens, sum = append(lens, n), sum+n
		}
		last = lens[len(lens)-1]
	}
	s.first, s.clouds, s.filled = known, nil, make([]int, last-known+1)
	for range s.filled {
		c := &predict.Cloud{Weights: make([]float64, s.draws()), Latents: make([][][]float32, s.draws())}
		s.clouds = append(s.clouds, c)
	}
	return s.run(ctx, prefixes(s.set, s.sequence, lens))
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

// take fills clouds with what k draws of each prefix of a batch are.
func (s *guideSource) take(b *runtime.Batch, k int, coef []float64) {
	t := newTrack(s.machine, b, k, len(s.model.Sites), s.Weighed, coef)
	for row := range b.Lens {
		lo, hi := b.Lens[row], b.Lens[row] // of the known steps
		if !s.Ahead {
			lo = s.first
		}
		for known := lo; known <= hi; known++ {
			at := known - s.first
			c, done := s.clouds[at], s.filled[at]
			for j := range k {
				c.Latents[done+j] = s.latents(t, row, known, j)
			}
			t.weights(c.Weights[done:done+k], row, known, s.Plan.Particles)
			s.filled[at] += k
		}
	}
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
