package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"ssmc/compiler"
	"ssmc/inference"
)

// calibrateCmd asks by simulation whether posteriors are what they claim to be.
type calibrateCmd struct {
	Model string `arg:"" help:"A file, or the name of a model that comes with ssmc. All of its parameters have priors."`

	Simulations int      `default:"200" placeholder:"N" help:"How often to draw parameters and data, and fit."`
	Guide       guideArg `placeholder:"GUIDE" help:"A guide by name, q(...), or a file with one."`
	Set         []string `placeholder:"KEY=VALUE" sep:"none" help:"Change a setting of all fits, as in --set posterior=fullrank. May be repeated."`
	Sequences   *int     `placeholder:"N" help:"How many sequences to draw in each simulation; 20 if nothing says."`
	Length      *int     `placeholder:"T" help:"The steps of each; 25 if nothing says."`
	Interval    *float64 `placeholder:"TIME" help:"Mean time between rows, where the model has a clock."`
	Data        string   `placeholder:"PATH" help:"Data for the inputs and static variables: a sequence is drawn for each of theirs."`
	Seed        *uint64  `placeholder:"N" help:"Seed of all simulations and fits."`
	Threads     int      `default:"0" placeholder:"N" help:"Fits at a time, each on one thread; 0 is one for each core. The results do not depend on it."`
	Out         string   `placeholder:"DIR" help:"Folder for the table, the ranks and the plot; runs/MODEL-calibrate-TIME if not given."`
	Force       bool     `help:"Overwrite the calibration in the folder of --out."`
}

// Run simulates, fits, and compares what was inferred with what was drawn.
func (c *calibrateCmd) Run(g *globals) error {
	defer g.heedSignals()()
	outliveOutput()
	x, err := c.prepare(g)
	if err != nil {
		return err
	}
	if c.Out != "" && !c.Force && exists(filepath.Join(c.Out, calibrationJSON)) {
		return fmt.Errorf("%s holds a calibration already; choose another --out, or --force to overwrite it", c.Out)
	}
	dir, err := reserve(c.Out, x.model+"-calibrate", c.Force)
	if err != nil {
		return err
	}
	defer dir.release()
	x.begin(dir.path)
	var m meter = &logLines{out: g.out}
	switch {
	case g.JSON:
		m = noMeter{}
	case isTerminal(g.out):
		m = &bars{out: g.out}
	}
	err = x.run(m.scoring)
	m.stop()
	if err != nil {
		return err
	}
	dir.used = true
	return x.finish(dir.path)
}

// prepare compiles what each of the workers needs.
func (c *calibrateCmd) prepare(g *globals) (*calibrating, error) {
	if c.Simulations < 20 {
		return nil, fmt.Errorf("--simulations: at least 20, or nothing can be told, not %d", c.Simulations)
	}
	x := &calibrating{g: g, n: c.Simulations}
	for range min(workers(c.Threads), c.Simulations) {
		w, err := c.worker(g)
		if err != nil {
			return nil, err
		}
		x.workers = append(x.workers, w)
	}
	w := x.workers[0]
	x.model, x.guide, x.seed = w.p.Model.Name, w.p.Model.Guide, w.sim.seed
	return x, nil
}

// worker compiles the model to draw from it, and to fit it.
func (c *calibrateCmd) worker(g *globals) (*calibrator, error) {
	s, err := c.simulation(g)
	if err != nil {
		return nil, err
	}
	r := request{model: c.Model, guide: string(c.Guide), set: c.Set}
	if s.given != nil {
		r.sizes = sizesOf(s.sim.Ports, s.given.Train)
	}
	p, err := g.compile(r)
	if err != nil {
		return nil, err
	}
	if err := (&fitCmd{Set: c.Set}).configure(p.config); err != nil {
		return nil, err
	}
	return &calibrator{sim: s, p: p}, allPriors(s.sim, p)
}

// fewSequences is how many a simulation draws where nothing says.
const fewSequences = 20

// simulation is how to draw. What the simulate block says of parameters does not
// count: they are drawn from their priors.
func (c *calibrateCmd) simulation(g *globals) (*simulation, error) {
	r := request{model: c.Model, data: c.Data}
	r.options.Split = [3]float64{1, 0, 0}
	s, err := g.newSimulation(r, "")
	if err != nil {
		return nil, err
	}
	if s.given != nil && (c.Sequences != nil || c.Length != nil || c.Interval != nil) {
		return nil, errors.New("with --data, sequences and their lengths are those of the data: drop --sequences, --length and --interval")
	}
	if !s.says("sequences") && !s.says("split") {
		s.sequences = fewSequences
	}
	s.split, s.params = [3]int{}, nil
	flags := &simulateCmd{Length: c.Length, Interval: c.Interval, Seed: c.Seed, Sequences: c.Sequences}
	return s, flags.override(s)
}

// says reports whether the simulate block has a setting.
func (s *simulation) says(key string) bool {
	for _, x := range s.sim.Settings {
		if x.Key == key {
			return true
		}
	}
	return false
}

// allPriors refuses a model whose parameters cannot all be drawn and inferred.
func allPriors(s *compiler.Simulator, p *program) error {
	var without []string
	for _, q := range p.Model.Params {
		if q.Belief == nil && !q.Guide && !q.Fixed {
			without = append(without, strings.TrimPrefix(q.Name, s.Name+"."))
		}
	}
	switch {
	case len(without) > 0 && p.posteriorSetting() == compiler.MAP:
		return errors.New("posterior=map gives parameters no posterior: choose meanfield or fullrank")
	case len(without) > 0:
		return fmt.Errorf("%s has no prior to draw it from: write ~ and a distribution behind its declaration, or make it a const", strings.Join(without, ", "))
	case len(s.Params()) == 0:
		return fmt.Errorf("%s has no parameters", s.Name)
	}
	return nil
}

// posteriorSetting is how parameters with priors are inferred.
func (p *program) posteriorSetting() string {
	for _, x := range p.config.Settings() {
		if x.Key == "posterior" {
			return x.Value
		}
	}
	return ""
}

// A calibrating is a calibration under way.
type calibrating struct {
	g       *globals
	model   string
	guide   string
	n       int // simulations
	seed    uint64
	workers []*calibrator
	done    []simulatedFit // by simulation
}

// A simulatedFit is what one simulation found.
type simulatedFit struct {
	seed    uint64
	truth   []compiler.Known
	draws   []inference.ParamDraws
	failure string // of the fit, or empty
}
