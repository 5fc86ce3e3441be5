package exact

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// TestImproper gives covariances that are none, at one step or at all, and asks
// for NaN in the log density, the gradient and the paths.
func TestImproper(t *testing.T) {
	spoil := map[string]func(g *Gaussian){
		"Q":     func(g *Gaussian) { g.Q[len(g.Q)-1] = -1 },
		"R":     func(g *Gaussian) { g.R[len(g.R)-1] = -1 },
		"Q NaN": func(g *Gaussian) { g.Q[len(g.Q)-1] = math.NaN() },
		"R NaN": func(g *Gaussian) { g.R[0] = math.NaN() },
	}
	for _, s := range shapes() {
		if s.missing {
			continue
		}
		for name, f := range spoil {
			t.Run(fmt.Sprintf("%s/%+v", name, s), func(t *testing.T) {
				g := s.model(rand.New(rand.NewPCG(1, 2)))
				f(g)
				checkNaN(t, g)
			})
		}
	}
}

// TestIndefinite has covariances above one, which no diagonal shows.
func TestIndefinite(t *testing.T) {
	for name, f := range map[string]func(g *Gaussian){
		"Q": func(g *Gaussian) { copy(g.Q, []float64{1, 2, 2, 1}) },
		"R": func(g *Gaussian) { copy(g.R, []float64{1, 2, 2, 1}) },
	} {
		t.Run(name, func(t *testing.T) {
			g := shape{n: 2, p: 2, steps: 4, fullQ: true, fullR: true}.model(rand.New(rand.NewPCG(1, 2)))
			f(g)
			checkNaN(t, g)
		})
	}
}

func checkNaN(t *testing.T, g *Gaussian) {
	t.Helper()
	steps := g.Steps()
	w, d := make([]float64, steps), gradientOf(g)
	fill(w, 1)
	new(Kalman).Gradient(d, g, w)
	path := g.Sample(rand.New(rand.NewPCG(1, 1)), 1)
	for name, x := range map[string]float64{"log density": g.LogLik()[steps-1], "gradient": d.R[len(d.R)-1], "path": path[0]} {
		if !math.IsNaN(x) {
			t.Errorf("the %s is %v", name, x)
		}
	}
}

// TestSingular accepts what is no worse than singular: equal states, some of
// whose covariances were rounded to float32.
func TestSingular(t *testing.T) {
	for _, full := range []bool{false, true} {
		g := shape{n: 3, p: 2, steps: 5, fullQ: true, fullR: full}.model(rand.New(rand.NewPCG(1, 2)))
		v := []float64{0.3, -1.7, 0.9}
		for i := range v {
			for j := range v {
				g.Q[3*i+j] = float64(float32(v[i] * v[j]))
			}
		}
		for i, ll := range g.LogLik() {
			if math.IsNaN(ll) {
				t.Errorf("the log density is not a number at step %d", i)
			}
		}
	}
}

// TestNotANumber has values that are not numbers, present and missing.
func TestNotANumber(t *testing.T) {
	for _, full := range []bool{false, true} {
		g := shape{n: 2, p: 2, steps: 4, fullR: full}.model(rand.New(rand.NewPCG(1, 2)))
		g.Y[3] = math.NaN()
		ll := g.LogLik()
		if math.IsNaN(ll[0]) || !math.IsNaN(ll[1]) || !math.IsNaN(ll[3]) {
			t.Errorf("log density %v where y[1] is not a number", ll)
		}
		g.Present = []float64{1, 1, 1, 0, 1, 1, 1, 1}
		d := gradientOf(g)
		new(Kalman).Gradient(d, g, []float64{1, 1, 1, 1})
		arrays, names := d.arrays()
		arrays, names = append(arrays, g.LogLik()), append(names, "log density")
		for i, x := range arrays {
			for _, v := range x {
				if math.IsNaN(v) {
					t.Errorf("%s is %v where a missing y[1] is not a number", names[i], x)
					break
				}
			}
		}
	}
}

// TestLengths refuses arrays of lengths that fit no number of steps.
func TestLengths(t *testing.T) {
	for i := range 6 {
		g := shape{n: 2, p: 2, steps: 4}.model(rand.New(rand.NewPCG(1, 2)))
		x := []*[]float64{&g.A, &g.B, &g.Q, &g.C, &g.D, &g.R}[i]
		*x = append(*x, 0)
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("array %d of a wrong length was accepted", i)
				}
			}()
			g.LogLik()
		}()
	}
}

// TestExtremes puts numbers that arithmetic chokes on in every place; whatever
// comes out, nothing panics.
func TestExtremes(t *testing.T) {
	w := weights(3)
	for _, s := range shapes() {
		s.steps = 3
		g := s.model(rand.New(rand.NewPCG(1, 2)))
		arrays, _ := g.arrays()
		for _, x := range arrays {
			for i, old := range x {
				for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e300, -1e300, 0, 5e-324} {
					x[i] = v
					g.LogLik()
					new(Kalman).Gradient(gradientOf(g), g, w)
				}
				x[i] = old
			}
		}
		g.Q[0] = math.Inf(1)
		g.Smooth()
		g.Sample(rand.New(rand.NewPCG(1, 1)), 1)
	}
}
