package compiler

import (
	"fmt"
	"math"

	"ssmc/runtime"
)

// Begin turns to a sequence of so many steps.
func (f *Forecaster) Begin(steps int, data [][]float32, present [][]bool) {
	s := f.sim
	s.eval.Begin(steps)
	g := Given{Steps: steps, Data: data, Present: present}
	for i, x := range s.ports {
		x.begin(steps)
		if x.dist == nil {
			x.give(g, i)
		} else if x.v.Missing {
			x.present = append(x.present, ones(len(x.values))...)
		}
	}
	for _, x := range s.latents {
		x.begin(steps)
	}
	for _, x := range f.scored {
		var there []bool
		if present != nil {
			there = present[x.port]
		}
		x.begin(data[x.port], there)
	}
	f.from, f.at = 0, 0
}

// From takes the first steps as known. See runtime.Forecaster.
func (f *Forecaster) From(known int, latents [][]float32, key uint64) {
	s := f.sim
	s.keyed.key, s.err = key, nil
	f.turn(known)
	first := max(0, known-f.memory)
	if f.memory < 0 {
		first = 0
	}
	f.cells.onLatents.Forget(first)
	f.cells.onData.Forget(min(known, f.from))
	f.from, f.at = known, known
	unknown := false
	for i, x := range s.latents {
		if known > 0 && latents[i] == nil {
			unknown = true
			continue
		}
		f.recall(x, known, latents)
	}
	if unknown {
		f.sumUp(known)
	}
}

// turn has every step before known be known, and none from there on.
func (f *Forecaster) turn(known int) {
	lo, hi := min(known, f.from), max(known, f.at)
	for _, x := range f.scored {
		for t := lo; t < known; t++ {
			x.show(t)
		}
		for t := known; t < hi; t++ {
			x.series.state[t] = fresh
		}
	}
	for _, x := range f.sim.latents {
		if !x.v.Timed {
			x.state[0] = stateOf(known > 0)
			continue
		}
		for t := lo; t < hi; t++ {
			x.state[t] = stateOf(t < known)
		}
	}
}

func stateOf(known bool) int {
	if known {
		return done
	}
	return fresh
}

// recall takes the values of a latent in the last known steps.
func (f *Forecaster) recall(x *series, known int, latents [][]float32) {
	if known == 0 {
		return
	}
	values := latents[f.sim.latentIndex(x)]
	at := known*x.v.Cols() - len(values)
	if !x.v.Timed {
		at = 0
	}
	for j, v := range values {
		x.values[at+j] = float64(v)
	}
}

// latentIndex is the place of a latent among all.
func (s *Simulator) latentIndex(x *series) int {
	for i, z := range s.latents {
		if z == x {
			return i
		}
	}
	panic("compiler: no such latent")
}

// sumUp draws the classes of the known steps given all else in them.
func (f *Forecaster) sumUp(known int) {
	s := f.sim
	s.drawClasses(Given{Steps: len(s.classes[0].state), Known: known})
	for _, x := range s.classes {
		copy(x.values, x.known)
		x.known = x.known[:0]
	}
}

// Next goes one step on. See runtime.Forecaster.
func (f *Forecaster) Next(out *runtime.Forecast, draws int, given [][]float32) error {
	s, t := f.sim, f.at
	if out.Vars == nil {
		out.Vars, out.Latents = make([]runtime.VarForecast, len(s.ports)), make([][]float32, len(s.latents))
	}
	f.place(t, given)
	for _, x := range f.scored {
		x.show(t)
	}
	for _, x := range s.latents {
		s.row(x, t)
	}
	out.Log = f.score(t, out)
	f.report(t, out)
	key := s.keyed.key
	for k := draws - 1; k >= 0; k-- { // the first one comes last, and stays
		s.keyed.key = key ^ scramble(uint64(k)) ^ scramble(0)
		f.draw(t, given != nil)
		f.keep(out, t, k, draws)
	}
	if f.links.rereads {
		f.score(t, out)
	}
	f.at++
	if s.err == nil && math.IsNaN(out.Log) {
		return fmt.Errorf("what was observed at step %d has a log density that is %g", t+1, out.Log)
	}
	return s.err
}

// place sets the latents at time t, if they are given.
func (f *Forecaster) place(t int, given [][]float32) {
	if given == nil {
		return
	}
	for i, x := range f.sim.latents {
		row, at := x.at(x.values, t), t
		for j, v := range given[i] {
			row[j] = float64(v)
		}
		if !x.v.Timed {
			at = 0
		}
		x.state[at] = done
	}
}

// score tells how likely what was observed at time t is, in the light of what is there
// in the place of what the parameters read.
func (f *Forecaster) score(t int, out *runtime.Forecast) (sum float64) {
	for _, x := range f.scored {
		sum += x.score(f.sim, t, &out.Vars[x.port])
	}
	return sum
}

// report copies the latents of time t.
func (f *Forecaster) report(t int, out *runtime.Forecast) {
	for i, x := range f.sim.latents {
		out.Latents[i] = out.Latents[i][:0]
		at := t
		if x.v.Timed {
			at -= t % x.v.every()
		}
		for _, v := range x.at(x.values, at) {
			out.Latents[i] = append(out.Latents[i], float32(v))
		}
	}
}

// draw draws what is observed at time t, and latents anew that read it.
func (f *Forecaster) draw(t int, given bool) {
	s := f.sim
	for _, x := range f.scored {
		x.hide(t)
	}
	for _, x := range s.latents {
		if f.links.redraws && !given && x.v.Timed && t%x.v.every() == 0 {
			x.state[t] = fresh
		}
	}
	f.cells.now.Forget(t)
	for _, x := range s.drawn {
		s.row(x, t)
	}
}

// keep tells draw k of so many.
func (f *Forecaster) keep(out *runtime.Forecast, t, k, draws int) {
	for _, x := range f.scored {
		v, row := &out.Vars[x.port], x.series.at(x.series.values, t)
		if len(v.Draws) != draws*len(row) {
			v.Draws = make([]float64, draws*len(row))
		}
		copy(v.Draws[k*len(row):], row)
	}
}
