package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"ssmc/inference"
	"ssmc/lang/diag"
	"ssmc/runtime/cpu"
)

// A failedFit is the error of a fit whose numbers were infinite or not numbers.
type failedFit struct {
	error
	advice []string
	goOn   string // the command that goes on with the run, or empty
}

func (e *failedFit) Unwrap() error { return e.error }

// fitError is the error of a fit that left a run in a folder.
func fitError(err error, r *inference.Run, dir string) error {
	told := fmt.Errorf("%w; the run so far is in %s", err, dir)
	if !inference.NotFinite(err) {
		return told
	}
	failed := &failedFit{error: told, advice: r.Advice}
	if r.Updates > 0 && r.Config.OnNaN.Kind == "stop" {
		failed.goOn = resumeLine(dir) + " --on-nan=rollback"
	}
	return failed
}

// printFailed prints such an error, the line of the program that it came from, and
// what to try.
func (g *globals) printFailed(e *failedFit) {
	fmt.Fprintf(g.err, "ssmc: %v\n", e)
	var at *cpu.NotFinite
	if errors.As(e, &at) {
		printPlace(g.err, at.Pos, g.sources)
	}
	if len(e.advice) > 0 {
		fmt.Fprintln(g.err, "what to try:")
	}
	for _, a := range e.advice {
		fmt.Fprintf(g.err, "  %s\n", a)
	}
	if e.goOn != "" {
		fmt.Fprintf(g.err, "this run can go on so with: %s\n", e.goOn)
	}
}

// printPlace draws a line of a program with a caret under a place in it.
func printPlace(w io.Writer, pos string, sources map[string]*diag.Source) {
	file, line, _ := placeOf(pos)
	column, err := strconv.Atoi(pos[strings.LastIndexByte(pos, ':')+1:])
	if err == nil && sources[file] != nil {
		io.WriteString(w, diag.Excerpt(diag.Cell(file, line, column), func(name string) *diag.Source { return sources[name] }))
	}
}
