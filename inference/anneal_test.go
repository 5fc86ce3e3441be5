package inference

import (
	"math"
	"testing"
)

// TestAnneal compares weights with those worked out by hand: exact but for
// rounding.
func TestAnneal(t *testing.T) {
	logistic := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	curve := func(x float64) float64 { // from 0.2 to 1, steepness 6, x from 0 to 1
		lo, hi := logistic(-3), logistic(3)
		return 0.2 + 0.8*(logistic(6*(x-0.5))-lo)/(hi-lo)
	}
	linear := []string{"objective.anneal=linear", "objective.anneal.from=0.2", "objective.anneal.steps=10"}
	cyclical := []string{"objective.anneal=cyclical", "objective.anneal.from=0.2", "objective.anneal.steps=40", "objective.anneal.cycles=2"}
	sigmoid := []string{"objective.anneal=sigmoid", "objective.anneal.from=0.2", "objective.anneal.steps=10", "objective.anneal.steepness=6"}
	for _, c := range []struct {
		settings []string
		want     map[int]float64
	}{
		{nil, map[int]float64{0: 1, 7: 1}},
		{linear, map[int]float64{0: 0.2, 5: 0.6, 10: 1, 11: 1}},
		{cyclical, map[int]float64{0: 0.2, 5: 0.6, 10: 1, 19: 1, 20: 0.2, 25: 0.6, 39: 1, 40: 1, 60: 1}},
		{sigmoid, map[int]float64{0: 0.2, 2: curve(0.2), 5: 0.6, 7: curve(0.7), 10: 1, 11: 1}},
	} {
		a := config(t, c.settings...).Anneal
		for done, want := range c.want {
			if got := a.at(done); math.Abs(got-want) > 1e-12 {
				t.Errorf("%v after %d updates: %g, want %g", c.settings, done, got, want)
			}
		}
	}
}

// Settings of one way to anneal have no effect with another.
func TestAnnealSettingsWithoutEffect(t *testing.T) {
	for _, s := range []string{"objective.anneal.cycles=3", "objective.anneal.steepness=3"} {
		if config(t, "objective.anneal=linear", s).Check() == nil {
			t.Errorf("%s passes with anneal=linear", s)
		}
	}
}
