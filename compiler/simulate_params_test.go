package compiler

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat"

	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
)

// TestSimulateSeed draws the same with the same random numbers, and never with the
// parameters that a fit of that seed begins with.
func TestSimulateSeed(t *testing.T) {
	a, b := simulator(t, nonlinear), simulator(t, nonlinear)
	for _, s := range []*Simulator{a, b} {
		s.Seed(7)
	}
	first, second := sample(t, a, 3, Given{Steps: 5}), sample(t, b, 3, Given{Steps: 5})
	for i := range first {
		if !slices.Equal(first[i].Data[0], second[i].Data[0]) || !slices.Equal(first[i].Latents[0], second[i].Latents[0]) {
			t.Error("draws are not repeated")
		}
	}
	m := load(t, nonlinear, "").Model
	p := runtime.NewParams[float64](m.Params, 7)
	for _, k := range a.Params() {
		if v := k.Values[0]; v < -0.2 || v > 0.2 || v == p.Get(p.Index(k.Name))[0] {
			t.Errorf("%s is %g: not within its initial range, or where a fit begins", k.Name, v)
		}
	}
}

// TestSimulateParams sets parameters on the scale of the model, between bounds.
func TestSimulateParams(t *testing.T) {
	s := simulator(t, `
model P {
  observed x[t]: real[2]
  param a: real > 2
  param b: real < -1
  param c: real in (-1, 3)
  param w: real[2, 2]
  param v: real[2]
  param p: simplex[2] for k in 1:2
  param o: ordered[2]
  param S: cov[2] for k in 1:2
  param C: corr[2]
  x[t] ~ MVNormal(mean=w @ v + a + b + c + p[1] + o, cov=S[1] + S[2] + C)
}`)
	for _, c := range []struct{ name, text, want string }{
		{"a", "2.5", "[2.5]"}, {"b", "-4", "[-4]"}, {"c", "2", "[2]"}, {"P.w", "[[1, 2], [3, 4]]", "[1 2 3 4]"}, {"v", "7", "[7 7]"},
		{"p", "[[0.25, 0.75], [1, 0]]", "[0.25 0.75 1 0]"}, {"p", "0.5", "[0.5 0.5 0.5 0.5]"},
		{"p", "0.5, 0.5, 0.5, 0.6", "p is a simplex: its numbers are positive and add up to one, and not to 1.1"},
		{"p", "2, -1, 1, 0", "p is a simplex: its numbers are positive and add up to one, and not to 1"},
		{"o", "-1, 4", "[-1 4]"}, {"o", "4, -1", "o is ordered: its numbers increase, and -1 is not above 4"},
		{"S", "[[2, 0.5], [0.5, 1], [1, 0], [0, 9]]", "[2 0.5 0.5 1 1 0 0 9]"},
		{"S", "1, 2, 2, 1, 1, 0, 0, 9", "S is a cov matrix: it is positive definite, and this is not"},
		{"S", "1, 0, 0", "S has 8 numbers, not 3; give one for all, or each"},
		{"C", "[[1, -0.6], [-0.6, 1]]", "[1 -0.6 -0.6 1]"}, {"C", "2, 0, 0, 1", "C is a corr matrix: it has ones on its diagonal, and this has 2"},
		{"a", "2", "a lies between 2 and +Inf, and 2 does not"},
		{"b", "0", "b lies between -Inf and -1, and 0 does not"},
		{"c", "3", "c lies between -1 and 3, and 3 does not"},
		{"w", "1, 2", "w has 4 numbers, not 2; give one for all, or each"},
		{"v", "low", "v is a number or several, not low"},
		{"v", "NaN", "v is a number or several, not NaN"},
		{"P.z", "1", "the model has no parameter z; it has a, b, c, w, v, p, o, S, C"},
		{"P.aa", "1", "the model has no parameter aa; did you mean a?"},
	} {
		got := fmt.Sprint(s.Set(c.name, c.text))
		for _, k := range s.Params() {
			if got == "<nil>" && strings.TrimPrefix(k.Name, "P.") == strings.TrimPrefix(c.name, "P.") {
				for i, v := range k.Values {
					k.Values[i] = math.Round(v*1e12) / 1e12 // to the line and back
				}
				got = fmt.Sprint(k.Values)
			}
		}
		if got != c.want {
			t.Errorf("%s=%s: %s, want %s", c.name, c.text, got, c.want)
		}
	}
}

// TestSimulateBlock finds the settings of a block by its name.
func TestSimulateBlock(t *testing.T) {
	f, _ := lang.Parse(&diag.Source{Name: "test.ssm", Text: nonlinear + "\nsimulate other {\n  alpha = [1, 2]\n}\n"})
	for block, want := range map[string]string{"": "alpha=0.5 beta=-0.1", "truth": "alpha=0.5 beta=-0.1", "other": "alpha=1,2"} {
		s, found := NewSimulator(f, Config{Library: library}, block)
		if found.HasErrors() {
			t.Fatal(found)
		}
		var got []string
		for _, x := range s.Settings {
			got = append(got, x.Key+"="+x.Value)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", block, got, want)
		}
	}
	if _, found := NewSimulator(f, Config{Library: library}, "truht"); !strings.Contains(fmt.Sprint(found), "did you mean truth?") {
		t.Error(found)
	}
}

