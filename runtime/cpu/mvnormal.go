package cpu

import (
	"ssmc/runtime/exact"
	"ssmc/runtime/op"
)

// normalSolver is the log density of a multivariate normal distribution. Where
// one covariance serves every row it is factored once for those in turn that
// have the same blanks.
type normalSolver struct {
	normal *exact.Normal
	shared bool // the covariance serves every row
	fresh  bool // and was set
}

func newMVNormal[F Float](l links[F], s op.MVNormal) operation[F] {
	shared := servesAll(l.in[1].shape, l.out.shape)
	return newRowwise(l, s.N*s.N*(s.N/3+s.K+4), func() rowSolver {
		return &normalSolver{normal: exact.NewNormal(s.N, s.K, s.Tri), shared: shared}
	})
}

func (s *normalSolver) forget() { s.fresh = false }

// set readies the covariance of a row.
func (s *normalSolver) set(in [][]float64) {
	var present []float64
	if len(in) == 3 {
		present = in[2]
	}
	if s.shared && s.fresh && s.normal.Same(present) {
		return
	}
	s.normal.Set(in[1], present)
	s.fresh = true
}

func (s *normalSolver) value(out []float64, in [][]float64) {
	s.set(in)
	out[0] = s.normal.LogProb(in[0])
}

func (s *normalSolver) gradient(din, in [][]float64, _, dout []float64) {
	s.set(in)
	s.normal.Gradient(din[0], din[1], in[0], in[1], dout[0])
}
