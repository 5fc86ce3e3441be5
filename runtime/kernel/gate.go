package kernel

import (
	"runtime"
	"sync/atomic"
)

// States of a gate.
const (
	gateShut uint32 = iota
	gateOpen
	gateParked // shut, with its waiter asleep
)

// A waiter looks at its gate spinLooks times, some tens of microseconds, before it
// sleeps, and lets other goroutines run between every yieldLooks of them.
const (
	spinLooks  = 1 << 13
	yieldLooks = 1 << 9
)

// gate lets one waiter through each time it is opened. The waiter spins briefly,
// so that handing work over takes a fraction of a microsecond, and then sleeps, so
// that an idle pool costs nothing.
type gate struct {
	state atomic.Uint32
	wake  chan struct{}
}

func newGate() gate { return gate{wake: make(chan struct{}, 1)} }

// open lets the waiter through, now or when it comes.
func (g *gate) open() {
	if g.state.Swap(gateOpen) == gateParked {
		g.wake <- struct{}{}
	}
}

// wait returns when the gate has been opened, and shuts it.
func (g *gate) wait() {
	if !g.spin() && g.state.CompareAndSwap(gateShut, gateParked) {
		<-g.wake
	}
	g.state.Store(gateShut)
}

// spin reports whether the gate opened within the time that a waiter spins.
func (g *gate) spin() bool {
	for look := 1; look <= spinLooks; look++ {
		if g.state.Load() == gateOpen {
			return true
		}
		if look%yieldLooks == 0 {
			runtime.Gosched()
		}
	}
	return false
}
