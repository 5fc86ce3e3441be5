package main

import (
	"cmp"
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
	"ssmc/lang/diag"
	"ssmc/runtime"
)

// queryCmd answers a query of a program with a fit of it.
type queryCmd struct {
	Folder string `arg:"" name:"run" help:"The folder of a run, as fit made it."`
	Name   string `arg:"" optional:"" help:"The query; the only one of the program if not given."`
	Data   string `arg:"" optional:"" help:"Data to ask about; those of the fit if not given."`

	Split   string `placeholder:"PART" enum:",train,valid,test,all" default:"" help:"The part of the data: train, valid, test, or all of a file; as the query says, and else test."`
	Samples *int   `placeholder:"N" help:"How often each sequence is drawn; as the query says, and else 100."`
	Seed    uint64 `default:"1" placeholder:"N" help:"Seed of what is drawn."`
	Threads *int   `placeholder:"N" help:"Threads to compute with; 0 is one for each core."`

	deviceFlags `embed:""`
}

// defaultSamples is how often sequences are drawn where nothing says.
const defaultSamples = 100

// Run loads, asks and prints. The program is that of the run.
func (c *queryCmd) Run(g *globals) error {
	defer g.heedSignals()()
	e := &evalCmd{Folder: c.Folder, Data: c.Data, Split: c.Split, Threads: c.Threads}
	if c.Data == "" && c.Name != "" && exists(c.Name) && !isQuery(c.Folder, c.Name) {
		e.Data, c.Name = c.Name, "" // RUN DATA
	}
	run, err := e.load()
	if err != nil {
		return err
	}
	e.Split = cmp.Or(e.Split, c.part(run), "test")
	p, err := g.compile(e.request(run))
	if err != nil {
		return err
	}
	set, err := e.set(p)
	if err != nil {
		return err
	}
	a, err := c.answering(g, p, run, set)
	if err != nil {
		return err
	}
	defer a.device.Close()
	a.answer = answered{Run: c.Folder, ID: run.ID, Model: run.Model, Part: e.Split, Data: set.Name, Fingerprint: set.Fingerprint,
		Changed: changed(run, e.Split, set), Seed: c.Seed}
	if err := a.run(g.ctx); err != nil {
		return err
	}
	return a.finish()
}

// isQuery reports whether a run's program has a query called name.
func isQuery(folder, name string) bool {
	run, err := inference.Load(folder)
	if err != nil {
		return false
	}
	return slices.Contains(queriesOf(run), name)
}

// queriesOf lists the queries of a run's program.
func queriesOf(run *inference.Run) []string { return compiler.QueryNames(programOf(run)) }

func programOf(run *inference.Run) *lang.File {
	file, _ := lang.Parse(&diag.Source{Name: "model.ssm", Text: run.Text}) // it was fitted
	return file
}

// part is the part of the data that the query is on, or empty.
func (c *queryCmd) part(run *inference.Run) string {
	for _, it := range programOf(run).Items {
		if q := it.Query; q != nil && q.On != nil && (q.Name.Text == c.Name || c.Name == "") {
			return q.On.Text
		}
	}
	return ""
}

// name is the query that is asked.
func (c *queryCmd) name(names []string) (string, error) {
	switch {
	case len(names) == 0:
		return "", errors.New("the program of the run has no query: write one, as in query q { report mean(x[1:T]) }, and fit it")
	case c.Name == "" && len(names) > 1:
		return "", fmt.Errorf("the program has several queries: name one of %s", strings.Join(names, ", "))
	case c.Name == "":
		return names[0], nil
	case !slices.Contains(names, c.Name):
		return "", unknown("query", c.Name, names, "")
	}
	return c.Name, nil
}

// answering prepares to answer.
func (c *queryCmd) answering(g *globals, p *program, run *inference.Run, set *data.Set) (*answering, error) {
	file, found := lang.Parse(p.source)
	name, err := c.name(compiler.QueryNames(file))
	if err != nil {
		return nil, err
	}
	a := &answering{g: g, p: p, file: file, set: set, seed: c.Seed, config: run.Config}
	a.compile = compiler.Config{Library: library, Register: g.register, Sizes: sizesOf(p.Model.Ports, set), Columns: set.Columns}
	if a.params, err = run.Restore(p.Model); err != nil {
		return nil, fmt.Errorf("the parameters in %s do not suit its model.ssm with these data: %w", c.Folder, err)
	}
	first, more := compiler.NewAsker(file, a.compile, name)
	found.Add(more...)
	if err := g.report(found); err != nil {
		return nil, err
	}
	a.samples = cmp.Or(first.Samples, defaultSamples)
	if c.Samples != nil {
		a.samples = *c.Samples
	}
	if a.samples < 1 {
		return nil, fmt.Errorf("--samples: each sequence is drawn at least once, not %d times", a.samples)
	}
	a.asker = first
	a.device, err = c.open(run.Config.Threads)
	return a, err
}

// An answering is a query on its way to its answer.
type answering struct {
	g       *globals
	p       *program
	file    *lang.File
	compile compiler.Config
	params  *runtime.Params[float32]
	config  *inference.Config
	device  computer
	set     *data.Set
	asker   *compiler.Asker
	samples int
	seed    uint64
	answer  answered
}

// run draws, and sums up.
func (a *answering) run(ctx context.Context) error {
	var m meter = noMeter{}
	if isTerminal(a.g.out) && !a.g.JSON {
		m = &bars{out: a.g.out}
	}
	defer m.stop()
	own, other, err := a.arms()
	if err != nil {
		return err
	}
	list := a.questions(own, other)
	if len(list) == 0 {
		return fmt.Errorf("no sequence of %s can be asked: %s", a.set.Name, a.answer.leftOut())
	}
	for _, x := range []*arm{own, other} {
		if x == nil {
			continue
		}
		if err := a.draw(ctx, x, list, m.scoring); err != nil {
			return err
		}
	}
	a.sumUp(own, other)
	return nil
}

// arms is the query, and what it is compared with or nil.
func (a *answering) arms() (own, other *arm, err error) {
	own = &arm{asker: a.asker, act: true, what: a.asker.Name}
	switch versus := a.asker.Versus; versus {
	case "":
		return own, nil, nil
	case compiler.Factual:
		return own, &arm{asker: a.asker, what: versus}, nil
	default:
		asker, found := compiler.NewAsker(a.file, a.compile, versus)
		return own, &arm{asker: asker, act: true, what: versus}, a.g.report(found)
	}
}

// queryFile is where the answer to a query is kept, in the folder of the run.
func queryFile(folder, name string) string {
	return filepath.Join(folder, "query-"+plainName(name)+".json")
}
