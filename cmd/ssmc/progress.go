package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"

	"ssmc/inference"
	"ssmc/lang"
)

// A display shows a fit: to people, or as JSON to programs.
type display interface {
	head(f *fitting)
	event(e inference.Event)
	scoring(what string, part float64) // a watcher
	pause()                            // ends what is being drawn
	interrupted(r *inference.Run)
	failed(r *inference.Run)
	finished(r *inference.Run, part string) error
}

// newDisplay chooses how to show a fit whose run is kept in dir.
func newDisplay(g *globals, quiet bool, dir string) display {
	switch {
	case g.JSON:
		return newJSONLines(g.out, dir)
	case quiet:
		return &report{out: g.out, dir: dir, quiet: true, meter: noMeter{}}
	case isTerminal(g.out):
		return &report{out: g.out, dir: dir, meter: &bars{out: g.out}}
	}
	return &report{out: g.out, dir: dir, meter: &logLines{out: g.out}}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// A meter shows how far work has come.
type meter interface {
	event(e inference.Event)
	scoring(what string, part float64)
	working(what string, part float64)
	stop()
}

// A noMeter shows nothing.
type noMeter struct{}

func (noMeter) event(inference.Event)   {}
func (noMeter) scoring(string, float64) {}
func (noMeter) working(string, float64) {}
func (noMeter) stop()                   {}

// A report is for people: a head, a meter, and a table in the end.
type report struct {
	out   io.Writer
	dir   string
	quiet bool
	meter meter
	notes []string // of the data, which the head tells
}

// event shows an event; the first may have notes about the fit.
func (r *report) event(e inference.Event) {
	switch e := e.(type) {
	case inference.Started:
		r.note(e.Notes)
	case inference.RolledBack:
		r.rolledBack(e)
	}
	r.meter.event(e)
}

// rolledBack tells of a rollback, in any case.
func (r *report) rolledBack(e inference.RolledBack) {
	r.meter.stop()
	fmt.Fprintf(r.out, "note        %s (%s left)\n", e, count(e.Left, "rollback"))
	r.notes = append(slices.Clip(r.notes), e.String())
}

// note tells what has not been told before.
func (r *report) note(list []string) {
	for _, n := range list {
		if !r.quiet && !slices.Contains(r.notes, n) {
			fmt.Fprintf(r.out, "note        %s\n", n)
			r.notes = append(slices.Clip(r.notes), n)
		}
	}
}

func (r *report) scoring(what string, part float64) { r.meter.scoring(what, part) }
func (r *report) pause()                            { r.meter.stop() }

// head says what is fitted, how, to what, and where it goes.
func (r *report) head(f *fitting) {
	if r.quiet {
		return
	}
	r.notes = f.p.data.Notes
	_, conditions, _ := strings.Cut(lang.Text(f.p.Guide), " = ")
	fmt.Fprintf(r.out, "model       %s (%s)\n", f.p.Model.Name, f.p.source.Name)
	fmt.Fprintf(r.out, "guide       %s = %s\n", f.p.Model.Guide, conditions)
	fmt.Fprintf(r.out, "parameters  %s\n", f.p.parameters())
	for i, line := range dataLines(f.p.data) {
		fmt.Fprintf(r.out, "%-10s  %s\n", heading(i, "data"), line)
	}
	fmt.Fprintf(r.out, "machine     %s\n", f.device)
	fmt.Fprintf(r.out, "run         %s\n", f.dir.path)
	if f.old != nil {
		fmt.Fprintf(r.out, "resumed     after update %d, in epoch %d of %d\n", f.old.Updates, f.old.Epochs, f.p.config.Epochs)
	}
}

// interrupted tells what there is of a fit that was broken off.
func (r *report) interrupted(run *inference.Run) {
	if run.State != inference.Interrupted {
		fmt.Fprintf(r.out, "Interrupted while scoring; the fit is %s. %s\n", run.State, bestText(run))
	} else {
		fmt.Fprintf(r.out, "Interrupted after update %d, in epoch %d of %d. %s\n", run.Updates, run.Epochs, run.Config.Epochs, bestText(run))
	}
	fmt.Fprintf(r.out, "The run is in %s; go on with: %s\n", r.dir, resumeLine(r.dir))
	fmt.Fprintf(r.out, "Or score it as it is with: ssmc eval %s\n", quoted(r.dir))
}

// failed has nothing to add to the error.
func (r *report) failed(*inference.Run) {}

// resumeLine is the command that goes on with the run in a folder.
func resumeLine(dir string) string { return "ssmc fit --resume " + quoted(dir) }

// bestText is the best score during a fit.
func bestText(run *inference.Run) string {
	if !run.Best.Found {
		return "There was no validation yet."
	}
	return fmt.Sprintf("The best bound on validation data was %.4f nats a frame, in epoch %d.", run.Best.Bound, run.Best.Epoch)
}

// finished prints the scores and what to do with the run.
func (r *report) finished(run *inference.Run, part string) error {
	if !r.quiet {
		fmt.Fprintf(r.out, "%s: %d epochs, %d updates, %.1f seconds. %s\n", run.State, run.Epochs, run.Updates, run.Seconds, bestText(run))
	}
	if !r.quiet {
		printEstimates(r.out, run.Estimates())
		printPosteriors(r.out, run.Posteriors())
		r.note(run.Notes)
	}
	printScores(r.out, part, run.Scores)
	if s := scoreNamed(run.Scores, "nll"); s != nil && s.Few > 0 {
		fmt.Fprintf(r.out, "The likelihood of %[1]s rests on few samples: see ssmc eval %[2]s --guide-check, or ssmc eval %[2]s --particles 500\n", count(s.Few, "sequence"), quoted(r.dir))
	}
	if part != "test" {
		fmt.Fprintf(r.out, "There are no test data: these were seen during the fit.\n")
	}
	if !r.quiet {
		fmt.Fprintf(r.out, "\nThe run is in %s. Score it again, or on other data, with: ssmc eval %s\n", r.dir, quoted(r.dir))
	}
	return nil
}
