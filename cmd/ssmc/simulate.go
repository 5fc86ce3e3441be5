package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"ssmc/compiler"
	"ssmc/inference/data"
)

// simulateCmd draws data from a model.
type simulateCmd struct {
	Model string `arg:"" help:"A file, or the name of a model that comes with ssmc."`
	Out   string `required:"" placeholder:"PATH" help:"A file, in the format of its extension, or a folder for files called train, valid and test. The latents are kept apart."`

	Set       []string `placeholder:"NAME=VALUE" sep:"none" help:"Give a parameter of the model its value, as in --set alpha=0.5. May be repeated; the seed draws the others, from their priors if they have some."`
	Sequences *int     `placeholder:"N" help:"How many sequences to draw; 2000 if nothing says."`
	Length    *int     `placeholder:"T" help:"The steps of each; 25 if nothing says."`
	Interval  *float64 `placeholder:"TIME" help:"Mean time between rows, where the model has a clock; 1 if nothing says."`
	Split     string   `placeholder:"TRAIN,VALID,TEST" help:"How many sequences go to each part, as in 5000,500,500."`
	Seed      *uint64  `placeholder:"N" help:"Seed of all that is drawn: the same gives the same files."`
	Data      string   `placeholder:"PATH" help:"Data for the inputs and static variables: a sequence is drawn for each of theirs."`
	Block     string   `placeholder:"NAME" help:"The simulate block whose settings are the defaults; the first of the file if not given."`
	Format    string   `default:"csv" enum:"csv,tsv,jsonl,npz,parquet" help:"Format of the files in a folder: csv, tsv, jsonl, npz or parquet."`
	Force     bool     `help:"Overwrite files that are there."`
}

// Run compiles, draws and writes.
func (c *simulateCmd) Run(g *globals) error {
	r := request{model: c.Model, data: c.Data}
	r.options.Split = [3]float64{1, 0, 0}
	s, err := g.newSimulation(r, c.Block)
	if err != nil {
		return err
	}
	t, err := c.configure(s)
	if err != nil {
		return err
	}
	if err := t.check(len(s.sim.Latents) > 0, c.Force); err != nil {
		return err
	}
	var m meter = noMeter{}
	if isTerminal(g.out) && !g.JSON {
		m = &bars{out: g.out}
	}
	defer g.heedSignals()()
	out, err := s.draw(g.ctx, t.parts, m.scoring)
	m.stop()
	if err != nil {
		return err
	}
	files, err := t.write(out)
	if err != nil {
		return err
	}
	return printSimulation(g, s, files)
}

// configure applies the flags, and says where what is drawn goes.
func (c *simulateCmd) configure(s *simulation) (*target, error) {
	if c.Interval != nil && (s.given != nil || schemaOf(s.sim.Ports).TimeUnit == "") {
		return nil, errors.New("--interval is for models that declare a time, where no data give the times: drop it")
	}
	if s.given != nil && (c.Sequences != nil || c.Length != nil || c.Split != "") {
		return nil, errors.New("with --data, sequences and their lengths are those of the data: drop --sequences, --length and --split")
	}
	if c.Sequences != nil && c.Split != "" {
		return nil, errors.New("--split says how many sequences there are: drop --sequences")
	}
	if err := c.override(s); err != nil {
		return nil, err
	}
	t, err := c.target(s)
	if err != nil {
		return nil, err
	}
	return t, s.settle(c.Set)
}

// override puts what the flags say in the place of the block's settings.
func (c *simulateCmd) override(s *simulation) error {
	if c.Sequences != nil {
		s.split = [3]int{}
	}
	for i, value := range []string{given(c.Sequences), given(c.Length), given(c.Interval), given(c.Seed), c.Split} {
		if value == "" {
			continue
		}
		if err := s.set(compiler.Setting{Key: simulateKeys[i], Value: value}); err != nil {
			return fmt.Errorf("--%w", err)
		}
	}
	return nil
}

// given is a number as a flag gave it, or empty.
func given[T any](n *T) string {
	if n == nil {
		return ""
	}
	return fmt.Sprint(*n)
}

