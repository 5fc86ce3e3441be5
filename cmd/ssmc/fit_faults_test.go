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
