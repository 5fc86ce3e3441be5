//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

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

// TestDiskFull fills the disk under a fit.
func TestDiskFull(t *testing.T) {
	f := newFault(t)
	disk := smallDisk(t, f.dir)
	f.run = filepath.Join(disk, "run")
	f.by = func() { f.undo = fill(t, disk) }
	f.strike(t, exitNotSaved, "no space left on device", "what was saved before is whole", "go on after update ", resumeLine(f.run))
}

// TestDiskFullFromTheStart has no room for a run at all.
func TestDiskFullFromTheStart(t *testing.T) {
	f := newFault(t)
	disk := smallDisk(t, f.dir)
	fill(t, disk)
	code, said := runs(t, f.dir, append(f.fit, "--out", filepath.Join(disk, "run"))...)
	if code != exitNotSaved || !strings.Contains(said, "no space left on device") {
		t.Errorf("it ended with %d: %s", code, said)
	}
	if exists(filepath.Join(disk, "run")) {
		t.Error("a folder with nothing in it is left")
	}
}

// TestFileTooLarge has files grow over what the process may write, as a quota does:
// metrics are kept each epoch, and with them checkpoints grow.
func TestFileTooLarge(t *testing.T) {
	f := newFault(t)
	f.as = func(s *started) {
		os.Symlink(s.Path, filepath.Join(f.dir, "ssmc"))
		s.Args = append([]string{"sh", "-c", `ulimit -f 160; exec ./ssmc "$@"`}, s.Args...) // of 512 bytes: a checkpoint ends with more
		s.Path = "/bin/sh"
	}
	s := f.start(t, append(slices.Clip(f.fit), "--out", f.run)...)
	if code := s.code(t); code != exitNotSaved || !strings.Contains(s.err.String(), "file too large") {
		t.Fatalf("it ended with %d: %s", code, s.err.String())
	}
	clean(t, f.run)
	if code, said := runs(t, f.dir, "fit", "--resume", f.run, "--quiet"); code != 0 {
		t.Fatalf("resumed, it ended with %d: %s", code, said)
	}
	sameFit(t, f.run, filepath.Join(f.dir, "whole"))
}

// TestReadOnlyDisk makes the disk read-only under a fit, as a system does with one
// that has errors.
func TestReadOnlyDisk(t *testing.T) {
	f := newFault(t)
	disk := smallDisk(t, f.dir)
	f.run = filepath.Join(disk, "run")
	f.by = func() { until(t, "moment without a file open", func() bool { return readOnly(disk, true) == nil }) }
	f.undo, f.mess = func() { readOnly(disk, false) }, true
	f.strike(t, exitNotSaved, "read-only file system", "what was saved before is whole")
}

