package optim

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ssmc/runtime"
	"ssmc/runtime/kernel"
)

func param(name string, fixed bool, values ...float64) runtime.Param {
	in := runtime.Init{Kind: "values", Values: values}
	return runtime.Param{Name: name, Dims: []int{len(values)}, Init: in, Fixed: fixed}
}

func updater(t *testing.T, clip float64, ps []Penalty, list ...runtime.Param) (*Updater, *runtime.Params[float32]) {
	t.Helper()
	p := runtime.NewParams[float32](list, 1)
	u, err := NewUpdater(p, NewSGD(len(p.Values), 0), clip, ps, nil)
	if err != nil {
		t.Fatal(err)
	}
	return u, p
}

// gradient lays the gradients of parameters out as p is.
func gradient(p *runtime.Params[float32], parts ...[]float32) []float32 {
	g := make([]float32, len(p.Values))
	for i, part := range parts {
		copy(g[p.Off[i]:], part)
	}
	return g
}

func TestClippingScalesTheWholeGradient(t *testing.T) {
	u, p := updater(t, 1, nil, param("a", false, 0), param("b", false, 0))
	norm, err := u.Update(gradient(p, []float32{3}, []float32{4}), 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "norm", norm, 5)
	near(t, "a", float64(p.Get(0)[0]), -3.0/5)
	near(t, "b", float64(p.Get(1)[0]), -4.0/5)
	if u.Update(gradient(p, []float32{0.3}, []float32{0.4}), 1, 1); u.Count() != 2 {
		t.Errorf("%d updates counted, want 2", u.Count())
	}
	near(t, "a below the limit", float64(p.Get(0)[0]), -0.6-0.3)
}

// The gradient that is clipped includes the penalties, each times the share.
func TestPenalties(t *testing.T) {
	ps := []Penalty{{"l2", 0.5, "*.W"}, {"l1", 0.25, "net.*"}}
	u, p := updater(t, 0, ps, param("net.W", false, 2, -2), param("net.b", false, 4, 0))
	norm, err := u.Update(gradient(p), 0.5, 1)
	if err != nil {
		t.Fatal(err)
	}
	w, b := 0.5*(2*0.5*2+0.25), 0.5*0.25
	near(t, "norm", norm, math.Sqrt(2*w*w+b*b))
	near(t, "W", float64(p.Get(0)[0]), 2-w)
	near(t, "W", float64(p.Get(0)[1]), -2+w)
	near(t, "b", float64(p.Get(1)[0]), 4-b)
	near(t, "b at zero", float64(p.Get(1)[1]), 0)
}

func TestPenaltyOnNothing(t *testing.T) {
	p := runtime.NewParams[float32]([]runtime.Param{param("emit.W", false, 1), param("k.W", true, 1)}, 1)
	for on, want := range map[string]string{"emit.V": "did you mean emit.W?", "k.*": "no learned parameter", "[": "not a pattern"} {
		_, err := NewUpdater(p, NewSGD(len(p.Values), 0), 0, []Penalty{{"l2", 1, on}}, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("l2 on %s: %v, want %q", on, err, want)
		}
	}
}

// What is fixed, and what lies between parameters, neither moves nor counts.
func TestFixedParametersStay(t *testing.T) {
	u, p := updater(t, 0, []Penalty{{"l2", 1, "*"}}, param("a", true, 7), param("b", false, 1))
	g := slices.Repeat([]float32{100}, len(p.Values))
	norm, err := u.Update(g, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "norm", norm, 102)
	for i, x := range p.Values {
		want := float32(0)
		switch i {
		case p.Off[0]:
			want = 7
		case p.Off[1]:
			want = 1 - 102
		}
		if x != want {
			t.Errorf("value %d is %g, want %g", i, x, want)
		}
	}
}

func TestNonFiniteGradientMovesNothing(t *testing.T) {
	u, p := updater(t, 1, nil, param("a", false, 1), param("b", false, 1))
	before := slices.Clone(p.Values)
	_, err := u.Update(gradient(p, []float32{1}, []float32{float32(math.NaN())}), 1, 1)
	if err == nil || !strings.Contains(err.Error(), "gradient of b") {
		t.Errorf("error %v, want one that names b", err)
	}
	if !slices.Equal(before, p.Values) || u.Count() != 0 {
		t.Error("parameters moved")
	}
}

// One thread and three give the same bits, over several pieces a parameter; so
// does an updater that goes on from the state of another.
func TestUpdatesDoNotDependOnThreads(t *testing.T) {
	big := runtime.Param{Name: "big", Dims: []int{3, chunk}, Init: runtime.Init{Kind: "normal", B: 1}}
	list := []runtime.Param{param("small", false, 1, 2, 3), big}
	pool := kernel.NewPool(3)
	defer pool.Close()
	run := func(pool *kernel.Pool, restart bool) []float32 {
		p := runtime.NewParams[float32](list, 1)
		fresh := func() *Updater {
			u, err := NewUpdater(p, NewAdam(len(p.Values), 0.9, 0.999, 1e-8), 1, []Penalty{{"l2", 0.1, "*"}}, pool)
			if err != nil {
				t.Fatal(err)
			}
			return u
		}
		u, r := fresh(), rand.New(rand.NewPCG(1, 2))
		for i := range 4 {
			if restart && i == 2 {
				old := u
				u = fresh()
				if err := u.Restore(old.Count(), old.State()); err != nil {
					t.Fatal(err)
				}
			}
			g := make([]float32, len(p.Values))
			for j := range g {
				g[j] = float32(r.NormFloat64())
			}
			if _, err := u.Update(g, 1, 0.01); err != nil {
				t.Fatal(err)
			}
		}
		return p.Values
	}
	want := run(nil, false)
	if !slices.Equal(run(pool, false), want) {
		t.Error("three threads differ from one")
	}
	if !slices.Equal(run(nil, true), want) {
		t.Error("a restored updater differs")
	}
}

func TestRestoreChecksTheState(t *testing.T) {
	u, _ := updater(t, 0, nil, param("a", false, 1))
	for _, state := range [][]Slot{nil, {{"sgd.velocity", make([]float32, 1)}}, {{"adam.mean", make([]float32, 16)}}} {
		if u.Restore(1, state) == nil {
			t.Errorf("state %v is accepted", state)
		}
	}
}

func TestUpdatesDoNotAllocate(t *testing.T) {
	u, p := updater(t, 1, []Penalty{{"l2", 1, "*"}}, param("a", false, 1, 2, 3))
	g := gradient(p, []float32{1, 2, 3})
	if n := testing.AllocsPerRun(100, func() { u.Update(g, 1, 1e-6) }); n != 0 {
		t.Errorf("%g allocations an update, want 0", n)
	}
}
