package optim

import (
	"math"
	"testing"
)

// steps runs an optimiser over one weight from 1 with the given gradients, each
// scaled by half, at rate 0.1.
func steps(t *testing.T, c Config, grads ...float64) float64 {
	t.Helper()
	opt, err := New(c, 1)
	if err != nil {
		t.Fatal(err)
	}
	w := []float32{1}
	for i, g := range grads {
		opt.Step(w, []float32{float32(2 * g)}, 0, 1, Step{Rate: 0.1, Scale: 0.5, Count: i + 1})
	}
	return float64(w[0])
}

// The expected values are written out from the published update rules; the
// tolerance is a few roundings of float32 near one.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-6 {
		t.Errorf("%s: %.8f, want %.8f", what, got, want)
	}
}

func TestAdamSteps(t *testing.T) {
	c := Config{Kind: "adam", Beta1: 0.9, Beta2: 0.99, Eps: 1e-3}
	near(t, "one step", steps(t, c, 3), 1-0.1*3/(3+1e-3))
	m := (0.9*0.1*3 + 0.1*-1) / (1 - 0.81)
	v := (0.99*0.01*9 + 0.01*1) / (1 - 0.9801)
	near(t, "two steps", steps(t, c, 3, -1), 1-0.1*3/(3+1e-3)-0.1*m/(math.Sqrt(v)+1e-3))
}

func TestRMSPropSteps(t *testing.T) {
	c := Config{Kind: "rmsprop", Decay: 0.9, Momentum: 0.5, Eps: 1e-3}
	u1 := 3 / (math.Sqrt(0.1*9) + 1e-3)
	u2 := 0.5*u1 - 1/(math.Sqrt(0.09*9+0.1*1)+1e-3)
	near(t, "two steps", steps(t, c, 3, -1), 1-0.1*u1-0.1*u2)
}

func TestSGDSteps(t *testing.T) {
	near(t, "plain", steps(t, Config{Kind: "sgd"}, 3, -1), 1-0.3+0.1)
	near(t, "momentum", steps(t, Config{Kind: "sgd", Momentum: 0.5}, 3, -1), 1-0.3-0.1*(1.5-1))
}

func TestEveryKindIsMade(t *testing.T) {
	for _, kind := range Kinds {
		opt, err := New(Config{Kind: kind, Beta1: 0.9, Beta2: 0.999, Decay: 0.9, Eps: 1e-8}, 4)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range opt.State() {
			if len(s.Values) != 4 {
				t.Errorf("%s: %s has %d values, want 4", kind, s.Name, len(s.Values))
			}
		}
	}
	if _, err := New(Config{Kind: "adma"}, 4); err == nil {
		t.Error("an unknown optimiser is made")
	}
}

func TestSchedules(t *testing.T) {
	for _, c := range []struct {
		s    Schedule
		done int
		want float64
	}{
		{Schedule{Kind: "constant"}, 1000, 1},
		{Schedule{Kind: "constant", Warmup: 3}, 0, 0.25},
		{Schedule{Kind: "constant", Warmup: 3}, 2, 0.75},
		{Schedule{Kind: "constant", Warmup: 3}, 3, 1},
		{Schedule{Kind: "exponential", Steps: 10, Rate: 0.25}, 5, 0.5},
		{Schedule{Kind: "exponential", Steps: 10, Rate: 0.25, Warmup: 5}, 15, 0.25},
		{Schedule{Kind: "linear", Steps: 10, Floor: 0.2}, 5, 0.6},
		{Schedule{Kind: "linear", Steps: 10, Floor: 0.2}, 50, 0.2},
		{Schedule{Kind: "cosine", Steps: 10, Floor: 0.2}, 0, 1},
		{Schedule{Kind: "cosine", Steps: 10, Floor: 0.2}, 5, 0.6},
		{Schedule{Kind: "cosine", Steps: 10}, 10, 0},
	} {
		near(t, c.s.Kind, c.s.At(c.done), c.want)
	}
}
