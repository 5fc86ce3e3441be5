package dist

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestArguments(t *testing.T) {
	rows := [][]float64{{1, 2, 3}, {4}}
	if got := Normal.Arguments(rows, 2); !slices.Equal(got, []float64{3, 4}) {
		t.Error("coordinate 3 of a normal vector is drawn with", got)
	}
	if got := Categorical.Arguments(rows[:1], 0); !slices.Equal(got, rows[0]) {
		t.Error("a class is drawn with", got)
	}
}

// TestAllows shows limits of distributions, and what is none.
func TestAllows(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		d    *Dist
		args []float64
		want bool
		text string
	}{
		{Normal, []float64{0, 1}, true, "Normal(mean=0, var=1)"},
		{Normal, []float64{0.5, 0}, true, "Normal(mean=0.5, var=0)"},
		{Normal, []float64{0, -1}, false, "Normal(mean=0, var=-1)"},
		{Normal, []float64{nan, 1}, false, "Normal(mean=NaN, var=1)"},
		{Poisson, []float64{inf}, false, "Poisson(rate=+Inf)"},
		{Poisson, []float64{0}, true, "Poisson(rate=0)"},
		{Bernoulli, []float64{-inf}, true, "Bernoulli(logits=-Inf)"},
		{Categorical, []float64{-inf, 2}, true, "Categorical(logits=[-Inf 2])"},
		{Categorical, []float64{-inf, -inf}, false, "Categorical(logits=[-Inf -Inf])"},
		{Categorical, []float64{inf, 2}, false, "Categorical(logits=[+Inf 2])"},
		{Categorical, []float64{nan, 2}, false, "Categorical(logits=[NaN 2])"},
	} {
		if got := c.d.Allows(c.args); got != c.want || c.d.Text(c.args) != c.text {
			t.Errorf("%s: %t", c.d.Text(c.args), got)
		}
	}
}

// TestDrawLimits draws what limits of distributions are sure to give.
func TestDrawLimits(t *testing.T) {
	for _, c := range []struct {
		d    *Dist
		args []float64
		want float64
	}{
		{Normal, []float64{0.5, 0}, 0.5}, {Poisson, []float64{0}, 0}, {Bernoulli, []float64{math.Inf(-1)}, 0},
		{Bernoulli, []float64{math.Inf(1)}, 1}, {Categorical, []float64{math.Inf(-1), -2000, 2000}, 2},
	} {
		r := rand.New(rand.NewPCG(1, 1))
		for range 100 {
			if got := c.d.Draw(r, c.args); got != c.want {
				t.Fatalf("%s gives %g, want %g", c.d.Text(c.args), got, c.want)
			}
		}
	}
}
