package cpu

import (
	"fmt"
	"maps"
	"testing"

	"ssmc/runtime/kernel"
	"ssmc/runtime/op"
	"ssmc/runtime/scalar"
)

// matrixCases are opCases of ops whose rows are small matrices: by frame, by
// sequence, in a stack, and one that serves every row.
var matrixCases = map[string]func(b *builder){
	"reshape": func(b *builder) {
		w := b.param(3, 4)
		b.score(b.apply(op.Reshape{Rows: 2, Cols: 6}, w))
		b.score(b.apply(op.Affine{}, b.frames(12), b.apply(op.Reshape{Rows: 12, Cols: 1}, w)))
	},
	"select":      func(b *builder) { b.score(b.apply(&op.Select{From: []int{2, -1, 0, 2}}, b.frames(4))) },
	"select once": func(b *builder) { b.score(b.apply(&op.Select{From: []int{1, 1, -1}}, b.param(3, 2))) },
	"select read twice": func(b *builder) {
		x := b.frames(3)
		b.score(b.apply(&op.Select{From: []int{2, 1, 0}}, x))
		b.score(b.apply(&op.Select{From: []int{0, 0}}, x))
	},
	"batchmul":       func(b *builder) { b.score(b.apply(op.BatchMul{M: 2, K: 3, N: 2}, b.frames(6), b.frames(6))) },
	"batchmul seq":   func(b *builder) { b.score(b.apply(op.BatchMul{M: 2, K: 3, N: 1}, b.seqs(6), b.seqs(3))) },
	"batchmul stack": func(b *builder) { b.score(b.apply(op.BatchMul{M: 2, K: 2, N: 2}, b.param(3, 4), b.param(1, 4))) },
	"batchmul self": func(b *builder) {
		x := b.frames(6)
		b.score(b.apply(op.BatchMul{M: 2, K: 3, N: 2, TransB: true}, x, x))
	},
	"cholesky":       func(b *builder) { b.score(b.apply(op.Cholesky{N: 3}, b.positive(3, true))) },
	"cholesky once":  func(b *builder) { b.score(b.apply(op.Cholesky{N: 2}, b.covarianceRow(2))) },
	"inverse":        func(b *builder) { b.score(b.apply(op.Inverse{N: 3}, b.positive(3, true))) },
	"inverse once":   func(b *builder) { b.score(b.apply(op.Inverse{N: 2}, b.covarianceRow(2))) },
	"mvnormal":       func(b *builder) { b.score(b.mvnormal(op.MVNormal{N: 3, K: 1}, true, false)) },
	"mvnormal once":  func(b *builder) { b.score(b.mvnormal(op.MVNormal{N: 3, K: 1}, false, false)) },
	"mvnormal blank": func(b *builder) { b.score(b.mvnormal(op.MVNormal{N: 3, K: 1}, true, true)) },
	"mvnormal blank once": func(b *builder) {
		b.score(b.mvnormal(op.MVNormal{N: 3, K: 1}, false, true))
	},
	"mvnormal tri":       func(b *builder) { b.score(b.mvnormal(op.MVNormal{N: 3, K: 1, Tri: true}, true, false)) },
	"mvnormal tri blank": func(b *builder) { b.score(b.mvnormal(op.MVNormal{N: 3, K: 1, Tri: true}, false, true)) },
	"mvnormal several":   func(b *builder) { b.score(b.mvnormal(op.MVNormal{N: 2, K: 3}, true, false)) },
	"mvnormal several tri": func(b *builder) {
		b.score(b.mvnormal(op.MVNormal{N: 2, K: 3, Tri: true}, false, false))
	},
	"mvnormal one": func(b *builder) {
		b.score(b.apply(op.MVNormal{N: 2, K: 1}, b.param(1, 2), b.covarianceRow(2)))
	},
	"mvnormal one deviation": func(b *builder) {
		b.score(b.apply(op.MVNormal{N: 2, K: 1}, b.param(1, 2), b.positive(2, true)))
	},
}

