//go:build unix

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"ssmc/inference"
)

// A fault is caused for real, to a fit that has saved and goes on: by is called
// when there is a checkpoint, and undo when the fit has ended.
type fault struct {
	dir  string // with the model, the data and, named whole, a fit that was left alone
	run  string
	fit  []string
	by   func()
	undo func()
	mess bool             // it keeps a fit from clearing up
	as   func(s *started) // who runs it, or nil
}

// newFault is a place for a fault, in which fits take a second or two.
func newFault(t *testing.T) *fault {
	t.Helper()
	if testing.Short() {
		t.Skip("fits that are long enough to be hit take seconds")
	}
	f := &fault{dir: workplace(t), by: func() {}, undo: func() {}, as: func(*started) {}}
	f.fit = append([]string{"fit", "level.ssm", "data.csv", "--set", "epochs=1500"}, often...)
	f.run = filepath.Join(f.dir, "run")
	ssmc(t, f.dir, append(slices.Clip(f.fit), "--out", "whole", "--set", "checkpoint=0")...)
	return f
}

// start starts the program as the fault's user.
func (f *fault) start(t *testing.T, args ...string) *started {
	t.Helper()
	s := &started{Cmd: command(t, f.dir, args...)}
	s.Stdout, s.Stderr = &s.out, &s.err
	f.as(s)
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	return s
}

// strike has the fault hit a fit, which must end with a code and say certain
// things, with nothing half written and the checkpoint before it as it was. Then,
// with the fault undone, the fit goes on, and comes to what it would have come to.
func (f *fault) strike(t *testing.T, code int, said ...string) {
	t.Helper()
	s := f.start(t, append(slices.Clip(f.fit), "--out", f.run)...)
	untilUpdate(t, f.run, 0)
	f.by()
	if got := s.code(t); got != code {
		t.Errorf("it ended with %d, want %d: %s", got, code, s.err.String())
	}
	for _, want := range said {
		if !strings.Contains(s.err.String(), want) {
			t.Errorf("it said %q, want %q", s.err.String(), want)
		}
	}
	if !f.mess {
		clean(t, f.run)
	}
	if _, note, err := inference.LoadCheckpoint(f.run); err != nil || note != "" {
		t.Errorf("the checkpoint: %v, %s", err, note)
	}
	before := loaded(t, f.run)
	again := f.start(t, "fit", "--resume", f.run)
	if got := again.code(t); got != exitNotSaved {
		t.Errorf("resumed with the fault, it ended with %d: %s", got, again.err.String())
	}
	if r := loaded(t, f.run); r.Updates != before.Updates {
		t.Errorf("it is after update %d, and was after %d", r.Updates, before.Updates)
	}
	f.undo()
	if s := f.start(t, "fit", "--resume", f.run, "--quiet"); s.code(t) != 0 {
		t.Fatalf("resumed, it said %s", s.err.String())
	}
	sameFit(t, f.run, filepath.Join(f.dir, "whole"))
	clean(t, f.run)
}

// fill writes to a folder until its disk is full, and gives what takes that away.
func fill(t *testing.T, dir string) (undo func()) {
	t.Helper()
	name := filepath.Join(dir, "ballast")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	for size := 1 << 16; size > 0; size /= 2 {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
	}
	f.Close()
	return func() { os.Remove(name) }
}

// unprivileged has the fault's programs run as somebody who may not do what root
// may, from a copy that anybody may run.
func (f *fault) unprivileged(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		return
	}
	const nobody = 65534
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(f.dir, "program")
	if err := os.WriteFile(program, text, 0o755); err != nil {
		t.Fatal(err)
	}
	for dir := f.dir; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		os.Chmod(dir, 0o777)
	}
	f.as = func(s *started) {
		s.Path = program
		s.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
}
