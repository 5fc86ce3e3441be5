package inference

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"
)

// around draws samples of steps with variance 4 around the mean of each sequence.
func around(r *rand.Rand, means []float64, samples, steps int) (d Drawn) {
	for _, mean := range means {
		var all [][]float32
		for range samples {
			var row []float32
			for range steps {
				row = append(row, float32(mean+2*r.NormFloat64()))
			}
			all = append(all, row)
		}
		d = append(d, all)
	}
	return d
}

// sequenceMeans draws n of them with variance 1.
func sequenceMeans(r *rand.Rand, n int) []float64 {
	means := make([]float64, n)
	for i := range means {
		means[i] = r.NormFloat64()
	}
	return means
}

// TestAnswerValues compares with gonum on all numbers at once, which is the same
// where sequences are equally long.
func TestAnswerValues(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	d := around(r, sequenceMeans(r, 30), 20, 3)
	var all []float64
	for _, s := range d {
		for _, x := range s {
			for _, v := range x {
				all = append(all, float64(v))
			}
		}
	}
	slices.Sort(all)
	for _, c := range []struct {
		s    Statistic
		want float64
	}{
		{Statistic{Kind: "mean"}, stat.Mean(all, nil)},
		{Statistic{Kind: "sd"}, stat.PopStdDev(all, nil)},
		{Statistic{"quantile", 0.9}, stat.Quantile(0.9, stat.Empirical, all, nil)},
		{Statistic{"quantile", 0.5}, stat.Quantile(0.5, stat.Empirical, all, nil)},
	} {
		if got := float64(c.s.Answer(d, 1).Value); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("%v is %g, want %g", c.s, got, c.want)
		}
	}
}

// TestAnswerWeighs counts every sequence the same, however many steps it has.
func TestAnswerWeighs(t *testing.T) {
	d := Drawn{{{1}}, {{3, 4, 5, 4, 4, 4, 4}}}
	if got := (Statistic{Kind: "mean"}).Answer(d, 1).Value; math.Abs(float64(got)-2.5) > 1e-12 {
		t.Errorf("the mean is %g, want 2.5", float64(got))
	}
	if got := (Statistic{"quantile", 0.5}).Answer(d, 1).Value; got != 1 {
		t.Errorf("the median is %g, want 1", float64(got))
	}
	if got := (Statistic{Kind: "mean"}).Answer(d, 1).Error; !math.IsNaN(float64(got)) {
		t.Errorf("one sample has the error %g", float64(got))
	}
	if got := (Statistic{Kind: "mean"}).Answer(d[:1], 1).Low; !math.IsNaN(float64(got)) {
		t.Errorf("one sequence has the interval from %g", float64(got))
	}
}

// TestAnswerErrors compares errors and intervals with how answers vary when all is
// drawn anew: intervals for the mean of the population hold it in 95 % of 200
// cases (3 % are two standard errors), errors are right to a fifth on average.
func TestAnswerErrors(t *testing.T) {
	if testing.Short() {
		t.Skip("draws for seconds")
	}
	const cases, n, samples, steps = 200, 40, 20, 3
	r := rand.New(rand.NewPCG(3, 4))
	for _, s := range []Statistic{{Kind: "mean"}, {Kind: "sd"}, {"quantile", 0.8}} {
		truth := map[string]float64{"mean": 0, "sd": math.Sqrt(5), "quantile": 0.8416 * math.Sqrt(5)}[s.Kind]
		held, told := 0, 0.0
		for range cases {
			a := s.Answer(around(r, sequenceMeans(r, n), samples, steps), r.Uint64())
			if float64(a.Low) <= truth && truth <= float64(a.High) {
				held++
			}
			told += float64(a.Error) / cases
		}
		if held < cases*88/100 || held == cases {
			t.Errorf("%v: %d of %d intervals hold the truth", s, held, cases)
		}
		if want := monteCarlo(r, s, n, samples, steps); math.Abs(told/want-1) > 0.2 {
			t.Errorf("%v: the error is %g, want %g", s, told, want)
		}
	}
}

// monteCarlo is how a statistic varies over samples of the same sequences.
func monteCarlo(r *rand.Rand, s Statistic, n, samples, steps int) float64 {
	var each []float64
	means, all := sequenceMeans(r, n), slices.Repeat([]float64{1}, n)
	for range 300 {
		each = append(each, s.of(s.sum(around(r, means, samples, steps)), all, 0, samples))
	}
	return stat.StdDev(each, nil)
}

// TestDifference cancels what both have: numbers that differ by a constant have a
// difference without error.
func TestDifference(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	a := around(r, sequenceMeans(r, 10), 8, 2)
	b := make(Drawn, len(a))
	for i := range a {
		for _, x := range a[i] {
			y := slices.Clone(x)
			for k := range y {
				y[k] -= 0.5
			}
			b[i] = append(b[i], y)
		}
	}
	got := Statistic{Kind: "mean"}.Difference(a, b, 1)
	for _, v := range []Real{got.Value, got.Low, got.High} {
		if math.Abs(float64(v)-0.5) > 1e-6 {
			t.Errorf("the difference is %+v, want 0.5", got)
		}
	}
	if float64(got.Error) > 1e-6 {
		t.Errorf("its error is %g", float64(got.Error))
	}
}