func init() {
	maps.Copy(opCases, matrixCases)
	for _, ta := range []bool{false, true} {
		for _, tb := range []bool{false, true} {
			for _, n := range []int{1, 2} {
				m := op.BatchMul{M: 2, K: 3, N: n, TransA: ta, TransB: tb}
				opCases[fmt.Sprint("batchmul once ", m.Key())] = func(b *builder) {
					b.score(b.apply(m, b.param(1, 6), b.frames(3*n)))
					b.score(b.apply(m, b.frames(6), b.param(1, 3*n)))
				}
			}
		}
	}
}

// covarianceRow is a covariance, once, as one row.
func (b *builder) covarianceRow(n int) *op.Value {
	return b.apply(op.Reshape{Rows: 1, Cols: n * n}, b.covariance(n, true))
}

// mvnormal applies op.MVNormal to covariances by frame or once, with blanks or
// without.
func (b *builder) mvnormal(s op.MVNormal, frames, blanks bool) *op.Value {
	cov := b.covarianceRow(s.N)
	if frames {
		cov = b.positive(s.N, true)
	}
	if s.Tri { // what stands above the diagonal does not count
		cov = b.formula(scalar.Add(va, scalar.Mul(va, va)), false, []*op.Value{cov})
	}
	in := []*op.Value{b.frames(s.K * s.N), cov}
	if blanks {
		in = append(in, b.present(s.N))
	}
	return b.apply(s, in...)
}

// TestMatrixThreads asks for the same bits from one thread and from more.
func TestMatrixThreads(t *testing.T) {
	m := modelOf(true, func(b *builder) {
		l := b.apply(op.Cholesky{N: 6}, b.covarianceRow(6))
		x := b.apply(op.BatchMul{M: 6, K: 6, N: 1}, l, b.frames(6))
		b.score(b.apply(op.MVNormal{N: 6, K: 1, Tri: true}, x, l))
	})
	lens := []int{50, 43, 43, 30, 22, 9, 9, 1}
	x, _ := start[float32](t, m, nil, true)
	run(t, x, batchOf(lens), runOf(x, 2))
	pool := kernel.NewPool(3)
	defer pool.Close()
	y, _ := start[float32](t, m, pool, true)
	for range 3 {
		run(t, y, batchOf(lens), runOf(y, 2))
		same(t, x, y)
	}
}

// TestNoCovariance shows that what is no covariance does not go unnoticed.
func TestNoCovariance(t *testing.T) {
	for name, build := range map[string]func(b *builder, c *op.Value) *op.Value{
		"cholesky": func(b *builder, c *op.Value) *op.Value { return b.apply(op.Cholesky{N: 2}, c) },
		"mvnormal": func(b *builder, c *op.Value) *op.Value { return b.apply(op.MVNormal{N: 2, K: 1}, b.frames(2), c) },
		"tri": func(b *builder, c *op.Value) *op.Value {
			return b.apply(op.MVNormal{N: 2, K: 1, Tri: true}, b.frames(2), b.apply(&op.Select{From: []int{-1, -1, -1, 0}}, c))
		},
		"inverse": func(b *builder, c *op.Value) *op.Value {
			return b.apply(op.Inverse{N: 2}, b.apply(&op.Select{From: []int{0, 1, 0, 1}}, c))
		},
	} {
		m := modelOf(false, func(b *builder) {
			c := b.apply(&op.Const{Rows: 1, Cols: 4, Data: []float64{1, 2, 2, 1}})
			b.score(b.formula(va, false, []*op.Value{build(b, c)}))
			b.score(b.frames(1))
		})
		x, _ := start[float64](t, m, nil, true)
		if err := x.Run(batchOf([]int{3, 2}), runOf(x, 1)); err == nil {
			t.Errorf("%s of what is no covariance gave a finite cost", name)
		}
	}
}
