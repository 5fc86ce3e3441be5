package cpu

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"ssmc/runtime/op"
)

// mulSolver multiplies two matrices.
type mulSolver struct{ op.BatchMul }

func newBatchMul[F Float](l links[F], s op.BatchMul) operation[F] {
	cost := s.M*s.K*s.N + s.M*s.K + s.K*s.N
	return newRowwise(l, cost, func() rowSolver { return mulSolver{s} })
}

func (m mulSolver) forget() {}

func (m mulSolver) value(out []float64, in [][]float64) {
	gemm(transposed(m.TransA), transposed(m.TransB), m.left(in[0]), m.right(in[1]), general(m.M, m.N, out))
}

// left and right are the factors as they lie.
func (m mulSolver) left(x []float64) blas64.General {
	if m.TransA {
		return general(m.K, m.M, x)
	}
	return general(m.M, m.K, x)
}

func (m mulSolver) right(x []float64) blas64.General {
	if m.TransB {
		return general(m.N, m.K, x)
	}
	return general(m.K, m.N, x)
}

// gradient is dA = dC B' and dB = A' dC, with the transposes that the factors
// have.
func (m mulSolver) gradient(din, in [][]float64, _, dout []float64) {
	a, b, dc := m.left(in[0]), m.right(in[1]), general(m.M, m.N, dout)
	if da := din[0]; da != nil && m.TransA {
		gemm(transposed(m.TransB), blas.Trans, b, dc, m.left(da))
	} else if da != nil {
		gemm(blas.NoTrans, transposed(!m.TransB), dc, b, m.left(da))
	}
	if db := din[1]; db != nil && m.TransB {
		gemm(blas.Trans, transposed(m.TransA), dc, a, m.right(db))
	} else if db != nil {
		gemm(transposed(!m.TransA), blas.NoTrans, a, dc, m.right(db))
	}
}

// gemm is c = a b. A column is multiplied as a vector, which is faster.
func gemm(ta, tb blas.Transpose, a, b, c blas64.General) {
	if c.Cols == 1 {
		x, y := blas64.Vector{N: b.Rows * b.Cols, Inc: 1, Data: b.Data}, blas64.Vector{N: c.Rows, Inc: 1, Data: c.Data}
		blas64.Gemv(ta, 1, a, x, 0, y)
		return
	}
	blas64.Gemm(ta, tb, 1, a, b, 0, c)
}

func transposed(yes bool) blas.Transpose {
	if yes {
		return blas.Trans
	}
	return blas.NoTrans
}

func general(rows, cols int, x []float64) blas64.General {
	return blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: x}
}
