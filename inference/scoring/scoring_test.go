package scoring

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// integral is the CRPS by its definition: the trapezoid rule over 20 units on both
// sides, split at x, where the integrand jumps. Its error is below 1e-6.
func integral(cdf func(float64) float64, x float64) (s float64) {
	const n = 20000
	for _, side := range []struct{ from, to, step float64 }{{x - 20, x, 0}, {x, x + 20, 1}} {
		h := (side.to - side.from) / n
		for i := range n + 1 {
			e := cdf(side.from+float64(i)*h) - side.step
			w := h
			if i == 0 || i == n {
				w = h / 2
			}
			s += w * e * e
		}
	}
	return s
}

func TestNormalCRPS(t *testing.T) {
	for _, c := range []struct{ mu, sd, x float64 }{{0, 1, 0}, {0, 1, 2.5}, {1, 0.3, -0.7}, {-2, 2, 3}} {
		d := distuv.Normal{Mu: c.mu, Sigma: c.sd}
		got, want := Normal{c.mu, c.sd}.CRPS(c.x), integral(d.CDF, c.x)
		if math.Abs(got-want) > 1e-5 {
			t.Errorf("Normal(%g, %g) at %g: %g, want %g", c.mu, c.sd, c.x, got, want)
		}
	}
}

// A normal distribution that narrows becomes a certainty, and so does its score.
func TestCertainty(t *testing.T) {
	near, sure := Normal{1, 1e-9}, Normal{1, 0}
	for _, x := range []float64{0, 1, 3} {
		if math.Abs(near.CRPS(x)-sure.CRPS(x)) > 1e-8 {
			t.Errorf("at %g: %g and %g", x, near.CRPS(x), sure.CRPS(x))
		}
	}
	if below, upTo := sure.Range(1); below != 0 || upTo != 1 {
		t.Errorf("its own value is in [%g,%g]", below, upTo)
	}
}

// pairs is E|X - x| - E|X - X'|/2 over all pairs of a finite distribution.
func pairs(values, weights []float64, x float64) (s float64) {
	for i, v := range values {
		s += weights[i] * math.Abs(v-x)
		for j, u := range values {
			s -= weights[i] * weights[j] * math.Abs(v-u) / 2
		}
	}
	return s
}

// The sum over counts against all pairs of 300 of them; and small and large rates,
// below which the sum begins.
func TestPoissonCRPS(t *testing.T) {
	var values, weights []float64
	for _, rate := range []float64{0.2, 3, 60} {
		values, weights = values[:0], weights[:0]
		for k := range 300 {
			values, weights = append(values, float64(k)), append(weights, distuv.Poisson{Lambda: rate}.Prob(float64(k)))
		}
		for _, x := range []float64{0, 2, 61, 150} {
			if got, want := (Poisson{rate}).CRPS(x), pairs(values, weights, x); math.Abs(got-want) > 1e-8*(1+want) {
				t.Errorf("Poisson(%g) at %g: %.10g, want %.10g", rate, x, got, want)
			}
		}
	}
	n := Normal{1e6, 1e3} // what large rates come to; the skew adds less than a thousandth
	if got, want := (Poisson{1e6}).CRPS(1e6+500), n.CRPS(1e6+500); math.Abs(got/want-1) > 2e-3 {
		t.Errorf("Poisson(1e6): %g, and the normal distribution has %g", got, want)
	}
}

// The sorted sums against all pairs, with weights, of which the pairs of one and the
// same draw count for nothing.
func TestSampleCRPS(t *testing.T) {
	x, w := []float64{3, -1, 0.5, 0.5, 9}, []float64{0.1, 0.2, 0.3, 0.25, 0.15}
	for _, y := range []float64{-2, 0.5, 4} {
		far, spread, other := 0.0, 0.0, 0.0
		for i, v := range x {
			far += w[i] * math.Abs(v-y)
			for j, u := range x {
				if i != j {
					spread += w[i] * w[j] * math.Abs(v-u)
					other += w[i] * w[j]
				}
			}
		}
		if got, want := NewSample(x, w).CRPS(y), far-spread/other/2; math.Abs(got-want) > 1e-12 {
			t.Errorf("at %g: %g, want %g", y, got, want)
		}
	}
	if got := NewSample([]float64{2}, nil).CRPS(5); got != 3 {
		t.Errorf("one draw: %g, want the distance", got)
	}
}

