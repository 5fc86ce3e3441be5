package compiler

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// An edge is a parent some steps ago with its weight.
type edge struct {
	name   string
	lag    int
	weight float64
}

// A template is a linear-Gaussian model with random structure: what each
// variable is drawn given.
type template struct {
	latents, observed, inputs []string
	edges                     map[string][]edge
}

// randomTemplate draws one to three chains with lags up to two, an input or
// none, and observations that may feed anything later.
func randomTemplate(r *rand.Rand) template {
	m := template{edges: map[string][]edge{}, observed: []string{"x"}}
	for i := range 1 + r.IntN(3) {
		m.latents = append(m.latents, string(rune('a'+i)))
	}
	if r.IntN(2) == 0 {
		m.observed = append(m.observed, "y")
	}
	if r.IntN(2) == 0 {
		m.inputs = []string{"u"}
	}
	add := func(to, from string, lag int) {
		m.edges[to] = append(m.edges[to], edge{from, lag, (0.3 + 0.4*r.Float64()) * float64(1-2*r.IntN(2))})
	}
	maybe := func(p float64) bool { return r.Float64() < p }
	for i, z := range m.latents {
		add(z, z, 1+r.IntN(2))
		for j, w := range m.latents {
			if j < i && maybe(0.3) {
				add(z, w, 0)
			}
			if j != i && maybe(0.25) {
				add(z, w, 1)
			}
		}
		m.addData(z, 0.3, add, maybe)
	}
	for k, x := range m.observed {
		add(x, m.latents[r.IntN(len(m.latents))], r.IntN(2))
		for _, z := range m.latents {
			if maybe(0.5) {
				add(x, z, 0)
			}
		}
		if k == 1 && maybe(0.3) {
			add(x, "x", 0)
		}
		m.addData(x, 0.2, add, maybe)
	}
	return m
}

// addData lets what was observed or given a step ago, or given now, feed to.
func (m template) addData(to string, p float64, add func(to, from string, lag int), maybe func(float64) bool) {
	for _, x := range m.observed {
		if maybe(p) {
			add(to, x, 1)
		}
	}
	for _, u := range m.inputs {
		if maybe(2 * p) {
			add(to, u, 0)
		}
		if maybe(p) {
			add(to, u, 1)
		}
	}
}

// decls is the template as the body of a model.
func (m template) decls() string {
	var s strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&s, "\n  "+format, args...) }
	for _, z := range m.latents {
		line("latent %s[t]: real", z)
	}
	for _, x := range m.observed {
		line("observed %s[t]: real", x)
		line("%s[0] = 0", x)
	}
	for _, u := range m.inputs {
		line("input %s[t]: real", u)
		line("%s[0] = 0", u)
	}
	for _, z := range m.latents {
		line("%s[0] = 0", z)
		line("%s[-1] = 0", z)
	}
	for _, v := range append(append([]string{}, m.latents...), m.observed...) {
		var terms []string
		for _, e := range m.edges[v] {
			at := "t"
			if e.lag > 0 {
				at = fmt.Sprintf("t-%d", e.lag)
			}
			terms = append(terms, fmt.Sprintf("(%.3f) * %s[%s]", e.weight, e.name, at))
		}
		line("%s[t] ~ Normal(mean=%s, var=1)", v, strings.Join(terms, " + "))
	}
	return s.String()
}

// covariance is that of all slots under the template: inputs are standard
// normal, for how the posterior moves with them is all that counts.
func (m template) covariance(slots []slot) *mat.Dense {
	at := map[slot]int{}
	for i, s := range slots {
		at[s] = i
	}
	n := len(slots)
	system := mat.NewDense(n, n, nil) // I - B
	for i, s := range slots {
		system.Set(i, i, 1)
		for _, e := range m.edges[s.name] {
			if j, ok := at[slot{e.name, s.t - e.lag}]; ok {
				system.Set(i, j, system.At(i, j)-e.weight)
			}
		}
	}
	var inverse, cov mat.Dense
	if err := inverse.Inverse(system); err != nil {
		panic(err)
	}
	cov.Mul(&inverse, inverse.T())
	return &cov
}

// regression is the slots with a coefficient that is not zero in the regression
// of target on given.
func regression(cov *mat.Dense, slots []slot, target slot, given []slot) map[slot]bool {
	at := map[slot]int{}
	for i, s := range slots {
		at[s] = i
	}
	k := len(given)
	gram, cross := mat.NewSymDense(k, nil), mat.NewVecDense(k, nil)
	for i, a := range given {
		cross.SetVec(i, cov.At(at[a], at[target]))
		for j := i; j < k; j++ {
			gram.SetSym(i, j, cov.At(at[a], at[given[j]]))
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(gram) {
		panic("the covariance is not positive definite")
	}
	var coef mat.VecDense
	if err := chol.SolveVecTo(&coef, cross); err != nil {
		panic(err)
	}
	out := map[slot]bool{}
	for i, s := range given {
		if math.Abs(coef.AtVec(i)) > 1e-10 {
			out[s] = true
		}
	}
	return out
}

// TestInvertRandom compares the derived boundaries of random models with exact
// regressions. Weights between 0.3 and 0.7 over the dozen steps of a slice leave
// coefficients above 1e-10 where there are any, and rounding far below.
func TestInvertRandom(t *testing.T) {
	const models = 150
	r := rand.New(rand.NewPCG(11, 12))
	for i := range models {
		m := randomTemplate(r)
		u := placed(t, m.decls())
		for _, backward := range []bool{false, true} {
			g := u.slice(9)
			cov := m.covariance(g.slots)
			order := u.drawOrder(g.T, backward)
			for _, z := range u.latents() {
				target := slot{z.Name, 5}
				drawn := map[slot]bool{}
				var given []slot
				for _, s := range order {
					if s == target {
						break
					}
					drawn[s] = true
					given = append(given, s)
				}
				for _, s := range g.slots {
					if !g.latent[s.name] {
						given = append(given, s)
					}
				}
				want, got := regression(cov, g.slots, target, given), g.boundary(target, drawn)
				if !sameSlots(want, got) {
					t.Fatalf("model %d, backward %v, %v: derived %v, regression %v\n%s", i, backward, target, got, want, m.decls())
				}
			}
		}
	}
}

func sameSlots(a, b map[slot]bool) bool {
	for s := range a {
		if !b[s] {
			return false
		}
	}
	return len(a) == len(b)
}
