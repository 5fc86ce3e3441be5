package main

import (
	"context"
	"errors"
	"fmt"

	"ssmc/inference"
)

// The exit codes. A script may rely on them; README.md has the table.
const (
	exitOK          = 0   // done; there may be warnings
	exitFindings    = 1   // the program or its data is wrong
	exitFailure     = 2   // wrong usage, or the world: files, devices
	exitNotSaved    = 3   // a run can't be written: the disk is full, or the folder not ours
	exitInUse       = 4   // another process writes to the folder of the run
	exitNotResumed  = 5   // a run that can't be resumed: it is done, or not what it was
	exitNumbers     = 6   // the numbers of a fit are infinite or not numbers; its run is kept
	exitInterrupted = 130 // by Ctrl-C, as shells have it; by another signal 128 and its number
)

// errNotResumed marks the errors of runs that can't be resumed.
type errNotResumed struct{ error }

// notResumed is an error of a run that can't be resumed.
func notResumed(format string, args ...any) error {
	return errNotResumed{fmt.Errorf(format, args...)}
}

// exitCode says what err means for the caller, and prints it if that is still to
// be done.
func (g *globals) exitCode(err error) int {
	var numbers *failedFit
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(g.err, "ssmc: interrupted")
		return signalCode(g.ctx)
	case errors.As(err, &numbers):
		g.printFailed(numbers)
		return exitNumbers
	}
	fmt.Fprintf(g.err, "ssmc: %v\n", err)
	return failureCode(err)
}

// failureCode is the exit code of an error that is printed.
func failureCode(err error) int {
	var unsaved *inference.SaveError
	switch {
	case errors.Is(err, inference.ErrInUse):
		return exitInUse
	case errors.As(err, &unsaved):
		return exitNotSaved
	case errors.As(err, new(errNotResumed)):
		return exitNotResumed
	}
	return exitFailure
}
