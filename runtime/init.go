package runtime

import (
	"fmt"
	"math"
	"math/rand/v2"

	"ssmc/runtime/kernel"
)

// fill draws parameter p into dst.
func fill[F kernel.Float](dst []F, p Param, seed uint64) {
	if p.Init.Kind == "values" {
		if len(p.Init.Values) != len(dst) {
			panic(fmt.Sprintf("%s has %d values, its init %d", p.Name, len(dst), len(p.Init.Values)))
		}
		for i, x := range p.Init.Values {
			dst[i] = F(x)
		}
		return
	}
	r := rand.New(rand.NewPCG(seed, key(p.Name)))
	stack, rows, cols := p.matrices()
	for i := range stack {
		if !drawMatrix(dst[i*rows*cols:(i+1)*rows*cols], rows, cols, p.Init, r) {
			panic(fmt.Sprintf("%s has an init of unknown kind %q", p.Name, p.Init.Kind))
		}
	}
}

// drawMatrix draws one matrix [rows,cols], if there is an init of that kind.
func drawMatrix[F kernel.Float](dst []F, rows, cols int, in Init, r *rand.Rand) bool {
	switch in.Kind {
	case "constant":
		each(dst, func() float64 { return in.A })
	case "uniform":
		each(dst, func() float64 { return in.A + (in.B-in.A)*r.Float64() })
	case "normal":
		each(dst, func() float64 { return in.A + in.B*r.NormFloat64() })
	case "laplace":
		each(dst, func() float64 { return in.A + in.B*laplace(r) })
	case "xavier":
		a := math.Sqrt(6 / float64(rows+cols))
		each(dst, func() float64 { return a * (2*r.Float64() - 1) })
	case "he":
		sd := math.Sqrt(2 / float64(rows))
		each(dst, func() float64 { return sd * r.NormFloat64() })
	case "orthogonal":
		orthogonal(dst, rows, cols, F(in.A), r)
	case "eye":
		for i := range min(rows, cols) {
			dst[i*cols+i] = F(in.A)
		}
	default:
		return false
	}
	return true
}

func each[F kernel.Float](dst []F, f func() float64) {
	for i := range dst {
		dst[i] = F(f())
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
