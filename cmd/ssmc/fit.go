package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ssmc/inference"
	"ssmc/runtime"
)

// fitCmd fits a model to data and keeps the run in a folder.
type fitCmd struct {
	Model string `arg:"" optional:"" help:"A file, or the name of a model that comes with ssmc."`
	Data  string `arg:"" optional:"" help:"A file, a folder with train, valid and test files, or the name of data that come with ssmc."`

	Guide   guideArg `placeholder:"GUIDE" help:"A guide by name, q(...), or a file with one."`
	Fix     []string `placeholder:"NAME=VALUE" sep:"none" help:"Hold a parameter of the model at a value, as in --fix alpha=0.5. May be repeated."`
	Set     []string `placeholder:"KEY=VALUE" sep:"none" help:"Change a setting, as in --set train.epochs=50. May be repeated."`
	Seed    *uint64  `placeholder:"N" help:"Seed of initial values, order and noise."`
	Window  *int     `placeholder:"STEPS" help:"Cut longer sequences into pieces to train on; 0 never does."`
	OnNaN   string   `name:"on-nan" placeholder:"WHAT" help:"What becomes of a fit whose numbers are infinite or not numbers: stop, with parameters that are good, or rollback, to go on from the best ones at half the learning rate."`
	Threads *int     `placeholder:"N" help:"Threads to compute with; 0 is one for each core."`
	Out     string   `placeholder:"DIR" help:"Folder of the run; runs/MODEL-GUIDE-TIME if not given."`
	Force   bool     `help:"Overwrite the run in the folder of --out."`
	Resume  string   `placeholder:"RUN" help:"Go on with the run in a folder, which was interrupted or killed, to the same numbers as if it had not been. Program, data and settings are the run's, and so is the device unless another is named; of the settings --set changes what no number so far hangs on, such as epochs."`
	Quiet   bool     `short:"q" help:"Print only the scores."`

	deviceFlags `embed:""`
}

// Run compiles, fits, scores and saves, or goes on where a run was broken off.
func (c *fitCmd) Run(g *globals) error {
	defer g.heedSignals()()
	outliveOutput()
	if c.Resume != "" {
		return c.resume(g)
	}
	return c.begin(g)
}

// begin fits from the start.
func (c *fitCmd) begin(g *globals) error {
	if c.Data == "" {
		return errors.New("a fit needs a model and data: ssmc fit MODEL DATA, or ssmc fit --resume RUN")
	}
	if isProgram(c.Data) && !isProgram(c.Model) {
		return fmt.Errorf("the model comes first: ssmc fit %s %s", quoted(c.Data), quoted(c.Model))
	}
	r := request{model: c.Model, guide: string(c.Guide), data: c.Data, fix: c.Fix, set: c.Set}
	p, err := g.compile(r)
	if err != nil {
		return err
	}
	if err := r.checkPosterior(p); err != nil {
		return err
	}
	if err := c.configure(p.config); err != nil {
		return err
	}
	text, err := g.resolve(p)
	if err != nil {
		return err
	}
	info := dataInfo(p.data, dataSource(c.Data)) // before a new folder can take the name
	dir, err := reserve(c.Out, p.Model.Name+"-"+p.Model.Guide, c.Force)
	if err != nil {
		return err
	}
	defer dir.release()
	device, err := c.open(p.config.Threads)
	if err != nil {
		return err
	}
	defer device.Close()
	f := &fitting{g: g, p: p, text: text, dir: dir, device: device, data: info}
	f.show = newDisplay(g, c.Quiet, dir.path)
	return f.run()
}

// configure applies the settings of the command line, which come after those of
// the program: --set in its order, then the flags that have a name of their own.
func (c *fitCmd) configure(config *inference.Config) error {
	for _, s := range c.Set {
		key, value, ok := strings.Cut(s, "=")
		if !ok {
			return fmt.Errorf("--set %s: write --set KEY=VALUE, as in --set train.epochs=50", s)
		}
		if err := config.Set(key, value); err != nil {
			return fmt.Errorf("--set %s: %w", s, err)
		}
	}
	if err := setFlags(config, map[string]*int{"window": c.Window, "threads": c.Threads}); err != nil {
		return err
	}
	if c.Seed != nil {
		config.Seed = *c.Seed
	}
	if c.OnNaN != "" {
		if err := config.Set("on_nan", c.OnNaN); err != nil {
			return fmt.Errorf("--on-nan: %w", err)
		}
	}
	return config.Check()
}