// target finds out whether --out is a file or a folder.
func (c *simulateCmd) target(s *simulation) (*target, error) {
	info, err := os.Stat(c.Out)
	if filepath.Ext(c.Out) == "" || strings.HasSuffix(c.Out, "/") || err == nil && info.IsDir() {
		return &target{path: c.Out, ext: "." + c.Format, parts: s.parts()}, nil
	}
	if err := data.Writable(c.Out); err != nil {
		return nil, fmt.Errorf("--out %w; a folder has no extension", err)
	}
	t := &target{path: c.Out, file: true, ext: filepath.Ext(c.Out), parts: [3]int{s.sequences, 0, 0}}
	switch {
	case c.Split != "":
		return nil, errors.New("--split needs a folder: give --out a name without an extension")
	case s.given != nil && s.given.Valid != nil:
		return nil, errors.New("these data have several parts: give --out the name of a folder, without an extension")
	}
	return t, nil
}

// A target is where a simulation goes: one file, or a folder with one for each
// part.
type target struct {
	path, ext string
	file      bool
	parts     [3]int // sequences
}

// name is the file of a part, or of its latents.
func (t *target) name(part string, latents bool) string {
	switch {
	case t.file && latents:
		return strings.TrimSuffix(t.path, t.ext) + ".latents" + t.ext
	case t.file:
		return t.path
	case latents:
		return filepath.Join(t.path, "latents", part+t.ext)
	}
	return filepath.Join(t.path, part+t.ext)
}

// check refuses to write over files before time is spent on what goes there.
func (t *target) check(latents, force bool) error {
	for i, part := range []string{"train", "valid", "test"} {
		for _, name := range []string{t.name(part, false), t.name(part, true)} {
			if !force && t.parts[i] > 0 && exists(name) && (latents || name != t.name(part, true)) {
				return fmt.Errorf("%s is there already; choose another --out, or --force to overwrite it", name)
			}
		}
	}
	return nil
}

// A written is a file of a simulation.
type written struct {
	Path        string `json:"path"`
	Part        string `json:"part"`
	Sequences   int    `json:"sequences"`
	Frames      int    `json:"frames"`
	Fingerprint string `json:"fingerprint"`
	Latents     string `json:"latents,omitempty"` // their file
}

// write writes all parts.
func (t *target) write(s *simulated) (files []written, err error) {
	latents := partsOf(&s.latents)
	for i, p := range partsOf(&s.data) {
		w := written{Path: t.name(p.name, false), Part: p.name, Sequences: len(p.set.Sequences), Frames: p.set.Frames(), Fingerprint: p.set.Fingerprint}
		if err := writeSet(w.Path, p.set); err != nil {
			return nil, err
		}
		if z := latents[i].set; len(z.Vars) > 0 {
			w.Latents = t.name(p.name, true)
			if err := writeSet(w.Latents, z); err != nil {
				return nil, err
			}
		}
		files = append(files, w)
	}
	return files, nil
}

// writeSet writes a set, and makes the folder that it is to be in.
func writeSet(path string, s *data.Set) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return fmt.Errorf("write data: %w", err)
	}
	return data.Write(path, s)
}

// printSimulation says what was drawn, with which parameters, and where it is.
func printSimulation(g *globals, s *simulation, files []written) error {
	if g.JSON {
		return json.NewEncoder(g.out).Encode(struct {
			Model      string           `json:"model"`
			Seed       uint64           `json:"seed"`
			Parameters []compiler.Known `json:"parameters"`
			Files      []written        `json:"files"`
		}{s.sim.Name, s.seed, s.sim.Params(), files})
	}
	printKnown(g.out, s)
	for _, f := range files {
		fmt.Fprintf(g.out, "%s: %s, %s (%s)\n", f.Path, count(f.Sequences, "sequence"), count(f.Frames, "frame"), f.Fingerprint)
		if f.Latents != "" {
			fmt.Fprintf(g.out, "%s: the latents\n", f.Latents)
		}
	}
	return nil
}

// printKnown prints the parameters that a line has room for.
func printKnown(w io.Writer, s *simulation) {
	var known []string
	others := 0
	for _, p := range s.sim.Params() {
		if len(p.Values) > 3 {
			others += len(p.Values)
			continue
		}
		value := strings.Trim(fmt.Sprintf("%.4g", p.Values), "[]")
		known = append(known, strings.TrimPrefix(p.Name, s.sim.Name+".")+" = "+strings.ReplaceAll(value, " ", ", "))
	}
	if others > 0 {
		known = append(known, count(others, "other number"))
	}
	if len(known) > 0 {
		fmt.Fprintf(w, "%s with %s\n", s.sim.Name, strings.Join(known, "; "))
	}
}
