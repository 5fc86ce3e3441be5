package kernel

import "math"

// Binary names a function of two values.
type Binary uint8

// The functions that the Apply functions of two operands know. Comparisons are one
// or zero, or NaN where an operand is.
const (
	Add Binary = iota
	Sub
	Mul
	Div
	Max
	Min
	Pow
	Greater
	GreaterEq
	Equal
	binaryCount
)

var binaryNames = [binaryCount]string{
	"add", "sub", "mul", "div", "max", "min", "pow", "greater", "greater_eq", "equal",
}

// String returns the function's name in lower case.
func (op Binary) String() string { return binaryNames[op] }

// IsPlain reports whether the function is plain Go in every instruction set.
func (op Binary) IsPlain() bool { return op == Pow }

// binaryMath is the functions in float64.
var binaryMath = [binaryCount]func(a, b float64) float64{
	Add:       func(a, b float64) float64 { return a + b },
	Sub:       func(a, b float64) float64 { return a - b },
	Mul:       func(a, b float64) float64 { return a * b },
	Div:       func(a, b float64) float64 { return a / b },
	Max:       func(a, b float64) float64 { return max(a, b) },
	Min:       func(a, b float64) float64 { return min(a, b) },
	Pow:       pow,
	Greater:   func(a, b float64) float64 { return indicator(a > b, a, b) },
	GreaterEq: func(a, b float64) float64 { return indicator(a >= b, a, b) },
	Equal:     func(a, b float64) float64 { return indicator(a == b, a, b) },
}

// pow is math.Pow but for NaN, which that drops from 1^NaN and NaN^0.
func pow(a, b float64) float64 {
	if a != a || b != b {
		return math.NaN()
	}
	return math.Pow(a, b)
}

// ApplyBinary writes a[i] op b[i] to dst[i] for every element of dst, which may be
// a or b.
func ApplyBinary[F Float](op Binary, dst, a, b []F) {
	tableOf[F]().binary[op](dst, a[:len(dst)], b[:len(dst)])
}

// ApplyScalar writes a[i] op s to dst[i] for every element of dst, which may be a.
func ApplyScalar[F Float](op Binary, dst, a []F, s F) {
	tableOf[F]().scalar[op](dst, a[:len(dst)], s)
}

// ApplyScalarLeft writes s op a[i] to dst[i] for every element of dst, which may
// be a.
func ApplyScalarLeft[F Float](op Binary, dst, a []F, s F) {
	tableOf[F]().left[op](dst, a[:len(dst)], s)
}

func plainBinary[F Float](f func(a, b float64) float64) func(dst, a, b []F) {
	return func(dst, a, b []F) {
		for i, v := range a {
			dst[i] = F(f(float64(v), float64(b[i])))
		}
	}
}

func plainScalar[F Float](f func(a, b float64) float64) func(dst, a []F, s F) {
	return func(dst, a []F, s F) {
		for i, v := range a {
			dst[i] = F(f(float64(v), float64(s)))
		}
	}
}

func plainLeft[F Float](f func(a, b float64) float64) func(dst, a []F, s F) {
	return func(dst, a []F, s F) {
		for i, v := range a {
			dst[i] = F(f(float64(s), float64(v)))
		}
	}
}
