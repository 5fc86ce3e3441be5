package kernel

import (
	"math"
	"testing"
)

// special is values on whose treatment routines tend to differ.
var special = []float64{
	0, math.Copysign(0, -1), 1, -1, 0.5, 2, -2, math.Inf(1), math.Inf(-1), math.NaN(),
	1e-45, -1e-45, 1e-40, -1e-40, 1.17549435e-38, 3e38, -3e38, 1e-20, -1e-20, 1e-7, -1e-7,
	-20, 20, 87.3, 88.7, 88.8, 89.5, -87.3, -88, -100, -103.2, -104.5, 1e4, -1e4, 7.9, 7.95, -7.95, 9.1, 0.0004, 0.00041,
}

// unaryUlps is the error allowed each function that is not exactly rounded. Those
// in assembly are polynomials of float32; the rest round a float64 result.
var unaryUlps = map[Unary]float64{Exp: 2, Log: 2, Sigmoid: 3, Tanh: 4, Softplus: 4}

func TestUnary(t *testing.T) {
	eachTable(t, func(t *testing.T) {
		for op := range unaryCount {
			t.Run(op.String(), func(t *testing.T) { checkUnary(t, op) })
		}
	})
}

func checkUnary(t *testing.T, op Unary) {
	r, worst, at := newRand(), 0.0, float32(0)
	for _, n := range lengths() {
		x := unaryInputs(n, r.Float64, r.IntN)
		got := make([]float32, n)
		ApplyUnary(op, got, x)
		for i, v := range x {
			if e := ulps(got[i], float32(unaryMath[op](float64(v)))); e > worst {
				worst, at = e, v
			}
		}
		ApplyUnary(op, x, x)
		requireSame(t, x, got)
	}
	if tol := unaryUlps[op]; worst > tol {
		y := make([]float32, 1)
		ApplyUnary(op, y, []float32{at})
		t.Errorf("%v(%v) = %v, want %v: off by %v ulps, over %v", op, at, y[0], unaryMath[op](float64(at)), worst, tol)
	}
}

// unaryInputs mixes special values with values of all sizes and both signs.
func unaryInputs(n int, uniform func() float64, intN func(int) int) []float32 {
	x := make([]float32, n)
	for i := range x {
		switch intN(4) {
		case 0:
			x[i] = float32(special[intN(len(special))])
		case 1:
			x[i] = float32((2*uniform() - 1) * math.Exp(10*uniform()-6))
		default:
			x[i] = float32(16*uniform() - 8)
		}
	}
	return x
}

// requireSame fails unless x and y are the same to the bit, but for NaNs' payloads.
func requireSame[F Float](t *testing.T, x, y []F) {
	t.Helper()
	for i := range x {
		if x[i] != y[i] && (x[i] == x[i] || y[i] == y[i]) {
			t.Fatalf("element %d: %v differs from %v", i, x[i], y[i])
		}
	}
}
