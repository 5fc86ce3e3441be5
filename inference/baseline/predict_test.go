package baseline

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"ssmc/inference/data"
	"ssmc/inference/scoring"
)

// predictions of a variable's first component in the first sequence of test.
func predictions(t *testing.T, name string, train, test *data.Set, ahead int) ([]Prediction, Predictor) {
	t.Helper()
	w, list, err := Learn(name, train, test, 1, ahead)
	if err != nil {
		t.Fatal(err)
	}
	return list[0].Predict(Components(&test.Sequences[0], test, w)[0]), list[0]
}

func normalAt(t *testing.T, p Prediction, mu, sd float64) {
	t.Helper()
	n := p.Number.(scoring.Normal)
	if math.Abs(n.Mu-mu) > 1e-9*math.Max(1, math.Abs(mu)) || math.Abs(n.SD-sd) > 1e-9*math.Max(1, sd) {
		t.Errorf("Normal(%.10g, %.10g), want Normal(%.10g, %.10g)", n.Mu, n.SD, mu, sd)
	}
}

// Two steps ahead, the last value that may be known is two steps old, or older where
// that is blank; changes are those over as many steps.
func TestPersistenceAhead(t *testing.T) {
	train := set(data.Real, 1, 0, []float64{1, 2, 4, nan, 9}, []float64{3, 5})
	got, _ := predictions(t, Last, train, set(data.Real, 1, 0, []float64{7, nan, 6, 5}), 2)
	step := math.Sqrt((9.0 + 25) / 2) // 1 to 4, and 4 to 9; two steps before the blank is no matter
	climate, _ := predictions(t, Climate, train, train, 2)
	mu, sd := climate[0].Number.(scoring.Normal).Mu, climate[0].Number.(scoring.Normal).SD
	normalAt(t, got[0], mu, sd)
	normalAt(t, got[1], mu, sd)
	normalAt(t, got[2], 7, step)
	normalAt(t, got[3], 7, step)
}

// Where no two values are so far apart, nothing tells how much a value changes in the
// meantime: climatology predicts.
func TestPersistenceTooFarAhead(t *testing.T) {
	train := set(data.Real, 1, 0, []float64{1, 2}, []float64{4, nan}, []float64{9})
	test := set(data.Real, 1, 0, []float64{7, 2, 6})
	climate, _ := predictions(t, Climate, train, test, 2)
	n := climate[0].Number.(scoring.Normal)
	got, _ := predictions(t, Last, train, test, 2)
	for _, p := range got {
		normalAt(t, p, n.Mu, n.SD)
	}
}

func TestSwitchAhead(t *testing.T) {
	train := set(data.Binary, 1, 0, []float64{0, 1, 0, 1, 0, 1})
	got, _ := predictions(t, Last, train, set(data.Binary, 1, 0, []float64{1, 0, 0, 0}), 2)
	for step, want := range []float64{0.5, 0.5, 2.5 / 3, 0.5 / 3} { // twice of twice; never of twice
		if p := got[step].Classes[1]; math.Abs(p-want) > 1e-12 {
			t.Errorf("step %d: a one has probability %g, want %g", step, p, want)
		}
	}
}

// Nothing follows a one by two steps: then ones are as frequent as ever.
func TestSwitchTooFarAhead(t *testing.T) {
	train := set(data.Binary, 1, 0, []float64{0, 0, 0, 1}, []float64{1})
	got, _ := predictions(t, Last, train, set(data.Binary, 1, 0, []float64{1, 0, 0}), 2)
	if p, want := got[2].Classes[1], 2.5/6; math.Abs(p-want) > 1e-12 {
		t.Errorf("two steps after a one, a one has probability %g, want %g", p, want)
	}
}

// autoregressive is a sequence of an AR(2) around 50.
func autoregressive(n int, phi1, phi2, sd float64) []float64 {
	r := rand.New(rand.NewPCG(1, 2))
	x := make([]float64, n)
	for t := range x {
		e := sd * r.NormFloat64()
		if t > 1 {
			e += phi1*x[t-1] + phi2*x[t-2]
		}
		x[t] = e
	}
	for t := range x {
		x[t] += 50
	}
	return x
}

