package exact

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// Cholesky sets l [n,n] to the lower triangle with l l' = a's symmetric part. It
// reports whether that is positive definite; where it is not, l is NaN.
func Cholesky(l, a []float64, n int) bool {
	for i := range n {
		for j := range n {
			l[i*n+j] = (a[i*n+j] + a[j*n+i]) / 2
		}
	}
	return factor(l, n)
}

// Root is Cholesky for covariances that may be singular: pivots that are zero
// to rounding give columns of zeros. It reports whether a is a covariance.
func Root(l, a []float64, n int) bool { return root(l, a, n, true, 1e-9) }

// factor replaces a symmetric a [n,n] by its Cholesky factor, or by NaN.
func factor(a []float64, n int) bool {
	_, ok := lapack64.Potrf(blas64.Symmetric{Uplo: blas.Lower, N: n, Stride: n, Data: a})
	for i := 0; ok && i < n; i++ {
		ok = a[i*n+i] > 0 // not NaN
	}
	if !ok {
		fill(a[:n*n], math.NaN())
		return false
	}
	for i := range n {
		clear(a[i*n+i+1 : (i+1)*n])
	}
	return true
}

// CholeskyGradient sets da [n,n] to the gradient by a, symmetric, given dl, that
// by l = Cholesky(a): L⁻ᵀ Φ(Lᵀ dL) L⁻¹, of which Φ takes the lower triangle with
// half the diagonal (Murray 2016, "Differentiation of the Cholesky
// decomposition", eq. 10).
func CholeskyGradient(da, l, dl []float64, n int) {
	clear(da)
	addMulT(da, 1, l, dl, n, n, n)
	for i := range n {
		da[i*n+i] /= 2
		clear(da[i*n+i+1 : (i+1)*n])
	}
	tri, x := lower(l, n), blas64.General{Rows: n, Cols: n, Stride: n, Data: da}
	blas64.Trsm(blas.Right, blas.NoTrans, 1, tri, x)
	blas64.Trsm(blas.Left, blas.Trans, 1, tri, x)
	symmetrise(da, n)
}

func lower(l []float64, n int) blas64.Triangular {
	return blas64.Triangular{Uplo: blas.Lower, Diag: blas.NonUnit, N: n, Stride: n, Data: l}
}

// An Inverter inverts matrices [n,n]. The zero value is ready.
type Inverter struct {
	pivots    []int
	work, tmp []float64
}

// Invert sets dst to the inverse of a, NaN where there is none.
func (v *Inverter) Invert(dst, a []float64, n int) {
	if len(v.pivots) != n {
		v.pivots, v.work = make([]int, n), make([]float64, 4*n)
	}
	copy(dst, a[:n*n])
	x := blas64.General{Rows: n, Cols: n, Stride: n, Data: dst}
	if !lapack64.Getrf(x, v.pivots) || !lapack64.Getri(x, v.pivots, v.work, len(v.work)) {
		fill(dst[:n*n], math.NaN())
	}
}

// Gradient sets da to the gradient by a, given d, that by its inverse:
// -inverse' d inverse' (Giles 2008, section 2.2.3).
func (v *Inverter) Gradient(da, inverse, d []float64, n int) {
	v.tmp = grow(v.tmp, n*n)
	clear(v.tmp)
	addMulT(v.tmp, -1, inverse, d, n, n, n)
	for i := range n {
		apply(da[i*n:][:n], inverse, v.tmp[i*n:][:n])
	}
}
