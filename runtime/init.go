package runtime

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"

	"ssmc/runtime/kernel"
)

// An initialiser draws one matrix [rows,cols].
type initialiser func(dst []float64, rows, cols int, in Init, r *rand.Rand)

var initialisers = map[string]initialiser{
	"constant": func(dst []float64, _, _ int, in Init, _ *rand.Rand) {
		each(dst, func() float64 { return in.A })
	},
	"uniform": func(dst []float64, _, _ int, in Init, r *rand.Rand) {
		each(dst, func() float64 { return in.A + (in.B-in.A)*r.Float64() })
	},
	"normal": func(dst []float64, _, _ int, in Init, r *rand.Rand) {
		each(dst, func() float64 { return in.A + in.B*r.NormFloat64() })
	},
	"laplace": func(dst []float64, _, _ int, in Init, r *rand.Rand) {
		each(dst, func() float64 { return in.A + in.B*laplace(r) })
	},
	"xavier": func(dst []float64, rows, cols int, _ Init, r *rand.Rand) {
		a := math.Sqrt(6 / float64(rows+cols))
		each(dst, func() float64 { return a * (2*r.Float64() - 1) })
	},
	"he": func(dst []float64, rows, _ int, _ Init, r *rand.Rand) {
		sd := math.Sqrt(2 / float64(rows))
		each(dst, func() float64 { return sd * r.NormFloat64() })
	},
	"orthogonal": orthogonal,
	"eye":        eye,
}

// fill draws parameter p into dst.
func fill[F kernel.Float](dst []F, p Param, seed uint64) {
	draws := make([]float64, p.Size())
	if p.Init.Kind == "values" {
		if len(p.Init.Values) != len(draws) {
			panic(fmt.Sprintf("%s has %d values, its init %d", p.Name, len(draws), len(p.Init.Values)))
		}
		copy(draws, p.Init.Values)
	} else {
		drawStack(draws, p, rand.New(rand.NewPCG(seed, key(p.Name))))
	}
	for i, x := range draws {
		dst[i] = F(x)
	}
}

// drawStack draws each of the matrices that p is a stack of.
func drawStack(dst []float64, p Param, r *rand.Rand) {
	draw := initialisers[p.Init.Kind]
	if draw == nil {
		panic(fmt.Sprintf("%s has an init of unknown kind %q", p.Name, p.Init.Kind))
	}
	stack, rows, cols := p.matrices()
	for i := range stack {
		draw(dst[i*rows*cols:(i+1)*rows*cols], rows, cols, p.Init, r)
	}
}

func each(dst []float64, f func() float64) {
	for i := range dst {
		dst[i] = f()
	}
}

// laplace draws from the standard Laplace distribution, density exp(-|x|)/2.
func laplace(r *rand.Rand) float64 {
	x := r.ExpFloat64()
	if r.Uint64()&1 == 0 {
		return -x
	}
	return x
}

func eye(dst []float64, rows, cols int, in Init, _ *rand.Rand) {
	for i := range min(rows, cols) {
		dst[i*cols+i] = in.A
	}
}

// orthogonal fills dst with square blocks along its longer side, each A times
// a random orthogonal matrix; the last block may be cut.
func orthogonal(dst []float64, rows, cols int, in Init, r *rand.Rand) {
	n := min(rows, cols)
	q := make([]float64, n*n)
	for at := 0; at < max(rows, cols); at += n {
		randomQ(q, n, r)
		top, left := 0, at
		if rows > cols {
			top, left = at, 0
		}
		for i := range min(n, rows-top) {
			for j := range min(n, cols-left) {
				dst[(top+i)*cols+left+j] = in.A * q[i*n+j]
			}
		}
	}
}

// randomQ sets q [n,n] to the Q of the QR decomposition of a matrix of
// standard normal numbers.
func randomQ(q []float64, n int, r *rand.Rand) {
	each(q, r.NormFloat64)
	a := blas64.General{Rows: n, Cols: n, Stride: n, Data: q}
	tau, size := make([]float64, n), make([]float64, 1)
	lapack64.Geqrf(a, tau, size, -1)
	work := make([]float64, int(size[0]))
	lapack64.Geqrf(a, tau, work, len(work))
	lapack64.Orgqr(a, tau, size, -1)
	work = make([]float64, int(size[0]))
	lapack64.Orgqr(a, tau, work, len(work))
}
