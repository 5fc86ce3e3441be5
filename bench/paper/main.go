// Command paper fits the cells of tables 2 to 4 of Krishnan, Shalit & Sontag (AAAI
// 2017), scores them, and writes the tables in Markdown, ours beside the paper's.
// Runs and their records are kept; one that was broken off goes on where it was. Run
// it from the root of the repository:
//
//	go build -o ssmc ./cmd/ssmc
//	go run ./bench/paper --data poly --list
//	go run ./bench/paper --data poly --tables guides --write docs/results.md
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
)

// flags is what the command line says.
type flags struct {
	ssmc, data, out string
	tables, cells   string
	epochs, samples int
	device          string
	threads, jobs   int
	do, write       string
	list            bool
	told            io.Writer // is told what is begun
}

func main() {
	f := flags{told: os.Stderr}
	flag.StringVar(&f.ssmc, "ssmc", "./ssmc", "the program")
	flag.StringVar(&f.data, "data", os.Getenv("DATA"), "a folder of folders jsb and nottingham; by default what the variable DATA names")
	flag.StringVar(&f.out, "out", "runs/paper", "folder of the runs, their logs and records")
	flag.StringVar(&f.tables, "tables", "", "tables whose cells are run, of 2,guides,3,4; all if not given")
	flag.StringVar(&f.cells, "cells", "", "cells of these that are run, as in jsb/DKS,3/jsb/DMM; all if not given")
	flag.IntVar(&f.epochs, "epochs", schedule, "that runs go on to; those that have more stay as they are")
	flag.IntVar(&f.samples, "samples", 2000, "importance samples of a test sequence")
	flag.StringVar(&f.device, "device", "cpu", "where to compute: cpu or cuda")
	flag.IntVar(&f.threads, "threads", 1, "of each run")
	flag.IntVar(&f.jobs, "jobs", 1, "runs at a time")
	flag.StringVar(&f.do, "do", "fit", "fit: fit, score and show; score: score the runs there are as they are, and show; show: the tables of what was scored")
	flag.BoolVar(&f.list, "list", false, "list the cells with the folders of their runs, and do nothing")
	flag.StringVar(&f.write, "write", "", "file to write all tables into, between the lines of bench/paper; the standard output if not given")
	flag.Parse()
	os.Exit(f.main())
}

// main does what is asked for, and is the exit code.
func (f *flags) main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	err := f.run(ctx)
	switch {
	case ctx.Err() != nil:
		fmt.Fprintln(os.Stderr, "paper: interrupted; the same command goes on")
		return 130
	case err != nil:
		fmt.Fprintln(os.Stderr, "paper:", err)
		return 1
	}
	return 0
}

// run does the cells that were chosen, and shows all that were ever scored.
func (f *flags) run(ctx context.Context) error {
	if err := f.check(); err != nil {
		return err
	}
	chosen, err := choose(f.tables, f.cells)
	if err != nil {
		return err
	}
	if f.list {
		fmt.Print(f.listing(chosen))
		return nil
	}
	var failed error
	if f.do != "show" {
		if err := os.MkdirAll(f.out, 0o777); err != nil {
			return err
		}
		failed = f.perform(ctx, runs(chosen))
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.Join(failed, f.show())
}

// check refuses flags that can't be.
func (f *flags) check() error {
	switch {
	case flag.NArg() > 0:
		return fmt.Errorf("%s is no flag", flag.Arg(0))
	case !slices.Contains([]string{"fit", "score", "show"}, f.do):
		return fmt.Errorf("--do %s: choose fit, score or show", f.do)
	case f.data == "" && f.do != "show" && !f.list:
		return errors.New("--data: the folder of the data is needed")
	case f.epochs < 1 || f.samples < 1 || f.jobs < 1 || f.threads < 0:
		return errors.New("--epochs, --samples and --jobs are at least 1, --threads at least 0")
	}
	return nil
}

// show writes the tables.
func (f *flags) show() error {
	list, err := f.rows()
	if err != nil {
		return err
	}
	curves, err := f.curves()
	if err != nil {
		return err
	}
	text := markdown(list) + curves
	if f.write == "" {
		fmt.Print(text)
		return nil
	}
	return rewrite(f.write, text)
}