// setFlags sets what flags give, by the keys that are their names.
func setFlags(config *inference.Config, flags map[string]*int) error {
	for key, value := range flags {
		if value == nil {
			continue
		}
		if err := config.Set(key, strconv.Itoa(*value)); err != nil {
			return fmt.Errorf("--%s: %w", key, err)
		}
	}
	return nil
}

// A fitting is a fit on its way from a program to a folder.
type fitting struct {
	g      *globals
	p      *program
	text   string // the program, resolved
	dir    *folder
	device computer
	data   []inference.DataInfo
	show   display
	brief  bool           // without the likelihood, which takes long
	old    *inference.Run // that is resumed, or nil
	saved  int            // updates of the run when it was last saved
}

// run fits, saves before it scores, so that nothing is lost, and saves again.
func (f *fitting) run() error {
	f.show.head(f)
	r, err := f.fit()
	f.show.pause()
	if r == nil {
		return err
	}
	if failed := f.save(r); failed != nil {
		return f.unsaved(failed)
	}
	switch {
	case err != nil:
		f.show.failed(r)
		return fitError(err, r, f.dir.path)
	case r.State == inference.Interrupted:
		f.show.interrupted(r)
		return context.Canceled
	}
	return f.score(r)
}

// fit learns what there is to learn.
func (f *fitting) fit() (*inference.Run, error) {
	switch {
	case learned(f.p.Model) == 0:
		return f.unfitted(), nil
	case f.old != nil && f.old.Done(f.p.config): // but it was not scored
		f.old.Config = f.p.config.Clone()
		return f.old, nil
	}
	old := f.old
	f.old = nil // its arrays are as large as the fit's
	return inference.Fit(f.g.ctx, f.p.Model, f.p.data, f.p.config, inference.Options{
		Device: f.device, Events: f.show.event, Checkpoint: f.save, Resume: old,
		Text: f.text, Command: commandLine(), Version: version(),
	})
}

// learned is how many numbers of a model are.
func learned(m *runtime.Model) int { return runtime.ZeroParams[float32](m.Params).Count() }

// unfitted is the run of a model that has nothing to be learned, as when its
// latents are summed out.
func (f *fitting) unfitted() *inference.Run {
	note := "there is nothing to learn: the model has no parameters that are not fixed"
	return &inference.Run{Model: f.p.Model.Name, Guide: f.p.Model.Guide, Config: f.p.config,
		Params: runtime.NewParams[float32](f.p.Model.Params, f.p.config.Seed), State: inference.Complete, Started: time.Now(),
		Command: commandLine(), Version: version(),
		Machine: f.device.String(), Threads: f.device.Pool().Threads(), Notes: append(slices.Clip(f.p.data.Notes), note)}
}

// save writes the run to its folder. The first time it may overwrite another.
func (f *fitting) save(r *inference.Run) error {
	r.ID, r.Text, r.Data, r.Place = runID(f.text, f.data), f.text, f.data, computedOn(f.device)
	if err := f.dir.hold(); err != nil {
		return err
	}
	if err := inference.Save(f.dir.path, r, f.dir.overwrite); err != nil {
		return err
	}
	f.dir.overwrite, f.dir.used, f.saved = false, true, r.Updates
	return nil
}

// unsaved is the error of a run that can't be saved, with what there is of it.
func (f *fitting) unsaved(err error) error {
	if !f.dir.used {
		return fmt.Errorf("%w; nothing of the run is saved", err)
	}
	return fmt.Errorf("%w; what was saved before is whole: mend that, and go on after update %d with: %s", err, f.saved, resumeLine(f.dir.path))
}

// score takes the scores of the held-out data and saves them with the run.
func (f *fitting) score(r *inference.Run) error {
	tidy()
	part, set := heldOut(f.p.data)
	fitted := inference.Fitted{Model: f.p.Model, Params: r.Params, Device: f.device}
	config := *f.p.config
	if f.brief {
		config.Eval.NLL = "none"
	}
	scores, err := scoresOf(f.g.ctx, fitted, f.p.data.Train, set, &config, f.show.scoring)
	f.show.pause()
	switch {
	case f.g.ctx.Err() != nil:
		f.show.interrupted(r)
		return context.Canceled
	case err != nil:
		return fmt.Errorf("%w; the run is in %s, without scores", err, f.dir.path)
	}
	r.Scores = scores
	if err := f.save(r); err != nil {
		return f.unsaved(err)
	}
	return f.show.finished(r, part)
}
