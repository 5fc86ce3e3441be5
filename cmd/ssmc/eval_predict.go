package main

import (
	"errors"
	"fmt"

	"ssmc/compiler"
	"ssmc/inference"
	"ssmc/inference/baseline"
	"ssmc/inference/data"
	"ssmc/inference/predict"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
)

// Of a prediction: the draws, and the filters that they come from, by which errors are
// told.
const (
	usualDraws   = 500
	usualFilters = 5
)

// checkPredict reports flags that have no effect.
func (c *evalCmd) checkPredict() error {
	for _, f := range []struct {
		flag  string
		value *int
		least int
	}{{"ahead", c.Ahead, 1}, {"draws", c.Draws, 2 * usualFilters}} {
		switch {
		case f.value == nil:
		case c.Filter == "":
			return fmt.Errorf("--%s is of predictions: say what finds their latents, as in --filter bootstrap", f.flag)
		case *f.value < f.least:
			return fmt.Errorf("--%s: at least %d, not %d", f.flag, f.least, *f.value)
		}
	}
	return nil
}

// plan is how to predict.
func (c *evalCmd) plan(seed uint64) predict.Plan {
	p := predict.Plan{Ahead: 1, Filters: usualFilters, Particles: usualDraws / usualFilters, Seed: seed}
	if c.Ahead != nil {
		p.Ahead = *c.Ahead
	}
	if c.Draws != nil {
		p.Particles = (*c.Draws + usualFilters - 1) / usualFilters
	}
	return p
}

// A predicting is what predictions are made of.
type predicting struct {
	g          *globals
	p          *program
	fitted     inference.Fitted
	config     *inference.Config
	train, set *data.Set
	watch      watcher

	file    *lang.File
	compile compiler.Config
}

// predictions predicts with the model and, beside it, with the baselines.
func (c *evalCmd) predictions(g *globals, x *predicting) (*predict.Report, error) {
	plan := c.plan(x.config.Seed)
	file, found := lang.Parse(x.p.source)
	if err := g.report(found); err != nil {
		return nil, err
	}
	x.file = file
	x.compile = compiler.Config{Library: library, Register: g.register, Sizes: sizesOf(x.p.Model.Ports, x.set), Columns: x.set.Columns}
	model, err := x.predictor(c.Filter, plan)
	if err != nil {
		return nil, err
	}
	model.Progress = x.watch.of("predictions by filter " + c.Filter)
	own, err := model.Scores(g.ctx)
	if err != nil {
		return nil, err
	}
	out := predict.NewReport(c.Filter, x.set, &plan)
	out.By = append(out.By, own)
	for _, name := range []string{baseline.Autoregress, baseline.Last, baseline.Climate} {
		b, err := predict.Naive(name, x.train, x.set, model.Forecasters[0].Ports(), plan.Ahead)
		if err != nil {
			return nil, err
		}
		if name == baseline.Autoregress && len(b.Orders) == 0 {
			continue // nothing is real: it is persistence
		}
		out.By = append(out.By, b)
	}
	return out, nil
}

// predictor is the model's, whose latents come from a filter.
func (x *predicting) predictor(filter string, plan predict.Plan) (*predict.Predictor, error) {
	out := &predict.Predictor{Set: x.set, Plan: plan}
	if err := x.forecasters(out, false); err != nil {
		return nil, err
	}
	first := out.Forecasters[0]
	switch filter {
	case "bootstrap":
		out.Source = &predict.Bootstrap{Latents: first.Latents(), Memory: first.Memory(), Plan: plan}
		return out, nil
	case "exact":
		return out, x.exactly(out)
	}
	return out, x.byGuide(out, filter == "guided")
}

// forecasters makes one for each thread.
func (x *predicting) forecasters(out *predict.Predictor, sum bool) error {
	out.Forecasters = nil
	for range x.fitted.Device.Pool().Threads() {
		f, found := compiler.NewForecaster(x.file, x.compile, sum)
		if err := x.g.report(found); err != nil {
			return err
		}
		f.Use(x.fitted.Params)
		out.Forecasters = append(out.Forecasters, f)
	}
	return nil
}

// exactly has the latents summed out.
func (x *predicting) exactly(out *predict.Predictor) error {
	p, params, found := exactly(x.p, x.fitted.Params, x.set)
	if p == nil {
		return fmt.Errorf("--filter exact: %s; use --filter guided or --filter bootstrap", firstError(found))
	}
	exact := p.Exact(params)
	out.Exact = exact
	if exact.Free() < out.Plan.Ahead {
		out.Source = &predict.ExactSource{Exact: exact, Plan: out.Plan}
	}
	return nil
}

// firstError is what the first error among findings says.
func firstError(found diag.List) string {
	for _, d := range found {
		if d.Severity == diag.Error {
			return d.Message
		}
	}
	return "nothing is wrong"
}

// filterName is the filter whose latents are those of the guide, weighed or not.
var filterName = map[bool]string{false: "guide", true: "guided"}

// byGuide has the guide find the latents.
func (x *predicting) byGuide(out *predict.Predictor, weighed bool) error {
	if len(x.fitted.Model.Sites) == 0 {
		return errors.New("the run's guide sums the latents out, and draws none: use --filter exact, or --filter bootstrap")
	}
	if x.sums(out.Forecasters[0].Latents()) {
		if weighed {
			return errors.New("--filter guided: the guide sums classes out over whole sequences, which particles cannot; use --filter guide or --filter bootstrap")
		}
		if err := x.forecasters(out, true); err != nil {
			return err
		}
	}
	first := out.Forecasters[0]
	o := inference.Filtering{Weighed: weighed, Ahead: x.p.LooksAhead(), Latents: first.Latents(), Memory: first.Memory(), Plan: out.Plan}
	source, err := x.fitted.Source(x.set, x.config, o)
	if err != nil {
		return fmt.Errorf("--filter %s: %w", filterName[weighed], err)
	}
	out.Source = source
	return nil
}

// sums reports whether the guide sums over a latent.
func (x *predicting) sums(latents []runtime.Port) bool {
	for _, z := range latents {
		drawn := false
		for _, s := range x.fitted.Model.Sites {
			drawn = drawn || s.Name == z.Name
		}
		if !drawn {
			return true
		}
	}
	return false
}
