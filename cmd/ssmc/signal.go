package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// A signalled is the cause of a context that a signal ended.
type signalled struct{ os.Signal }

func (s signalled) Error() string { return "ended by signal: " + s.String() }

// enders are the signals that ask for an orderly end. A terminal's hanging up is
// not heeded where the program was started so, as by nohup.
func enders() []os.Signal {
	list := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		list = append(list, syscall.SIGHUP)
	}
	return list
}

// untilSignal is a context that ends at the first signal of enders, which is its
// cause.
func untilSignal(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	c := make(chan os.Signal, 1)
	signal.Notify(c, enders()...)
	go func() {
		select {
		case s := <-c:
			cancel(signalled{s})
		case <-ctx.Done():
		}
	}()
	return ctx, func() { signal.Stop(c); cancel(nil) }
}

// heedSignals has a verb end in order at the first signal, which ends g's context, and
// the program at once at a second. Verbs that do not look at their context do without,
// and end at the first.
func (g *globals) heedSignals() (stop func()) {
	ctx, forget := untilSignal(g.ctx)
	g.ctx = ctx
	keep := untilInterrupted(ctx)
	return func() {
		keep()
		forget()
	}
}

// untilInterrupted lets a second Ctrl-C end the program at once: the first has
// cancelled ctx, and asks for an orderly end.
func untilInterrupted(ctx context.Context) (stop func() bool) {
	list := enders() // now: later it can't be told which were ignored
	return context.AfterFunc(ctx, func() { signal.Reset(list...) })
}

// signalCode is the exit code of a program that the end of ctx interrupted.
func signalCode(ctx context.Context) int {
	var by signalled
	if s, ok := syscall.Signal(0), errors.As(context.Cause(ctx), &by); ok {
		if s, ok = by.Signal.(syscall.Signal); ok && s != syscall.SIGINT {
			return 128 + int(s)
		}
	}
	return exitInterrupted
}

// outliveOutput lets the program go on where nobody reads its output any more,
// as in ssmc fit | head: writes then fail, without a signal that ends it.
func outliveOutput() { signal.Ignore(syscall.SIGPIPE) }

// unlessClosed is the error of a write, or nil where only nobody reads it.
func unlessClosed(err error) error {
	if errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return err
}
