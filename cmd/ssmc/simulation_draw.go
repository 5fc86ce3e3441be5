package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
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
				out[i] = append(out[i], wanted{q.ID, givenOf(s.sim.Ports, set, q)})
			}
		}
		return out
	}
	done := 0
	for i, n := range parts {
		for range n {
			done++
			out[i] = append(out[i], wanted{id: strconv.Itoa(done), given: compiler.Given{Steps: s.length}})
		}
	}
	return out
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
	d, z := data.NewSet("simulated ("+name+")", p.vars, "", p.data), data.NewSet("latents ("+name+")", p.latentVars, "", p.latents)
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
	vars := schemaOf(ports).Vars
	for i, p := range ports {
		vars[i].Size = p.Cols
	}
	return vars
}

// add draws a sequence, with random numbers of its own.
func (p *drawing) add(w wanted, number int) error {
	x, err := p.sim.Draw(w.given, stream(p.seed, number))
	if err != nil {
		return fmt.Errorf("simulate sequence %s: %w", w.id, err)
	}
	p.data = append(p.data, data.NewSequence(p.vars, w.id, w.given.Steps, x.Data, w.given.Present, nil))
	p.latents = append(p.latents, data.NewSequence(p.latentVars, w.id, w.given.Steps, x.Latents, nil, nil))
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
