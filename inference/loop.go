package inference

import (
	"context"
	"fmt"
	"time"

	"ssmc/runtime"
)

// loop does updates until the fit is over.
func (f *fitter) loop(ctx context.Context) error {
	f.start = time.Now()
	f.told = f.start
	f.tell(f.started())
	if err := f.checkpoint(); err != nil {
		return err
	}
	if err := f.catchUp(ctx); err != nil {
		return err
	}
	feed := newFeed(f.packer, f.plan, f.run.Updates)
	defer func() { feed.close() }()
	for f.run.Updates < f.total && f.run.State == Running {
		if err := ctx.Err(); err != nil {
			return err
		}
		rollbacks := len(f.run.Rollbacks)
		if err := f.step(ctx, feed); err != nil {
			return err
		}
		if len(f.run.Rollbacks) > rollbacks {
			feed.close()
			feed = newFeed(f.packer, f.plan, f.run.Updates)
		}
	}
	return nil
}

// step does an update, or a rollback in its stead, and what is due after it, which
// may roll back as well.
func (f *fitter) step(ctx context.Context, feed *feed) error {
	if err := f.update(feed); err != nil {
		f.run.Updates++
		if err := f.rollBack(fmt.Errorf("update %d: %w", f.run.Updates, err)); err != nil {
			f.run.Updates--
			return err
		}
		f.owed = true
	}
	return f.rollBack(f.look(ctx))
}

// catchUp does what was due when the run that is resumed was interrupted.
func (f *fitter) catchUp(ctx context.Context) error {
	if !f.owed {
		return nil
	}
	return f.rollBack(f.look(ctx))
}

func (f *fitter) started() Started {
	return Started{
		Parameters: f.params.Count(), Updates: f.total, UpdatesPerEpoch: f.plan.updates(),
		Sequences: len(f.data.Train.Sequences), Frames: f.data.Train.Frames(), Notes: f.run.Notes,
	}
}

// update moves the parameters once.
func (f *fitter) update(feed *feed) error {
	begin := time.Now()
	b := feed.next()
	defer feed.recycle(b)
	frames := 0
	for _, n := range b.Lens {
		frames += n
	}
	p := portion{f.config.draws(), float64(len(b.Lens)) / float64(len(f.plan.pieces))}
	f.beta, f.rate = f.config.Anneal.at(f.run.Updates), f.config.LR*f.config.Schedule.At(f.run.Updates)*f.run.slowed()
	scale := f.config.scale(len(b.Lens), frames)
	r := runtime.Run{
		K: p.samples, Coef: f.ledger.weigh(f.beta, p), Scale: scale,
		Seed: mix("train", f.config.Seed), Step: uint64(f.run.Updates), Grad: true,
	}
	if err := f.mark(); err != nil {
		return err
	}
	if err := f.stepper.run(b, r, f.rate); err != nil {
		return whose(err, f.data.Train)
	}
	f.marks.prove()
	likelihood, kl := f.ledger.read(scale, p)
	norm, err := f.stepper.move(scale, f.rate)
	if err != nil {
		return err
	}
	if f.config.Clip > 0 && norm > f.config.Clip && f.run.Updates >= f.total/2 {
		f.cut++
	}
	f.run.Updates++
	f.owed = true
	f.run.Epochs = (f.run.Updates + f.plan.updates() - 1) / f.plan.updates()
	f.count(tally{1, frames, likelihood, kl, norm, time.Since(begin)})
	return nil
}

// scale is what the cost is multiplied by, of a batch of so many sequences and frames.
func (c *Config) scale(sequences, frames int) float64 {
	switch c.Divide {
	case "batch":
		return 1 / float64(sequences)
	case "frames":
		return 1 / float64(frames)
	}
	return 1
}

func (f *fitter) count(t tally) {
	f.epoch.add(t)
	f.recent.add(t)
}

// look does what is due between updates: validation, metrics, events.
func (f *fitter) look(ctx context.Context) error {
	endOfEpoch := f.run.Updates%f.plan.updates() == 0
	if err := f.sound(); err != nil {
		return err
	}
	switch {
	case f.due(endOfEpoch):
		if err := f.validate(ctx); err != nil {
			return err
		}
	case endOfEpoch:
		f.keep(f.metric(&f.epoch))
	}
	f.owed = false
	f.report()
	if !f.checkpointDue() {
		return nil
	}
	return f.checkpoint()
}

// metric is the state of the fit, with the means of t.
func (f *fitter) metric(t *tally) Metric {
	m := Metric{
		Epoch: f.run.Epochs, Update: f.run.Updates, Seconds: f.seconds(), Beta: f.beta, LR: f.rate,
	}
	t.fill(&m)
	return m
}

// keep adds a metric to the run.
func (f *fitter) keep(m Metric) {
	f.run.Metrics = append(f.run.Metrics, m)
	f.epoch = tally{}
}

// interval is the least time between two Progress events.
const interval = 300 * time.Millisecond

// report tells of progress, unless that was done just now.
func (f *fitter) report() {
	if f.o.Events == nil || time.Since(f.told) < interval && f.run.Updates < f.total {
		return
	}
	f.told = time.Now()
	e := Progress{Metric: f.metric(&f.recent), Updates: f.total}
	done := f.run.Updates - f.first
	e.Left = time.Since(f.start) / time.Duration(max(1, done)) * time.Duration(f.total-f.run.Updates)
	f.recent = tally{}
	f.tell(e)
}
