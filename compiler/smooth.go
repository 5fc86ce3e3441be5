package compiler

import (
	"math/rand/v2"

	"ssmc/compiler/ir"
	"ssmc/runtime"
	"ssmc/runtime/exact"
	"ssmc/runtime/op"
)

// A Smoother infers the latents of a linear-Gaussian model exactly. It is not
// safe for use by several goroutines at a time.
type Smoother struct {
	Latents []runtime.Port // side by side they are the state

	filter *ir.Node // the op.Kalman
	ports  map[string]int
	list   []runtime.Port
	params *runtime.Params[float32]
	eval   *ir.Interpreter
	given  Given
}

// Smoother is the smoother of a program whose guide is the Kalman filter, with
// parameters laid out for its model; nil for any other.
func (p *Program) Smoother(params *runtime.Params[float32]) *Smoother {
	for _, t := range p.unit.terms {
		if _, ok := t.node.Spec.(op.Kalman); ok {
			return p.reader(t.node, params)
		}
	}
	return nil
}

// reader reads the data and parameters for a filter.
func (p *Program) reader(filter *ir.Node, params *runtime.Params[float32]) *Smoother {
	s := &Smoother{filter: filter, ports: map[string]int{}, list: p.Model.Ports, params: params}
	s.eval = ir.NewInterpreter(s.input)
	for i, port := range s.list {
		s.ports[port.Name] = i
	}
	for _, z := range p.unit.latents() {
		s.Latents = append(s.Latents, z.port())
	}
	return s
}

// Smooth is the posterior of the state of one sequence, of which all data are
// given.
func (s *Smoother) Smooth(g Given) *exact.Smoothed { return s.gaussian(g).Smooth() }

// Sample draws the latents of one sequence so many times from their posterior,
// given all data: for each draw those of each latent, [T,D] or, of one value a
// sequence, [D].
func (s *Smoother) Sample(g Given, rng *rand.Rand, samples int) [][][]float32 {
	m := s.gaussian(g)
	paths := m.Sample(rng, samples)
	out := make([][][]float32, samples)
	for k := range out {
		at := 0
		for _, z := range s.Latents {
			steps := g.Steps
			if z.Static {
				steps = 1 // it is the same at all
			}
			var rows []float32
			for t := range steps {
				for _, v := range paths[(k*g.Steps+t)*m.State+at:][:z.Cols] {
					rows = append(rows, float32(v))
				}
			}
			out[k] = append(out[k], rows)
			at += z.Cols
		}
	}
	return out
}

// gaussian is the model of one sequence.
func (s *Smoother) gaussian(g Given) *exact.Gaussian {
	s.given = g
	s.eval.Begin(g.Steps)
	spec := s.filter.Spec.(op.Kalman)
	m := &exact.Gaussian{State: spec.State, Obs: spec.Obs, FullQ: spec.FullQ, FullR: spec.FullR}
	for i, dst := range []*[]float64{&m.Y, &m.Present, &m.A, &m.B, &m.Q, &m.C, &m.D, &m.R} {
		n := s.filter.In[i].Resolve()
		steps := g.Steps
		if n.Shape.Axis == op.Once {
			steps = 1
		}
		for t := range steps {
			*dst = append(*dst, s.eval.At(n, t)...)
		}
	}
	return m
}

// input is the row of an input at time t.
func (s *Smoother) input(n *ir.Node, t int) []float64 {
	if n.Source.Kind == op.Wander {
		return make([]float64, n.Shape.Cols)
	}
	if n.Source.Kind == op.Param {
		return widened(s.params.Get(s.params.Index(n.Source.Name)))
	}
	i := s.ports[n.Source.Name]
	lo, hi := t*s.list[i].Cols, (t+1)*s.list[i].Cols
	if s.list[i].Static {
		lo, hi = 0, s.list[i].Cols
	}
	if n.Source.Kind != op.Present {
		return widened(s.given.Data[i][lo:hi])
	}
	out := ones(hi - lo)
	for j := range out {
		if s.given.Present != nil && s.given.Present[i] != nil && !s.given.Present[i][lo+j] {
			out[j] = 0
		}
	}
	return out
}

func widened(x []float32) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}
