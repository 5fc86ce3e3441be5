package predict

import (
	"context"
	"math/rand/v2"
	"slices"

	"ssmc/runtime"
)

// outlook is what is known exactly of the step h+1 ahead: densities and probabilities at
// each value that the latents can have, and draws where the kind of a variable asks for
// them.
func (p *Predictor) outlook(i, known, h int) (*evidence, error) {
	o := p.Exact.Ahead(known-1, h+1)
	n, vars := p.Plan.Particles, p.sheet.vars
	e := &evidence{outlook: o}
	if !slices.ContainsFunc(vars, func(v variable) bool { return !e.tells(v.port) }) {
		e.parts, e.views = &Drawn{}, slices.Repeat([]view{{weights: o.Weights}}, 1+p.Plan.Filters)
		return e, nil
	}
	e.parts, e.draws = newDrawn(len(o.Weights), vars), newDrawn(p.Plan.draws(), vars)
	states := p.deal(o.Weights, i, known, h)
	err := p.share(len(o.Weights), func(f *runtime.Forecaster, s int) error {
		return p.at(*f, e, states, known+h, s, mix(p.key(i, known, s), uint64(h)))
	})
	even := func(n int) []float64 {
		w := make([]float64, n)
		for k := range w {
			w[k] = 1 / float64(n)
		}
		return w
	}
	e.views = []view{{weights: o.Weights, drawWeights: even(p.Plan.draws())}}
	for g := range p.Plan.Filters {
		e.views = append(e.views, view{drawLo: g * n, weights: o.Weights, drawWeights: even(n)})
	}
	return e, err
}

// deal gives each draw a state, by its weight, whatever the others have: of draws that
// are dealt out evenly, two differ more often than two of the distribution, which would
// make their CRPS too small (Ferro 2014).
func (p *Predictor) deal(weights []float64, i, known, h int) (states []int) {
	r := rand.New(rand.NewPCG(p.key(i, known, 0), mix(uint64(h))))
	for range p.Plan.draws() {
		states = append(states, systematic(weights, 1, r.Float64())...)
	}
	return states
}

// at takes what a forecaster says of the step after the known ones where the latents are
// in a state.
func (p *Predictor) at(f runtime.Forecaster, e *evidence, states []int, known, state int, key uint64) error {
	var mine []int // the draws of this state
	for k, s := range states {
		if s == state {
			mine = append(mine, k)
		}
	}
	f.From(known, nothing(f, known), key)
	var next runtime.Forecast
	if err := f.Next(&next, max(1, len(mine)), e.outlook.Latents[state]); err != nil {
		return err
	}
	e.parts.keep(state, &next, p.sheet.vars)
	for x, v := range p.sheet.vars {
		if e.tells(v.port) {
			e.parts.vars[x].logs[state] = nil
			continue
		}
		for i, k := range mine {
			e.draws.vars[x].values[k] = next.Vars[v.port].Draws[i*v.cols:][:v.cols]
		}
	}
	return nil
}

// nothing is the last known steps of latents that nothing reads.
func nothing(f runtime.Forecaster, known int) (out [][]float32) {
	steps := known
	if m := f.Memory(); m >= 0 {
		steps = min(steps, m)
	}
	for _, z := range f.Latents() {
		n := steps
		if z.Static {
			n = 1
		}
		out = append(out, make([]float32, n*z.Cols))
	}
	return out
}

// An ExactSource draws the latents of each step from what is known of them exactly.
type ExactSource struct {
	Exact runtime.Exact
	Plan  Plan

	sequence int
	weights  []float64
}

// Begin turns to sequence i.
func (s *ExactSource) Begin(_ context.Context, i int) error {
	s.sequence = i
	s.weights = even(&s.Plan)
	return nil
}

// After draws.
func (s *ExactSource) After(_ context.Context, known int) (*Cloud, error) {
	c := &Cloud{Weights: s.weights}
	if known > 0 {
		r := rand.New(rand.NewPCG(mix(s.Plan.Seed, uint64(s.sequence)), uint64(known)))
		c.Latents = s.Exact.Draw(known-1, r, s.Plan.draws())
	}
	return c, nil
}

// Observe has nothing to learn.
func (s *ExactSource) Observe(*Drawn) {}

// even is the weights of filters whose values all weigh the same.
func even(p *Plan) []float64 {
	w := make([]float64, p.draws())
	for k := range w {
		w[k] = 1 / float64(p.Particles)
	}
	return w
}
