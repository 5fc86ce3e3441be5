package runtime

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"ssmc/runtime/kernel"
)

func draw(t *testing.T, in Init, dims ...int) []float64 {
	t.Helper()
	return NewParams[float64]([]Param{{Name: "M.W", Dims: dims, Init: in}}, 1).Get(0)
}

// With 200 x 300 values the standard error of the mean is sd/245 and that of
// the standard deviation at most sd*1.2/245 (Laplace); five of them are allowed.
func TestInitMoments(t *testing.T) {
	const rows, cols = 200, 300
	for _, c := range []struct {
		in       Init
		mean, sd float64
		bound    float64 // largest absolute value allowed
	}{
		{Init{Kind: "uniform", A: -0.1, B: 0.3}, 0.1, 0.4 / math.Sqrt(12), 0.3},
		{Init{Kind: "normal", A: 2, B: 3}, 2, 3, 20},
		{Init{Kind: "laplace", A: -1, B: 2}, -1, 2 * math.Sqrt2, 40},
		{Init{Kind: "xavier"}, 0, math.Sqrt(2.0 / (rows + cols)), math.Sqrt(6.0 / (rows + cols))},
		{Init{Kind: "he"}, 0, math.Sqrt(2.0 / rows), 1},
		{Init{Kind: "orthogonal", A: 1}, 0, math.Sqrt(1.0 / rows), 1},
	} {
		x := draw(t, c.in, rows, cols)
		mean, sd := stat.MeanStdDev(x, nil)
		if tol := 5 * c.sd / 245; math.Abs(mean-c.mean) > tol || math.Abs(sd-c.sd) > 1.2*tol {
			t.Errorf("%s: mean %g, sd %g, want %g, %g", c.in.Kind, mean, sd, c.mean, c.sd)
		}
		if a := math.Max(slices.Max(x), -slices.Min(x)); a > c.bound {
			t.Errorf("%s: a value of size %g, want at most %g", c.in.Kind, a, c.bound)
		}
	}
}

// The kurtosis tells a Laplace (6) from a normal (3).
func TestLaplaceShape(t *testing.T) {
	x := draw(t, Init{Kind: "laplace", B: 1}, 400, 500)
	if k := stat.ExKurtosis(x, nil) + 3; math.Abs(k-6) > 0.5 {
		t.Errorf("kurtosis %g, want 6", k)
	}
}

func TestOrthogonalBlocks(t *testing.T) {
	const n, scale = 40, 1.5
	for _, dims := range [][]int{{n, n}, {n, 4 * n}, {3 * n, n}} {
		m := mat.NewDense(dims[0], dims[1], draw(t, Init{Kind: "orthogonal", A: scale}, dims...))
		for at := 0; at < max(dims[0], dims[1]); at += n {
			block := m.Slice(0, n, at%dims[1], at%dims[1]+n)
			if dims[0] > n {
				block = m.Slice(at, at+n, 0, n)
			}
			var gram mat.Dense
			gram.Mul(block.T(), block)
			want := mat.NewDiagDense(n, slices.Repeat([]float64{scale * scale}, n))
			if !mat.EqualApprox(&gram, want, 1e-12) { // rounding of 40 products
				t.Errorf("%v: the block at %d is not orthogonal", dims, at)
			}
		}
	}
}

// In float32, rows of an LSTM's size stay orthonormal to some dozen roundings.
func TestOrthogonalSingle(t *testing.T) {
	const n = 600
	q := make([]float32, n*n)
	orthogonal(q, n, n, 1, rand.New(rand.NewPCG(1, 2)))
	for i := range n {
		for k := range i + 1 {
			got, want := kernel.Dot(q[i*n:][:n], q[k*n:][:n]), 0.0
			if i == k {
				want = 1
			}
			if math.Abs(got-want) > 1e-6 {
				t.Fatalf("rows %d and %d: %g", i, k, got)
			}
		}
	}
}

func TestOrthogonalBlocksDiffer(t *testing.T) {
	m := mat.NewDense(5, 10, draw(t, Init{Kind: "orthogonal", A: 1}, 5, 10))
	if mat.EqualApprox(m.Slice(0, 5, 0, 5), m.Slice(0, 5, 5, 10), 1e-3) {
		t.Error("both blocks are one matrix")
	}
}

func TestPlainInits(t *testing.T) {
	if got := draw(t, Init{Kind: "constant", A: 3}, 2); !slices.Equal(got, []float64{3, 3}) {
		t.Errorf("constant: %v", got)
	}
	if got := draw(t, Init{Kind: "constant", A: 4}); !slices.Equal(got, []float64{4}) {
		t.Errorf("a number: %v", got)
	}
	want := []float64{2, 0, 0, 0, 2, 0}
	if got := draw(t, Init{Kind: "eye", A: 2}, 2, 2, 3); !slices.Equal(got, append(want, want...)) {
		t.Errorf("eye of a stack: %v", got)
	}
	if got := draw(t, Init{Kind: "values", Values: []float64{1, 2}}, 2); !slices.Equal(got, []float64{1, 2}) {
		t.Errorf("values: %v", got)
	}
}

func TestLayoutOfParams(t *testing.T) {
	list := []Param{{Name: "a", Dims: []int{3}, Init: Init{Kind: "constant", A: 1}},
		{Name: "b", Dims: []int{17}, Fixed: true, Init: Init{Kind: "constant", A: 2}},
		{Name: "c", Init: Init{Kind: "constant", A: 3}}}
	p := NewParams[float32](list, 1)
	if !slices.Equal(p.Off, []int{0, 16, 48}) || len(p.Values) != 64 {
		t.Fatalf("offsets %v of %d values", p.Off, len(p.Values))
	}
	sum := float32(0)
	for _, x := range p.Values {
		sum += x
	}
	if sum != 3*1+17*2+3 {
		t.Errorf("values sum to %g: the padding is not zero", sum)
	}
	if p.Count() != 4 || p.Index("c") != 2 || p.Index("d") != -1 {
		t.Errorf("count %d, index %d, %d", p.Count(), p.Index("c"), p.Index("d"))
	}
}

// What a parameter starts from depends on the seed and its name, not on its place.
func TestDrawsAreKeyedByName(t *testing.T) {
	in := Init{Kind: "normal", B: 1}
	a, b := Param{Name: "a", Dims: []int{5}, Init: in}, Param{Name: "b", Dims: []int{5}, Init: in}
	ab, ba := NewParams[float64]([]Param{a, b}, 7), NewParams[float64]([]Param{b, a}, 7)
	if !slices.Equal(ab.Get(0), ba.Get(1)) || !slices.Equal(ab.Get(1), ba.Get(0)) {
		t.Error("the order of the list matters")
	}
	if slices.Equal(ab.Get(0), ab.Get(1)) || slices.Equal(ab.Get(0), NewParams[float64]([]Param{a}, 8).Get(0)) {
		t.Error("names or seeds share draws")
	}
}

// A float32 parameter is the rounded float64 parameter: precisions compare.
func TestPrecisionsAgree(t *testing.T) {
	list := []Param{{Name: "w", Dims: []int{4, 4}, Init: Init{Kind: "xavier"}}}
	single, double := NewParams[float32](list, 3).Get(0), NewParams[float64](list, 3).Get(0)
	for i := range single {
		if single[i] != float32(double[i]) {
			t.Fatalf("value %d: %g and %g", i, single[i], double[i])
		}
	}
}
