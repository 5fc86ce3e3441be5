package exact

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// gradientOf is room for the gradient by all of g.
func gradientOf(g *Gaussian) *Gaussian {
	room := func(x []float64) []float64 { return make([]float64, len(x)) }
	return &Gaussian{Y: room(g.Y), A: room(g.A), B: room(g.B), Q: room(g.Q), C: room(g.C), D: room(g.D), R: room(g.R)}
}

// arrays is the arrays that have a gradient, and their names.
func (g *Gaussian) arrays() ([][]float64, []string) {
	return [][]float64{g.Y, g.A, g.B, g.Q, g.C, g.D, g.R}, []string{"Y", "A", "B", "Q", "C", "D", "R"}
}

func weights(steps int) []float64 {
	w := make([]float64, steps)
	for i := range w {
		w[i] = math.Sin(float64(3*i + 1))
	}
	return w
}

// TestGradient compares with central differences of step 1e-4: third
// derivatives below some tens leave errors below 1e-6.
func TestGradient(t *testing.T) {
	var k Kalman // one for all, so that what a use leaves behind shows
	for _, s := range shapes() {
		t.Run(fmt.Sprintf("%+v", s), func(t *testing.T) {
			g := s.model(rand.New(rand.NewPCG(1, 2)))
			w, d := weights(s.steps), gradientOf(g)
			k.Gradient(d, g, w)
			cost := func() (sum float64) {
				for i, v := range g.LogLik() {
					sum += w[i] * v
				}
				return sum
			}
			got, names := d.arrays()
			arrays, _ := g.arrays()
			for i, x := range arrays {
				want := differences(x, 1e-4, cost)
				if i == 0 { // what is missing, and not a number, has no difference
					for j, v := range g.Y {
						if math.IsNaN(v) {
							want[j] = 0
						}
					}
				}
				near(t, names[i], got[i], want, 1e-6)
			}
		})
	}
}

// TestSegments asks for the same bits from segments of all lengths.
func TestSegments(t *testing.T) {
	for _, s := range shapes() {
		g := s.model(rand.New(rand.NewPCG(7, 8)))
		w, want := weights(s.steps), gradientOf(g)
		var k Kalman
		k.Gradient(want, g, w)
		if isScalar(g) { // which has no segments, and so other roundings
			d := gradientOf(g)
			k.reverse(d, g, w, s.steps)
			checkSame(t, d, want, 1e-12)
			want = d
		}
		for length := range s.steps {
			d := gradientOf(g)
			k.reverse(d, g, w, length+1)
			checkSame(t, d, want, 0)
		}
	}
}

func checkSame(t *testing.T, d, want *Gaussian, tol float64) {
	t.Helper()
	got, names := d.arrays()
	all, _ := want.arrays()
	for i, x := range all {
		near(t, "gradient by "+names[i], got[i], x, tol)
	}
}

// TestPartialGradient leaves out one array after another.
func TestPartialGradient(t *testing.T) {
	for _, full := range []bool{false, true} {
		g := shape{n: 2, p: 3, steps: 5, fullR: full}.model(rand.New(rand.NewPCG(9, 1)))
		w, want := weights(5), gradientOf(g)
		var k Kalman
		k.Gradient(want, g, w)
		all, names := want.arrays()
		for i := range all {
			d := gradientOf(g)
			*[]*[]float64{&d.Y, &d.A, &d.B, &d.Q, &d.C, &d.D, &d.R}[i] = nil
			k.Gradient(d, g, w)
			got, _ := d.arrays()
			for j, x := range got {
				if j != i {
					near(t, names[j]+" without "+names[i], x, all[j], 1e-14)
				}
			}
		}
	}
}

// TestSegmentLength asks that long sequences are cut, and short ones are not.
func TestSegmentLength(t *testing.T) {
	g := shape{n: 20, p: 2, steps: 3}.model(rand.New(rand.NewPCG(1, 2)))
	var k Kalman
	k.fit(g, 1)
	if n := k.segment(2000); n != 2000 {
		t.Errorf("2000 steps are cut into segments of %d", n)
	}
	if n := k.segment(10000); n != 100 {
		t.Errorf("10000 steps are cut into segments of %d", n)
	}
}
