package cpu

import (
	"ssmc/runtime/exact"
	"ssmc/runtime/op"
)

// chainSolver is the solver of op.Chain for one thread.
type chainSolver struct {
	states      int
	forward     exact.Forward
	model, grad exact.Chain
}

func newChain[F Float](l links[F], s op.Chain) operation[F] {
	cost := s.States*s.States*4 + 40*s.States // of a frame, roughly
	if l.in[1].shape.Axis == op.Frame {
		cost += 20 * s.States * s.States
	}
	return newSequences(l, cost, func() solver { return &chainSolver{states: s.States} })
}

func (c *chainSolver) logLik(ll []float64, in [][]float64) {
	c.model = c.chain(in)
	c.forward.LogLik(ll, &c.model)
}

func (c *chainSolver) gradient(din, in [][]float64, dll []float64) {
	c.model, c.grad = c.chain(in), c.chain(din)
	if s := din[2]; s != nil {
		clear(s[c.states:]) // of later frames than the first
	}
	c.forward.Gradient(&c.grad, &c.model, dll)
}

// chain names the inputs, or their gradients.
func (c *chainSolver) chain(in [][]float64) exact.Chain {
	x := exact.Chain{States: c.states, LogP: in[0], Trans: in[1], Start: in[2]}
	if x.Start != nil {
		x.Start = x.Start[:c.states]
	}
	return x
}
