package inference

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"ssmc/runtime"
)

// ErrNoCheckpoint is the error of a folder with nothing that a fit could go on from.
var ErrNoCheckpoint = errors.New("there is no checkpoint")

// checkpointDue reports whether it is time to save, between two updates.
func (f *fitter) checkpointDue() bool {
	every := time.Duration(f.config.Checkpoint * float64(time.Minute))
	return f.o.Checkpoint != nil && every > 0 && time.Since(f.checked) >= every
}

// checkpoint offers the run to be saved.
func (f *fitter) checkpoint() error {
	if f.o.Checkpoint == nil {
		return nil
	}
	if err := f.settle(); err != nil {
		return err
	}
	if err := f.o.Checkpoint(f.run); err != nil {
		return fmt.Errorf("save a checkpoint: %w", err)
	}
	f.checked = time.Now()
	return nil
}

// settle brings the run up to date with the fit. The error is that of a device that
// does not give the parameters back.
func (f *fitter) settle() error {
	r, err := f.run, f.stepper.fetch(true)
	r.Seconds = f.seconds()
	r.snapshot = f.snapshot()
	r.Params = &runtime.Params[float32]{List: f.params.List, Off: f.params.Off, Values: r.snapshot.result(f.config)}
	return err
}

// snapshot is the state of the fit. Its arrays are shared.
func (f *fitter) snapshot() *snapshot {
	s := &snapshot{values: f.params.Values, best: f.best, slots: f.stepper.state(), carried: f.carried()}
	s.progress = progress{
		Stale: f.stale, Total: f.total, Cut: f.cut, CutFrom: f.cutFrom,
		Beta: Real(f.beta), Rate: Real(f.rate), Epoch: f.epoch, Owed: f.owed,
	}
	if f.needsMarks() && len(f.marks.good) > 0 {
		s.good, s.Good = f.marks.good, f.marks.goodAt
	}
	for _, slot := range s.slots {
		s.Slots = append(s.Slots, slot.Name)
	}
	return s
}

// LoadCheckpoint reads the run of a folder as it was when it was last saved, with
// all that Fit needs to go on. Where the last checkpoint is damaged it takes the
// one before it, and the note says so. The files that people read play no part.
func LoadCheckpoint(dir string) (r *Run, note string, err error) {
	last, err := readCheckpoint(dir, snapshotFile)
	if err == nil {
		return last, "", nil
	}
	before, worse := readCheckpoint(dir, previousFile)
	switch {
	case worse == nil:
		return before, fmt.Sprintf("the last checkpoint can't be used (%v): going on from the one before it, of update %d", err, before.Updates), nil
	case errors.Is(err, fs.ErrNotExist) && errors.Is(worse, fs.ErrNotExist):
		return nil, "", fmt.Errorf("%w in %s", ErrNoCheckpoint, dir)
	}
	return nil, "", fmt.Errorf("%w in %s that can be used: %w; %w", ErrNoCheckpoint, dir, err, worse)
}

func readCheckpoint(dir, name string) (*Run, error) {
	b, err := readFile(dir, name)
	if err != nil {
		return nil, err
	}
	r, err := decodeCheckpoint(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}
