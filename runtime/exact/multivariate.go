package exact

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// multivariate takes in all components at a time, through the Cholesky factor
// of their innovations' covariance S. Särkkä 2013, theorem 4.2; the reverse is
// by the rules of Giles 2008 ("Collected matrix derivative results").
//
// With k components observed, a step's m is M = C P0 [k,n], its gain is
// G = S⁻¹ M [k,n], its e is u = S⁻¹ v [k] for innovations v, and its s is S⁻¹
// [k,k], with the log determinant of S at its end.
type multivariate struct {
	c      []float64 // [k,n]: the observed rows of C
	chol   []float64 // [k,k]
	dm     []float64 // [k,n]: gradient by M
	ds     []float64 // [k,k]: gradient by S
	v, dv  []float64 // [k]
	gn, kn []float64 // [n,n], [k,n]
}

func (u *multivariate) fit(n, p int) (s, gain int) {
	u.c, u.dm, u.kn = grow(u.c, p*n), grow(u.dm, p*n), grow(u.kn, p*n)
	u.chol, u.ds, u.gn = grow(u.chol, p*p), grow(u.ds, p*p), grow(u.gn, n*n)
	u.v, u.dv = grow(u.v, p), grow(u.dv, p)
	return p*p + 1, p * n
}

// rows gathers the observed rows of C, and gives their number.
func (u *multivariate) rows(s *step, g *Gaussian, t int) int {
	n := g.State
	c := at(g.C, t, g.Obs*n)
	for j, i := range s.seen {
		copy(u.c[j*n:][:n], c[i*n:])
	}
	return len(s.seen)
}

func (u *multivariate) gains(s *step, g *Gaussian, t int) bool {
	n, k := g.State, u.rows(s, g, t)
	copy(s.p, s.p0)
	if k == 0 {
		return true
	}
	mul(s.m, u.c, s.p0, k, n, n)
	mulSym(u.chol, s.m, u.c, k, n)
	r := at(g.R, t, g.Obs*g.Obs)
	for a, i := range s.seen {
		for b, j := range s.seen {
			u.chol[a*k+b] += (r[i*g.Obs+j] + r[j*g.Obs+i]) / 2
		}
	}
	if !u.invert(s, k, n) {
		return false
	}
	addMulT(s.p, -1, s.m, s.gain, k, n, n)
	symmetrise(s.p, n)
	return true
}

// invert factors S, which u.chol holds, and solves for its inverse and G.
func (u *multivariate) invert(s *step, k, n int) bool {
	tri, ok := lapack64.Potrf(blas64.Symmetric{Uplo: blas.Upper, N: k, Stride: k, Data: u.chol})
	if !ok {
		return false
	}
	logDet := 0.0
	for i := range k {
		logDet += 2 * math.Log(u.chol[i*k+i])
	}
	s.s[len(s.s)-1] = logDet
	copy(s.gain, s.m[:k*n])
	lapack64.Potrs(tri, blas64.General{Rows: k, Cols: n, Stride: n, Data: s.gain})
	clear(s.s[:k*k])
	for i := range k {
		s.s[i*k+i] = 1
	}
	lapack64.Potrs(tri, blas64.General{Rows: k, Cols: k, Stride: k, Data: s.s})
	symmetrise(s.s, k)
	return true
}

func (u *multivariate) means(s *step, g *Gaussian, t int, y []float64) float64 {
	k := u.rows(s, g, t)
	copy(s.a, s.a0)
	if k == 0 {
		return 0
	}
	d, v, e := at(g.D, t, g.Obs), u.v[:k], s.e[:k]
	apply(v, u.c, s.a0)
	for j, i := range s.seen {
		v[j] = y[i] - d[i] - v[j]
	}
	apply(e, s.s, v)
	addApplyT(s.a, 1, s.m, e)
	return -(float64(k)*log2Pi + s.s[len(s.s)-1] + floats.Dot(v, e)) / 2
}

func (u *multivariate) pull(s *step, g, d *Gaussian, t int, w float64, da, dp []float64) {
	n, k := g.State, u.rows(s, g, t)
	if k == 0 {
		return
	}
	e, dv := s.e[:k], u.dv[:k]
	apply(u.v[:k], s.gain, da) // G da
	for j := range dv {
		dv[j] = u.v[j] - w*e[j]
	}
	mul(u.kn, s.gain, dp, k, n, n) // G dp
	u.pullS(s, k, n, w)
	mul(u.dm, u.ds, u.c, k, k, n)
	floats.AddScaled(u.dm[:k*n], -2, u.kn[:k*n])
	addOuter(u.dm, 1, e, da)
	u.share(s, g, d, t)
	clear(u.gn)
	addMulT(u.gn, 1, u.c, u.dm, k, n, n)
	symmetrise(u.gn, n)
	floats.Add(dp, u.gn)
	addApplyT(da, -1, u.c, dv)
}

// pullS finds the gradient by S: G dp G' + (w (u u' - S⁻¹) - G da u' - u da' G')/2.
func (u *multivariate) pullS(s *step, k, n int, w float64) {
	e, v := s.e[:k], u.v[:k]
	mulSym(u.ds, u.kn, s.gain, k, n)
	floats.AddScaled(u.ds[:k*k], -w/2, s.s[:k*k])
	addOuter(u.ds, w/2, e, e)
	addOuter(u.ds, -0.5, v, e)
	addOuter(u.ds, -0.5, e, v)
}

// share adds to d what one time gives.
func (u *multivariate) share(s *step, g, d *Gaussian, t int) {
	n, p, k := g.State, g.Obs, len(s.seen)
	dy, dd, dr, dc := at(d.Y, t, p), at(d.D, t, p), at(d.R, t, p*p), at(d.C, t, p*n)
	if dc != nil { // S M + dM P0 - dv a0'
		mul(u.kn, u.dm, s.p0, k, n, n)
	}
	for a, i := range s.seen {
		if dy != nil {
			dy[i] += u.dv[a]
		}
		if dd != nil {
			dd[i] -= u.dv[a]
		}
		for b, j := range s.seen {
			if dr != nil {
				dr[i*p+j] += u.ds[a*k+b]
			}
			if dc != nil {
				floats.AddScaled(dc[i*n:][:n], u.ds[a*k+b], s.m[b*n:][:n])
			}
		}
		if dc != nil {
			floats.Add(dc[i*n:][:n], u.kn[a*n:][:n])
			floats.AddScaled(dc[i*n:][:n], -u.dv[a], s.a0)
		}
	}
}

// score is r = C' (u - G r) + r.
func (u *multivariate) score(s *step, g *Gaussian, t int, r []float64) {
	k := u.rows(s, g, t)
	v := u.v[:k]
	apply(v, s.gain, r)
	floats.SubTo(v, s.e[:k], v)
	addApplyT(r, 1, u.c, v)
}

// information is N = C' S⁻¹ C + (I - C' G) N (I - G' C).
func (u *multivariate) information(s *step, g *Gaussian, t int, info []float64) {
	n, k := g.State, u.rows(s, g, t)
	mul(u.kn, s.gain, info, k, n, n)             // G N
	mulSym(u.ds, u.kn, s.gain, k, n)             // G N G'
	floats.Add(u.ds[:k*k], s.s[:k*k])            // + S⁻¹
	mul(u.dm, u.ds, u.c, k, k, n)                // times C
	floats.AddScaled(u.dm[:k*n], -2, u.kn[:k*n]) // twice the part that is not yet symmetric
	clear(u.gn)
	addMulT(u.gn, 1, u.c, u.dm, k, n, n)
	symmetrise(u.gn, n)
	floats.Add(info, u.gn)
}
