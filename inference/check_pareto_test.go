package inference

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/optimize"
	"gonum.org/v1/gonum/stat"
)

// pareto draws n values of the generalised Pareto distribution by its quantile
// function, in rising order.
func pareto(r *rand.Rand, k, sigma float64, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = -sigma * math.Log(1-r.Float64())
		if k != 0 {
			x[i] = sigma * math.Expm1(k*x[i]/sigma) / k
		}
	}
	slices.Sort(x)
	return x
}

// The mean of 50 estimates against the truth. The best estimator's deviation is
// (1+k)/√n as n grows, which for k towards -1/2 takes more than 60 points; the
// bias by the prior and the grid is a few times 1/n.
func TestParetoShapeIsRecovered(t *testing.T) {
	for _, k := range []float64{-0.4, -0.1, 0, 0.2, 0.5, 0.7, 1, 1.5, 3} {
		for _, n := range []int{60, 1000} {
			r := rand.New(rand.NewPCG(7, uint64(n)))
			var estimates []float64
			for range 50 {
				estimates = append(estimates, paretoShape(pareto(r, k, math.Pow(10, 6*r.Float64()-3), n)))
			}
			mean, sd := stat.MeanStdDev(estimates, nil)
			best := (1 + k) / math.Sqrt(float64(n))
			if bias := math.Abs(mean - k); bias > 5*best/math.Sqrt(50)+5/float64(n) {
				t.Errorf("k = %g, n = %d: the mean of the estimates is %.3f", k, n, mean)
			}
			if sd > 1.35*best && k > -0.2 { // its own error is a tenth
				t.Errorf("k = %g, n = %d: the estimates spread by %.3f, the best by %.3f", k, n, sd, best)
			}
		}
	}
}

// logLikelihood is that of the generalised Pareto distribution by its definition.
func logLikelihood(k, sigma float64, x []float64) (sum float64) {
	for _, v := range x {
		sum += -math.Log(sigma) - (1/k+1)*math.Log(1+k*v/sigma)
	}
	return sum
}

// The profile likelihood at θ is the greatest likelihood with σ = -k/θ: here
// found by search over σ.
func TestProfileIsTheGreatestLikelihood(t *testing.T) {
	x := pareto(rand.New(rand.NewPCG(1, 2)), 0.4, 2, 80)
	for _, theta := range []float64{0.9 / x[len(x)-1], 0.3 / x[len(x)-1], -1e-3, -0.2, -1, -30} {
		sign := -math.Copysign(1, theta) // of k
		cost := func(v []float64) float64 {
			sigma := math.Exp(v[0])
			return -logLikelihood(sign*math.Abs(theta)*sigma, sigma, x)
		}
		best, err := optimize.Minimize(optimize.Problem{Func: cost}, []float64{0}, nil, &optimize.NelderMead{})
		if err != nil {
			t.Fatal(err)
		}
		n := float64(len(x))
		if got := n * profile(theta, x); math.Abs(got+best.F) > 1e-5 { // the search ends near the top of a parabola
			t.Errorf("θ = %g: the profile is %.8f, the greatest likelihood %.8f", theta, got, -best.F)
		}
	}
	if near := profile(1e-9, x); math.Abs(profile(0, x)-near) > 1e-6 { // it is continuous
		t.Errorf("at 0 the profile is %g, beside it %g", profile(0, x), near)
	}
}

// The estimate against its definition: the posterior mean of θ, by the midpoint
// rule on 10 000 quantiles of the prior, which is generalised Pareto with shape
// 1/2 and scale 1/(6 x*) for 1/x(n) - θ. The grid has some forty; the mean of θ
// is theirs to a few hundredths of the posterior's width.
func TestParetoShapeIsThePosteriorMean(t *testing.T) {
	for _, k := range []float64{-0.2, 0.3, 0.8, 2} {
		x := pareto(rand.New(rand.NewPCG(3, 4)), k, 5, 134)
		const fine = 10_000
		quartile := stat.Quantile(0.25, stat.Empirical, x, nil)
		theta, logs := make([]float64, fine), make([]float64, fine)
		for i := range theta {
			u := 1 - (float64(i)+0.5)/fine
			const shape = 0.5
			scale := 1 / (6 * quartile)
			theta[i] = 1/x[len(x)-1] - scale/shape*(math.Pow(u, -shape)-1)
			kAt := shapeAt(theta[i], x)
			logs[i] = logLikelihood(kAt, -kAt/theta[i], x)
		}
		total, mean := floats.LogSumExp(logs), 0.0
		for i := range theta {
			mean += theta[i] * math.Exp(logs[i]-total)
		}
		if got, want := paretoShape(x), shapeAt(mean, x); math.Abs(got-want) > 0.01 { // the posterior is 0.1 wide
			t.Errorf("k = %g: %.4f, want %.4f", k, got, want)
		}
	}
}