// An AR(2) is found again, to four standard errors of 4000 values, and white noise is
// not taken for more than it is.
func TestARFindsOrder(t *testing.T) {
	_, p := predictions(t, Autoregress, set(data.Real, 1, 0, autoregressive(4000, 0.5, 0.3, 2)), set(data.Real, 1, 0, []float64{0}), 1)
	a := p.(*ar)
	if order, _ := Order(p); order != 2 || math.Abs(a.phi[0]-0.5) > 0.06 || math.Abs(a.phi[1]-0.3) > 0.06 || math.Abs(a.variance-4) > 0.36 {
		t.Errorf("%+v", a)
	}
	_, p = predictions(t, Autoregress, set(data.Real, 1, 0, autoregressive(4000, 0, 0, 2)), set(data.Real, 1, 0, []float64{0}), 1)
	if order, ok := Order(p); order != 0 || !ok {
		t.Errorf("noise has order %d", order)
	}
}

// Predictions of a fitted AR(2) against its recursion, one and two steps ahead; where
// the value before is blank, one step ahead is two steps.
func TestARPredicts(t *testing.T) {
	train := set(data.Real, 1, 0, autoregressive(500, 0.5, 0.3, 2))
	x := []float64{52, 49, 53, nan, 51, 47}
	one, p := predictions(t, Autoregress, train, set(data.Real, 1, 0, x), 1)
	a := p.(*ar)
	if len(a.phi) != 2 {
		t.Fatalf("order %d", len(a.phi))
	}
	two, _ := predictions(t, Autoregress, train, set(data.Real, 1, 0, x), 2)
	sd := math.Sqrt(a.variance)
	f := func(y, before float64) float64 { return a.constant + a.phi[0]*y + a.phi[1]*before }
	wide := sd * math.Hypot(1, a.phi[0])
	normalAt(t, one[0], a.climate.Mu, a.climate.SD)
	normalAt(t, one[2], f(49, 52), sd)
	normalAt(t, one[3], f(53, 49), sd)
	normalAt(t, one[4], f(f(53, 49), 53), wide)
	normalAt(t, two[3], f(f(49, 52), 49), wide)
	normalAt(t, two[4], f(f(53, 49), 53), wide)
	normalAt(t, two[1], f(a.climate.Mu, a.climate.Mu), math.Sqrt(a.variance+a.climate.SD*a.climate.SD*(a.phi[0]*a.phi[0]+a.phi[1]*a.phi[1])))
}

// What is predicted so many steps ahead does not depend on what comes later.
func TestNothingLeaks(t *testing.T) {
	train := map[data.Kind]*data.Set{
		data.Real: set(data.Real, 1, 0, autoregressive(300, 0.5, 0.3, 2)), data.Binary: set(data.Binary, 1, 0, []float64{0, 1, 1, 0}),
		data.Count: set(data.Count, 1, 0, []float64{0, 3, 1, 2}), data.OneOf: set(data.OneOf, 1, 3, []float64{0, 2, 1, 0}),
	}
	for kind, from := range train {
		for _, name := range []string{Climate, Last, Autoregress} {
			for ahead := 1; ahead < 4; ahead++ {
				x := []float64{1, 0, 1, 1, 0, 1}
				before, p := predictions(t, name, from, set(kind, 1, 3, x), ahead)
				for step := range x {
					y := slices.Clone(x)
					for i := max(0, step-ahead+1); i < len(y); i++ {
						y[i] = 1 - y[i]
					}
					if got := p.Predict(y)[step]; got.LogProb(1) != before[step].LogProb(1) {
						t.Errorf("%s, kind %v, %d ahead: step %d depends on what is not known", name, kind, ahead, step)
					}
				}
			}
		}
	}
}

func TestARWithoutData(t *testing.T) {
	for _, x := range [][]float64{{nan, nan}, {3}, {2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2}} {
		got, _ := predictions(t, Autoregress, set(data.Real, 1, 0, x), set(data.Real, 1, 0, []float64{1, nan, 2}), 1)
		for step, p := range got {
			if l := p.LogProb(2); math.IsNaN(l) || math.IsInf(l, 0) {
				t.Errorf("trained on %v, step %d has log density %g", x, step, l)
			}
		}
	}
}
