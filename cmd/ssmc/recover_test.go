package main

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ssmc/compiler"
	"ssmc/models"
)

// recoveredBy is the table that a recovery leaves.
func recoveredBy(t *testing.T, model string, args ...string) (out recoveredTable) {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "m.ssm"), model)
	ssmc(t, dir, append([]string{"recover", "m.ssm", "--out", "out"}, args...)...)
	text, err := os.ReadFile(filepath.Join(dir, "out", recoverJSON))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

const levelModel = `
model Level {
  observed x[t]: real
  latent   z[t]: real
  param walk:  real > 0
  param drift: real
  z[1] ~ Normal(mean=0, sd=1)
  z[t] ~ Normal(mean=z[t-1] + drift, sd=walk)
  x[t] ~ Normal(mean=z[t], sd=0.5)
}

guide G = exact

simulate {
  walk      = 0.7
  drift     = 0.3
  sequences = 300
  length    = 20
}

train {
  guide     = G
  epochs    = 40
  optimizer = adam(lr=5e-2, schedule=cosine)
}
`

// TestRecoverLevel finds a drift, of which 210 sequences of 20 steps tell at most
// 0.7 / sqrt(210 * 19) = 0.011, and a deviation, to five of such errors.
func TestRecoverLevel(t *testing.T) {
	got := recoveredBy(t, levelModel)
	if len(got.Numbers) != 2 || len(got.Seeds) != 3 || got.Sequences != 210 {
		t.Fatalf("recovered %+v", got)
	}
	for _, n := range got.Numbers {
		for _, v := range n.Each {
			if math.Abs(v-n.Truth) > 0.08 {
				t.Errorf("%s is %g, want %g", n.Name, v, n.Truth)
			}
		}
		squares := 0.0
		for _, v := range n.Each {
			squares += (v - n.Truth) * (v - n.Truth) / 3
		}
		if math.Abs(n.RMSE-math.Sqrt(squares)) > 1e-12 || math.Abs(n.Mean-n.Truth-n.Bias) > 1e-12 || n.Each[0] == n.Each[1] {
			t.Errorf("%+v does not add up", n)
		}
	}
}

const twoStates = `
model Two {
  const K = 2
  observed x[t]: real
  latent   c[t]: one_of[K]
  param start: simplex[K]
  param P: simplex[K] for k in 1:K
  param m: real[K] init normal(1)
  c[1] ~ Categorical(probs=start)
  c[t] ~ Categorical(probs=P[c[t-1]])
  x[t] ~ Normal(mean=m[c[t]], sd=0.7)
}

guide G = exact

simulate {
  start     = [0.2, 0.8]
  P         = [0.9, 0.1, 0.3, 0.7]
  m         = [-1, 1.5]
  sequences = 300
  length    = 20
}

train {
  guide     = G
  epochs    = 60
  optimizer = adam(lr=5e-2, schedule=cosine)
}
`

// TestRecoverStates recovers two states whose labels differ between fits, to five
// errors of the start, 0.03, and well within for all others.
func TestRecoverStates(t *testing.T) {
	got := recoveredBy(t, twoStates, "--seeds", "4")
	swapped := 0
	for _, l := range got.Labels {
		if slices.Equal(l["c"], []int{2, 1}) {
			swapped++
		}
	}
	if swapped == 0 || swapped == 4 {
		t.Errorf("the labels are %v: the test needs both orders", got.Labels)
	}
	for _, n := range got.Numbers {
		for _, v := range n.Each {
			if math.Abs(v-n.Truth) > 0.15 {
				t.Errorf("%s is %g, want %g", n.Name, v, n.Truth)
			}
		}
	}
}

