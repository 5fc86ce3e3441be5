package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ssmc/compiler"
	"ssmc/inference/data"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
)

// A simulation says what to draw from a model.
type simulation struct {
	sim       *compiler.Simulator
	given     *data.Bundle // the inputs and static variables, or nil
	sequences int
	length    int
	seed      uint64
	interval  float64 // mean time between rows, in the unit of the model's clock
	split     [3]int  // sequences of train, valid and test; the first is zero where nothing says
	params    []compiler.Setting
}

// newSimulation compiles a model and reads what it is to be given, if data names
// it: the settings of its simulate block are the defaults.
func (g *globals) newSimulation(r request, block string) (*simulation, error) {
	src, err := g.read(r.model)
	if err != nil {
		return nil, err
	}
	file, found := lang.Parse(src)
	if found.HasErrors() {
		return nil, g.report(found)
	}
	s := &simulation{sequences: 2000, length: 25, seed: 1, interval: 1}
	more, err := s.bind(file, compiler.Config{Library: library, Register: g.register}, r, block)
	found.Add(more...)
	if s.sim != nil && !found.HasErrors() {
		found.Add(s.defaults()...)
	}
	if reported := g.report(found); reported != nil {
		return nil, reported
	}
	return s, err
}

// bind compiles the model and opens the data, if it needs any.
func (s *simulation) bind(f *lang.File, c compiler.Config, r request, block string) (found diag.List, err error) {
	if s.sim, found = compiler.NewSimulator(f, c, block); s.sim == nil {
		return found, nil
	}
	if r.data == "" {
		return found, needsData(s.sim)
	}
	if schema := givenSchema(s.sim.Ports); len(schema.Vars) == 0 && schema.TimeUnit == "" {
		return found, fmt.Errorf("%s needs no data to draw from it: drop %s, and say how many sequences there shall be with --sequences and --length", s.sim.Name, r.data)
	}
	bundle, more, err := openData(r.data, givenSchema(s.sim.Ports), r.options)
	found.Add(slices.DeleteFunc(more, isUnused)...)
	if bundle == nil || err != nil {
		return found, err
	}
	s.given = bundle
	if sizes := sizesOf(s.sim.Ports, bundle.Train); len(sizes) > 0 {
		c.Sizes = sizes
		s.sim, _ = compiler.NewSimulator(f, c, block) // its findings are those of the first time
	}
	return found, nil
}

// isUnused reports a finding about columns that the model does not read: here
// they are what is drawn.
func isUnused(d *diag.Diagnostic) bool { return d.Code == diag.UnusedColumn }

// givenSchema is what data must hold for a simulation: what is not drawn, and
// what tells a size.
func givenSchema(ports []runtime.Port) data.Schema {
	var given []runtime.Port
	for _, p := range ports {
		if !p.Observed || p.SizeName != "" {
			given = append(given, p)
		}
	}
	return schemaOf(given)
}

// needsData is the error of a model that cannot be drawn from as it stands.
func needsData(s *compiler.Simulator) error {
	for _, p := range s.Ports {
		what := ""
		switch {
		case p.Clock != "":
			continue
		case p.Static:
			what = "the static " + p.Name
		case !p.Observed:
			what = "the input " + p.Name
		case p.SizeName != "":
			what = "the size " + p.SizeName
		default:
			continue
		}
		return fmt.Errorf("%s needs %s, which only data know: name some, and it is drawn for their sequences (ssmc simulate MODEL --data DATA, ssmc compare MODEL DATA --simulate)", s.Name, what)
	}
	return nil
}

// defaults takes the settings of the simulate block.
func (s *simulation) defaults() (found diag.List) {
	for _, x := range s.sim.Settings {
		if err := s.set(x); err != nil {
			found.Add(badSetting(x.At, err))
		}
	}
	for _, x := range s.params {
		err := s.sim.Set(x.Key, x.Value)
		if near := diag.Suggest(x.Key, simulateKeys); err != nil && near != "" {
			err = fmt.Errorf("there is no setting %s; did you mean %s?", x.Key, near)
		}
		if err != nil {
			found.Add(badSetting(x.At, err))
		}
	}
	return found
}

// simulateKeys is the settings of a simulate block that are no parameters.
var simulateKeys = []string{"sequences", "length", "interval", "seed", "split"}

// set takes one setting. A parameter waits for the seed, which draws all others.
func (s *simulation) set(x compiler.Setting) (err error) {
	switch x.Key {
	case "sequences":
		s.sequences, err = wholeNumber(x)
	case "length":
		s.length, err = wholeNumber(x)
	case "seed":
		if s.seed, err = strconv.ParseUint(x.Value, 10, 64); err != nil {
			return fmt.Errorf("seed is a whole number, not %s", x.Value)
		}
	case "interval":
		if s.interval, err = strconv.ParseFloat(x.Value, 64); err != nil || !(s.interval > 0) {
			return fmt.Errorf("interval is the mean time between rows, a number above zero, not %s", x.Value)
		}
	case "split":
		return s.setSplit(x.Value)
	default:
		s.params = append(s.params, x)
	}
	return err
}

func wholeNumber(x compiler.Setting) (int, error) {
	n, err := strconv.Atoi(x.Value)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%s is a whole number of at least 1, not %s", x.Key, x.Value)
	}
	return n, nil
}

// setSplit reads 5000,500,500: sequences of train, valid and test.
func (s *simulation) setSplit(text string) error {
	words := strings.Split(text, ",")
	var n [3]int
	for i, w := range words {
		k, err := strconv.Atoi(strings.TrimSpace(w))
		if err != nil || k < 0 || i == 0 && k < 1 || len(words) != 3 {
			return fmt.Errorf("split is three numbers of sequences, as in 5000,500,500, not %s", text)
		}
		n[i] = k
	}
	s.split, s.sequences = n, n[0]+n[1]+n[2]
	return nil
}

// parts is how many sequences go to train, valid and test: where nothing says,
// as many as of a single file.
func (s *simulation) parts() [3]int {
	if s.split[0] > 0 {
		return s.split
	}
	held := max(1, (15*s.sequences+50)/100)
	return [3]int{max(1, s.sequences-2*held), held, held}
}

// settle gives the parameters their values: those that the seed draws, then those
// of the block and then those of the command line.
func (s *simulation) settle(set []string) error {
	s.sim.Seed(s.seed)
	for _, x := range s.params {
		if err := s.sim.Set(x.Key, x.Value); err != nil {
			return err
		}
	}
	for _, x := range set {
		name, value, ok := strings.Cut(x, "=")
		if !ok {
			return fmt.Errorf("--set %s: write --set NAME=VALUE, as in --set alpha=0.5", x)
		}
		if err := s.sim.Set(name, value); err != nil {
			return fmt.Errorf("--set %s: %w", x, err)
		}
	}
	return nil
}
