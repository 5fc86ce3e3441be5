package inference

import (
	"context"
	"fmt"
	"slices"
)

// prepareValidation makes the scorer of the validation data, if there are any.
func (f *fitter) prepareValidation() error {
	if f.config.Validate.Kind == "none" {
		f.noBest("there is no validation")
		return nil
	}
	if f.data.Valid == nil {
		f.noBest("there are no validation data")
		return nil
	}
	machine, err := f.o.Device.Machine(f.model, f.config.form(), f.params, false)
	if err != nil {
		return err
	}
	if f.config.joined() {
		f.valid, err = newJoinedScorer(f.model, machine, f.data.Valid, f.config.Eval.Frames, f.config.draws())
		return err
	}
	f.valid, err = newScorer(f.model, machine, f.data.Valid, f.config.Eval.Frames, f.config.Validate.Samples)
	return err
}

// noBest notes that there is nothing to tell the best parameters by.
func (f *fitter) noBest(why string) {
	if f.config.Stop.Kind == "best" {
		f.run.Notes = append(slices.Clip(f.run.Notes), why+": the last parameters are kept, not the best")
	}
}

// due reports whether it is time to validate.
func (f *fitter) due(endOfEpoch bool) bool {
	v := f.config.Validate
	switch {
	case f.valid == nil:
		return false
	case f.run.Updates == f.total:
		return true
	case v.Unit == "updates":
		return f.run.Updates%v.Every == 0
	}
	return endOfEpoch && f.run.Epochs%v.Every == 0
}

// kept is the metric of the last update, if it is kept already and has no validation:
// that of the end of an epoch which was not yet known to be the last, as the run is
// resumed with fewer.
func (f *fitter) kept() *Metric {
	if n := len(f.run.Metrics); n > 0 && f.run.Metrics[n-1].Update == f.run.Updates && f.run.Metrics[n-1].Valid == nil {
		return &f.run.Metrics[n-1]
	}
	return nil
}

// validate takes the validation bound, keeps the parameters if it is the best,
// and ends the fit when it has not improved for too long.
func (f *fitter) validate(ctx context.Context) error {
	score, err := f.valid.bound(ctx, f.config.Validate.Samples, mix("validation", f.config.Seed), nil)
	if err != nil {
		return fmt.Errorf("after update %d: %w", f.run.Updates, err)
	}
	m := f.metric(&f.epoch)
	if kept := f.kept(); kept != nil {
		m = *kept
		f.run.Metrics = f.run.Metrics[:len(f.run.Metrics)-1]
	}
	m.Valid = &score.Value
	m.Best = !f.run.Best.Found || score.Value < f.run.Best.Bound
	f.keep(m)
	if m.Best {
		if err := f.stepper.fetch(false); err != nil {
			return err
		}
		f.run.Best = Best{m.Epoch, m.Update, score.Value, true}
		f.best = append(f.best[:0], f.params.Values...)
		f.stale = 0
	} else if f.run.Updates > f.config.Anneal.length() {
		f.stale++
	}
	f.tell(Validated{m, score, f.run.Best})
	if f.config.Stop.Kind == "best" && f.config.Stop.Patience > 0 && f.stale >= f.config.Stop.Patience {
		f.run.State = Stopped
	}
	return nil
}