// Samples of five draws from a normal distribution: the mean of their scores is that of
// the distribution, to four standard errors, and their places spread evenly.
func TestSampleIsFair(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var scores []float64
	tally := Tally{}
	n := Normal{1, 2}
	for range 20000 {
		x := make([]float64, 5)
		for i := range x {
			x[i] = 1 + 2*r.NormFloat64()
		}
		s := NewSample(x, nil)
		scores = append(scores, s.CRPS(2.5))
		tally.AddNumber(s, 0, 1+2*r.NormFloat64())
	}
	mean, sd := stat.MeanStdDev(scores, nil)
	if want := n.CRPS(2.5); math.Abs(mean-want) > 4*sd/math.Sqrt(20000) {
		t.Errorf("the mean score is %g, want %g", mean, want)
	}
	checkEven(t, &tally)
}

// checkEven compares histogram and coverage with those of what is calibrated, to four
// standard errors of a share.
func checkEven(t *testing.T, tally *Tally) {
	t.Helper()
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 4*math.Sqrt(want*(1-want)/tally.Numbers) {
			t.Errorf("%s: %.4f, want %.4f", what, got, want)
		}
	}
	for _, n := range tally.PIT {
		near("share of a bin", n/tally.Numbers, 1.0/pitBins)
	}
	for i, c := range tally.Coverage() {
		near("coverage", c, Levels[i])
	}
	if total := floats.Sum(tally.PIT); math.Abs(total-tally.Numbers) > 1e-6*total {
		t.Errorf("bins hold %g of %g numbers", total, tally.Numbers)
	}
}

// What comes from the distribution itself is calibrated, numbers and counts.
func TestCalibrated(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var normal, poisson Tally
	for range 20000 {
		normal.AddNumber(Normal{3, 0.5}, 0, 3+0.5*r.NormFloat64())
		poisson.AddNumber(Poisson{1.7}, 0, distuv.Poisson{Lambda: 1.7, Src: r}.Rand())
	}
	checkEven(t, &normal)
	checkEven(t, &poisson)
	for name, got := range map[string][2]float64{
		"squared error": {normal.Square / normal.Numbers, 0.25}, "CRPS": {normal.CRPS / normal.Numbers, 0.5 / math.Sqrt(math.Pi)},
	} {
		if math.Abs(got[0]/got[1]-1) > 0.04 { // four standard errors of the wider one, of a mean of 20,000 squares
			t.Errorf("%s: %g, want %g", name, got[0], got[1])
		}
	}
}

// No other distribution is expected to score better than the true one: the scores are
// proper.
func TestProper(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	forecasts := []Normal{{0, 1}, {0.3, 1}, {0, 1.4}, {0, 0.7}}
	probabilities := [][]float64{{0.3, 0.7}, {0.4, 0.6}, {0.2, 0.8}}
	numbers, classes := make([]Tally, len(forecasts)), make([]Tally, len(probabilities))
	for range 50000 {
		x, k := r.NormFloat64(), int(indicator(r.Float64() < 0.7))
		for i, f := range forecasts {
			numbers[i].AddNumber(f, f.LogProb(x), x)
		}
		for i, p := range probabilities {
			classes[i].AddClass(p, k)
		}
	}
	for i := range numbers[1:] {
		if a, b := numbers[0], numbers[i+1]; a.Log >= b.Log || a.CRPS >= b.CRPS {
			t.Errorf("%+v scores better than the truth", forecasts[i+1])
		}
	}
	for i := range classes[1:] {
		if a, b := classes[0], classes[i+1]; a.Log >= b.Log || a.Brier >= b.Brier {
			t.Errorf("%v scores better than the truth", probabilities[i+1])
		}
	}
}

func TestBrier(t *testing.T) {
	if got := Brier([]float64{0.7, 0.3}, 1); math.Abs(got-0.49) > 1e-15 {
		t.Errorf("of two classes %g, want 0.49", got)
	}
	if got := Brier([]float64{0.5, 0.3, 0.2}, 0); math.Abs(got-0.38) > 1e-15 {
		t.Errorf("of three classes %g, want 0.38", got)
	}
}

// Forecasts of a coin and what became of them, by the probability; of three classes
// each counts.
func TestReliability(t *testing.T) {
	var coin, three Tally
	coin.AddClass([]float64{0.75, 0.25}, 1)
	coin.AddClass([]float64{0.72, 0.28}, 0)
	coin.AddClass([]float64{0, 1}, 1)
	three.AddClass([]float64{0.15, 0.25, 0.6}, 2)
	if b := coin.Reliability[2]; b.Numbers != 2 || math.Abs(b.Forecast-0.53) > 1e-15 || b.Occurred != 1 {
		t.Errorf("from 0.2 to 0.3: %+v", b)
	}
	if b := coin.Reliability[9]; b.Numbers != 1 || b.Occurred != 1 {
		t.Errorf("from 0.9 to 1: %+v", b)
	}
	if b := three.Reliability; b[1].Numbers != 1 || b[2].Numbers != 1 || b[6].Occurred != 1 {
		t.Errorf("three classes: %+v", b)
	}
}