// Weights that are generalised Pareto beyond a threshold have a tail of the same
// shape, whatever their scale; within three deviations of 134 points.
func TestKHatOfWeights(t *testing.T) {
	for _, c := range []struct {
		k    float64
		want Reading
	}{{0, Good}, {0.2, Good}, {1.2, Untrusted}} {
		r := rand.New(rand.NewPCG(5, 6))
		logs := pareto(r, c.k, 1, 2000)
		for i := range logs {
			logs[i] = math.Log(logs[i]) - 900
		}
		r.Shuffle(len(logs), func(i, j int) { logs[i], logs[j] = logs[j], logs[i] })
		k := paretoKHat(logs)
		if n := 134.0; math.Abs(k-(n*c.k+5)/(n+10)) > 3*(1+c.k)/math.Sqrt(n) || readingOf(k, 0.7) != c.want {
			t.Errorf("k = %g: k-hat is %.3f, %s", c.k, k, readingOf(k, 0.7))
		}
	}
}

// Weights that have no tail to fit.
func TestKHatWithoutATail(t *testing.T) {
	few := func(high int, by float64) []float64 {
		logs := slices.Repeat([]float64{-50}, 100)
		for i := range high {
			logs[7*i] += by
		}
		return logs
	}
	for _, c := range []struct {
		name string
		logs []float64
		want float64
		read Reading
	}{
		{"equal", few(0, 0), math.Inf(-1), Good},
		{"equal but for rounding", few(9, 1e-5), math.Inf(-1), Good},
		{"three stand out", few(3, 8), math.Inf(1), Untrusted},
		{"one is all", few(1, 2000), math.Inf(1), Untrusted},
		{"one", []float64{3}, math.NaN(), Unknown},
		{"too few", few(1, 5)[:FewestForKHat-1], math.NaN(), Unknown},
	} {
		if k := paretoKHat(c.logs); k != c.want && !(math.IsNaN(k) && math.IsNaN(c.want)) || readingOf(k, 0.7) != c.read {
			t.Errorf("%s: k-hat is %g, %s", c.name, k, readingOf(k, 0.7))
		}
	}
	if k := paretoKHat(few(14, 1)); !(k < 0) { // two values: bounded weights
		t.Errorf("weights of two values have k-hat %g", k)
	}
	if tailLength(FewestForKHat) < fewestInTail || tailLength(FewestForKHat-1) >= fewestInTail || tailLength(2000) != 135 {
		t.Error(fmt.Sprint(tailLength(FewestForKHat), tailLength(FewestForKHat-1), tailLength(2000)))
	}
}

func TestTrustBelow(t *testing.T) {
	for samples, want := range map[int]float64{10: 0, 100: 0.5, 1000: 1 - 1.0/3, 2200: 0.7, 1e6: 0.7} {
		if got := trustBelow(samples); math.Abs(got-want) > 1e-3 {
			t.Errorf("%d samples: %g, want %g", samples, got, want)
		}
	}
	for _, c := range []struct {
		k, limit float64
		want     Reading
	}{{0.49, 0.7, Good}, {0.5, 0.7, Usable}, {0.7, 0.7, Untrusted}, {0.4, 0.376, Untrusted}, {0.3, 0.376, Good}} {
		if got := readingOf(c.k, c.limit); got != c.want {
			t.Errorf("k-hat %g with limit %g is %s, want %s", c.k, c.limit, got, c.want)
		}
	}
}