// drawn is the values of a parameter by seed: number j, from seed 1 to n.
func drawn(s *Simulator, name string, j, n int) (out []float64) {
	for seed := range n {
		s.Seed(uint64(seed + 1))
		out = append(out, s.Params()[s.params.Index(name)].Values[j])
	}
	return out
}

// TestSimulatePriors draws parameters from their priors, of which one reads
// another: moments are those of the closed forms, h has var 4 + t0^2 and its mean
// is that of m. What has no prior starts where a fit does.
func TestSimulatePriors(t *testing.T) {
	const n = 4000
	s := simulator(t, priors)
	m1, m2 := drawn(s, "P.m", 0, n), drawn(s, "P.m", 1, n)
	h1, h2 := drawn(s, "P.h", 0, n), drawn(s, "P.h", 1, n)
	w, pp := drawn(s, "P.w", 1, n), drawn(s, "P.P", 3, n)
	for _, c := range []struct {
		name     string
		x        []float64
		mean, sd float64
	}{
		{"m[1]", m1, 0, 2}, {"m[2]", m2, 1, 2}, {"h[1]", h1, 0, math.Sqrt(5)}, {"h[2]", h2, 1, math.Sqrt(5)},
		// Dirichlet(1, 2, 0.5): the second is Beta(2, 1.5); Dirichlet(2, 2) is Beta(2, 2).
		{"w[2]", w, 2 / 3.5, math.Sqrt(2 * 1.5 / (3.5 * 3.5 * 4.5))}, {"P[2,2]", pp, 0.5, math.Sqrt(4.0 / (16 * 5))},
	} {
		mean, sd := stat.MeanStdDev(c.x, nil)
		if math.Abs(mean-c.mean) > 4*c.sd/math.Sqrt(n) || math.Abs(sd/c.sd-1) > 4/math.Sqrt(n) {
			t.Errorf("%s has mean %.3f and sd %.3f, want %.3f and %.3f", c.name, mean, sd, c.mean, c.sd)
		}
	}
	if r := stat.Correlation(m1, h1, nil); math.Abs(r-2/math.Sqrt(5)) > 0.02 {
		t.Errorf("m[1] and h[1] correlate by %.3f", r)
	}
	if r := stat.Correlation(m1, m2, nil); math.Abs(r) > 4/math.Sqrt(n) {
		t.Errorf("m[1] and m[2] correlate by %.3f", r)
	}
}

// TestSimulatePriorsSet sets a parameter: others that are drawn do not change,
// but those whose priors read it are drawn around it.
func TestSimulatePriorsSet(t *testing.T) {
	s := simulator(t, priors)
	s.Seed(3)
	value := func(name string) []float64 { return s.Params()[s.params.Index(name)].Values }
	m, h, w := value("P.m"), value("P.h"), value("P.w")
	if err := s.Set("m", "100, 200"); err != nil {
		t.Fatal(err)
	}
	if now := value("P.h"); math.Abs(now[0]-h[0]-(100-m[0])) > 1e-9 || math.Abs(now[1]-h[1]-(200-m[1])) > 1e-9 {
		t.Errorf("h is %v around 100 and 200, and was %v around %v", now, h, m)
	}
	if !slices.Equal(w, value("P.w")) {
		t.Error("w has changed")
	}
	if err := s.Set("h", "1"); err != nil || !slices.Equal(value("P.h"), []float64{1, 1}) || !slices.Equal(value("P.m"), []float64{100, 200}) {
		t.Errorf("h is %v, m %v, %v", value("P.h"), value("P.m"), err)
	}
	if s.Seed(3); !slices.Equal(m, value("P.m")) || !slices.Equal(h, value("P.h")) {
		t.Error("the same seed gives other values")
	}
}

// TestSimulateImproper says where a prior is that cannot be drawn from.
func TestSimulateImproper(t *testing.T) {
	s := simulator(t, `
model P {
  observed x[t]: real
  param a: real ~ Normal(mean=0, sd=1)
  param b: real ~ Normal(mean=0, sd=exp(1000 * a))
  x[t] ~ Normal(mean=b, var=1)
}`, "a", "1")
	_, err := s.Draw(Given{Steps: 1}, rand.New(rand.NewPCG(1, 1)))
	if err == nil || !strings.HasPrefix(err.Error(), "test.ssm:5:19: P.b cannot be drawn from Normal(mean=0, var=+Inf)") {
		t.Error(err)
	}
}
