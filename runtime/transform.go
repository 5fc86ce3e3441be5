package runtime

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"ssmc/runtime/op"
)

// A Transform is how numbers on the real line, which are learned, become the
// value of a parameter that the model uses.
type Transform struct {
	Kind TransformKind
	// Low and High are the bounds of kind Bounds, nil for none.
	Low, High *float64
}

// A TransformKind is a kind of transform, by the name of the type.
type TransformKind string

// The kinds of transforms. A raw number is x.
const (
	// Plain leaves numbers as they are.
	Plain TransformKind = ""
	// Bounds is Low + exp(x) above one bound, High - exp(x) below one, and
	// Low + (High - Low)/(1 + exp(-x)) between two.
	Bounds TransformKind = "bounds"
	// Simplex is K numbers above zero that add up to one, exp(x)/sum exp(x).
	Simplex TransformKind = "simplex"
	// Ordered is K increasing numbers: the first, and then steps of exp(x).
	Ordered TransformKind = "ordered"
	// Cov is a covariance [n,n] by its Cholesky factor, n(n+1)/2 numbers row by
	// row, with the logarithms of the diagonal.
	Cov TransformKind = "cov"
	// Corr is a correlation matrix [n,n] by its Cholesky factor, n(n-1)/2 numbers
	// below a diagonal of ones; each row is then divided by its length.
	Corr TransformKind = "corr"
)

// Transformed reports whether the value that the model uses is not the array
// itself.
func (p Param) Transformed() bool { return p.Transform.Kind != Plain }

// matrix reports whether the parameter is square matrices of which fewer numbers
// are learned.
func (t Transform) matrix() bool { return t.Kind == Cov || t.Kind == Corr }

// item is the numbers that are transformed together: of the value, and raw.
func (p Param) item() (natural, raw int) {
	n := 1
	if k := len(p.Dims); k > 0 {
		n = p.Dims[k-1]
	}
	switch p.Transform.Kind {
	case Simplex, Ordered:
		return n, n
	case Cov:
		return n * n, n * (n + 1) / 2
	case Corr:
		return n * n, n * (n - 1) / 2
	}
	return 1, 1
}

// RawDims is the sizes of the array that is learned.
func (p Param) RawDims() []int {
	if !p.Transform.matrix() {
		return p.Dims
	}
	_, raw := p.item()
	k := len(p.Dims)
	return append(p.Dims[:k-2:k-2], raw)
}

// Size is the number of values that are learned.
func (p Param) Size() int { return product(p.RawDims()) }

// NaturalSize is the number of values that the model uses.
func (p Param) NaturalSize() int { return product(p.Dims) }

func product(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

// Shape is the shape in a graph of the array that is learned: vectors are one row.
func (p Param) Shape() op.Shape {
	dims, cols := p.RawDims(), 1
	if n := len(dims); n > 0 {
		cols = dims[n-1]
	}
	return op.Static(product(dims)/max(1, cols), cols)
}

// Natural is the value that the model uses where the array holds raw.
func (p Param) Natural(raw []float64) []float64 {
	n, m := p.item()
	out := make([]float64, 0, p.NaturalSize())
	for at := 0; at < len(raw); at += m {
		out = append(out, p.Transform.natural(raw[at:][:m], n)...)
	}
	return out
}

func (t Transform) natural(raw []float64, n int) []float64 {
	switch t.Kind {
	case Bounds:
		return []float64{t.bounded(raw[0])}
	case Simplex:
		return softmax(raw)
	case Ordered:
		return increasing(raw)
	case Cov, Corr:
		l := t.factor(raw, side(n))
		return squareOf(l, side(n))
	}
	return raw
}

func (t Transform) bounded(raw float64) float64 {
	switch {
	case t.Low != nil && t.High != nil:
		return *t.Low + (*t.High-*t.Low)/(1+math.Exp(-raw))
	case t.Low != nil:
		return *t.Low + math.Exp(raw)
	}
	return *t.High - math.Exp(raw)
}

func softmax(raw []float64) []float64 {
	out, total := make([]float64, len(raw)), floats.LogSumExp(raw)
	for i, x := range raw {
		out[i] = math.Exp(x - total)
	}
	return out
}

func increasing(raw []float64) []float64 {
	out := append([]float64{}, raw...)
	for i := 1; i < len(out); i++ {
		out[i] = out[i-1] + math.Exp(raw[i])
	}
	return out
}

// factor is the Cholesky factor [n,n] that raw numbers stand for.
func (t Transform) factor(raw []float64, n int) []float64 {
	l, at := make([]float64, n*n), 0
	for i := range n {
		row := l[i*n:][:n]
		for j := range i {
			row[j] = raw[at]
			at++
		}
		if t.Kind == Cov {
			row[i] = math.Exp(raw[at])
			at++
			continue
		}
		row[i] = 1
		floats.Scale(1/floats.Norm(row, 2), row)
	}
	return l
}

// squareOf is l l'.
func squareOf(l []float64, n int) []float64 {
	out := make([]float64, n*n)
	for i := range n {
		for j := range n {
			out[i*n+j] = floats.Dot(l[i*n:][:n], l[j*n:][:n])
		}
	}
	return out
}

// side is n of n*n.
func side(square int) int { return int(math.Round(math.Sqrt(float64(square)))) }

// String is the transform as a program has it: > 2, in (0, 1), simplex.
func (t Transform) String() string {
	switch {
	case t.Kind != Bounds:
		return string(t.Kind)
	case t.High == nil:
		return fmt.Sprintf("> %g", *t.Low)
	case t.Low == nil:
		return fmt.Sprintf("< %g", *t.High)
	}
	return fmt.Sprintf("in (%g, %g)", *t.Low, *t.High)
}
