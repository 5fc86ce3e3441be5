package inference

import (
	"time"

	"ssmc/inference/optim"
	"ssmc/runtime/cpu"
)

// The names of phases of an update that belong to no place in the program.
const (
	Waiting   = "wait for a batch"
	Loading   = "load the batch, draw noise"
	Weighing  = "add up the bound" // ops without a place
	Norming   = "norm of the gradient"
	Penalties = "penalties, norm to clip"
	Moving    = "move the parameters"
	Resting   = "all else"
)

// A Phase is part of the updates that were timed: what a statement of the
// program takes, or what has one of the names above.
type Phase struct {
	Name, Pos     string // one of them is empty
	Forward, Back time.Duration
	Flops         cpu.Flops
}

// Time is that of the phase, forwards and back.
func (p Phase) Time() time.Duration { return p.Forward + p.Back }

// A profiler is a machine that can say how long its ops take.
type profiler interface {
	SetProfile(on bool)
	Profile() []cpu.OpTime
}

// timed is what can say how long penalties and moving the parameters take.
type timed interface{ Times() optim.Times }

// A phaseClock reads what phases take from where it was started.
type phaseClock struct {
	machine profiler // or nil
	feed    *feed
	updater timed
	waited  time.Duration
	moved   optim.Times
}

// watchPhases starts the clock.
func (b *bench) watchPhases() *phaseClock {
	c := &phaseClock{feed: b.feed, waited: b.feed.waited}
	if c.updater, _ = b.stepper.(timed); c.updater != nil {
		c.moved = c.updater.Times()
	}
	c.machine, _ = b.machine.(profiler)
	if c.machine != nil {
		c.machine.SetProfile(true)
	}
	return c
}

// since is the phases of updates that took so long together, in the order in
// which they first run.
func (c *phaseClock) since(total time.Duration) []Phase {
	phases := []Phase{{Name: Waiting, Forward: c.feed.waited - c.waited}}
	if c.machine != nil {
		phases = append(phases, byPlace(c.machine.Profile())...)
		c.machine.SetProfile(false)
	}
	if c.updater != nil {
		moved := c.updater.Times()
		phases = append(phases, Phase{Name: Penalties, Forward: moved.Measure - c.moved.Measure},
			Phase{Name: Moving, Forward: moved.Move - c.moved.Move})
	}
	for _, p := range phases {
		total -= p.Time()
	}
	return append(phases, Phase{Name: Resting, Forward: total})
}

// byPlace adds up ops by where in the program they come from.
func byPlace(ops []cpu.OpTime) []Phase {
	var phases []Phase
	known := map[string]int{}
	for _, o := range ops {
		p := Phase{Name: nameOf(o), Pos: o.Pos}
		i, ok := known[p.Name+p.Pos]
		if !ok {
			i = len(phases)
			known[p.Name+p.Pos], phases = i, append(phases, p)
		}
		phases[i].add(o)
	}
	return phases
}

// nameOf is the phase of an op that has no place in the program.
func nameOf(o cpu.OpTime) string {
	switch {
	case o.Op == cpu.Loading:
		return Loading
	case o.Op == cpu.Norming:
		return Norming
	case o.Pos == "":
		return Weighing
	}
	return ""
}

// add adds an op. The norm is no way back.
func (p *Phase) add(o cpu.OpTime) {
	p.Flops.Add(o.Flops)
	if o.Backward && o.Op != cpu.Norming {
		p.Back += o.Time
	} else {
		p.Forward += o.Time
	}
}
