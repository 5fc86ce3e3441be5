package cpu

import (
	"ssmc/runtime/exact"
	"ssmc/runtime/op"
)

// choleskySolver factors a matrix.
type choleskySolver struct{ n int }

func newCholesky[F Float](l links[F], s op.Cholesky) operation[F] {
	return newRowwise(l, s.N*s.N*(s.N+4), func() rowSolver { return choleskySolver{s.N} })
}

func (c choleskySolver) forget() {}

func (c choleskySolver) value(out []float64, in [][]float64) { exact.Cholesky(out, in[0], c.n) }

func (c choleskySolver) gradient(din, _ [][]float64, out, dout []float64) {
	exact.CholeskyGradient(din[0], out, dout, c.n)
}
