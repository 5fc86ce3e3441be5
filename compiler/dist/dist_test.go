package dist

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"
)

// single is every distribution over single numbers.
func single() []*Dist {
	return slices.DeleteFunc(slices.Clone(All()), func(d *Dist) bool { return d.Joint != nil })
}

// TestLogProb compares densities with independent ones: both are exact to rounding.
func TestLogProb(t *testing.T) {
	for _, d := range single() {
		t.Run(d.Name, func(t *testing.T) {
			oracle := oracles[d.Name]
			if oracle == nil {
				t.Fatal("no oracle")
			}
			r, b := rand.New(rand.NewPCG(1, 1)), newBench(t, d, names(d))
			for range 100 {
				p := values(d, r)
				x := point(d, r, p)
				if got, want := b.logProb(t, x, p), oracle(x, p); !scalar.EqualWithinAbsOrRel(got, want, 1e-9, 1e-9) {
					t.Fatalf("log p(%v | %v) = %v, want %v", x, p, got, want)
				}
			}
		})
	}
}

// TestAlternatives gives every parameter by each of its other names: the density
// is the same.
func TestAlternatives(t *testing.T) {
	for _, d := range single() {
		for i, q := range d.Params {
			for _, alt := range q.Alts {
				t.Run(d.Name+"/"+alt.Name, func(t *testing.T) {
					r, n := rand.New(rand.NewPCG(1, 2)), names(d)
					n[i] = alt.Name
					other := otherParam(d, alt)
					if other >= 0 {
						n[other] = alt.With
					}
					b := newBench(t, d, n)
					for range 100 {
						p := values(d, r)
						x := point(d, r, p)
						want, given := oracles[d.Name](x, p), slices.Clone(p)
						given[i] = converted(d, alt.Name, i, p)
						if other >= 0 {
							given[other] = converted(d, alt.With, other, p)
						}
						if got := b.logProb(t, x, given); !scalar.EqualWithinAbsOrRel(got, want, 1e-7, 1e-7) {
							t.Fatalf("log p(%v | %v) = %v, want %v", x, given, got, want)
						}
					}
				})
			}
		}
	}
}

// otherParam is the parameter that has to be given by a name of its own beside
// an alternative, or -1.
func otherParam(d *Dist, alt Alt) int {
	return slices.IndexFunc(d.Params, func(p Param) bool {
		return slices.ContainsFunc(p.Alts, func(a Alt) bool { return a.Name == alt.With })
	})
}

// converted is the value of an alternative to parameter i.
func converted(d *Dist, name string, i int, p [][]float64) []float64 {
	f := alternatives[d.Name+" "+name]
	if f == nil {
		f = alternatives[name]
	}
	return f(p[i], p)
}

// TestGradient compares the gradient by the parameters, and by x where there is a
// density, with central differences of step 1e-5 relative, whose own error is
// below 1e-8.
func TestGradient(t *testing.T) {
	for _, d := range single() {
		t.Run(d.Name, func(t *testing.T) {
			r, b := rand.New(rand.NewPCG(1, 3)), newBench(t, d, names(d))
			for range 30 {
				p := values(d, r)
				x := point(d, r, p)
				b.logProb(t, x, p)
				grad := append([]float64{}, b.machine.Grad()...)
				for i := range p {
					for j, v := range p[i] {
						h := 1e-5 * min(1, max(math.Abs(v), 0.1))
						p[i][j] = v + h
						hi := b.logProb(t, x, p)
						p[i][j] = v - h
						want := (hi - b.logProb(t, x, p)) / (2 * h)
						p[i][j] = v
						if got := grad[b.params.Off[i]+j]; !scalar.EqualWithinAbsOrRel(got, want, 1e-5, 1e-5) {
							t.Fatalf("d/d%s[%d] at %v, %v = %v, want %v", d.Params[i].Name, j, x, p, got, want)
						}
					}
				}
				if h := 1e-6 * math.Abs(x); continuous(d) {
					want := (b.logProb(t, x+h, p) - b.logProb(t, x-h, p)) / (2 * h)
					if got := grad[b.params.Off[len(p)]]; !scalar.EqualWithinAbsOrRel(got, want, 1e-5, 1e-5) {
						t.Fatalf("d/dx at %v, %v = %v, want %v", x, p, got, want)
					}
				}
			}
		})
	}
}

