package cpu

import (
	"ssmc/runtime/exact"
	"ssmc/runtime/op"
)

// kalmanSolver is the solver of op.Kalman for one thread.
type kalmanSolver struct {
	spec   op.Kalman
	filter exact.Kalman
	model  exact.Gaussian
	grad   exact.Gaussian
}

func newKalman[F Float](l links[F], s op.Kalman) operation[F] {
	n, p := s.State, s.Obs
	cost := n*n*(4*n+8*p) + 100 // of a frame, roughly
	if s.FullR {
		cost += p * p * (4*n + 4*p)
	}
	return newSequences(l, cost, func() solver { return &kalmanSolver{spec: s} })
}

func (k *kalmanSolver) logLik(ll []float64, in [][]float64) {
	k.gaussian(&k.model, in)
	k.filter.LogLik(ll, &k.model)
}

func (k *kalmanSolver) gradient(din, in [][]float64, dll []float64) {
	k.gaussian(&k.model, in)
	k.gaussian(&k.grad, din)
	k.filter.Gradient(&k.grad, &k.model, dll)
}

// gaussian names the inputs, or their gradients.
func (k *kalmanSolver) gaussian(g *exact.Gaussian, in [][]float64) {
	*g = exact.Gaussian{State: k.spec.State, Obs: k.spec.Obs, FullQ: k.spec.FullQ, FullR: k.spec.FullR,
		Y: in[0], Present: in[1], A: in[2], B: in[3], Q: in[4], C: in[5], D: in[6], R: in[7]}
}
