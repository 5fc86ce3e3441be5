package kernel

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Unary names a function of one value.
type Unary uint8

// The functions that [ApplyUnary] knows.
const (
	Neg Unary = iota
	Exp
	Log
	Log1p // log(1+x)
	Expm1 // exp(x)-1
	Sqrt
	Sigmoid // 1/(1+exp(-x))
	Tanh
	Softplus // log(1+exp(x))
	Relu     // max(x,0)
	Step     // 1 where x > 0, else 0
	Sin
	Cos
	Abs
	Lgamma  // log |gamma(x)|
	Digamma // derivative of Lgamma
	Recip   // 1/x
	Square
	unaryCount
)

var unaryNames = [unaryCount]string{
	"neg", "exp", "log", "log1p", "expm1", "sqrt", "sigmoid", "tanh", "softplus", "relu",
	"step", "sin", "cos", "abs", "lgamma", "digamma", "recip", "square",
}

// String returns the function's name in lower case.
func (op Unary) String() string { return unaryNames[op] }

// IsPlain reports whether the function is plain Go in every instruction set.
func (op Unary) IsPlain() bool {
	switch op {
	case Log1p, Expm1, Sin, Cos, Lgamma, Digamma:
		return true
	}
	return false
}

// unaryMath is the functions in float64.
var unaryMath = [unaryCount]func(float64) float64{
	Neg:      func(x float64) float64 { return -x },
	Exp:      math.Exp,
	Log:      math.Log,
	Log1p:    math.Log1p,
	Expm1:    math.Expm1,
	Sqrt:     math.Sqrt,
	Sigmoid:  sigmoid,
	Tanh:     math.Tanh,
	Softplus: func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) },
	Relu:     func(x float64) float64 { return max(x, 0) },
	Step:     func(x float64) float64 { return indicator(x > 0, x) },
	Sin:      math.Sin,
	Cos:      math.Cos,
	Abs:      math.Abs,
	Lgamma:   func(x float64) float64 { y, _ := math.Lgamma(x); return y },
	Digamma:  digamma,
	Recip:    func(x float64) float64 { return 1 / x },
	Square:   func(x float64) float64 { return x * x },
}

// sigmoid keeps full relative precision where it is small.
func sigmoid(x float64) float64 {
	u := math.Exp(-math.Abs(x))
	if x < 0 {
		return u / (1 + u)
	}
	return 1 / (1 + u)
}

// digamma gives infinities the values that they are the limits of.
func digamma(x float64) float64 {
	switch {
	case math.IsInf(x, 1):
		return x
	case math.IsInf(x, -1):
		return math.NaN()
	}
	return mathext.Digamma(x)
}

// indicator returns one or zero as b says, or NaN where an x is.
func indicator(b bool, x ...float64) float64 {
	for _, v := range x {
		if v != v {
			return v
		}
	}
	if b {
		return 1
	}
	return 0
}

// ApplyUnary writes op(x[i]) to dst[i] for every element of dst, which may be x.
func ApplyUnary[F Float](op Unary, dst, x []F) {
	tableOf[F]().unary[op](dst, x[:len(dst)])
}

func plainUnary[F Float](f func(float64) float64) func(dst, x []F) {
	return func(dst, x []F) {
		for i, v := range x {
			dst[i] = F(f(float64(v)))
		}
	}
}
