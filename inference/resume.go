package inference

import (
	"errors"
	"fmt"
	"slices"

	"ssmc/runtime"
)

// resume takes up what an earlier run left.
func (f *fitter) resume() error {
	old := f.o.Resume
	if old == nil {
		return nil
	}
	if err := f.canResume(old); err != nil {
		return fmt.Errorf("run %s can't be resumed: %w", old.ID, err)
	}
	s := old.snapshot
	copy(f.params.Values, s.values)
	if err := f.stepper.restore(old.moved(), s.slots); err != nil {
		return fmt.Errorf("resume run %s: %w", old.ID, err)
	}
	if err := f.carryOn(old); err != nil {
		return err
	}
	f.best = slices.Clone(s.best)
	f.stale, f.beta, f.rate, f.epoch, f.owed = s.Stale, float64(s.Beta), float64(s.Rate), s.Epoch, s.Owed
	f.marks = marks{good: slices.Clone(s.good), goodAt: s.Good}
	f.first, f.before = old.Updates, old.Seconds
	switch {
	case s.Total == f.total:
		f.cut, f.cutFrom = s.Cut, s.CutFrom
	case f.first > f.total/2: // what was counted is not what would have been
		f.cutFrom = f.first
	}
	f.takeOver(old)
	f.takeRollbacks(old)
	f.owed = f.owed || f.first == f.total && f.valid != nil && f.kept() != nil
	f.o.Resume = nil // its arrays are as large as the fit's
	return nil
}

// takeOver has the run go on as the one that is resumed.
func (f *fitter) takeOver(old *Run) {
	r := f.run
	r.ID, r.Command, r.Version = old.ID, old.Command, old.Version
	r.Started, r.Best, r.Updates, r.Epochs = old.Started, old.Best, old.Updates, old.Epochs
	r.Metrics = slices.Clone(old.Metrics)
	r.Resumed = append(slices.Clip(old.Resumed), Resumption{old.Updates, r.Machine})
	r.Machine, r.Threads = old.Machine, old.Threads
}

// canResume reports what keeps a run from going on in this fit.
func (f *fitter) canResume(old *Run) error {
	switch {
	case old.snapshot == nil:
		return errors.New("it kept no snapshot")
	case !sameData(old.Data, f.run.Data):
		return errors.New("it was fitted to other data")
	case !sameLayout(old.snapshot.values, old.Params.List, f.params):
		return errors.New("its parameters are not those of the model: the program, or ssmc, has changed")
	case old.Done(f.run.Config):
		return fmt.Errorf("it is %s already", old.State)
	case old.Updates > f.total:
		return fmt.Errorf("it has done %d updates, and there would be %d", old.Updates, f.total)
	}
	return old.Extend(f.run.Config)
}

// sameData reports whether what a fit learns from is the same, whatever its name.
func sameData(a, b []DataInfo) bool {
	learned := func(list []DataInfo) (out []DataInfo) {
		for _, d := range list {
			if d.Name = ""; d.Part != "test" {
				out = append(out, d)
			}
		}
		return out
	}
	return len(a) > 0 && slices.Equal(learned(a), learned(b))
}

// sameLayout reports whether values of the parameters in list are laid out as p.
func sameLayout(values []float32, list []runtime.Param, p *runtime.Params[float32]) bool {
	return len(values) == len(p.Values) && slices.EqualFunc(list, p.List, func(a, b runtime.Param) bool {
		return a.Name == b.Name && a.Fixed == b.Fixed && slices.Equal(a.Dims, b.Dims) && a.Transform.Kind == b.Transform.Kind
	})
}
