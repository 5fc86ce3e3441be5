package inference

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"time"

	"ssmc/inference/data"
	"ssmc/runtime"
)

// Options is what a fit may be given besides its settings.
type Options struct {
	Device  Device      // nil is a CPU with Config.Threads
	Events  func(Event) // nil for none
	Text    string      // the program, resolved, to be kept with the run
	Command string      // what the user typed
	Version string      // of the program that runs
	// Resume is a run to go on with, as LoadCheckpoint gives it: of the same model,
	// data and settings, but for those that Run.Extend allows.
	Resume *Run
	// Checkpoint, if not nil, is called with the run so far: before the first
	// update, and between two updates every Config.Checkpoint minutes.
	Checkpoint func(*Run) error
}

// Fit learns the parameters of m by stochastic variational inference: it
// follows noisy gradients of the bound of d.Train. It ends after c.Epochs, when
// the bound of d.Valid has ceased to improve as c.Stop says, or, in the middle
// of an epoch, when ctx is cancelled: that is no error. Where an update fails,
// as with numbers that are not finite, there is an error and a run as well, with
// the best parameters so far.
//
// The run is a function of the model, the data and the settings, bit for bit.
func Fit(ctx context.Context, m *runtime.Model, d *data.Bundle, c *Config, o Options) (*Run, error) {
	if o.Device == nil {
		device := NewCPU(c.Threads)
		defer device.Close()
		o.Device = device
	}
	f, err := newFitter(m, d, c, o)
	if err != nil {
		return nil, err
	}
	if err := f.prepare(); err != nil {
		return nil, err
	}
	err = f.loop(ctx)
	return f.finish(ctx, err)
}

// A fitter is a fit under way.
type fitter struct {
	model  *runtime.Model
	data   *data.Bundle
	config *Config
	o      Options
	run    *Run

	params  *runtime.Params[float32] // the current ones
	machine runtime.Machine
	ledger  *ledger
	stepper stepper
	packer  *packer
	plan    *plan
	valid   *scorer // nil where there is nothing to validate on
	best    []float32
	marks   marks
	stale   int  // validations without improvement
	cut     int  // updates of the second half whose gradient was clipped
	cutFrom int  // the updates of which that is counted
	owed    bool // what is due after the last update is not done

	total   int // updates in all epochs
	first   int // updates done by the run that is resumed
	start   time.Time
	before  float64 // seconds spent by the run that is resumed
	epoch   tally   // since the last metric that was kept
	recent  tally   // since the last event
	told    time.Time
	checked time.Time // of the last checkpoint
	beta    float64
	rate    float64
}

func newFitter(m *runtime.Model, d *data.Bundle, c *Config, o Options) (*fitter, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	if err := checkSequences(d.Train); err != nil {
		return nil, err
	}
	f := &fitter{model: m, data: d, config: c.Clone(), o: o}
	f.params = runtime.NewParams[float32](m.Params, c.Seed)
	if f.params.Count() == 0 {
		return nil, errors.New("there is nothing to learn: the model has no parameters that are not fixed")
	}
	f.plan = newPlan(d.Train, f.config)
	f.total = f.plan.updates() * c.Epochs
	if f.config.Schedule.Steps == 0 {
		f.config.Schedule.Steps = max(1, f.total-f.config.Schedule.Warmup)
	}
	f.newRun(c)
	f.noteCarry()
	return f, nil
}

func (f *fitter) newRun(c *Config) {
	f.run = &Run{
		ID: newID(), Model: f.model.Name, Guide: f.model.Guide, Config: c.Clone(), Params: f.params,
		State: Running, Started: time.Now(), Notes: f.data.Notes, Version: f.o.Version,
		Text: f.o.Text, Command: f.o.Command,
		Threads: f.o.Device.Pool().Threads(), Machine: f.o.Device.String(),
	}
	for _, p := range []struct {
		part string
		set  *data.Set
	}{{"train", f.data.Train}, {"valid", f.data.Valid}, {"test", f.data.Test}} {
		if p.set != nil {
			f.run.Data = append(f.run.Data, DataInfo{p.part, p.set.Name, p.set.Fingerprint, len(p.set.Sequences), p.set.Frames()})
		}
	}
}

// newID tells runs apart.
func newID() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// prepare makes the machines and whatever else updates need.
func (f *fitter) prepare() (err error) {
	if f.packer, err = newPacker(f.data.Train, f.model.Ports); err != nil {
		return err
	}
	f.packer.carry = f.config.Carry
	if f.machine, err = f.o.Device.Machine(f.model, f.config.trained(), f.params, true); err != nil {
		return err
	}
	if err := f.canCarry(); err != nil {
		return err
	}
	reserve(f.machine, f.config.draws(), min(f.config.Batch, len(f.plan.pieces)), f.plan.largest())
	f.ledger = newLedger(f.machine, f.config.joined())
	if f.stepper, err = newStepper(f); err != nil {
		return err
	}
	if err := f.packer.keep(f.machine); err != nil {
		return err
	}
	if err := f.prepareValidation(); err != nil {
		return err
	}
	return f.resume()
}

// finish settles the run after its last update, which may have failed.
func (f *fitter) finish(ctx context.Context, err error) (*Run, error) {
	r := f.run
	switch {
	case err == nil && r.State == Running:
		r.State = Complete
	case err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()):
		r.State, err = Interrupted, nil
	case err != nil:
		r.State, r.Failure = Failed, err.Error()
	}
	if lost := f.settle(); err == nil {
		err = lost
	}
	if NotFinite(err) {
		f.giveGood()
		r.Advice = f.advise()
	}
	f.noteCut()
	f.tell(Finished{r})
	return r, err
}

func (f *fitter) seconds() float64 { return f.before + time.Since(f.start).Seconds() }

func (f *fitter) tell(e Event) {
	if f.o.Events != nil {
		f.o.Events(e)
	}
}
