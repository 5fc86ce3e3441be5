package main

import (
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"ssmc/inference"
)

// barWidth is that of a bar itself, in columns.
const barWidth = 30

// bars shows progress on a terminal: a bar for the fit, and one for each score.
type bars struct {
	out    io.Writer
	epochs int
	best   float64
	found  bool // best is one

	container *mpb.Progress
	bar       *mpb.Bar
	what      string                  // the work of the bar
	text      atomic.Pointer[barText] // drawn by another goroutine
}

// A barText is what stands beside a bar and below it.
type barText struct{ beside, below string }

func (b *bars) event(e inference.Event) {
	switch e := e.(type) {
	case inference.Started:
		b.epochs = e.Updates / max(1, e.UpdatesPerEpoch)
		b.begin("fit", int64(e.Updates))
	case inference.Validated:
		b.best, b.found = e.SoFar.Bound, e.SoFar.Found
	case inference.Progress:
		if b.bar == nil { // something was told in between
			b.begin("fit", int64(e.Updates))
		}
		b.set(b.metric(e))
		b.bar.SetCurrent(int64(e.Update))
	}
}

func (b *bars) metric(e inference.Progress) barText {
	t := barText{beside: fmt.Sprintf("epoch %d/%d  %s left", e.Epoch, b.epochs, e.Left.Round(time.Second))}
	t.below = fmt.Sprintf("bound %.3f  kl %.3f  gradient %.3g  %s frames/s", e.Bound, e.KL, e.GradNorm, short(e.FramesPerSec))
	if b.found {
		t.below += fmt.Sprintf("  best valid %.3f", b.best)
	}
	return t
}

func (b *bars) scoring(what string, part float64) { b.working("scoring: "+what, part) }

// working draws a bar for each piece of work, in thousandths.
func (b *bars) working(what string, part float64) {
	if b.bar == nil || b.what != what {
		b.begin(what, 1000)
		b.set(barText{beside: what})
	}
	b.bar.SetCurrent(int64(1000 * part))
}

// begin ends the bar there was and draws a new one.
func (b *bars) begin(what string, total int64) {
	b.stop()
	b.what = what
	b.set(barText{})
	b.container = mpb.New(mpb.WithOutput(b.out), mpb.WithRefreshRate(150*time.Millisecond))
	b.bar = b.container.New(total, mpb.BarStyle().Lbound("").Rbound("").Filler("━").Tip("━").Padding("─"), mpb.BarWidth(barWidth),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return " " + b.text.Load().beside })),
		mpb.BarExtender(mpb.BarFillerFunc(b.drawBelow), false))
}

// drawBelow writes the line below the bar, as far as there is room.
func (b *bars) drawBelow(w io.Writer, s decor.Statistics) error {
	text := b.text.Load().below
	if text == "" {
		return nil
	}
	_, err := fmt.Fprintln(w, text[:min(len(text), max(0, s.AvailableWidth-1))])
	return err
}

func (b *bars) set(t barText) { b.text.Store(&t) }

// stop draws the bar for the last time and leaves it.
func (b *bars) stop() {
	if b.bar == nil {
		return
	}
	b.bar.Abort(false) // without effect on one that is full
	b.container.Wait()
	b.bar = nil
}
