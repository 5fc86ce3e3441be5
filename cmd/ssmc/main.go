// Command ssmc checks, fits and evaluates deep state-space models that are
// written in the .ssm language. It is the only place that prints, reads flags or
// exits.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/alecthomas/kong"
)

const description = `A compiler for deep state-space models, fitted by variational inference.

A MODEL is a file, or the name of a model that comes with the program.

Exit codes: 0 done, 1 the program or its data is wrong, 2 wrong usage or a file
or device that fails, 3 a run cannot be saved, 4 its folder is in use by another
process, 5 a run cannot be resumed, 6 the numbers of a fit are infinite or not
numbers, 130 interrupted (143 by SIGTERM, 129 by SIGHUP). A run that ended with
3, or was interrupted or killed, goes on with ssmc fit --resume RUN.`

// A cli is the command line: a verb is a field here and a file beside this one.
type cli struct {
	globals

	New      newCmd      `cmd:"" help:"Write a model to start from."`
	Check    checkCmd    `cmd:"" help:"Check a model, and whether data suit it."`
	Fmt      fmtCmd      `cmd:"" help:"Lay files out in the canonical form."`
	Fit      fitCmd      `cmd:"" help:"Fit a model to data."`
	Eval     evalCmd     `cmd:"" help:"Score a fitted model on data."`
	Query    queryCmd    `cmd:"" help:"Answer a query of a program with a fit of it."`
	Compare  compareCmd  `cmd:"" help:"Fit a model with several guides and compare them, or compare the scores of runs."`
	Recover  recoverCmd  `cmd:"" help:"Fit a model to data drawn from it, and compare its parameters with the truth."`
	Simulate simulateCmd `cmd:"" help:"Draw data from a model with known parameters."`
	Devices  devicesCmd  `cmd:"" help:"List what models can be computed on."`
	Bench    benchCmd    `cmd:"" help:"Measure what updates of a model on data cost."`
	Plan     planCmd     `cmd:"" help:"Say how a model will be inferred, and why."`
	Show     showCmd     `cmd:"" help:"Print a net or model of the library, or a guide written out in full."`
	Doc      docCmd      `cmd:"" help:"Describe a distribution, function or setting."`
	Explain  explainCmd  `cmd:"" help:"Explain the code of a finding."`
	Grammar  grammarCmd  `cmd:"" help:"Print the grammar of the language."`
	Version  versionCmd  `cmd:"" help:"Print the version."`

	Calibrate calibrateCmd `cmd:"" help:"Ask by simulation whether posteriors of parameters are right."`
}

func main() {
	os.Exit(run(context.Background(), os.Args[1:]))
}

// run is the command with its arguments, and gives its exit code.
func run(ctx context.Context, args []string) int {
	c := &cli{globals: newGlobals(ctx)}
	parser := kong.Must(c, kong.Name("ssmc"), kong.Description(description),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.Writers(c.out, c.err),
		kong.ShortUsageOnError())
	k, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(c.err, "ssmc: %v; see ssmc --help\n", err)
		return exitFailure
	}
	return c.exitCode(k.Run(&c.globals))
}
