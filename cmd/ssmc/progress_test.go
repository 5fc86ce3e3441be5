package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/vbauerster/mpb/v8/decor"

	"ssmc/inference"
)

// metricOf is a metric of an epoch; its bound is the epoch too.
func metricOf(epoch int, valid bool) inference.Metric {
	m := inference.Metric{Epoch: epoch, Update: 2 * epoch, Bound: float64(epoch), FramesPerSec: 1234}
	if valid {
		m.Valid, m.Best = &m.Bound, true
	}
	return m
}

// TestLogLines floods a log: it prints the first line and, when all is over, the
// last, but not those that come too fast.
func TestLogLines(t *testing.T) {
	var out bytes.Buffer
	l := &logLines{out: &out}
	l.event(inference.Started{Updates: 200, UpdatesPerEpoch: 2})
	for i := range 100 {
		l.event(inference.Validated{Metric: metricOf(i+1, true)})
		l.event(inference.Progress{Metric: metricOf(i+1, false)}) // told by the validations
	}
	l.stop()
	want := "epoch 1/100  bound 1.0000  kl 0.0000  gradient 0  1k frames/s  valid 1.0000 (best)\n" +
		"epoch 100/100  bound 100.0000  kl 0.0000  gradient 0  1k frames/s  valid 100.0000 (best)\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
	out.Reset()
	l.last = time.Time{}
	l.scoring("likelihood", 0.25)
	l.scoring("likelihood", 0.5)
	l.scoring("likelihood", 1)
	l.stop()
	if want := "scoring: likelihood, 25 %\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

// TestLogWithoutValidation logs progress where there are no validations.
func TestLogWithoutValidation(t *testing.T) {
	var out bytes.Buffer
	l := &logLines{out: &out}
	l.event(inference.Started{Updates: 20, UpdatesPerEpoch: 2})
	l.event(inference.Progress{Metric: metricOf(3, false)})
	if want := "epoch 3/10  bound 3.0000  kl 0.0000  gradient 0  1k frames/s\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

// TestBars draws a fit that ends early and two scores: none may hang, and what
// stands below a bar fits on the line.
func TestBars(t *testing.T) {
	done := make(chan bool)
	var out, below bytes.Buffer
	b := &bars{out: &out}
	go func() {
		defer close(done)
		b.event(inference.Started{Updates: 20, UpdatesPerEpoch: 2})
		b.event(inference.Validated{Metric: metricOf(1, true), SoFar: inference.Best{Bound: 1.5, Found: true}})
		b.event(inference.Progress{Metric: metricOf(3, false), Updates: 20, Left: 90 * time.Second})
		b.drawBelow(&below, decor.Statistics{AvailableWidth: 12})
		b.stop()
		b.stop()
		b.scoring("likelihood", 0.5)
		b.scoring("bound", 1)
		b.stop()
	}()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatal("the bars hang")
	}
	if below.String() != "bound 3.000\n" {
		t.Errorf("below the bar stands %q", below.String())
	}
	want := barText{"epoch 3/10  1m30s left", "bound 3.000  kl 0.000  gradient 0  1k frames/s  best valid 1.500"}
	if got := b.metric(inference.Progress{Metric: metricOf(3, false), Left: 90 * time.Second}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestShort(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 999: "999", 12345: "12k", 2.5e6: "2.5M"} {
		if got := short(x); got != want {
			t.Errorf("short(%g) is %s, want %s", x, got, want)
		}
	}
}

// TestQuoted quotes what a shell would take apart.
func TestQuoted(t *testing.T) {
	for word, want := range map[string]string{
		"a/b-1.csv": "a/b-1.csv", "": "''", "q(z[t] | x[t])": "'q(z[t] | x[t])'", "it's": `'it'\''s'`,
	} {
		if got := quoted(word); got != want || strings.Contains(got, "\n") {
			t.Errorf("quoted(%q) is %s, want %s", word, got, want)
		}
	}
}
