package main

import (
	"fmt"
	"io"
	"time"

	"ssmc/inference"
)

// pace is the least time between two lines of a log.
const pace = 2 * time.Second

// logLines shows progress as a log: a line for each validation or, where there is
// none, for each few seconds.
type logLines struct {
	out    io.Writer
	last   time.Time
	epochs string // "/600"
	due    string // the line that came too soon
	valid  bool   // there are validations
}

func (l *logLines) event(e inference.Event) {
	switch e := e.(type) {
	case inference.Started:
		l.epochs = fmt.Sprintf("/%d", e.Updates/max(1, e.UpdatesPerEpoch))
	case inference.Validated:
		l.valid = true
		l.line(l.metric(e.Metric))
	case inference.Progress:
		if !l.valid {
			l.line(l.metric(e.Metric))
		}
	}
}

// line prints a line, unless the last was just now: then it may be the last.
func (l *logLines) line(text string) {
	l.due = text
	if time.Since(l.last) >= pace {
		l.flush()
	}
}

func (l *logLines) flush() {
	if l.due != "" {
		fmt.Fprintln(l.out, l.due)
		l.due, l.last = "", time.Now()
	}
}

func (l *logLines) metric(m inference.Metric) string {
	return fmt.Sprintf("epoch %d%s  %s", m.Epoch, l.epochs, metricText(m))
}

func (l *logLines) scoring(what string, part float64) { l.working("scoring: "+what, part) }

func (l *logLines) working(what string, part float64) {
	l.line(fmt.Sprintf("%s, %.0f %%", what, 100*part))
	if part >= 1 { // soon what it is for is there
		l.due = ""
	}
}

func (l *logLines) stop() { l.flush() }

// metricText is a metric on a line; its bounds are in nats a frame.
func metricText(m inference.Metric) string {
	text := fmt.Sprintf("bound %.4f  kl %.4f  gradient %.3g  %s frames/s", m.Bound, m.KL, m.GradNorm, short(m.FramesPerSec))
	if m.Valid == nil {
		return text
	}
	text += fmt.Sprintf("  valid %.4f", *m.Valid)
	if m.Best {
		text += " (best)"
	}
	return text
}

// short is a number with a suffix for thousands and millions.
func short(x float64) string {
	switch {
	case x >= 1e6:
		return fmt.Sprintf("%.1fM", x/1e6)
	case x >= 1e3:
		return fmt.Sprintf("%.0fk", x/1e3)
	}
	return fmt.Sprintf("%.0f", x)
}
