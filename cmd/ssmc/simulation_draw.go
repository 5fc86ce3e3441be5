package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"

	"ssmc/compiler"
	"ssmc/inference/data"
	"ssmc/runtime"
)

// A simulated is what was drawn: data, and the latents beside them.
type simulated struct{ data, latents data.Bundle }

// A wanted is a sequence that is to be drawn.
type wanted struct {
	id    string
	given compiler.Given
	times []float64 // of the rows, nil where the model reads none
}

// draw draws all sequences: so many for each part or, where data are given, one
// for each of theirs.
func (s *simulation) draw(ctx context.Context, parts [3]int, watch watcher) (*simulated, error) {
	list := s.wanted(parts)
	total, done := len(list[0])+len(list[1])+len(list[2]), 0
	tell := watch.of("simulation")
	out := &simulated{}
	for i, part := range list {
		p := newDrawing(s)
		for _, w := range part {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if err := p.add(w, done); err != nil {
				return nil, err
			}
			if done++; tell != nil {
				tell(float64(done) / float64(total))
			}
		}
		out.keep(i, p)
	}
	return out, nil
}

// wanted lists the sequences of each part.
func (s *simulation) wanted(parts [3]int) (out [3][]wanted) {
	if s.given != nil {
		for i, set := range []*data.Set{s.given.Train, s.given.Valid, s.given.Test} {
			for k := 0; set != nil && k < len(set.Sequences); k++ {
				q := &set.Sequences[k]
				w := wanted{id: q.ID, given: givenOf(s.sim.Ports, set, q)}
				if schemaOf(s.sim.Ports).TimeUnit != "" {
					w.times = q.Times
				}
				out[i] = append(out[i], w)
			}
		}
		return out
	}
	done := 0
	for i, n := range parts {
		for range n {
			done++
			out[i] = append(out[i], s.unprompted(done))
		}
	}
	return out
}

// unprompted is sequence number n where no data are given: all of it is drawn,
// and so are the times of its rows, where the model reads them.
func (s *simulation) unprompted(n int) wanted {
	w := wanted{id: strconv.Itoa(n), given: compiler.Given{Steps: s.length}}
	for _, p := range s.sim.Ports {
		var gaps []float32
		if p.Clock != "" {
			w.times = drawTimes(stream(^s.seed, n), s.length, s.interval)
			gaps = (&data.Sequence{Len: s.length, Times: w.times}).Gaps()
		}
		w.given.Data = append(w.given.Data, gaps)
	}
	return w
}

// drawTimes is the times of so many rows, from zero: the times between them are
// exponential, as those between events at random.
func drawTimes(r *rand.Rand, steps int, mean float64) []float64 {
	times := make([]float64, steps)
	for t := 1; t < steps; t++ {
		times[t] = times[t-1] + mean*r.ExpFloat64()
	}
	return times
}

// givenOf is what a sequence of data gives.
func givenOf(ports []runtime.Port, set *data.Set, q *data.Sequence) compiler.Given {
	g := compiler.Given{Steps: q.Len}
	for _, p := range ports {
		var values []float32
		var present []bool
		if i := set.Index(p.Name); i >= 0 && !p.Observed {
			values, present = q.Values(i), q.Present(i)
		}
		if p.Clock != "" {
			values = q.Gaps()
		}
		g.Data, g.Present = append(g.Data, values), append(g.Present, present)
	}
	return g
}

// keep files one part.
func (s *simulated) keep(part int, p *drawing) {
	if len(p.data) == 0 {
		return
	}
	name := [...]string{"train", "valid", "test"}[part]
	unit := schemaOf(p.sim.Ports).TimeUnit
	d, z := data.NewSet("simulated ("+name+")", p.vars, unit, p.data), data.NewSet("latents ("+name+")", p.latentVars, unit, p.latents)
	switch part {
	case 0:
		s.data.Train, s.latents.Train = d, z
	case 1:
		s.data.Valid, s.latents.Valid = d, z
	default:
		s.data.Test, s.latents.Test = d, z
	}
}

// A drawing is a part under way.
type drawing struct {
	*simulation
	vars, latentVars []data.Var
	data, latents    []data.Sequence
}

func newDrawing(s *simulation) *drawing {
	return &drawing{simulation: s, vars: boundVars(s.sim.Ports), latentVars: boundVars(s.sim.Latents)}
}

// boundVars is the variables of ports whose sizes are known.
func boundVars(ports []runtime.Port) []data.Var {
	ports = heldPorts(ports)
	vars := schemaOf(ports).Vars
	for i, p := range ports {
		vars[i].Size = p.Cols
	}
	return vars
}

// heldPorts is the ports whose values data hold: all but the clock.
func heldPorts(ports []runtime.Port) []runtime.Port {
	return slices.DeleteFunc(slices.Clone(ports), func(p runtime.Port) bool { return p.Clock != "" })
}

// held is what stands for the held ports, of what stands for all.
func held[T any](ports []runtime.Port, all []T) (out []T) {
	for i, p := range ports {
		if p.Clock == "" && all != nil {
			out = append(out, all[i])
		}
	}
	return out
}

// add draws a sequence, with random numbers of its own.
func (p *drawing) add(w wanted, number int) error {
	x, err := p.sim.Draw(w.given, stream(p.seed, number))
	if err != nil {
		return fmt.Errorf("simulate sequence %s: %w", w.id, err)
	}
	values, present := held(p.sim.Ports, x.Data), held(p.sim.Ports, w.given.Present)
	p.data = append(p.data, data.NewSequence(p.vars, w.id, w.given.Steps, values, present, w.times))
	p.latents = append(p.latents, data.NewSequence(p.latentVars, w.id, w.given.Steps, x.Latents, nil, w.times))
	return nil
}

// stream is the random numbers of a sequence: a function of the seed and its
// number among all.
func stream(seed uint64, number int) *rand.Rand {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	binary.LittleEndian.PutUint64(key[8:], uint64(number))
	return rand.New(rand.NewChaCha8(key))
}
