package exact

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// univariate takes in the components one at a time, which a diagonal R allows:
// no matrix is factored. Durbin and Koopman 2012, section 6.4.
//
// With P the covariance before component i and c its row of C, f = c'P c + r is
// the variance of its innovation v. Row i of a step's m is w = P c / √f, so that
// the mean moves by w e with e = v/√f, the i-th of the step's e, and P loses
// w w'. The i-th of s is √f.
type univariate struct {
	a, pw, dw []float64 // [n]
	p         []float64 // [n,n]
}

func (u *univariate) fit(n, p int) (s, gain int) {
	u.a, u.pw, u.dw, u.p = grow(u.a, n), grow(u.pw, n), grow(u.dw, n), grow(u.p, n*n)
	return p, 0
}

func (u *univariate) gains(s *step, g *Gaussian, t int) bool {
	n := g.State
	c, r := at(g.C, t, g.Obs*n), at(g.R, t, g.Obs)
	copy(s.p, s.p0)
	for _, i := range s.seen {
		w, row := s.m[i*n:][:n], c[i*n:][:n]
		apply(w, s.p, row)
		f := floats.Dot(row, w) + r[i]
		if !(f > 0) {
			return false
		}
		s.s[i] = math.Sqrt(f)
		floats.Scale(1/s.s[i], w)
		addOuter(s.p, -1, w, w)
	}
	return true
}

// log2Pi is log 2π.
const log2Pi = 1.8378770664093454835606594728112352797

func (u *univariate) means(s *step, g *Gaussian, t int, y []float64) float64 {
	n := g.State
	c, d := at(g.C, t, g.Obs*n), at(g.D, t, g.Obs)
	ll := 0.0
	copy(s.a, s.a0)
	for _, i := range s.seen {
		e := (y[i] - d[i] - floats.Dot(c[i*n:][:n], s.a)) / s.s[i]
		s.e[i] = e
		floats.AddScaled(s.a, e, s.m[i*n:][:n])
		ll -= log2Pi/2 + math.Log(s.s[i]) + e*e/2
	}
	return ll
}

// pull goes back through the components. The moments before each are those
// after it with what it changed undone, which loses no digits: P grows.
func (u *univariate) pull(s *step, g, d *Gaussian, t int, w float64, da, dp []float64) {
	n := g.State
	c := at(g.C, t, g.Obs*n)
	copy(u.a, s.a)
	copy(u.p, s.p)
	for k := len(s.seen) - 1; k >= 0; k-- {
		i := s.seen[k]
		m := s.m[i*n:][:n]
		floats.AddScaled(u.a, -s.e[i], m)
		if d.C != nil {
			addOuter(u.p, 1, m, m)
		}
		dv, df := u.component(s, c[i*n:][:n], i, w, da, dp)
		u.share(s, g, d, t, i, dv, df)
		floats.AddScaled(da, -dv, c[i*n:][:n])
	}
}

// component finds the gradients by the innovation v of component i and its
// variance f, and by P c, which is u.dw; and it takes dp to before i.
func (u *univariate) component(s *step, c []float64, i int, w float64, da, dp []float64) (dv, df float64) {
	n := len(c)
	m, e, sd := s.m[i*n:][:n], s.e[i], s.s[i]
	apply(u.pw, dp, m)
	move := floats.Dot(da, m)
	dv = (move - w*e) / sd
	df = (floats.Dot(m, u.pw) - move*e + w*(e*e-1)/2) / (sd * sd)
	for j := range u.dw {
		u.dw[j] = (da[j]*e-2*u.pw[j])/sd + df*c[j]
	}
	addOuter(dp, 0.5, u.dw, c)
	addOuter(dp, 0.5, c, u.dw)
	return dv, df
}

// share adds to d what component i gives.
func (u *univariate) share(s *step, g, d *Gaussian, t, i int, dv, df float64) {
	n := g.State
	if dy := at(d.Y, t, g.Obs); dy != nil {
		dy[i] += dv
	}
	if dd := at(d.D, t, g.Obs); dd != nil {
		dd[i] -= dv
	}
	if dr := at(d.R, t, g.Obs); dr != nil {
		dr[i] += df
	}
	if d.C == nil {
		return
	}
	dc := at(d.C, t, g.Obs*n)[i*n:][:n]
	floats.AddScaled(dc, -dv, u.a)
	floats.AddScaled(dc, df*s.s[i], s.m[i*n:][:n])
	apply(u.pw, u.p, u.dw)
	floats.Add(dc, u.pw)
}

// score is r = c v/f + (I - c k') r with the gain k = P c / f.
func (u *univariate) score(s *step, g *Gaussian, t int, r []float64) {
	n := g.State
	c := at(g.C, t, g.Obs*n)
	for k := len(s.seen) - 1; k >= 0; k-- {
		i := s.seen[k]
		floats.AddScaled(r, (s.e[i]-floats.Dot(s.m[i*n:][:n], r))/s.s[i], c[i*n:][:n])
	}
}

// information is N = c c'/f + (I - c k') N (I - k c').
func (u *univariate) information(s *step, g *Gaussian, t int, info []float64) {
	n := g.State
	c := at(g.C, t, g.Obs*n)
	for k := len(s.seen) - 1; k >= 0; k-- {
		i := s.seen[k]
		m, row := s.m[i*n:][:n], c[i*n:][:n]
		apply(u.pw, info, m)
		floats.AddScaled(u.pw, -(1+floats.Dot(m, u.pw))/(2*s.s[i]), row)
		addOuter(info, -1/s.s[i], u.pw, row)
		addOuter(info, -1/s.s[i], row, u.pw)
	}
}
