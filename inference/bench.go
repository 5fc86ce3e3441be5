package inference

import (
	"context"
	goruntime "runtime"
	"time"

	"ssmc/inference/data"
	"ssmc/runtime"
)

// BenchOptions is how Bench measures.
type BenchOptions struct {
	Device  Device             // nil is a CPU with Config.Threads
	Begin   time.Time          // what the start is counted from; zero is the call of Bench
	Updates int                // to time; 0 is whole epochs
	Least   time.Duration      // what whole epochs take at least, together; one is always timed
	Watch   func(part float64) // is told, a few times a second, how much is done; may be nil
}

// warmUp is the updates that come before those that are timed, and grow what
// later ones find in place.
const warmUp = 5

// Bench does updates as Fit does, with the same batches, machine and optimiser,
// and measures them. It validates nothing and keeps nothing. A cancelled ctx ends
// it early: where updates were timed, they are returned with the error.
func Bench(ctx context.Context, m *runtime.Model, d *data.Bundle, c *Config, o BenchOptions) (*Speed, error) {
	if o.Begin.IsZero() {
		o.Begin = time.Now()
	}
	if o.Device == nil {
		device := NewCPU(c.Threads)
		defer device.Close()
		o.Device = device
	}
	f, err := newFitter(m, &data.Bundle{Train: d.Train}, c, Options{Device: o.Device})
	if err != nil {
		return nil, err
	}
	if err := f.prepare(); err != nil {
		return nil, err
	}
	b := &bench{fitter: f, o: o, speed: &Speed{
		Sequences: len(d.Train.Sequences), Frames: d.Train.Frames(), Parameters: f.params.Count(), PerEpoch: f.plan.updates(),
	}}
	return b.measure(ctx)
}

// A bench is a fitter whose updates are timed.
type bench struct {
	*fitter
	o       BenchOptions
	feed    *feed
	speed   *Speed
	elapsed time.Duration // of the timed updates
	watched time.Time     // when Watch was told
}

// measure does the updates: first the last few of an epoch, so that those which
// are timed begin with one.
func (b *bench) measure(ctx context.Context) (*Speed, error) {
	each := b.plan.updates()
	warm := min(warmUp, each)
	b.run.Updates = each - warm
	b.feed = newFeed(b.packer, b.plan, b.run.Updates)
	defer b.feed.close()
	for i := range warm {
		if err := b.update(b.feed); err != nil {
			return nil, err
		}
		if i == 0 {
			b.speed.Start = time.Since(b.o.Begin)
		}
	}
	phases := b.watchPhases()
	err := b.timed(ctx)
	if len(b.speed.Each) == 0 {
		return nil, err
	}
	b.speed.Phases = phases.since(b.elapsed)
	b.measureMemory()
	return b.speed, err
}

// timed times updates until there are enough. What Watch does is not counted.
func (b *bench) timed(ctx context.Context) error {
	b.speed.Each = make([]UpdateTime, 0, max(b.o.Updates, 1<<12)) // does not count as allocated by updates
	b.watched = time.Now()
	before := mallocs()
	for !b.enough() {
		if err := ctx.Err(); err != nil {
			return err
		}
		b.epoch = tally{}
		begin := time.Now()
		if err := b.update(b.feed); err != nil {
			return err
		}
		spent := time.Since(begin)
		b.elapsed += spent
		b.speed.Each = append(b.speed.Each, UpdateTime{spent, b.epoch.frames})
		if time.Since(b.watched) >= interval {
			b.speed.Mallocs += mallocs() - before
			b.watch()
			before = mallocs()
		}
	}
	b.speed.Mallocs += mallocs() - before
	return nil
}

// enough reports whether all updates that were asked for are timed.
func (b *bench) enough() bool {
	n := len(b.speed.Each)
	if b.o.Updates > 0 {
		return n >= b.o.Updates
	}
	return n > 0 && n%b.speed.PerEpoch == 0 && b.elapsed >= b.o.Least
}

// watch tells how much is done.
func (b *bench) watch() {
	b.watched = time.Now()
	if b.o.Watch == nil {
		return
	}
	n := float64(len(b.speed.Each))
	part := n / float64(max(1, b.o.Updates))
	if b.o.Updates == 0 {
		part = min(n/float64(b.speed.PerEpoch), b.elapsed.Seconds()/max(1e-9, b.o.Least.Seconds()))
	}
	b.o.Watch(min(1, part))
}

// mallocs is the objects that the program has allocated so far.
func mallocs() uint64 {
	var m goruntime.MemStats
	goruntime.ReadMemStats(&m)
	return m.Mallocs
}

// measureMemory notes what the machine, the parameters and the optimiser hold.
func (b *bench) measureMemory() {
	n := len(b.params.Values)
	numbers := 2 * n // and their gradient
	for _, s := range b.stepper.state() {
		numbers += len(s.Values)
	}
	b.speed.ParameterBytes = 4 * numbers
	if sized, ok := b.machine.(interface{ Bytes() int }); ok {
		b.speed.ArrayBytes = sized.Bytes()
	}
}
