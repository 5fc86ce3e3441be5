package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// sizes is the M, N and K of products: every tail of every tile, the blocks for
// caches, nothing, and a few like those of models.
func sizes() (all [][3]int) {
	r := newRand()
	for i := range 71 {
		all = append(all, [3]int{i, 1 + r.IntN(70), 1 + r.IntN(40)}, [3]int{1 + r.IntN(40), i, 1 + r.IntN(40)}, [3]int{1 + r.IntN(40), 1 + r.IntN(70), i})
	}
	return append(all, [3]int{20, 150, 700}, [3]int{350, 100, 2}, [3]int{130, 40, 2}, [3]int{37, 88, 333})
}

// operands is the arrays of one product, C [m,n] = A [m,k] B [k,n], with leading
// dimensions beyond their widths.
type operands[F Float] struct {
	m, n, k, lda, ldb, ldc int
	a, b, c                []F
}

func newOperands[F Float](r *rand.Rand, size [3]int) *operands[F] {
	o := &operands[F]{m: size[0], n: size[1], k: size[2]}
	o.lda, o.ldb, o.ldc = o.k+r.IntN(3), o.n+r.IntN(3), o.n+r.IntN(3)
	o.a, o.b, o.c = random[F](r, extent(o.m, o.k, o.lda), 1), random[F](r, extent(o.k, o.n, o.ldb), 1), random[F](r, extent(o.m, o.n, o.ldc), 1)
	return o
}

// extent returns the length of the shortest slice that holds [rows,cols].
func extent(rows, cols, ld int) int {
	if rows == 0 || cols == 0 {
		return 0
	}
	return (rows-1)*ld + cols
}

// want returns C, in float64, and for each element the sum of its terms' sizes.
func (o *operands[F]) want(acc bool) (c, scale []float64) {
	c, scale = make([]float64, len(o.c)), make([]float64, len(o.c))
	for i, v := range o.c {
		c[i] = float64(v)
	}
	for i := range o.m {
		for j := range o.n {
			s := 0.0
			if acc {
				s = c[i*o.ldc+j]
			}
			size := math.Abs(s)
			for p := range o.k {
				term := float64(o.a[i*o.lda+p]) * float64(o.b[p*o.ldb+j])
				s, size = s+term, size+math.Abs(term)
			}
			c[i*o.ldc+j], scale[i*o.ldc+j] = s, size
		}
	}
	return c, scale
}

// transpose returns x [rows,cols] transposed, and its leading dimension.
func transpose[F Float](x []F, ld, rows, cols int) ([]F, int) {
	y := make([]F, extent(cols, rows, rows+1))
	for i := range rows {
		for j := range cols {
			y[j*(rows+1)+i] = x[i*ld+j]
		}
	}
	return y, rows + 1
}

// forms is the three products, each computing o's C into c.
func forms[F Float](p *Pool, o *operands[F], c []F, acc bool) map[string]func() {
	at, ldat := transpose(o.a, o.lda, o.m, o.k)
	bt, ldbt := transpose(o.b, o.ldb, o.k, o.n)
	return map[string]func(){
		"Mul": func() {
			w := NewMatrix[F](o.k, o.n)
			w.Set(o.b, o.ldb)
			w.Mul(p, o.m, o.a, o.lda, c, o.ldc, onto(c, o.ldc, acc))
		},
		"MulT": func() {
			w := NewMatrix[F](o.n, o.k)
			w.Set(bt, ldbt)
			w.MulT(p, o.m, o.a, o.lda, c, o.ldc, onto(c, o.ldc, acc))
		},
		"GradW": func() {
			GradW(p, o.k, at, ldat, o.m, o.b, o.ldb, o.n, c, o.ldc, acc, nil)
		},
	}
}

// onto is the addend that has a product added to c.
func onto[F Float](c []F, ldc int, acc bool) Addend[F] {
	if !acc {
		return Addend[F]{}
	}
	return Addend[F]{c, ldc}
}

// TestProductsOfBias adds products to one row and to a matrix of its own: the same
// bits as onto a result that holds copies of it.
func TestProductsOfBias(t *testing.T) {
	eachTable(t, func(t *testing.T) {
		for _, size := range [][3]int{{1, 1, 0}, {1, 40, 3}, {33, 77, 45}, {20, 333, 700}, {150, 16, 9}} {
			o := newOperands[float32](newRand(), size)
			w := NewMatrix[float32](o.k, o.n)
			w.Set(o.b, o.ldb)
			bias := random[float32](newRand(), o.n, 1)
			want, got := make([]float32, len(o.c)), make([]float32, len(o.c))
			for i := range o.m {
				copy(want[i*o.ldc:][:o.n], bias)
			}
			apart := slices.Clone(want)
			w.Mul(nil, o.m, o.a, o.lda, want, o.ldc, Addend[float32]{want, o.ldc})
			w.Mul(nil, o.m, o.a, o.lda, got, o.ldc, Addend[float32]{bias, 0})
			requireSame(t, got, want)
			w.Mul(nil, o.m, o.a, o.lda, got, o.ldc, Addend[float32]{apart, o.ldc})
			requireSame(t, got, want)
		}
	})
}

