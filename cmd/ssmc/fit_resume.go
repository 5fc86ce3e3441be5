package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ssmc/inference"
	"ssmc/models"
	"ssmc/runtime/gpu/driver"
)

// resume goes on with the run in a folder. All that it needs is there, but the data.
func (c *fitCmd) resume(g *globals) error {
	if err := c.checkResume(); err != nil {
		return err
	}
	dir, err := reopen(c.Resume)
	if err != nil {
		return err
	}
	defer dir.release()
	run, note, err := inference.LoadCheckpoint(dir.path)
	if err != nil {
		return notResumed("%w: fit it anew, with ssmc fit %s DATA --out DIR", err, quoted(filepath.Join(dir.path, "model.ssm")))
	}
	if err := sameProgram(dir.path, run); err != nil {
		return err
	}
	f, err := c.takeUp(g, dir, run)
	if err != nil {
		return err
	}
	defer f.device.Close()
	f.warn(note)
	if run.State == inference.Failed {
		f.warn("the run had failed, and is tried again from there: " + run.Failure)
	}
	f.warn(f.elsewhere())
	return f.run()
}

// checkResume reports flags that say what the run says already.
func (c *fitCmd) checkResume() error {
	for _, f := range []struct {
		flag  string
		given bool
	}{
		{"--guide", c.Guide != ""}, {"--fix", c.Fix != nil}, {"--seed", c.Seed != nil}, {"--window", c.Window != nil},
		{"--out", c.Out != ""}, {"--force", c.Force},
	} {
		if f.given {
			return fmt.Errorf("%s can't go with --resume: it is part of the run that goes on", f.flag)
		}
	}
	if c.Data != "" {
		return errors.New("the model can't go with --resume: it is in the run. Only data that were moved can: ssmc fit --resume RUN DATA")
	}
	return nil
}

// reopen takes the folder of a run for this process.
func reopen(path string) (*folder, error) {
	if !inference.HoldsRun(path) {
		return nil, notRun(path, os.ErrNotExist)
	}
	lock, err := inference.LockFolder(path)
	return &folder{path: path, overwrite: true, used: true, lock: lock}, err
}

// sameProgram refuses a run whose program was edited.
func sameProgram(dir string, run *inference.Run) error {
	text, err := os.ReadFile(filepath.Join(dir, "model.ssm"))
	if err != nil {
		return notResumed("read the program of the run: %w", err)
	}
	if string(text) != run.Text {
		return notResumed("model.ssm in %[1]s is not the program that was fitted, but was edited since: put it back, or fit the new one with: ssmc fit %[2]s DATA --out DIR",
			dir, quoted(filepath.Join(dir, "model.ssm")))
	}
	return nil
}

// takeUp makes ready what the rest of a run takes.
func (c *fitCmd) takeUp(g *globals, dir *folder, run *inference.Run) (*fitting, error) {
	source := cmp.Or(c.Model, sourceOf(run))
	if _, shipped := models.Data(source); !shipped && !exists(source) {
		return nil, notResumed("the data of the run are not in %s: if they were moved, say where with: ssmc fit --resume %s DATA", source, quoted(c.Resume))
	}
	p, err := g.compile(request{model: filepath.Join(dir.path, "model.ssm"), data: source, remembered: c.Model == ""})
	if err != nil {
		return nil, err
	}
	info := dataInfo(p.data, c.source(run))
	if err := unchanged(run.Data, info); err != nil {
		return nil, err
	}
	p.config, err = c.extended(run)
	if err != nil {
		return nil, err
	}
	f := &fitting{g: g, p: p, dir: dir, data: info, old: run, saved: run.Updates, text: run.Text}
	if !slices.Equal(p.config.Settings(), run.Config.Settings()) {
		if f.text, err = g.resolve(p); err != nil {
			return nil, err
		}
	}
	if f.device, err = c.reopenDevice(run.Place, p.config.Threads); err != nil {
		return nil, err
	}
	f.show = newDisplay(g, c.Quiet, dir.path)
	return f, nil
}

// reopenDevice opens the device that a run was computed on, unless another is asked
// for.
func (c *fitCmd) reopenDevice(was inference.Place, threads int) (computer, error) {
	where := c.orElse(was)
	device, err := where.open(threads)
	if c.Device == nil && errors.Is(err, driver.ErrNone) {
		return nil, notResumed("the run was computed on a GPU, and here %w; go on where there is one, or without, to the same but for rounding, with: ssmc fit --resume %s --device cpu",
			errors.Unwrap(err), quoted(c.Resume))
	}
	return device, err
}

// source is how a run remembers its data: as before, or where they were moved to,
// which is the one argument there may be.
func (c *fitCmd) source(run *inference.Run) string {
	if c.Model == "" {
		return sourceOf(run)
	}
	return dataSource(c.Model)
}

// unchanged refuses data that are not those that a run was fitted to.
func unchanged(was, now []inference.DataInfo) error {
	for i, d := range now {
		if i >= len(was) || was[i].Part != d.Part || was[i].Fingerprint != d.Fingerprint {
			had := "there were none"
			if i < len(was) {
				had = fmt.Sprintf("%s were %s", was[i].Part, was[i].Fingerprint)
			}
			return notResumed("the data in %s have changed since the run began: %s, and now %s are %s; put them back, or say where they are with: ssmc fit --resume RUN DATA", d.Name, had, d.Part, d.Fingerprint)
		}
	}
	if len(now) < len(was) {
		return notResumed("the data in %s have changed since the run began: there are no %s data any more", now[0].Name, was[len(now)].Part)
	}
	return nil
}

// extended is the settings that a run goes on with: its own, and those of the
// command line that may change.
func (c *fitCmd) extended(run *inference.Run) (*inference.Config, error) {
	config := run.Config.Clone()
	if err := c.configure(config); err != nil {
		return nil, err
	}
	if err := run.Extend(config); err != nil {
		return nil, notResumed("run %s: %w", c.Resume, err)
	}
	if run.Done(config) && len(run.Scores) > 0 {
		return nil, notResumed("run %s is %s: there is nothing left to do; score it with: ssmc eval %s%s", c.Resume, run.State, quoted(c.Resume), c.further(run))
	}
	return config, nil
}

// further is how a run that has ended can be trained more, if it can.
func (c *fitCmd) further(run *inference.Run) string {
	key, value := "epochs", 2*run.Config.Epochs
	if run.State == inference.Stopped {
		key, value = "stop.patience", 2*run.Config.Stop.Patience
	}
	more := run.Config.Clone()
	if more.Set(key, fmt.Sprint(value)) != nil || run.Extend(more) != nil {
		return ""
	}
	return fmt.Sprintf(", or train it further with: ssmc fit --resume %s --set %s=%d", quoted(c.Resume), key, value)
}

// warn tells people of something on the standard error.
func (f *fitting) warn(note string) {
	if note != "" {
		fmt.Fprintf(f.g.err, "ssmc: warning: %s\n", note)
	}
}

// elsewhere says that a run goes on on another machine than it began on: kinds of
// processors round differently.
func (f *fitting) elsewhere() string {
	was, _, _ := strings.Cut(f.old.Machine, ",") // without the threads
	now, _, _ := strings.Cut(f.device.String(), ",")
	switch {
	case was != now:
		return fmt.Sprintf("the run began on %s and goes on on %s: it comes to the same but for rounding", was, now)
	case f.old.Version != version():
		return fmt.Sprintf("the run began with ssmc %s and goes on with %s: it may not come to the same", f.old.Version, version())
	}
	return ""
}
