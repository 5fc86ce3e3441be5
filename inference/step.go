package inference

import (
	"ssmc/inference/optim"
	"ssmc/runtime"
)

// A stepper does updates, and has the optimiser's state.
type stepper interface {
	// run runs a batch: its terms can be read from the machine then.
	run(b *runtime.Batch, r runtime.Run, rate float64) error
	// move moves the parameters, unless run has, at the same learning rate. It gives
	// the norm of the gradient, penalties times scale included, before clipping.
	move(scale, rate float64) (norm float64, err error)
	// restore takes up the state that an optimiser had after so many updates.
	restore(updates int, state []optim.Slot) error
	// fetch brings the parameters' values up to date, where updates are done elsewhere,
	// and the optimiser's state, if it is wanted.
	fetch(state bool) error
	// state is the optimiser's, after fetch(true).
	state() []optim.Slot
}

// newStepper makes the stepper of f's machine: the machine itself, if it does whole
// updates, or package optim on the host.
func newStepper(f *fitter) (stepper, error) {
	if t, ok := f.machine.(runtime.Trainer); ok {
		return newFarStepper(f, t)
	}
	opt, err := optim.New(f.config.Optimizer, len(f.params.Values))
	if err != nil {
		return nil, err
	}
	u, err := optim.NewUpdater(f.params, opt, f.config.Clip, f.config.Penalties, f.o.Device.Pool())
	if err != nil {
		return nil, err
	}
	return &hereStepper{f.machine, u}, nil
}

// A hereStepper updates on the host.
type hereStepper struct {
	machine runtime.Machine
	updater *optim.Updater
}

func (s *hereStepper) run(b *runtime.Batch, r runtime.Run, _ float64) error {
	return s.machine.Run(b, r)
}

func (s *hereStepper) move(scale, rate float64) (norm float64, err error) {
	return s.updater.Update(s.machine.Gradient(), scale, rate)
}

func (s *hereStepper) restore(updates int, state []optim.Slot) error {
	return s.updater.Restore(updates, state)
}

// Times is how long updates took so far beside the machine's runs.
func (s *hereStepper) Times() optim.Times { return s.updater.Times() }

func (s *hereStepper) fetch(bool) error    { return nil }
func (s *hereStepper) state() []optim.Slot { return s.updater.State() }

// A farStepper has a machine do whole updates.
type farStepper struct {
	trainer runtime.Trainer
	rule    runtime.Rule
	slots   []optim.Slot
	norm    float64 // of the last gradient
}

func newFarStepper(f *fitter, t runtime.Trainer) (*farStepper, error) {
	l1, l2, err := optim.Weights(f.params.List, f.config.Penalties)
	if err != nil {
		return nil, err
	}
	o := f.config.Optimizer
	s := &farStepper{trainer: t, rule: runtime.Rule{Kind: o.Kind, Eps: o.Eps, Clip: f.config.Clip, L1: l1, L2: l2}}
	s.rule.Decay1, s.rule.Decay2 = o.Decays()
	for _, name := range s.rule.Slots() {
		s.slots = append(s.slots, optim.Slot{Name: name, Values: make([]float32, len(f.params.Values))})
	}
	return s, t.Train(s.rule, 0, nil)
}

func (s *farStepper) run(b *runtime.Batch, r runtime.Run, rate float64) (err error) {
	s.norm, err = s.trainer.Update(b, r, rate)
	if err == nil && optim.Overflows(s.rule.Kind, s.norm, s.rule.Clip) {
		err = &optim.NotFinite{Square: true}
	}
	return err
}

func (s *farStepper) move(_, _ float64) (norm float64, err error) { return s.norm, nil }

func (s *farStepper) restore(updates int, state []optim.Slot) error {
	if err := optim.CopyState(s.slots, state); err != nil {
		return err
	}
	return s.trainer.Train(s.rule, updates, s.vectors())
}

func (s *farStepper) vectors() [][]float32 {
	var v [][]float32
	for _, slot := range s.slots {
		v = append(v, slot.Values)
	}
	return v
}

func (s *farStepper) fetch(state bool) error {
	if !state {
		return s.trainer.Fetch(nil)
	}
	return s.trainer.Fetch(s.vectors())
}

func (s *farStepper) state() []optim.Slot { return s.slots }
