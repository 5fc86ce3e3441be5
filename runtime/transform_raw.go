package runtime

import (
	"fmt"
	"math"

	"ssmc/runtime/exact"
)

// Raw is the array that Natural gives a value for, or what is wrong with the
// value: "lies between 0 and 1, and 2 does not".
func (p Param) Raw(value []float64) ([]float64, error) {
	n, _ := p.item()
	out := make([]float64, 0, p.Size())
	for at := 0; at < len(value); at += n {
		raw, err := p.Transform.raw(value[at:][:n])
		if err != nil {
			return nil, err
		}
		out = append(out, raw...)
	}
	return out, nil
}

func (t Transform) raw(value []float64) ([]float64, error) {
	switch t.Kind {
	case Bounds:
		return t.unbounded(value[0])
	case Simplex:
		return logarithms(value)
	case Ordered:
		return steps(value)
	case Cov, Corr:
		return t.fromMatrix(value, side(len(value)))
	}
	return value, nil
}

func (t Transform) unbounded(v float64) ([]float64, error) {
	lo, hi := math.Inf(-1), math.Inf(1)
	if t.Low != nil {
		lo = *t.Low
	}
	if t.High != nil {
		hi = *t.High
	}
	switch {
	case !(v > lo && v < hi):
		return nil, fmt.Errorf("lies between %g and %g, and %g does not", lo, hi, v)
	case t.High == nil:
		return []float64{math.Log(v - lo)}, nil
	case t.Low == nil:
		return []float64{math.Log(hi - v)}, nil
	}
	return []float64{math.Log((v - lo) / (hi - v))}, nil
}

// logarithms takes those of probabilities.
func logarithms(p []float64) ([]float64, error) {
	total, out := 0.0, make([]float64, len(p))
	ok := true
	for i, v := range p {
		total += v
		out[i] = math.Log(v)
		ok = ok && v >= 0
	}
	if !(math.Abs(total-1) < 1e-5) || !ok { // float32
		return nil, fmt.Errorf("is a simplex: its numbers are positive and add up to one, and not to %.7g", total)
	}
	return out, nil
}

// steps takes the logarithms of the steps between increasing numbers.
func steps(v []float64) ([]float64, error) {
	out := append([]float64{}, v...)
	for i := 1; i < len(v); i++ {
		if !(v[i] > v[i-1]) {
			return nil, fmt.Errorf("is ordered: its numbers increase, and %g is not above %g", v[i], v[i-1])
		}
		out[i] = math.Log(v[i] - v[i-1])
	}
	return out, nil
}

// fromMatrix is the numbers that a covariance or correlation matrix comes from.
func (t Transform) fromMatrix(value []float64, n int) (out []float64, err error) {
	l := make([]float64, n*n)
	for i := range n * n {
		if math.Abs(value[i]-value[i%n*n+i/n]) > 1e-5*(1+math.Abs(value[i])) { // float32
			return nil, fmt.Errorf("is a %s matrix: it is symmetric, and this is not", t.Kind)
		}
	}
	if !exact.Cholesky(l, value, n) {
		return nil, fmt.Errorf("is a %s matrix: it is positive definite, and this is not", t.Kind)
	}
	for i := range n {
		d := l[i*n+i]
		if t.Kind == Corr && math.Abs(value[i*n+i]-1) > 1e-5 {
			return nil, fmt.Errorf("is a corr matrix: it has ones on its diagonal, and this has %g", value[i*n+i])
		}
		for _, v := range l[i*n:][:i] {
			if t.Kind == Corr {
				v /= d
			}
			out = append(out, v)
		}
		if t.Kind == Cov {
			out = append(out, math.Log(d))
		}
	}
	return out, nil
}