// TestNoPermission takes the right to write from a fit's folder.
func TestNoPermission(t *testing.T) {
	f := newFault(t)
	f.unprivileged(t)
	f.by = func() { os.Chmod(f.run, 0o555) }
	f.undo, f.mess = func() { os.Chmod(f.run, 0o777) }, true
	f.strike(t, exitNotSaved, "permission denied", "what was saved before is whole")

	os.Mkdir(filepath.Join(f.dir, "closed"), 0o555)
	for _, out := range []string{"closed", "closed/run"} {
		s := f.start(t, append(slices.Clip(f.fit), "--out", out)...)
		if code := s.code(t); code != exitNotSaved || !strings.Contains(s.err.String(), "make the folder of the run: ") || !strings.Contains(s.err.String(), "permission denied") {
			t.Errorf("%s: it ended with %d: %s", out, code, s.err.String())
		}
	}
	os.Chmod(f.run, 0o555) // what can't be written can be scored
	if s := f.start(t, "eval", f.run); s.code(t) != 0 {
		t.Errorf("eval: %s", s.err.String())
	}
	os.Chmod(f.run, 0o777)
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

// TestInUse has several processes want one folder. The second is told who has it;
// one that was killed has it no more.
func TestInUse(t *testing.T) {
	f := newFault(t)
	s := f.start(t, append(slices.Clip(f.fit), "--out", f.run, "--set", "epochs=1e6")...)
	untilUpdate(t, f.run, 0)
	for _, args := range [][]string{{"fit", "--resume", f.run}, append(slices.Clip(f.fit), "--out", f.run, "--force")} {
		code, said := runs(t, f.dir, args...)
		if want := fmt.Sprintf("is being written by process %d on ", s.Process.Pid); code != exitInUse || !strings.Contains(said, want) {
			t.Errorf("%v: it ended with %d: %s", args, code, said)
		}
	}
	if code, said := runs(t, f.dir, "eval", f.run); code != 0 {
		t.Errorf("a run under way can't be scored: %s", said)
	}
	s.Process.Kill()
	if s.code(t) >= 0 || !exists(filepath.Join(f.run, ".lock")) {
		t.Fatalf("it was not killed: %s", s.err.String())
	}
	again := f.start(t, "fit", "--resume", f.run)
	untilUpdate(t, f.run, loaded(t, f.run).Updates)
	again.Process.Signal(syscall.SIGTERM)
	if code := again.code(t); code != 143 {
		t.Errorf("after the first was killed: %d, %s", code, again.err.String())
	}
}

// TestDataChange changes the data under a fit, which has read them, and goes on to
// the same; but it is not resumed with other data.
func TestDataChange(t *testing.T) {
	f := newFault(t)
	data, moved := filepath.Join(f.dir, "data.csv"), filepath.Join(f.dir, "moved.csv")
	text, err := os.ReadFile(data)
	if err != nil {
		t.Fatal(err)
	}
	s := f.start(t, append(slices.Clip(f.fit), "--out", f.run)...)
	untilUpdate(t, f.run, 0)
	write(t, data, strings.Replace(string(text), "\n1,2,", "\n1,2,1", 1))
	if code := s.code(t); code != 0 {
		t.Fatalf("it ended with %d: %s", code, s.err.String())
	}
	sameFit(t, f.run, filepath.Join(f.dir, "whole"))
	more := []string{"fit", "--resume", f.run, "--quiet", "--set", "epochs=1505"}
	was := inference.DataInfo{}
	if r := loaded(t, f.run); len(r.Data) > 0 {
		was = r.Data[0]
	}
	if code, said := runs(t, f.dir, more...); code != exitNotResumed || !strings.Contains(said, "have changed since the run began: train were "+was.Fingerprint+", and now train are ") {
		t.Errorf("changed data: %d, %s", code, said)
	}
	os.Remove(data)
	if code, said := runs(t, f.dir, more...); code != exitNotResumed || !strings.Contains(said, "say where with: "+resumeLine(f.run)+" DATA") {
		t.Errorf("no data: %d, %s", code, said)
	}
	write(t, data, "nothing,of,use\n")
	if code, said := runs(t, f.dir, more...); code != exitFindings {
		t.Errorf("useless data: %d, %s", code, said)
	}
	write(t, moved, string(text))
	if code, said := runs(t, f.dir, append(more, moved)...); code != 0 {
		t.Errorf("moved data: %d, %s", code, said)
	}
}

// TestInterruptTwice sends Ctrl-C again while the first is being heeded: the fit
// ends at once, wherever it is, and its checkpoint is sound.
func TestInterruptTwice(t *testing.T) {
	f := newFault(t)
	args, atOnce := append(slices.Clip(f.fit), "--out", f.run), 0
	for i := range 8 {
		s := f.start(t, args...)
		after := 0
		if args[1] == "--resume" {
			after = loaded(t, f.run).Updates
		}
		untilUpdate(t, f.run, after)
		s.Process.Signal(os.Interrupt)
		time.Sleep(time.Duration(i) * 4 * time.Millisecond)
		s.Process.Signal(os.Interrupt)
		switch code := s.code(t); {
		case code < 0:
			atOnce++
		case code == 0:
			t.Fatal("it was done before it was interrupted")
		case code != exitInterrupted:
			t.Fatalf("it ended with %d: %s", code, s.err.String())
		}
		args = []string{"fit", "--resume", f.run, "--quiet"}
	}
	if code, said := runs(t, f.dir, args...); code != 0 {
		t.Fatalf("resumed, it ended with %d: %s", code, said)
	}
	sameFit(t, f.run, filepath.Join(f.dir, "whole"))
	t.Logf("%d of 8 ended at once", atOnce)
}
