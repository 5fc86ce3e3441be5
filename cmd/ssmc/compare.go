package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"ssmc/compiler"
	"ssmc/inference"
	"ssmc/inference/data"
	"ssmc/lang"
)

// compareCmd fits a model with one guide after another, on the same terms, or sets the
// scores of runs side by side.
type compareCmd struct {
	Model string   `arg:"" help:"A file, or the name of a model that comes with ssmc; or the folder of a run, or a file of ssmc eval --json, to compare with others."`
	Data  string   `arg:"" optional:"" help:"Data to fit to, as for fit. With --simulate only their inputs are read. Or another run or file of scores."`
	More  []string `arg:"" optional:"" help:"More runs, or files of scores, of the same data."`

	Guides    string   `placeholder:"GUIDE,..." help:"The guides to compare, as in ST_R,MF_LR,auto,exact: names, q(...), or files with one. Without it, every structure that needs no line in the file, auto, and exact where the model allows it."`
	Seeds     int      `default:"1" placeholder:"N" help:"Fits of each guide, with one seed after another."`
	Seed      *uint64  `placeholder:"N" help:"The first seed."`
	Set       []string `placeholder:"KEY=VALUE" sep:"none" help:"Change a setting of all fits, as in --set train.epochs=50. May be repeated."`
	Simulate  bool     `help:"Draw the data from the model, with the parameters of its simulate block, and compare what the guides infer with the true latents."`
	Sequences *int     `placeholder:"N" help:"How many sequences to simulate."`
	Length    *int     `placeholder:"T" help:"The steps of each."`
	Threads   *int     `placeholder:"N" help:"Threads to compute with; 0 is one for each core."`
	Out       string   `placeholder:"DIR" help:"Folder for the table and a run for each fit; runs/MODEL-compare-TIME if not given."`
	Force     bool     `help:"Overwrite the comparison in the folder of --out."`

	deviceFlags `embed:""`
}

// Run checks all guides before it fits the first.
func (c *compareCmd) Run(g *globals) error {
	if isScored(c.Model) {
		return c.compareScores(g)
	}
	defer g.heedSignals()()
	outliveOutput()
	x := &comparison{g: g, seeds: c.Seeds}
	if err := c.check(); err != nil {
		return err
	}
	var drawn *simulated
	if c.Simulate {
		var err error
		if drawn, err = c.simulate(x); err != nil {
			return err
		}
	}
	if err := c.compile(x, drawn); err != nil {
		return err
	}
	dir, err := c.reserve(x)
	if err != nil {
		return err
	}
	defer dir.release()
	if err := c.keepData(x, drawn); err != nil {
		return err
	}
	if x.device, err = c.open(x.programs[0].config.Threads); err != nil {
		return err
	}
	defer x.device.Close()
	return x.run()
}

func (c *compareCmd) check() error {
	switch {
	case len(c.More) > 0:
		return fmt.Errorf("%s is one argument too many: a model is fitted to one data set", c.More[0])
	case !c.Simulate && c.Data == "":
		return errors.New("there are no data: write ssmc compare MODEL DATA, or --simulate to draw them from the model")
	case (!c.Simulate || c.Data != "") && (c.Sequences != nil || c.Length != nil):
		return errors.New("--sequences and --length are for --simulate without data")
	case c.Seeds < 1:
		return fmt.Errorf("--seeds: at least one fit of each guide, not %d", c.Seeds)
	}
	return nil
}

// simulate draws the data.
func (c *compareCmd) simulate(x *comparison) (*simulated, error) {
	s, err := x.g.newSimulation(request{model: c.Model, data: c.Data}, "")
	if err != nil {
		return nil, err
	}
	flags := &simulateCmd{Sequences: c.Sequences, Length: c.Length}
	if err := flags.override(s); err != nil {
		return nil, err
	}
	if err := s.settle(nil); err != nil {
		return nil, err
	}
	x.known = s
	return s.draw(x.g.ctx, s.parts(), nil)
}

