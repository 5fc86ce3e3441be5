package exact

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// The matrices of a filter are too small for a library's blocks and threads:
// these loops over rows run at the speed of gonum's vector assembly.

// mul sets dst [r,c] to a [r,k] times b [k,c]. Zeros of a cost nothing.
func mul(dst, a, b []float64, r, k, c int) {
	clear(dst[:r*c])
	for i := range r {
		row := dst[i*c:][:c]
		for j, v := range a[i*k:][:k] {
			if v != 0 {
				floats.AddScaled(row, v, b[j*c:][:c])
			}
		}
	}
}

// addMulT adds s aᵀ b to dst [r,c], where a is [k,r] and b [k,c].
func addMulT(dst []float64, s float64, a, b []float64, k, r, c int) {
	for j := range k {
		y := b[j*c:][:c]
		for i, v := range a[j*r:][:r] {
			if v != 0 {
				floats.AddScaled(dst[i*c:][:c], s*v, y)
			}
		}
	}
}

// mulSym sets dst [r,r] to a bᵀ, which is known to be symmetric; a, b [r,k].
func mulSym(dst, a, b []float64, r, k int) {
	for i := range r {
		x := a[i*k:][:k]
		for j := range i + 1 {
			v := floats.Dot(x, b[j*k:][:k])
			dst[i*r+j], dst[j*r+i] = v, v
		}
	}
}

// symmetrise replaces a [n,n] by its symmetric part.
func symmetrise(a []float64, n int) {
	for i := range n {
		for j := range i {
			v := (a[i*n+j] + a[j*n+i]) / 2
			a[i*n+j], a[j*n+i] = v, v
		}
	}
}

// apply sets dst [r] to a [r,c] times x.
func apply(dst, a, x []float64) {
	for i := range dst {
		dst[i] = floats.Dot(a[i*len(x):][:len(x)], x)
	}
}

// addApplyT adds s aᵀ x to dst [c], where a is [r,c] and x [r].
func addApplyT(dst []float64, s float64, a, x []float64) {
	for i, v := range x {
		if v != 0 {
			floats.AddScaled(dst, s*v, a[i*len(dst):][:len(dst)])
		}
	}
}

// addOuter adds s x yᵀ to dst.
func addOuter(dst []float64, s float64, x, y []float64) {
	for i, v := range x {
		if v != 0 {
			floats.AddScaled(dst[i*len(y):][:len(y)], s*v, y)
		}
	}
}

// addCov adds a covariance q, or a diagonal of variances, to dst [n,n].
func addCov(dst, q []float64, n int, full bool) {
	for i := range n {
		if !full {
			dst[i*n+i] += q[i]
			continue
		}
		for j := range n {
			dst[i*n+j] += (q[i*n+j] + q[j*n+i]) / 2
		}
	}
}

// addCovGrad adds the gradient by a covariance to that by what it was given as.
func addCovGrad(dst, grad []float64, n int, full bool) {
	if full {
		floats.Add(dst, grad)
		return
	}
	for i := range dst {
		dst[i] += grad[i*n+i]
	}
}

// root sets dst [n,n] to a lower triangle L with L Lᵀ = q, a covariance or
// variances, which may be singular: pivots within tol of zero, relative to
// their variances, are. It reports whether q is positive semidefinite.
func root(dst, q []float64, n int, full bool, tol float64) bool {
	clear(dst[:n*n])
	for j := range n {
		if full {
			if !rootColumn(dst, q, n, j, tol) {
				return false
			}
			continue
		}
		if !(q[j] >= 0) {
			return false
		}
		dst[j*n+j] = math.Sqrt(q[j])
	}
	return true
}

// rootColumn finds column j of root from those before.
func rootColumn(dst, q []float64, n, j int, tol float64) bool {
	rest := func(i int) float64 {
		return (q[i*n+j]+q[j*n+i])/2 - floats.Dot(dst[i*n:][:j], dst[j*n:][:j])
	}
	pivot, small := rest(j), tol*q[j*n+j]
	if !(pivot >= -small) {
		return false
	}
	if pivot > small {
		dst[j*n+j] = math.Sqrt(pivot)
	}
	for i := j + 1; i < n; i++ {
		v := rest(i)
		if pivot > small {
			dst[i*n+j] = v / dst[j*n+j]
		} else if !(math.Abs(v) <= math.Sqrt(small*q[i*n+i])) {
			return false
		}
	}
	return true
}

// grow is a slice of n numbers, s itself where that is large enough.
func grow(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}

func fill(dst []float64, v float64) {
	for i := range dst {
		dst[i] = v
	}
}