// TestNormalised needs no oracle: a density integrates to one, over all of its
// range but what holds 1e-3 of it. So does its mean, where it has a formula; the
// tails of what is heavy are made lighter for that.
func TestNormalised(t *testing.T) {
	for _, d := range single() {
		t.Run(d.Name, func(t *testing.T) {
			r, b := rand.New(rand.NewPCG(1, 4)), newBench(t, d, names(d))
			for range 3 {
				p := values(d, r)
				if d == StudentT || d == InverseGamma {
					p[0][0] += 2
				}
				var total, mean float64
				for _, n := range grid(d, p) {
					mass := n.weight * math.Exp(b.logProb(t, n.x, p))
					total, mean = total+mass, mean+mass*n.x
				}
				if math.Abs(total-1) > 1e-3 {
					t.Fatalf("the mass at %v is %v", p, total)
				}
				if d.Mean == "" {
					continue
				}
				if want := Formula(d.Mean).Eval(named(d, p)); !scalar.EqualWithinAbsOrRel(mean, want, 1e-3, 1e-3) {
					t.Fatalf("the mean at %v is %v, but its formula gives %v", p, mean, want)
				}
			}
		})
	}
}

// TestDraw compares the distribution functions of draws and, where there is a
// smooth form, of samples with the integral of the density.
func TestDraw(t *testing.T) {
	const n = 20000
	for _, d := range single() {
		t.Run(d.Name, func(t *testing.T) {
			r, b := rand.New(rand.NewPCG(1, 5)), newBench(t, d, names(d))
			for range 3 {
				p := values(d, r)
				draws, flat := make([]float64, n), slices.Concat(p...)
				for i := range draws {
					draws[i] = d.Draw(r, flat)
				}
				compareDraws(t, d, b, p, draws)
				if d.Sample == "" {
					continue
				}
				f, env := Formula(d.Sample), named(d, p)
				for i := range draws {
					env["eps"] = r.NormFloat64()
					draws[i] = f.Eval(env)
				}
				compareDraws(t, d, b, p, draws)
			}
		})
	}
}

// compareDraws is the test of Kolmogorov and Smirnov, at one in ten thousand
// (2.23/sqrt(n)), and 2e-3 for the quadrature.
func compareDraws(t *testing.T, d *Dist, b *bench, p [][]float64, draws []float64) {
	t.Helper()
	slices.Sort(draws)
	cdf, below := 0.0, 0
	for _, g := range grid(d, p) {
		mass := g.weight * math.Exp(b.logProb(t, g.x, p))
		if !continuous(d) {
			cdf += mass
		}
		for below < len(draws) && draws[below] <= g.x {
			below++
		}
		if continuous(d) {
			cdf += mass / 2
		}
		got := float64(below) / float64(len(draws))
		if limit := 2.23/math.Sqrt(float64(len(draws))) + 2e-3; math.Abs(got-cdf) > limit {
			t.Fatalf("at %v a fraction %v of the draws is below %v, and the density gives %v", p, got, g.x, cdf)
		}
		if continuous(d) {
			cdf += mass / 2
		}
	}
}

// TestKL compares closed divergences with the integral of q (log q - log p), of
// distributions without mass where the quadrature has no points.
func TestKL(t *testing.T) {
	for _, d := range single() {
		if d.KL == "" {
			continue
		}
		t.Run(d.Name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 6))
			for range 5 {
				ours, theirs := mild(d, values(d, r)), mild(d, values(d, r))
				q, p, both := named(d, ours), named(d, theirs), named(d, ours)
				for name, v := range p {
					both["p_"+name] = v
				}
				want, logp := 0.0, Formula(d.LogProb)
				for _, n := range grid(d, ours) {
					q["x"], p["x"] = n.x, n.x
					if l := logp.Eval(q); l > -600 {
						want += n.weight * math.Exp(l) * (l - logp.Eval(p))
					}
				}
				if got := Formula(d.KL).Eval(both); !scalar.EqualWithinAbsOrRel(got, want, 1e-4, 1e-4) {
					t.Errorf("KL = %v, integrated %v, at %v and %v", got, want, ours, theirs)
				}
			}
		})
	}
}

// mild keeps positive parameters away from zero.
func mild(d *Dist, p [][]float64) [][]float64 {
	for i, q := range d.Params {
		if q.Support == Positive {
			p[i][0] += 0.5
		}
	}
	return p
}

// TestDocumented asks of every distribution what its page needs.
func TestDocumented(t *testing.T) {
	for _, d := range All() {
		if d.Doc == "" || d.Source == "" || d.LogProb == "" || d.Draw == nil && d.Joint == nil {
			t.Errorf("%s lacks a part of its description", d.Name)
		}
		for _, p := range d.Params {
			if p.Doc == "" {
				t.Errorf("%s does not say what %s is", d.Name, p.Name)
			}
		}
	}
}
