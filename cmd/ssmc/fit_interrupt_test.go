package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ssmc/inference"
)

// TestInterrupt sends the signal of Ctrl-C to a fit that would last for days.
// It must end in order and leave a run that can be scored.
func TestInterrupt(t *testing.T) {
	dir := workplace(t)
	c := command(t, dir, "fit", "level.ssm", "data.csv", "--out", "run", "--json", "--set", "epochs=1e7")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	last, sent := "", false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if last = lines.Text(); !sent && strings.Contains(last, `"event":"validated"`) {
			c.Process.Signal(os.Interrupt)
			sent = true
		}
	}
	var exit *exec.ExitError
	if err := c.Wait(); !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
		t.Fatalf("it ended with %v, want exit code %d; last it said %s", err, exitInterrupted, last)
	}
	if !strings.Contains(last, `"event":"interrupted"`) || !strings.Contains(last, `"found":true`) {
		t.Errorf("the last line does not tell the scores so far: %s", last)
	}
	r, err := inference.Load(filepath.Join(dir, "run"))
	if err != nil || r.State != inference.Interrupted || r.Updates == 0 {
		t.Fatalf("loaded %+v, %v", r, err)
	}
	if out := ssmc(t, dir, "eval", "run"); !strings.Contains(out, "negative log likelihood") {
		t.Errorf("eval printed %s", out)
	}
}

// TestEnded sends SIGTERM and SIGHUP, which end a fit as Ctrl-C does.
func TestEnded(t *testing.T) {
	for sig, code := range map[syscall.Signal]int{syscall.SIGTERM: 143, syscall.SIGHUP: 129} {
		if signal.Ignored(sig) { // as under nohup: the program ignores it then, too
			continue
		}
		dir := workplace(t)
		c := command(t, dir, "fit", "level.ssm", "data.csv", "--out", "run", "--json", "--set", "epochs=1e7")
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		sent := false
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if !sent && strings.Contains(lines.Text(), `"event":"validated"`) {
				c.Process.Signal(sig)
				sent = true
			}
		}
		var exit *exec.ExitError
		if err := c.Wait(); !errors.As(err, &exit) || exit.ExitCode() != code {
			t.Errorf("%v: it ended with %v, want exit code %d", sig, err, code)
		}
		if r, err := inference.Load(filepath.Join(dir, "run")); err != nil || r.State != inference.Interrupted {
			t.Errorf("%v: loaded %+v, %v", sig, r, err)
		}
	}
}

// TestClosedOutput closes the pipe that a fit writes to, as head does: it must go
// on to its end.
func TestClosedOutput(t *testing.T) {
	for _, form := range []string{"--json", "--quiet=false"} {
		dir := workplace(t)
		c := command(t, dir, "fit", "level.ssm", "data.csv", "--out", "run", form)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		out.Close()
		if err := c.Wait(); err != nil {
			t.Errorf("%s: it ended with %v", form, err)
		}
		if r, err := inference.Load(filepath.Join(dir, "run")); err != nil || r.State != inference.Complete || len(r.Scores) == 0 {
			t.Errorf("%s: loaded %+v, %v", form, r, err)
		}
	}
}

// TestEndedAtOnce sends signals to a verb that does not look out for them: they must
// end it.
func TestEndedAtOnce(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		if signal.Ignored(sig) {
			continue
		}
		c := command(t, t.TempDir(), "check", "-")
		in, err := c.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		in.Write(make([]byte, 1<<18)) // more than a pipe holds: it reads when that is done
		c.Process.Signal(sig)
		late := time.AfterFunc(10*time.Second, func() { c.Process.Kill() })
		c.Wait()
		late.Stop()
		if s, ok := c.ProcessState.Sys().(syscall.WaitStatus); !ok || s.Signal() != sig {
			t.Errorf("%v: it ended with %v", sig, c.ProcessState)
		}
	}
}

// TestSecondInterrupt is both the parent and the child: one that does not heed
// its context. The second Ctrl-C must end it by the signal.
func TestSecondInterrupt(t *testing.T) {
	if os.Getenv("SSMC_TEST_CHILD") != "" {
		heedless()
		return
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(exe, "-test.run=^TestSecondInterrupt$")
	c.Env = append(os.Environ(), "SSMC_TEST_CHILD=1")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "first" {
		c.Process.Signal(os.Interrupt)
	}
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	for ended := false; !ended; {
		select { // the handler is taken away a moment after the first
		case <-done:
			ended = true
		case <-time.After(20 * time.Millisecond):
			c.Process.Signal(os.Interrupt)
		}
	}
	if s, ok := c.ProcessState.Sys().(syscall.WaitStatus); !ok || s.Signal() != syscall.SIGINT {
		t.Errorf("it ended with %v, want by SIGINT", c.ProcessState)
	}
}

// heedless waits for the first Ctrl-C and goes on for a minute.
func heedless() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	defer untilInterrupted(ctx)()
	fmt.Println("ready")
	<-ctx.Done()
	fmt.Println("first")
	time.Sleep(time.Minute)
}
