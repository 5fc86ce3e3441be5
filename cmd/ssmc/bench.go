package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"ssmc/inference"
	"ssmc/lang"
	"ssmc/runtime/kernel"
)

// benchCmd measures what updates of a model on data cost.
type benchCmd struct {
	Model string `arg:"" help:"A file, or the name of a model that comes with ssmc."`
	Data  string `arg:"" help:"A file, a folder with train, valid and test files, or the name of data that come with ssmc."`

	Guide   guideArg `placeholder:"GUIDE" help:"A guide by name, q(...), or a file with one."`
	Set     []string `placeholder:"KEY=VALUE" sep:"none" help:"Change a setting, as in --set train.batch=50. May be repeated."`
	Threads []int    `placeholder:"N,..." help:"Threads to compute with, or several such numbers to compare; 0 is one for each core."`
	Updates int      `placeholder:"N" help:"Time so many updates, not whole epochs."`
	Seconds float64  `default:"5" placeholder:"S" help:"Time whole epochs until so many seconds are over; one is always timed."`

	deviceFlags `embed:""`
}

// Run measures with one number of threads after another.
func (c *benchCmd) Run(g *globals) error {
	defer g.heedSignals()()
	if c.Updates < 0 {
		return fmt.Errorf("--updates: at least 1, not %d", c.Updates)
	}
	if len(c.Threads) == 0 {
		c.Threads = []int{-1}
	}
	m := benchMeter(g)
	var done []*benched
	for _, threads := range c.Threads {
		b, err := c.measure(g, threads, m)
		m.stop()
		if b != nil {
			done = append(done, b)
		}
		if err != nil {
			return errors.Join(printBenched(g, done), err)
		}
	}
	return printBenched(g, done)
}

// benchMeter shows how far a measurement is, beside what it prints in the end.
func benchMeter(g *globals) meter {
	switch {
	case g.JSON:
		return noMeter{}
	case isTerminal(g.err):
		return &bars{out: g.err}
	}
	return &logLines{out: g.err, last: time.Now()}
}

// A benched is what was measured with one number of threads.
type benched struct {
	p        *program
	device   string
	threads  int
	peak     float64 // floating-point operations a second; 0 where it is not known
	resident int     // bytes of the program at most, or 0 where the system does not tell
	*inference.Speed
}

// measure compiles, since that is part of the start, and times updates; fewer
// than zero threads leave their number to the program.
func (c *benchCmd) measure(g *globals, threads int, m meter) (*benched, error) {
	forgetResident()
	begin := time.Now()
	p, err := c.compile(g, threads)
	if err != nil {
		return nil, err
	}
	device, err := c.open(p.config.Threads)
	if err != nil {
		return nil, err
	}
	defer device.Close()
	b := &benched{p: p, device: device.String(), threads: device.Pool().Threads()}
	b.Speed, err = inference.Bench(g.ctx, p.Model, p.data, p.config, inference.BenchOptions{
		Device: device, Begin: begin, Updates: c.Updates, Least: time.Duration(c.Seconds * float64(time.Second)),
		Watch: func(part float64) { m.working("timing on "+count(b.threads, "thread"), part) },
	})
	if b.Speed == nil {
		return nil, err
	}
	b.resident = mostResident()
	if b.counts() {
		b.peak = kernel.Peak(device.Pool())
	}
	return b, err
}

func (c *benchCmd) compile(g *globals, threads int) (*program, error) {
	r := request{model: c.Model, guide: string(c.Guide), data: c.Data, set: c.Set}
	p, err := g.compile(r)
	if err != nil {
		return nil, err
	}
	if err := r.checkPosterior(p); err != nil {
		return nil, err
	}
	f := &fitCmd{Set: c.Set}
	if threads >= 0 {
		f.Threads = &threads
	}
	return p, f.configure(p.config)
}

// printBenched prints what was measured, if anything was.
func printBenched(g *globals, done []*benched) error {
	switch {
	case len(done) == 0:
		return nil
	case g.JSON:
		enc := json.NewEncoder(g.out)
		for _, b := range done {
			if err := enc.Encode(b.record()); err != nil {
				return err
			}
		}
		return nil
	}
	benchHead(g.out, done[0])
	printSpeeds(g.out, done)
	for _, b := range done {
		printPhases(g.out, b, g.sources)
	}
	fmt.Fprintln(g.out, wrapped(phaseLegend, 0))
	return nil
}

// benchHead says what was measured.
func benchHead(w io.Writer, b *benched) {
	_, conditions, _ := strings.Cut(lang.Text(b.p.Guide), " = ")
	fmt.Fprintf(w, "model       %s (%s)\n", b.p.Model.Name, b.p.source.Name)
	fmt.Fprintf(w, "guide       %s = %s\n", b.p.Model.Guide, conditions)
	fmt.Fprintf(w, "parameters  %s\n", b.p.parameters())
	fmt.Fprintf(w, "data        %s, %s to train on\n", count(b.Sequences, "sequence"), count(b.Frames, "frame"))
	fmt.Fprintf(w, "updates     %d an epoch, batch=%d, order=%s\n", b.PerEpoch, b.p.config.Batch, b.p.config.Order)
	kind, _, _ := strings.Cut(b.device, ",") // threads are told below
	fmt.Fprintf(w, "machine     %s\n", kind)
}
