package kernel

import (
	"math"
	"testing"
)

// TestBinary asks for exactly rounded results of all three forms, NaN included.
func TestBinary(t *testing.T) {
	eachTable(t, func(t *testing.T) {
		for op := range binaryCount {
			t.Run(op.String(), func(t *testing.T) { checkBinary[float32](t, op) })
		}
	})
	for op := range binaryCount {
		t.Run("float64/"+op.String(), func(t *testing.T) { checkBinary[float64](t, op) })
	}
}

func checkBinary[F Float](t *testing.T, op Binary) {
	r := newRand()
	for _, n := range lengths() {
		a, b := random[F](r, n, 3), random[F](r, n, 3)
		for i := range a {
			if r.IntN(3) == 0 {
				a[i], b[i] = F(special[r.IntN(len(special))]), F(special[r.IntN(len(special))])
			}
		}
		s := F(special[n%len(special)])
		got, right, left := make([]F, n), make([]F, n), make([]F, n)
		ApplyBinary(op, got, a, b)
		ApplyScalar(op, right, a, s)
		ApplyScalarLeft(op, left, a, s)
		for i := range a {
			requireValue(t, got[i], op, a[i], b[i])
			requireValue(t, right[i], op, a[i], s)
			requireValue(t, left[i], op, s, a[i])
		}
		ApplyScalar(op, a, a, s)
		requireSame(t, a, right)
	}
}

// requireValue compares with binaryMath, the operators and math.Pow in float64.
func requireValue[F Float](t *testing.T, got F, op Binary, a, b F) {
	t.Helper()
	want := F(binaryMath[op](float64(a), float64(b)))
	if got != want && (got == got || want == want) {
		t.Fatalf("%v %v %v = %v, want %v", a, op, b, got, want)
	}
}

// TestBinaryInPlace writes over each operand.
func TestBinaryInPlace(t *testing.T) {
	eachTable(t, func(t *testing.T) {
		a, b := random[float32](newRand(), 37, 1), random[float32](newRand(), 37, 2)
		want := make([]float32, len(a))
		ApplyBinary(Sub, want, a, b)
		overA, overB := append([]float32{}, a...), append([]float32{}, b...)
		ApplyBinary(Sub, overA, overA, b)
		ApplyBinary(Sub, overB, a, overB)
		requireSame(t, overA, want)
		requireSame(t, overB, want)
	})
}

// TestNaN puts NaN into each operand of every function.
func TestNaN(t *testing.T) {
	nan := float32(math.NaN())
	for op := range unaryMath {
		if y := unaryMath[op](math.NaN()); y == y {
			t.Errorf("%v(NaN) = %v", Unary(op), y)
		}
	}
	eachTable(t, func(t *testing.T) {
		y := make([]float32, 3)
		for op := range unaryCount {
			ApplyUnary(op, y, []float32{1, nan, 1})
			requireNaN(t, op.String(), y)
		}
		for op := range binaryCount {
			ApplyBinary(op, y, []float32{1, nan, 1}, []float32{1, 0, 1})
			requireNaN(t, op.String(), y)
			ApplyBinary(op, y, []float32{1, 1, 1}, []float32{1, nan, 1})
			requireNaN(t, op.String(), y)
		}
	})
}

// requireNaN fails unless y[1] alone is NaN.
func requireNaN(t *testing.T, name string, y []float32) {
	t.Helper()
	if y[0] != y[0] || y[1] == y[1] || y[2] != y[2] {
		t.Errorf("%s gives %v", name, y)
	}
}