func TestProducts(t *testing.T) {
	eachTable(t, func(t *testing.T) { checkProducts[float32](t, 0x1p-24) })
	t.Run("float64", func(t *testing.T) { checkProducts[float64](t, 0x1p-53) })
}

// checkProducts allows the rounding errors of a sum of k terms, each up to unit
// of the terms' sizes: k+2 of them at worst.
func checkProducts[F Float](t *testing.T, unit float64) {
	r := newRand()
	for _, size := range sizes() {
		o, acc := newOperands[F](r, size), r.IntN(2) == 1
		want, scale := o.want(acc)
		got := make([]F, len(o.c))
		for name, f := range forms(nil, o, got, acc) {
			copy(got, o.c)
			f()
			for i := range got {
				tol := unit * float64(o.k+2) * scale[i]
				if d := math.Abs(float64(got[i]) - want[i]); !(d <= tol) {
					t.Fatalf("%s, M,N,K = %v, acc %v: element %d is %v, want %v", name, size, acc, i, got[i], want[i])
				}
			}
		}
	}
}

// TestProductsIgnoreThreads asks for the same bits from any number of threads.
func TestProductsIgnoreThreads(t *testing.T) {
	eachTable(t, func(t *testing.T) {
		for _, size := range [][3]int{{150, 300, 90}, {20, 333, 400}, {700, 40, 50}, {65, 65, 650}} {
			o := newOperands[float32](newRand(), size)
			alone, got := make([]float32, len(o.c)), make([]float32, len(o.c))
			for _, threads := range []int{2, 3, 7} {
				p := NewPool(threads)
				serial, parallel := forms(nil, o, alone, false), forms(p, o, got, false)
				for name := range serial {
					serial[name]()
					parallel[name]()
					t.Run(fmt.Sprint(name, size, threads), func(t *testing.T) { requireSame(t, got, alone) })
				}
				p.Close()
			}
		}
	})
}

// TestProductsShowNaN puts one NaN into A, which must reach its row of C alone.
func TestProductsShowNaN(t *testing.T) {
	eachTable(t, func(t *testing.T) {
		o := newOperands[float32](newRand(), [3]int{33, 77, 45})
		const row = 21
		o.a[row*o.lda+44] = float32(math.NaN())
		c := make([]float32, len(o.c))
		for name, f := range forms(nil, o, c, false) {
			for i := range c {
				c[i] = float32(math.NaN()) // what is overwritten must not matter
			}
			f()
			for i := range o.m {
				for j, v := range c[i*o.ldc:][:o.n] {
					if (v != v) != (i == row) {
						t.Fatalf("%s: C[%d,%d] is %v", name, i, j, v)
					}
				}
			}
		}
	})
}

func TestMatrixSet(t *testing.T) {
	w := NewMatrix[float32](1, 1)
	for _, v := range []float32{2, 3} {
		c, ct := []float32{0}, []float32{0}
		w.Set([]float32{v}, 1)
		w.Mul(nil, 1, []float32{5}, 1, c, 1, Addend[float32]{})
		w.MulT(nil, 1, []float32{5}, 1, ct, 1, Addend[float32]{})
		if c[0] != 5*v || ct[0] != 5*v {
			t.Errorf("after Set to %v: 5 W = %v, 5 Wᵀ = %v", v, c, ct)
		}
	}
}

// TestLend asks for the same product from memory that is lent, and from memory that is
// too small to be used.
func TestLend(t *testing.T) {
	const m, k, n = 5, 7, 37
	r := rand.New(rand.NewPCG(1, 2))
	a, w := make([]float32, m*n), make([]float32, k*n)
	for _, x := range [][]float32{a, w} {
		for i := range x {
			x[i] = float32(r.NormFloat64())
		}
	}
	x := NewMatrix[float32](k, n)
	multiply := func() []float32 {
		c := make([]float32, m*n+m*k)
		x.Set(w, n)
		x.Mul(nil, m, a, k, c, n, Addend[float32]{})
		x.MulT(nil, m, a, n, c[m*n:], k, Addend[float32]{})
		return c
	}
	want := multiply()
	plain, transposed := x.Sizes()
	lent := aligned[float32](plain)
	for _, size := range []int{plain, 3} {
		clear(lent)
		x.Lend(lent[:size:size], aligned[float32](transposed))
		if got := multiply(); !slices.Equal(got, want) {
			t.Errorf("with memory for %d values: %v, want %v", size, got, want)
		}
		if used := slices.ContainsFunc(lent, func(v float32) bool { return v != 0 }); used != (size == plain) {
			t.Errorf("memory for %d values: used is %v", size, used)
		}
	}
}
