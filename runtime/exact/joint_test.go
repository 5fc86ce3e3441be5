package exact

import (
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distmv"
)

// A joint is the distribution of a whole path and its observations, laid out
// as x[0], x[1] to the last, y[0], y[1] to the last.
type joint struct {
	mean *mat.VecDense
	cov  *mat.Dense
	n, p int
	size int // steps
}

// newJoint writes all of the noise as one vector e, and path and observations
// as a linear function of it.
func newJoint(g *Gaussian) *joint {
	n, p, steps := g.State, g.Obs, g.Steps()
	dim := steps * (n + p)
	mean, load, noise := mat.NewVecDense(dim, nil), mat.NewDense(dim, dim, nil), mat.NewDense(dim, dim, nil)
	for t := range steps {
		x, y := t*n, steps*n+t*p
		for i := range n {
			load.Set(x+i, x+i, 1)
			mean.SetVec(x+i, at(g.B, t, n)[i])
		}
		if t > 0 {
			a := mat.NewDense(n, n, at(g.A, t, n*n))
			follow(mean, load, a, x, x-n)
		}
		setCov(noise, x, at(g.Q, t, g.sizeQ()), n, g.FullQ)
		for i := range p {
			load.Set(y+i, y+i, 1)
			mean.SetVec(y+i, at(g.D, t, p)[i])
		}
		follow(mean, load, mat.NewDense(p, n, at(g.C, t, p*n)), y, x)
		setCov(noise, y, at(g.R, t, g.sizeR()), p, g.FullR)
	}
	var cov mat.Dense
	cov.Product(load, noise, load.T())
	return &joint{mean, &cov, n, p, steps}
}

// follow adds a times the rows from src on to those from dst on.
func follow(mean *mat.VecDense, load, a *mat.Dense, dst, src int) {
	r, c := a.Dims()
	_, dim := load.Dims()
	for i := range r {
		for j := range c {
			mean.SetVec(dst+i, mean.AtVec(dst+i)+a.At(i, j)*mean.AtVec(src+j))
			for k := range dim {
				load.Set(dst+i, k, load.At(dst+i, k)+a.At(i, j)*load.At(src+j, k))
			}
		}
	}
}

func setCov(dst *mat.Dense, off int, q []float64, n int, full bool) {
	for i := range n {
		for j := range n {
			if full {
				dst.Set(off+i, off+j, q[i*n+j])
			} else if i == j {
				dst.Set(off+i, off+j, q[i])
			}
		}
	}
}

// seen is the rows and values of the observations of the first steps.
func (o *joint) seen(g *Gaussian, steps int) (rows []int, y []float64) {
	for t := range steps {
		for _, i := range g.observed(nil, t) {
			rows = append(rows, o.size*o.n+t*o.p+i)
			y = append(y, g.Y[t*o.p+i])
		}
	}
	return rows, y
}

// logDensity is that of some rows having the values y.
func (o *joint) logDensity(t *testing.T, rows []int, y []float64) float64 {
	if len(rows) == 0 {
		return 0
	}
	mean, cov := o.pick(rows)
	d, ok := distmv.NewNormal(mean, cov, nil)
	if !ok {
		t.Fatal("the joint covariance is singular")
	}
	return d.LogProb(y)
}

func (o *joint) pick(rows []int) ([]float64, *mat.SymDense) {
	mean, cov := make([]float64, len(rows)), mat.NewSymDense(len(rows), nil)
	for i, a := range rows {
		mean[i] = o.mean.AtVec(a)
		for j, b := range rows {
			cov.SetSym(i, j, o.cov.At(a, b))
		}
	}
	return mean, cov
}

// given is the mean and covariance of the path given some rows.
func (o *joint) given(t *testing.T, rows []int, y []float64) (*mat.VecDense, *mat.Dense) {
	dim := o.size * o.n
	mean, cov := mat.VecDenseCopyOf(o.mean.SliceVec(0, dim)), mat.DenseCopyOf(o.cov.Slice(0, dim, 0, dim))
	if len(rows) == 0 {
		return mean, cov
	}
	m, s := o.pick(rows)
	var chol mat.Cholesky
	if !chol.Factorize(s) {
		t.Fatal("the joint covariance is singular")
	}
	cross, miss := mat.NewDense(dim, len(rows), nil), mat.NewVecDense(len(rows), nil)
	for j, r := range rows {
		miss.SetVec(j, y[j]-m[j])
		for i := range dim {
			cross.Set(i, j, o.cov.At(i, r))
		}
	}
	var w, shift mat.VecDense
	var k, less mat.Dense
	if err := chol.SolveVecTo(&w, miss); err != nil {
		t.Fatal(err)
	}
	if err := chol.SolveTo(&k, cross.T()); err != nil {
		t.Fatal(err)
	}
	shift.MulVec(cross, &w)
	less.Mul(cross, &k)
	mean.AddVec(mean, &shift)
	cov.Sub(cov, &less)
	return mean, cov
}

// block is rows [i,i+n) and columns [j,j+n) of m, row-major.
func block(m mat.Matrix, i, j, n int) []float64 {
	var b []float64
	for r := range n {
		for c := range n {
			b = append(b, m.At(i+r, j+c))
		}
	}
	return b
}
