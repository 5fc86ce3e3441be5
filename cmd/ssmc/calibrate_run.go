package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"

	"ssmc/inference"
	"ssmc/inference/data"
)

// calibrationDraws is the draws that the truth is ranked among: ranks are then
// known to a thousandth.
const calibrationDraws = 999

// workers is how many fits there are at a time.
func workers(threads int) int {
	if threads > 0 {
		return threads
	}
	return runtime.GOMAXPROCS(0)
}

// A calibrator simulates and fits, one after another, on one thread.
type calibrator struct {
	sim *simulation
	p   *program
}

// run does all simulations, several at a time. Each is a function of its number.
func (x *calibrating) run(watch watcher) error {
	ctx, cancel := context.WithCancel(x.g.ctx)
	defer cancel()
	x.done = make([]simulatedFit, x.n)
	var failed error
	done := 0
	for err := range x.results(ctx) {
		if err != nil {
			failed = errors.Join(failed, err)
			cancel()
			continue
		}
		done++
		watch("simulations", float64(done)/float64(x.n))
	}
	if x.g.ctx.Err() != nil {
		return x.g.ctx.Err()
	}
	return failed
}

// results tells of each simulation that is done. The numbers go to whichever
// worker is free.
func (x *calibrating) results(ctx context.Context) <-chan error {
	next, told := make(chan int), make(chan error)
	var group sync.WaitGroup
	for _, w := range x.workers {
		group.Go(func() {
			device := inference.NewCPU(1)
			defer device.Close()
			for i := range next {
				told <- x.one(ctx, w, device, i)
			}
		})
	}
	go func() {
		defer close(told)
		defer group.Wait()
		defer close(next)
		for i := range x.n {
			select {
			case next <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	return told
}

// one is simulation number i. A fit that fails is a finding, and no error.
func (x *calibrating) one(ctx context.Context, w *calibrator, device inference.Device, i int) error {
	out := &x.done[i]
	out.seed = simulationSeed(x.seed, i)
	w.sim.seed = out.seed
	if err := w.sim.settle(nil); err != nil {
		return err
	}
	out.truth = w.sim.sim.Params()
	drawn, err := w.sim.draw(ctx, [3]int{w.sim.sequences, 0, 0}, nil)
	if err != nil {
		return fmt.Errorf("simulation %d: %w", i+1, err)
	}
	config := *w.p.config
	config.Seed = out.seed
	r, err := inference.Fit(ctx, w.p.Model, &data.Bundle{Train: drawn.data.Train}, &config, inference.Options{Device: device})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && r == nil:
		return fmt.Errorf("simulation %d: %w", i+1, err)
	case err != nil:
		out.failure = err.Error()
		return nil
	}
	out.draws = r.Draws(calibrationDraws)
	return nil
}

// simulationSeed is the seed of simulation i.
func simulationSeed(seed uint64, i int) uint64 { return rand.NewPCG(seed, uint64(i)).Uint64() }