// compile compiles the model with every guide, for the same data.
func (c *compareCmd) compile(x *comparison, drawn *simulated) error {
	var bundle *data.Bundle
	if drawn != nil {
		bundle = &drawn.data
		_, x.truth = heldOut(&drawn.latents)
	}
	if c.Guides == "" {
		c.Guides = x.g.usualGuides(c.Model)
	}
	failed := error(nil)
	for _, guide := range guideList(c.Guides) {
		r := request{model: c.Model, guide: guide, set: c.Set}
		if bundle == nil {
			r.data = c.Data
		} else if len(x.programs) > 0 {
			r.sizes = sizesOf(x.programs[0].Model.Ports, bundle.Train)
		}
		p, err := x.g.compile(r)
		if err != nil {
			failed = err
			if !errors.Is(err, errFindings) {
				return err
			}
			continue
		}
		if bundle == nil {
			bundle = p.data
		}
		if slices.Contains(x.guides, guide) {
			return fmt.Errorf("--guides: %s is there twice", guide)
		}
		p.data = bundle
		if err := (&fitCmd{Set: c.Set, Seed: c.Seed, Threads: c.Threads}).configure(p.config); err != nil {
			return err
		}
		x.programs, x.guides = append(x.programs, p), append(x.guides, guide)
	}
	if failed == nil && len(x.programs) == 0 {
		return errors.New("--guides: name one or more, with commas between them")
	}
	return failed
}

// usualGuides is what a model is compared with if nothing says.
func (g *globals) usualGuides(model string) string {
	structures := slices.DeleteFunc(compiler.Structures(), func(name string) bool { return name == "DKS" }) // which is ST_R
	list := strings.Join(structures, ",") + ",auto"
	src, err := g.read(model)
	if err != nil {
		return list
	}
	if file, found := lang.Parse(src); !found.HasErrors() {
		if p, _ := compiler.Compile(file, compiler.Config{Library: library, Guide: "exact"}); p != nil {
			list += ",exact"
		}
	}
	return list
}

// guideList is guides with commas between them, but not those within brackets.
func guideList(text string) (out []string) {
	depth, from := 0, 0
	for i, r := range text + "," {
		switch {
		case strings.ContainsRune("([{", r):
			depth++
		case strings.ContainsRune(")]}", r):
			depth--
		case r == ',' && (depth <= 0 || i == len(text)):
			if guide := strings.TrimSpace(text[from:i]); guide != "" {
				out = append(out, guide)
			}
			from = i + 1
		}
	}
	return out
}

// reserve makes the folder.
func (c *compareCmd) reserve(x *comparison) (*folder, error) {
	if c.Out != "" && !c.Force && exists(filepath.Join(c.Out, compareJSON)) {
		return nil, fmt.Errorf("%s holds a comparison already; choose another --out, or --force to overwrite it", c.Out)
	}
	dir, err := reserve(c.Out, x.programs[0].Model.Name+"-compare", c.Force)
	if err != nil {
		return nil, err
	}
	x.dir, x.force, dir.used = dir.path, c.Force, true
	return dir, nil
}

// keepData finds out where the runs will find their data: those that were
// simulated are kept beside them.
func (c *compareCmd) keepData(x *comparison, drawn *simulated) error {
	source := dataSource(c.Data)
	if drawn != nil {
		t := &target{path: filepath.Join(x.dir, "data"), ext: ".csv"}
		if _, err := t.write(drawn); err != nil {
			return err
		}
		source = dataSource(t.path)
	}
	x.data = dataInfo(x.programs[0].data, source)
	return nil
}

// A comparison is some fits of one model to the same data.
type comparison struct {
	g        *globals
	guides   []string // as they were given
	programs []*program
	seeds    int
	dir      string
	force    bool
	brief    bool // scores are of no interest
	data     []inference.DataInfo
	known    *simulation // that drew the data, or nil
	truth    *data.Set   // the latents of the data that are scored, or nil
	device   computer
	table    comparedTable
}

// run fits guide after guide, and seed after seed. What is done is saved.
func (x *comparison) run() error {
	x.begin()
	first, failed := x.programs[0].config.Seed, 0
	for i, p := range x.programs {
		for k := range x.seeds {
			p.config.Seed = first + uint64(k)
			t, err := x.trial(i, k)
			if errors.Is(err, context.Canceled) {
				return errors.Join(err, x.finish())
			}
			if err != nil {
				failed++
				t.Failure = err.Error()
				x.note("%s", t.Failure)
			}
			x.table.Trials = append(x.table.Trials, *t)
			if err := x.save(); err != nil {
				return err
			}
		}
	}
	if err := x.finish(); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%d of %s failed", failed, count(len(x.table.Trials), "fit"))
	}
	return nil
}
