package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
)

// recoverCmd draws data from a model, fits it again, and compares.
type recoverCmd struct {
	Model string `arg:"" help:"A file, or the name of a model that comes with ssmc."`
	Data  string `arg:"" optional:"" help:"Data for the inputs and static variables, where the model has any."`

	Guide     guideArg `placeholder:"GUIDE" help:"A guide by name, q(...), or a file with one."`
	Seeds     int      `default:"3" placeholder:"N" help:"Fits, each to data of its own and from a start of its own."`
	Seed      *uint64  `placeholder:"N" help:"The first seed; it also draws the parameters that the simulate block does not give."`
	Set       []string `placeholder:"KEY=VALUE" sep:"none" help:"Change a setting of all fits, as in --set train.epochs=50. May be repeated."`
	Sequences *int     `placeholder:"N" help:"How many sequences to draw."`
	Length    *int     `placeholder:"T" help:"The steps of each."`
	Block     string   `placeholder:"NAME" help:"The simulate block with the true values; the first of the file if not given."`
	Threads   *int     `placeholder:"N" help:"Threads to compute with; 0 is one for each core."`
	Out       string   `placeholder:"DIR" help:"Folder for the table and a run for each fit; runs/MODEL-recover-TIME if not given."`
	Force     bool     `help:"Overwrite the recovery in the folder of --out."`

	deviceFlags `embed:""`
}

// The files of a recovery.
const (
	recoverJSON = "recover.json"
	recoverCSV  = "recover.csv"
)

// Run compiles first, and then draws and fits with one seed after another.
func (c *recoverCmd) Run(g *globals) error {
	defer g.heedSignals()()
	outliveOutput()
	if c.Seeds < 1 {
		return fmt.Errorf("--seeds: at least one fit, not %d", c.Seeds)
	}
	x := &recovery{comparison: comparison{g: g, seeds: c.Seeds, force: c.Force, brief: true}}
	if err := c.prepare(x); err != nil {
		return err
	}
	dir, err := reserve(c.Out, x.programs[0].Model.Name+"-recover", c.Force)
	if err != nil {
		return err
	}
	defer dir.release()
	x.dir, dir.used = dir.path, true
	if x.device, err = c.open(x.programs[0].config.Threads); err != nil {
		return err
	}
	defer x.device.Close()
	return x.run(g.ctx)
}

// prepare readies the model to be drawn from and to be fitted.
func (c *recoverCmd) prepare(x *recovery) error {
	s, err := x.g.newSimulation(request{model: c.Model, data: c.Data}, c.Block)
	if err != nil {
		return err
	}
	flags := &simulateCmd{Sequences: c.Sequences, Length: c.Length, Seed: c.Seed}
	if err := flags.override(s); err != nil {
		return err
	}
	if err := s.settle(nil); err != nil {
		return err
	}
	x.known = s
	if x.truths = declaredParams(s.sim.Name, s.sim.Params()); len(x.truths) == 0 {
		return fmt.Errorf("%s has no parameter of its own to recover: declare one, as in param a: real", s.sim.Name)
	}
	r := request{model: c.Model, guide: string(c.Guide), set: c.Set}
	if s.given != nil {
		r.sizes = sizesOf(s.sim.Ports, s.given.Train)
	}
	p, err := x.g.compile(r)
	if err != nil {
		return err
	}
	if err := (&fitCmd{Set: c.Set, Seed: c.Seed, Threads: c.Threads}).configure(p.config); err != nil {
		return err
	}
	x.programs, x.guides = []*program{p}, []string{p.Model.Guide}
	return nil
}

// A recovery is some fits of a model to data that were drawn from it.
type recovery struct {
	comparison
	truths  []truth
	fits    []recovered
	failure []string
}

// run draws and fits with one seed after another. What is done is saved.
func (x *recovery) run(ctx context.Context) error {
	x.head()
	p, first := x.programs[0], x.programs[0].config.Seed
	for k := range x.seeds {
		p.config.Seed = first + uint64(k)
		err := x.one(ctx, k)
		switch {
		case errors.Is(err, context.Canceled):
			return errors.Join(err, x.finish())
		case err != nil:
			x.failure = append(x.failure, err.Error())
			x.note("%v", err)
		}
	}
	if err := x.finish(); err != nil {
		return err
	}
	if n := len(x.failure); n > 0 {
		return fmt.Errorf("%d of %s failed", n, count(x.seeds, "fit"))
	}
	return nil
}

// one draws data with a seed and fits the model to them.
func (x *recovery) one(ctx context.Context, k int) error {
	p := x.programs[0]
	x.known.seed = p.config.Seed
	drawn, err := x.known.draw(ctx, x.known.parts(), nil)
	if err != nil {
		return err
	}
	p.data = &drawn.data
	t := &target{path: filepath.Join(x.dir, fmt.Sprintf("data-%d", p.config.Seed)), ext: ".csv"}
	if _, err := t.write(drawn); err != nil {
		return err
	}
	x.data = dataInfo(p.data, dataSource(t.path))
	trial, err := x.trial(0, k)
	if err != nil {
		return err
	}
	x.fits = append(x.fits, x.estimate(trial))
	return nil
}
