package cpu

import (
	"ssmc/runtime/exact"
	"ssmc/runtime/op"
)

// inverseSolver inverts a matrix.
type inverseSolver struct {
	n        int
	inverter exact.Inverter
}

func newInverse[F Float](l links[F], s op.Inverse) operation[F] {
	return newRowwise(l, 2*s.N*s.N*(s.N+4), func() rowSolver { return &inverseSolver{n: s.N} })
}

func (v *inverseSolver) forget() {}

func (v *inverseSolver) value(out []float64, in [][]float64) { v.inverter.Invert(out, in[0], v.n) }

func (v *inverseSolver) gradient(din, _ [][]float64, out, dout []float64) {
	v.inverter.Gradient(din[0], out, dout, v.n)
}
