package exact

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distmv"
)

// randomCov is a covariance [n,n] and its lower triangle, to which numbers are
// added that do not count: a skew part, and what stands above the diagonal.
func randomCov(n int, r *rand.Rand) (cov *mat.SymDense, given, tri []float64) {
	l := mat.NewTriDense(n, mat.Lower, nil)
	given, tri = make([]float64, n*n), make([]float64, n*n)
	for i := range n {
		for j := range n {
			tri[i*n+j] = r.NormFloat64()
			if i == j {
				tri[i*n+j] = 0.5 + math.Abs(tri[i*n+j])
			}
			if j <= i {
				l.SetTri(i, j, tri[i*n+j])
			}
		}
	}
	cov = mat.NewSymDense(n, nil)
	cov.SymOuterK(1, l)
	for i := range n {
		for j := range n {
			given[i*n+j] = cov.At(i, j)
			if i != j {
				given[i*n+j] += 0.3 * float64(i-j)
			}
		}
	}
	return cov, given, tri
}

// TestNormal compares log densities with gonum's, of all components and of some,
// given a covariance or its triangle: exact but for rounding.
func TestNormal(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		n := 1 + r.IntN(6)
		cov, given, tri := randomCov(n, r)
		x, present := make([]float64, n), make([]float64, n)
		var seen []int
		for i := range n {
			x[i] = r.NormFloat64()
			if r.IntN(3) > 0 {
				present[i] = 1
				seen = append(seen, i)
			}
		}
		want := 0.0
		if len(seen) > 0 {
			part, at := mat.NewSymDense(len(seen), nil), make([]float64, len(seen))
			for a, i := range seen {
				at[a] = x[i]
				for b, j := range seen[:a+1] {
					part.SetSym(a, b, cov.At(i, j))
				}
			}
			d, ok := distmv.NewNormal(make([]float64, len(seen)), part, nil)
			if !ok {
				t.Fatal("no oracle")
			}
			want = d.LogProb(at)
		}
		for _, s := range [][]float64{given, tri} {
			d := NewNormal(n, 1, &s[0] == &tri[0])
			d.Set(s, present)
			if got := d.LogProb(x); math.Abs(got-want) > 1e-8*(1+math.Abs(want)) || !d.Same(present) {
				t.Fatalf("%d of %d components: %v, want %v", len(seen), n, got, want)
			}
		}
	}
}

// TestSame tells blanks apart.
func TestSame(t *testing.T) {
	d := NewNormal(3, 1, false)
	d.Set([]float64{1, 0, 0, 0, 1, 0, 0, 0, 1}, []float64{1, 0, 1})
	for _, c := range []struct {
		present []float64
		want    bool
	}{{[]float64{1, 0, 1}, true}, {[]float64{1, 0, 0}, false}, {[]float64{1, 1, 1}, false}, {nil, false}} {
		if got := d.Same(c.present); got != c.want {
			t.Errorf("%v: %v", c.present, got)
		}
	}
}

// TestCholesky compares with gonum, and shows what is no covariance.
func TestCholesky(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for n := 1; n < 8; n++ {
		cov, given, _ := randomCov(n, r)
		var c mat.Cholesky
		c.Factorize(cov)
		var want mat.TriDense
		c.LTo(&want)
		got := make([]float64, n*n)
		if !Cholesky(got, given, n) || !mat.EqualApprox(mat.NewDense(n, n, got), &want, 1e-9) {
			t.Errorf("of %d: %v", n, got)
		}
	}
	got := make([]float64, 4)
	if Cholesky(got, []float64{1, 2, 2, 1}, 2) || !math.IsNaN(got[0]) || Cholesky(got, []float64{math.NaN(), 0, 0, 1}, 2) {
		t.Errorf("a matrix that is no covariance has the factor %v", got)
	}
}

// TestRoot takes singular covariances, and refuses what is none.
func TestRoot(t *testing.T) {
	l := make([]float64, 4)
	if !Root(l, []float64{4, 2, 2, 1}, 2) || !floats.EqualApprox(l, []float64{2, 0, 1, 0}, 1e-12) {
		t.Errorf("singular: %v", l)
	}
	if Root(l, []float64{1, 2, 2, 1}, 2) {
		t.Errorf("no covariance: %v", l)
	}
}

// TestInverter multiplies inverses with what they are of.
func TestInverter(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	var v Inverter
	for n := 1; n < 8; n++ {
		a, b := make([]float64, n*n), make([]float64, n*n)
		for i := range a {
			a[i] = r.NormFloat64()
		}
		v.Invert(b, a, n)
		var one mat.Dense
		one.Mul(mat.NewDense(n, n, a), mat.NewDense(n, n, b))
		for i := range n {
			one.Set(i, i, one.At(i, i)-1)
		}
		if norm := mat.Norm(&one, 1); norm > 1e-9 {
			t.Errorf("of %d: the product is off by %v", n, norm)
		}
	}
	b := make([]float64, 4)
	if v.Invert(b, []float64{1, 2, 2, 4}, 2); !math.IsNaN(b[0]) {
		t.Errorf("a singular matrix has the inverse %v", b)
	}
}
