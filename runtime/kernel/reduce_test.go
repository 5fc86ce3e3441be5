package kernel

import (
	"math"
	"testing"
)

func TestSums(t *testing.T) {
	eachTable(t, func(t *testing.T) { checkSums[float32](t, 0x1p-24) })
	t.Run("float64", func(t *testing.T) { checkSums[float64](t, 0x1p-53) })
}

// checkSums allows one rounding of the terms' sizes a term.
func checkSums[F Float](t *testing.T, unit float64) {
	r := newRand()
	p := NewPool(3)
	defer p.Close()
	for i, n := range lengths() {
		rows, cols, acc := n, 1+i%50, i%2 == 0
		if i%3 == 0 {
			rows, cols = cols, rows
		}
		ld := cols + i%4
		x := random[F](r, extent(rows, cols, ld), 1)
		byRow, byCol := random[F](r, rows, 1), random[F](r, cols, 1)
		wantRow, wantCol := sums(x, ld, rows, cols, byRow, byCol, acc)
		RowSum(byRow, x, ld, rows, cols, acc)
		ColSum(p, byCol, x, ld, rows, cols, acc)
		requireNear(t, byRow, wantRow, 10*unit*float64(cols+1))
		requireNear(t, byCol, wantCol, 10*unit*float64(rows+1))
	}
}

// sums returns what RowSum and ColSum should.
func sums[F Float](x []F, ld, rows, cols int, row, col []F, acc bool) (byRow, byCol []float64) {
	byRow, byCol = make([]float64, rows), make([]float64, cols)
	for i := range byRow {
		for j := range byCol {
			byRow[i] += float64(x[i*ld+j])
			byCol[j] += float64(x[i*ld+j])
		}
	}
	for i := 0; i < rows && acc; i++ {
		byRow[i] += float64(row[i])
	}
	for j := 0; j < cols && acc; j++ {
		byCol[j] += float64(col[j])
	}
	return byRow, byCol
}

// requireNear fails unless got is within tol of want.
func requireNear[F Float](t *testing.T, got []F, want []float64, tol float64) {
	t.Helper()
	for i, w := range want {
		if d := math.Abs(float64(got[i]) - w); !(d <= tol) {
			t.Fatalf("element %d of %d: %v, want %v: off by %g, over %g", i, len(want), got[i], w, d, tol)
		}
	}
}

// TestDot compares sums in float64, which differ by the order of terms alone.
func TestDot(t *testing.T) {
	eachTable(t, func(t *testing.T) {
		r := newRand()
		for _, n := range lengths() {
			a, b := random[float32](r, n, 1), random[float32](r, n, 1)
			want, square := 0.0, 0.0
			for i := range a {
				want += float64(a[i]) * float64(b[i])
				square += float64(a[i]) * float64(a[i])
			}
			requireNear(t, []float64{Dot(a, b), SumSq(a)}, []float64{want, square}, 1e-14*float64(n+1))
		}
	})
}

func TestReductionsShowNaN(t *testing.T) {
	eachTable(t, func(t *testing.T) {
		x := make([]float32, 40)
		x[37] = float32(math.NaN())
		row, col := make([]float32, 1), make([]float32, 40)
		RowSum(row, x, 40, 1, 40, false)
		ColSum(nil, col, x, 40, 1, 40, false)
		for name, v := range map[string]float64{
			"RowSum": float64(row[0]), "ColSum": float64(col[37]), "SumSq": SumSq(x), "Dot": Dot(make([]float32, 40), x),
		} {
			if v == v {
				t.Errorf("%s loses NaN: %v", name, v)
			}
		}
	})
}

// TestAxpy allows for a product that is fused or rounded.
func TestAxpy(t *testing.T) {
	eachTable(t, func(t *testing.T) {
		r := newRand()
		for _, n := range lengths() {
			x, y, want := random[float32](r, n, 1), random[float32](r, n, 1), make([]float64, n)
			for i := range want {
				want[i] = float64(y[i]) + 0.3*float64(x[i])
			}
			Axpy(0.3, x, y)
			requireNear(t, y, want, 1e-6)
		}
	})
}
