package baseline

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"ssmc/inference/data"
)

// set is a set of one observed variable, by sequence; NaN is a blank.
func set(kind data.Kind, size, classes int, sequences ...[]float64) *data.Set {
	vars := []data.Var{{Name: "u", Role: data.Input, Size: 1}, {Name: "x", Role: data.Observed, Kind: kind, Size: size, Classes: classes, Missing: true}}
	s := &data.Set{Name: "test", Vars: vars}
	for _, values := range sequences {
		x, present := make([]float32, len(values)), make([]bool, len(values))
		for i, v := range values {
			if present[i] = !math.IsNaN(v); present[i] {
				x[i] = float32(v)
			}
		}
		n := len(values) / size
		s.Sequences = append(s.Sequences, data.NewSequence(vars, "s", n, [][]float32{make([]float32, n), x}, [][]bool{nil, present}, nil))
	}
	return s
}

var nan = math.NaN()

// check compares the nats of each sequence; the tolerance is the rounding of
// float64 sums of a few numbers.
func check(t *testing.T, f func(train, set *data.Set) (Score, error), train, test *data.Set, want ...float64) {
	t.Helper()
	s, err := f(train, test)
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range want {
		if math.Abs(s.Each[i]-w) > 1e-9*math.Max(1, math.Abs(w)) {
			t.Errorf("%s, sequence %d: %.12g nats, want %.12g", s.Name, i, s.Each[i], w)
		}
	}
}

func TestRealClimatology(t *testing.T) {
	train := set(data.Real, 1, 0, []float64{1, 2, nan, 6}, []float64{3})
	mean, variance := stat.PopMeanVariance([]float64{1, 2, 6, 3}, nil)
	n := distuv.Normal{Mu: mean, Sigma: math.Sqrt(variance)}
	check(t, Climatology, train, set(data.Real, 1, 0, []float64{0, nan, 4}, []float64{nan}), -n.LogProb(0)-n.LogProb(4), 0)
}

func TestRealPersistence(t *testing.T) {
	train := set(data.Real, 1, 0, []float64{1, 2, nan, 6}, []float64{3})
	mean, variance := stat.PopMeanVariance([]float64{1, 2, 6, 3}, nil)
	first := distuv.Normal{Mu: mean, Sigma: math.Sqrt(variance)}
	next := distuv.Normal{Mu: 5, Sigma: math.Sqrt((1 + 16) / 2.0)} // changes 1 and 4, over the blank
	check(t, Persistence, train, set(data.Real, 1, 0, []float64{5, nan, 7, 7}),
		-first.LogProb(5)-next.LogProb(7)-next.LogProb(5))
}

// Two components are two variables; a constant one gets the least variance.
func TestRealComponents(t *testing.T) {
	train := set(data.Real, 2, 0, []float64{1, 4, 3, 4})
	a := distuv.Normal{Mu: 2, Sigma: 1}
	b := distuv.Normal{Mu: 4, Sigma: math.Sqrt(1e-6 / 2)}
	check(t, Climatology, train, set(data.Real, 2, 0, []float64{0, 4}), -a.LogProb(0)-b.LogProb(4))
}

func TestBinary(t *testing.T) {
	train := set(data.Binary, 1, 0, []float64{0, 1, 1, nan, 1}, []float64{0, 0})
	test := set(data.Binary, 1, 0, []float64{1, 1, 0})
	p := 3.5 / 7 // three of six, half added to each count
	check(t, Climatology, train, test, -2*math.Log(p)-math.Log(1-p))
	stay, up := 2.5/3, 1.5/3 // 1 to 1 twice of twice; 0 to 1 once of twice
	check(t, Persistence, train, test, -math.Log(p)-math.Log(stay)-math.Log(1-stay))
	check(t, Persistence, train, set(data.Binary, 1, 0, []float64{0, 1}), -math.Log(1-p)-math.Log(up))
}

func TestClasses(t *testing.T) {
	train := set(data.OneOf, 1, 3, []float64{0, 1, 1, 0}, []float64{0})
	test := set(data.OneOf, 1, 3, []float64{0, 2, 1})
	check(t, Climatology, train, test, -math.Log(3.5/6.5)-math.Log(0.5/6.5)-math.Log(2.5/6.5))
	// after 0: one 1 of one; after 2 nothing was seen: climatology
	check(t, Persistence, train, test, -math.Log(3.5/6.5)-math.Log(0.5/2.5)-math.Log(2.5/6.5))
}

func TestCountClimatology(t *testing.T) {
	train := set(data.Count, 1, 0, []float64{3, 0, nan, 2})
	p := distuv.Poisson{Lambda: 5.5 / 3}
	check(t, Climatology, train, set(data.Count, 1, 0, []float64{4, 0}), -p.LogProb(4)-p.LogProb(0))
}

// The weight of the last value against a search over all weights.
func TestCountPersistence(t *testing.T) {
	x := []float64{3, 4, 2, 7, 9, 8, 3, 1, 0, 0, 2, 2}
	train := set(data.Count, 1, 0, x)
	rate := (41 + 0.5) / 12
	cost := func(w float64) (nats float64) {
		for i := 1; i < len(x); i++ {
			nats -= distuv.Poisson{Lambda: w*x[i-1] + (1-w)*rate}.LogProb(x[i])
		}
		return nats
	}
	best := 0.0
	for w := 0.0; w < 1; w += 1e-5 {
		if cost(w) < cost(best) {
			best = w
		}
	}
	s, err := Persistence(train, train)
	if err != nil {
		t.Fatal(err)
	}
	want := cost(best) - distuv.Poisson{Lambda: rate}.LogProb(3)
	if math.Abs(s.Each[0]-want) > 1e-8 { // the search stops 1e-5 from a flat minimum
		t.Errorf("%g nats, want %g at weight %g", s.Each[0], want, best)
	}
	if best < 0.1 || best > 0.99 {
		t.Errorf("weight %g: the example tests nothing", best)
	}
}

// All counts the same as the last: the weight goes to its end, and a zero is
// followed by a count that is still possible.
func TestCountAfterZero(t *testing.T) {
	train := set(data.Count, 1, 0, []float64{0, 0, 0}, []float64{9, 9, 9})
	s, err := Persistence(train, set(data.Count, 1, 0, []float64{0, 1}))
	if err != nil || math.IsInf(s.Each[0], 0) || s.Each[0] < 10 {
		t.Errorf("%g nats, %v", s.Each[0], err)
	}
}

func TestEmptyTrainingIsNotFatal(t *testing.T) {
	for _, kind := range []data.Kind{data.Real, data.Binary, data.Count, data.OneOf} {
		train, test := set(kind, 1, 2, []float64{nan, nan}), set(kind, 1, 2, []float64{1, 0})
		for _, f := range []func(a, b *data.Set) (Score, error){Climatology, Persistence} {
			if s, err := f(train, test); err != nil || math.IsNaN(s.Each[0]) || math.IsInf(s.Each[0], 0) {
				t.Errorf("kind %v: %v nats, %v", kind, s.Each, err)
			}
		}
	}
}

func TestSizesMustAgree(t *testing.T) {
	if _, err := Climatology(set(data.Real, 1, 0, []float64{1}), set(data.Real, 2, 0, []float64{1, 2})); err == nil {
		t.Error("two sizes are compared")
	}
}
