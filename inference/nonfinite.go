package inference

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"ssmc/inference/optim"
	"ssmc/runtime"
	"ssmc/runtime/cpu"
)

// An infinite is the error of a bound that is infinite or not a number.
type infinite float64

func (x infinite) Error() string { return fmt.Sprintf("%g", float64(x)) }

// NotFinite reports whether an error is of numbers that are infinite or not
// numbers: of a loss, a gradient, or a bound of the validation data.
func NotFinite(err error) bool {
	var (
		value    *cpu.NotFinite
		gradient *optim.NotFinite
		bound    infinite
	)
	return errors.As(err, &value) || errors.As(err, &gradient) || errors.As(err, &bound)
}

// markEvery is how many updates there are between parameters that are kept in case
// that those after them are of no use.
const markEvery = 100

// marks are parameters that a fit has been at, copied before an update.
type marks struct {
	next, good     []float32 // before the update that is under way, and the last that an update went well with
	nextAt, goodAt int       // updates done then
}

// needsMarks reports whether the fit may end with marked parameters: there are no
// better ones.
func (f *fitter) needsMarks() bool { return f.best == nil || f.config.Stop.Kind != "best" }

// mark keeps the parameters from time to time, before an update, and the first.
func (f *fitter) mark() error {
	m := &f.marks
	switch {
	case !f.needsMarks():
		*m = marks{}
		return nil
	case f.run.Updates%markEvery != 0 && len(m.good)+len(m.next) > 0:
		return nil
	}
	if err := f.stepper.fetch(false); err != nil {
		return err
	}
	m.next, m.nextAt = append(m.next[:0], f.params.Values...), f.run.Updates
	return nil
}

// prove has the parameters that were kept be good: an update went well with them.
func (m *marks) prove() {
	if len(m.next) > 0 && (len(m.good) == 0 || m.nextAt != m.goodAt) {
		m.next, m.good, m.goodAt = m.good, m.next, m.nextAt
	}
}

// sound reports a parameter that the last of all updates has made infinite or not a
// number, where no validation would.
func (f *fitter) sound() error {
	if f.valid != nil || f.run.Updates < f.total {
		return nil
	}
	if err := f.stepper.fetch(false); err != nil {
		return err
	}
	for i, q := range f.params.List {
		for _, v := range f.params.Get(i) {
			if x := float64(v); math.IsNaN(x) || math.IsInf(x, 0) {
				return fmt.Errorf("after update %d: %w", f.run.Updates, &cpu.NotFinite{Op: q.Name, Param: true, Sequence: -1, Value: x})
			}
		}
	}
	return nil
}

// giveGood ends a run, whose numbers were not finite, with parameters that are
// known to give finite ones, where there are any, and notes which these are.
func (f *fitter) giveGood() {
	note := "the parameters are those that the fit began with"
	switch {
	case f.best != nil && f.config.Stop.Kind == "best":
		note = fmt.Sprintf("the parameters are the best, of update %d", f.run.Best.Update)
	case len(f.marks.good) > 0:
		f.run.Params = &runtime.Params[float32]{List: f.params.List, Off: f.params.Off, Values: f.marks.good}
		note = fmt.Sprintf("the parameters are those of update %d, the last that are known to give finite numbers", f.marks.goodAt)
	}
	f.run.Notes = append(slices.Clip(f.run.Notes), note)
}