// TestRecoverCoverage has the intervals of a posterior: with all but no data it is
// the prior, which holds a value from its middle.
func TestRecoverCoverage(t *testing.T) {
	got := recoveredBy(t, `
model Prior {
  observed x[t]: real
  latent   z[t]: real
  param a: real ~ Normal(mean=0, sd=1)
  z[1] ~ Normal(mean=0, sd=1)
  z[t] ~ Normal(mean=z[t-1] + a, sd=1)
  x[t] ~ Normal(mean=z[t], sd=1)
}

guide G = exact

simulate {
  a         = 0.1
  sequences = 12
  length    = 2
}

train {
  guide  = G
  epochs = 3
}
`, "--seeds", "2")
	if n := got.Numbers[0]; n.Name != "a" || n.Coverage != 1 {
		t.Errorf("recovered %+v", n)
	}
}

// TestPermuted moves rows and columns.
func TestPermuted(t *testing.T) {
	v := []float64{0, 1, 2, 3, 4, 5, 6, 7, 8}
	order := []int{2, 0, 1}
	for _, c := range []struct {
		axes []int
		want []float64
	}{
		{nil, v},
		{[]int{0}, []float64{6, 7, 8, 0, 1, 2, 3, 4, 5}},
		{[]int{1}, []float64{2, 0, 1, 5, 3, 4, 8, 6, 7}},
		{[]int{0, 1}, []float64{8, 6, 7, 2, 0, 1, 5, 3, 4}},
	} {
		if d := cmp.Diff(c.want, permuted(v, []int{3, 3}, c.axes, order)); d != "" {
			t.Errorf("axes %v: %s", c.axes, d)
		}
	}
}

// TestAssign compares with all orders.
func TestAssign(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := 1; n <= 6; n++ {
		for range 20 {
			costs := make([][]float64, n)
			for i := range costs {
				for range n {
					costs[i] = append(costs[i], r.NormFloat64())
				}
			}
			total := func(p []int) (sum float64) {
				for i, j := range p {
					sum += costs[i][j]
				}
				return sum
			}
			least, p := math.Inf(1), make([]int, n)
			for i := range p {
				p[i] = i
			}
			permutations(p, 0, func(p []int) { least = min(least, total(p)) })
			if got := total(assign(costs)); math.Abs(got-least) > 1e-12 {
				t.Fatalf("%v: %g, want %g", costs, got, least)
			}
		}
	}
}

// TestBestOrder finds the order of classes that were exchanged, few and many.
func TestBestOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, k := range []int{2, 5, 12} {
		m := truth{compiler.Known{Name: "M.m", Dims: []int{k, 2}}}
		p := truth{compiler.Known{Name: "M.P", Dims: []int{k, k}}}
		for range 2 * k {
			m.Values = append(m.Values, r.NormFloat64())
		}
		for range k * k {
			p.Values = append(p.Values, r.Float64())
		}
		want := r.Perm(k)
		back := make([]int, k)
		for i, j := range want {
			back[j] = i
		}
		l := compiler.Labels{Latent: "c", Classes: k, Axes: map[string][]int{"M.m": {0}, "M.P": {0, 1}}}
		x := &recovery{truths: []truth{m, p}}
		fit := []estimated{{Value: permuted(m.Values, m.Dims, []int{0}, back)}, {Value: permuted(p.Values, p.Dims, []int{0, 1}, back)}}
		if got := x.bestOrder(l, fit); !slices.Equal(got, want) {
			t.Errorf("%d classes: %v, want %v", k, got, want)
		}
	}
}

// TestRecoverNonlinear finds the two numbers of Figure 3 of Krishnan, Shalit &
// Sontag 2017 within 0.02, as the shipped settings fit them.
func TestRecoverNonlinear(t *testing.T) {
	if testing.Short() {
		t.Skip("fits for half a minute")
	}
	text, _ := models.Model("nonlinear2d")
	for _, n := range recoveredBy(t, text, "--seeds", "1").Numbers {
		t.Logf("%s is %.4f, want %g", n.Name, n.Mean, n.Truth)
		if math.Abs(n.Bias) > 0.02 {
			t.Errorf("%s is %g, want %g", n.Name, n.Mean, n.Truth)
		}
	}
}
