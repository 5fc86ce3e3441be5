// Package predict scores predictions of sequences: of each step by the steps before it,
// one ahead and more, as a model makes them from the latents that a filter finds, and
// as naive baselines do. It knows of models what package runtime says of them.
package predict

import (
	"context"
	"fmt"

	"ssmc/inference/data"
	"ssmc/runtime"
)

// A Plan says how to predict.
type Plan struct {
	Ahead     int // steps, at least one
	Filters   int // independent ones, by which errors are told; at least one
	Particles int // of each, or draws
	Seed      uint64
}

// draws is those of all filters together.
func (p *Plan) draws() int { return p.Filters * p.Particles }

// A Cloud is what is known of the latents after the known steps: values with weights.
// Filters come one after another, with as many values each, whose weights add up to one.
type Cloud struct {
	Weights []float64     // [K]
	Latents [][][]float32 // [K], as runtime.Forecaster takes them; nil before the first step
}

// A Source filters sequences.
type Source interface {
	// Begin turns to sequence i of the set.
	Begin(ctx context.Context, i int) error
	// After is what is known after so many steps of the sequence: 0, 1 and so on.
	After(ctx context.Context, known int) (*Cloud, error)
	// Observe is told what was drawn of the step that comes next, from the cloud that
	// After gave last.
	Observe(next *Drawn)
}

// A Predictor predicts the sequences of a set with a model.
type Predictor struct {
	Set         *data.Set
	Forecasters []runtime.Forecaster // one for each thread
	Source      Source               // nil where Exact tells all
	Exact       runtime.Exact        // tells what it can in place of draws; or nil
	Plan        Plan
	Progress    func(part float64) // or nil

	steps []*Drawn // of each step ahead
	sheet *sheet
}

// Scores predicts every step of every sequence and scores the predictions. They are a
// function of the seed, whatever the number of threads.
func (p *Predictor) Scores(ctx context.Context) (*Prediction, error) {
	p.sheet = newSheet(p.Set, p.Forecasters[0].Ports(), p.Plan.Ahead, 1+p.Plan.Filters)
	p.steps = make([]*Drawn, p.Plan.Ahead)
	for h := range p.steps {
		p.steps[h] = newDrawn(p.Plan.draws(), p.sheet.vars)
	}
	done := 0
	for i := range p.Set.Sequences {
		if err := p.sequence(ctx, i, done); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, fmt.Errorf("predict sequence %s of %s: %w", p.Set.Sequences[i].ID, p.Set.Name, err)
		}
		done += p.Set.Sequences[i].Len
	}
	return p.sheet.prediction(Model), nil
}

// sequence predicts the steps of sequence i, behind which so many are done.
func (p *Predictor) sequence(ctx context.Context, i, done int) error {
	q := &p.Set.Sequences[i]
	values, present := Rows(p.Forecasters[0].Ports(), p.Set, q)
	for _, f := range p.Forecasters {
		f.Begin(q.Len, values, present)
	}
	if p.Exact != nil {
		p.Exact.Begin(q.Len, values, present)
	}
	if p.Source != nil {
		if err := p.Source.Begin(ctx, i); err != nil {
			return err
		}
	}
	p.sheet.begin(values, present)
	for known := range q.Len {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := p.from(ctx, i, known, min(p.Plan.Ahead, q.Len-known)); err != nil {
			return err
		}
		if p.Progress != nil {
			p.Progress(float64(done+known+1) / float64(p.Set.Frames()))
		}
	}
	return nil
}

// from predicts so many steps of sequence i ahead of those that are known.
func (p *Predictor) from(ctx context.Context, i, known, ahead int) error {
	var cloud *Cloud
	if p.Source != nil {
		var err error
		if cloud, err = p.Source.After(ctx, known); err != nil {
			return err
		}
		if err := p.draw(i, known, ahead, cloud); err != nil {
			return err
		}
	}
	for h := range ahead {
		e, err := p.evidence(i, known, h, cloud)
		if err != nil {
			return err
		}
		p.sheet.score(known+h, h, e)
	}
	if p.Source != nil {
		p.Source.Observe(p.steps[0])
	}
	return nil
}

// evidence is what is said of the step h+1 ahead.
func (p *Predictor) evidence(i, known, h int, cloud *Cloud) (*evidence, error) {
	if p.Exact == nil {
		return ofCloud(cloud, p.steps[h], p.Plan.Filters), nil
	}
	if h < p.Exact.Free() {
		return p.outlook(i, known, h)
	}
	e := ofCloud(cloud, p.steps[h], p.Plan.Filters)
	if h == 0 {
		e.log, e.logKnown = p.Exact.Log(known), true
	}
	return e, nil
}

// Rows is the data of a sequence, for each port, as runtime.Forecaster takes them.
func Rows(ports []runtime.Port, set *data.Set, q *data.Sequence) (values [][]float32, present [][]bool) {
	for _, p := range ports {
		if p.Clock != "" {
			values, present = append(values, q.Gaps()), append(present, nil)
			continue
		}
		i := set.Index(p.Name)
		values, present = append(values, q.Values(i)), append(present, q.Present(i))
	}
	return values, present
}
