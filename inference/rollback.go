package inference

import (
	"fmt"
	"slices"

	"ssmc/inference/optim"
	"ssmc/runtime"
)

// OnNaN says what becomes of a fit whose numbers are infinite or not numbers.
type OnNaN struct {
	Kind   string  // stop or rollback
	Times  int     // rollbacks, before it stops after all
	Factor float64 // what each multiplies the learning rate by
}

// A Rollback is where a fit went back to earlier parameters. The updates that were
// done count, so that later ones have other batches and other noise.
type Rollback struct {
	Update int     `json:"update"` // updates done then, the one that failed included
	To     int     `json:"to"`     // those done at the best parameters on validation data, or 0: the fit began anew
	LR     float64 `json:"lr"`     // what multiplies the learning rate from there on
	Reason string  `json:"reason"`
}

// String says what was done, and why.
func (r Rollback) String() string {
	from := fmt.Sprintf("the best parameters, of update %d", r.To)
	if r.To == 0 {
		from = "the parameters that the fit began with"
	}
	return fmt.Sprintf("%s; went on from %s, with new noise, the optimizer's memory empty, and %g times the learning rate", r.Reason, from, r.LR)
}

// possible reports whether there can be such a rollback after so many updates.
func (r Rollback) possible(done int) bool {
	return r.To >= 0 && r.To <= r.Update && r.Update <= done && r.LR >= 0 && r.LR <= 1
}

// slowed is what rollbacks have multiplied the learning rate by.
func (r *Run) slowed() float64 {
	if n := len(r.Rollbacks); n > 0 {
		return r.Rollbacks[n-1].LR
	}
	return 1
}

// moved is how many updates the optimizer's memory is of.
func (r *Run) moved() int {
	if n := len(r.Rollbacks); n > 0 {
		return r.Updates - r.Rollbacks[n-1].Update
	}
	return r.Updates
}

// takeRollbacks has the run remember those of the one that is resumed.
func (f *fitter) takeRollbacks(old *Run) {
	f.run.Rollbacks = slices.Clone(old.Rollbacks)
	for _, r := range old.Rollbacks {
		f.run.Notes = append(slices.Clip(f.run.Notes), r.String())
	}
}

// rollBack takes the fit back to the best parameters after numbers that were not
// finite, if it may. Where it may not, the error is that which it was given.
func (f *fitter) rollBack(err error) error {
	c := f.config.OnNaN
	if !NotFinite(err) || c.Kind != "rollback" {
		return err
	}
	if n := len(f.run.Rollbacks); n >= c.Times {
		return fmt.Errorf("%w, after %d rollbacks", err, n)
	}
	if f.passed() >= f.total && !f.run.Best.Found {
		return fmt.Errorf("%w, at the end, with nothing to go back to", err)
	}
	f.run.Updates = f.passed()
	f.run.Epochs = (f.run.Updates + f.plan.updates() - 1) / f.plan.updates()
	r := Rollback{Update: f.run.Updates, LR: f.run.slowed() * c.Factor, Reason: err.Error()}
	from := runtime.NewParams[float32](f.model.Params, f.config.Seed).Values
	if f.run.Best.Found {
		r.To, from = f.run.Best.Update, f.best
	}
	copy(f.params.Values, from)
	if failed := f.stepper.restore(0, forgotten(f.stepper.state())); failed != nil {
		return failed
	}
	f.epoch, f.recent, f.marks, f.owed = tally{}, tally{}, marks{}, false
	if r.To > 0 {
		f.marks.good, f.marks.goodAt = slices.Clone(from), r.To
	}
	f.run.Rollbacks = append(slices.Clip(f.run.Rollbacks), r)
	f.run.Notes = append(slices.Clip(f.run.Notes), r.String())
	f.tell(RolledBack{r, c.Times - len(f.run.Rollbacks)})
	return nil
}

// forgotten is the state of an optimizer that has done nothing.
func forgotten(state []optim.Slot) (out []optim.Slot) {
	for _, s := range state {
		out = append(out, optim.Slot{Name: s.Name, Values: make([]float32, len(s.Values))})
	}
	return out
}

// passed is how many updates count as done after a rollback. Where pieces go on where
// others ended the rest of the epoch is left out: what they would take over is of
// other parameters.
func (f *fitter) passed() int {
	if each := f.plan.updates(); f.config.Carry {
		return (f.run.Updates + each - 1) / each * each
	}
	return f.run.Updates
}
