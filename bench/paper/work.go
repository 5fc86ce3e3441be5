package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
)

// perform does the runs, --jobs of them at a time. One that fails holds up no other.
func (f *flags) perform(ctx context.Context, list []cell) error {
	var wait sync.WaitGroup
	next, failed := make(chan int), make([]error, len(list))
	for range f.jobs {
		wait.Go(func() {
			for i := range next {
				if failed[i] = f.finish(ctx, &list[i]); failed[i] != nil {
					failed[i] = fmt.Errorf("%s: %w", list[i].run, failed[i])
				}
			}
		})
	}
	for i := range list {
		next <- i
	}
	close(next)
	wait.Wait()
	return errors.Join(failed...)
}

// finish fits a run, if that is to be done and not done yet, and scores it.
func (f *flags) finish(ctx context.Context, c *cell) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if f.do == "fit" {
		if err := f.fit(ctx, c); err != nil {
			return err
		}
	}
	r, err := openRun(f.dir(c))
	switch {
	case errors.Is(err, fs.ErrNotExist): // there is nothing to score
		return nil
	case err != nil:
		return err
	}
	if err := c.suits(r); err != nil {
		return err
	}
	return f.score(ctx, c, r)
}

// fit begins a run, or goes on with one that is there and not at its end.
func (f *flags) fit(ctx context.Context, c *cell) error {
	r, err := openRun(f.dir(c))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return f.call(ctx, c, f.fitArgs(c), nil)
	case err != nil:
		return err
	}
	if err := c.suits(r); err != nil || r.done(f.epochs) {
		return err
	}
	return f.call(ctx, c, f.resumeArgs(c, r), nil)
}

// score keeps the record of a run, unless the record has just that.
func (f *flags) score(ctx context.Context, c *cell, r *run) error {
	old, err := f.readRecord(c)
	if err != nil || old.scoredAs(r, f.samples) {
		return err
	}
	now := &record{run: *r, Asked: r.asked(), CPU: cpuName(), Commit: commit()}
	if now.take(r.Scores) != nil || now.NLL.Samples != f.samples {
		if err := f.evaluate(ctx, c, now); err != nil {
			return err
		}
	}
	now.Scores = nil // those of interest have places of their own
	return f.writeRecord(c, now)
}

// evaluate scores a run on the test data.
func (f *flags) evaluate(ctx context.Context, c *cell, now *record) error {
	var out bytes.Buffer
	if err := f.call(ctx, c, f.evalArgs(c), &out); err != nil {
		return err
	}
	if later, err := openRun(f.dir(c)); err != nil || later.Best != now.Best {
		return errors.Join(err, errors.New("the run went on while it was scored: score it when it has ended"))
	}
	return now.read(out.Bytes())
}

func (f *flags) dir(c *cell) string     { return filepath.Join(f.out, c.run) }
func (f *flags) dataDir(c *cell) string { return filepath.Join(f.data, c.data) }
func (f *flags) machineArgs() []string {
	return []string{"--threads", strconv.Itoa(f.threads), "--device", f.device}
}
func (f *flags) budget(n int) []string { return []string{"--set", "train.epochs=" + strconv.Itoa(n)} }

// unscored keeps a fit from estimating the likelihood at its end: eval does.
var unscored = []string{"--set", "eval.nll=none"}

// fitArgs begin the run of a cell.
func (f *flags) fitArgs(c *cell) []string {
	args := []string{"fit", files[c.model], f.dataDir(c), "--out", f.dir(c), "--guide", c.guide, "--seed", fmt.Sprint(c.seed), "--json"}
	for _, s := range c.set {
		args = append(args, "--set", s)
	}
	return join(args, f.budget(f.epochs), unscored, f.machineArgs())
}

// resumeArgs go on with a run: to the epochs that are asked for, or to the end of
// the epoch that it is in if that is more.
func (f *flags) resumeArgs(c *cell, r *run) []string {
	args := []string{"fit", "--resume", f.dir(c), f.dataDir(c), "--json"}
	return join(args, f.budget(max(f.epochs, r.Epochs)), unscored, f.machineArgs())
}

// evalArgs score a run on the test data.
func (f *flags) evalArgs(c *cell) []string {
	args := []string{"eval", f.dir(c), f.dataDir(c), "--split", "test", "--samples", strconv.Itoa(f.samples), "--json"}
	return join(args, f.machineArgs())
}

func join(parts ...[]string) (all []string) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// call runs ssmc for a cell. What it prints goes to out, or to the run's log if
// that is nil, where its messages go too.
func (f *flags) call(ctx context.Context, c *cell, args []string, out io.Writer) error {
	name := f.dir(c) + ".log"
	log, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	defer log.Close()
	if out == nil {
		out = log
	}
	fmt.Fprintf(f.told, "%s: %s, log in %s\n", c.run, args[0], name)
	var told bytes.Buffer
	cmd := exec.CommandContext(ctx, f.ssmc, args...)
	cmd.Stdout, cmd.Stderr = out, io.MultiWriter(log, &told)
	endGently(cmd)
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("ssmc %s: %w\n%s", args[0], err, bytes.TrimSpace(told.Bytes()))
	}
	return nil
}
