package compiler

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ssmc/lang"
	"ssmc/lang/diag"
)

// inversions are models with the faithful factorisations of their posteriors,
// each checked by hand against exact linear-Gaussian regressions.
var inversions = []struct{ name, decls, forward, backward string }{
	{"first order", `
  observed x[t]: real
  latent z[t]: real
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=z[t-1], var=1)
  x[t] ~ Normal(mean=z[t], var=1)`,
		"q(z[t] | z[t-1], x[t:T])", "q(z[t] | z[t+1], x[1:t])"},
	{"x feeds x", `
  observed x[t]: real
  latent z[t]: real
  x[0] = 0
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=z[t-1], var=1)
  x[t] ~ Normal(mean=z[t] + x[t-1], var=1)`,
		"q(z[t] | z[t-1], x[t-1:T])", "q(z[t] | z[t+1], x[1:t])"},
	{"x feeds z", `
  observed x[t]: real
  latent z[t]: real
  x[0] = 0
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=z[t-1] + x[t-1], var=1)
  x[t] ~ Normal(mean=z[t], var=1)`,
		"q(z[t] | z[t-1], x[t-1:T])", "q(z[t] | z[t+1], x[1:t])"},
	{"an input feeds z", `
  observed x[t]: real
  input u[t]: real
  latent z[t]: real
  u[0] = 0
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=z[t-1] + u[t-1], var=1)
  x[t] ~ Normal(mean=z[t], var=1)`,
		"q(z[t] | z[t-1], x[t:T], u[t-1:T-1])", "q(z[t] | z[t+1], x[1:t], u[1:t])"},
	{"second order", `
  observed x[t]: real
  latent z[t]: real
  z[1] ~ Normal(mean=0, var=1)
  z[2] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=z[t-1] + z[t-2], var=1)
  x[t] ~ Normal(mean=z[t], var=1)`,
		"q(z[t] | z[t-2:t-1], x[t:T])", "q(z[t] | z[t+1:t+2], x[1:t])"},
	{"two chains", `
  observed x[t]: real
  latent a[t]: real
  latent b[t]: real
  a[1] ~ Normal(mean=0, var=1)
  a[t] ~ Normal(mean=a[t-1], var=1)
  b[1] ~ Normal(mean=0, var=1)
  b[t] ~ Normal(mean=b[t-1], var=1)
  x[t] ~ Normal(mean=a[t] + b[t], var=1)`,
		"q(a[t] | a[t-1], b[t-1], x[t:T]) * q(b[t] | a[t], b[t-1], x[t:T])",
		"q(a[t] | a[t+1], b[t+1], x[1:t]) * q(b[t] | a[t], b[t+1], x[1:t])"},
	{"s feeds z", `
  observed x[t]: real
  latent z[t]: real
  latent s[t]: real
  s[1] ~ Normal(mean=0, var=1)
  s[t] ~ Normal(mean=s[t-1], var=1)
  z[1] ~ Normal(mean=s[1], var=1)
  z[t] ~ Normal(mean=z[t-1] + s[t], var=1)
  x[t] ~ Normal(mean=z[t], var=1)`,
		"q(s[t] | s[t-1], z[t-1], x[t:T]) * q(z[t] | s[t], z[t-1], x[t:T])", ""},
	{"one value a sequence", `
  observed x[t]: real
  latent z[t]: real
  latent b: real
  latent a: real
  a ~ Normal(mean=0, var=1)
  b ~ Normal(mean=a, var=1)
  let d = 2 * b
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=z[t-1] + d, var=1)
  x[t] ~ Normal(mean=z[t], var=1)`,
		"q(a | x[1:T]) * q(b | a, x[1:T]) * q(z[t] | b, z[t-1], x[t:T])",
		"q(a | x[1:T]) * q(b | a, x[1:T]) * q(z[t] | b, z[t+1], x[1:t])"},
	{"one value, of what is observed alone", `
  observed x[t]: real
  observed y[t]: real
  static s: real
  latent z[t]: real
  latent b: real
  b ~ Normal(mean=s, var=1)
  z[t] ~ Normal(mean=0, var=1)
  y[t] ~ Normal(mean=z[t], var=1)
  x[t] ~ Normal(mean=b, var=1)`,
		"q(b | x[1:T], s) * q(z[t] | y[t])", "q(b | x[1:T], s) * q(z[t] | y[t])"},
	{"first steps of their own", `
  observed x[t]: real
  input u[t]: real
  static w: real
  latent z[t]: real
  z[1] ~ Normal(mean=w, var=1)
  z[2] ~ Normal(mean=z[1] + u[1], var=1)
  z[t] ~ Normal(mean=z[t-1], var=1)
  x[t] ~ Normal(mean=z[t], var=1)`,
		"q(z[t] | z[t-1], x[t:T], u[t-1:t], w)", ""},
	{"through definitions", `
  observed x[t]: real
  static w: real
  latent z[t]: real
  let h[t] = z[t] + w
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=h[t-1], var=1)
  x[t] ~ Normal(mean=h[t], var=1)`,
		"q(z[t] | z[t-1], x[t:T], w)", "q(z[t] | z[t+1], x[1:t], w)"},
}

// placed is a program up to the phase that places statements.
func placed(t *testing.T, decls string) *unit {
	t.Helper()
	f, found := lang.Parse(&diag.Source{Name: "test.ssm", Text: "model M {" + decls + "\n}\n"})
	u := newUnit(f, Config{Library: library})
	u.found = append(u.found, found...)
	for _, phase := range []func(){u.loadLibraries, u.findModel, u.declare, u.placeStatements} {
		phase()
	}
	if u.found.HasErrors() {
		t.Fatal(u.found)
	}
	return u
}

func TestInvert(t *testing.T) {
	for _, c := range inversions {
		t.Run(c.name, func(t *testing.T) {
			u := placed(t, c.decls)
			if got := factorisation(u.invert(false)); got != c.forward {
				t.Errorf("forward: %s, want %s", got, c.forward)
			}
			if got := factorisation(u.invert(true)); c.backward != "" && got != c.backward {
				t.Errorf("backward: %s, want %s", got, c.backward)
			}
		})
	}
}

// derivedOf is what auto derives for whole models, of which those of the table
// above are the pieces.
var derivedOf = map[string]string{
	"dmm_aug_nade": "q(z[t] | z[t-1], x[t-1:T])",
	"ehr":          "q(z[t] | z[t-1], u[t-1:T-1], a1c[t:T], glucose[t:T], icd[t:T], demo)",
	"hmm":          "= exact",
	"irregular":    "q(z[t] | z[t-1], dt[t:T], x[t:T])",
	"linear1d":     "q(z[t] | z[t-1], x[t:T])",
	"nonlinear2d":  "q(z[t] | z[t-1], x[t:T])",
	"poisson_lds":  "q(z[t] | z[t-1], y[t:T])",
	"polyphonic":   "q(z[t] | z[t-1], x[t:T])",
	"slds":         "sum(c[t]) * q(z[t] | z[1:t-1], x[t:T])",
	"stochvol":     "q(h[t] | h[t-1], y[t:T])",
	"tworate":      "q(w[s] | w[s-1], z[t-1], x[t:T]) * q(z[t] | w[s], z[t-1], x[t:T])",
}

// TestInvertModels derives the guides of whole models.
func TestInvertModels(t *testing.T) {
	for name, want := range derivedOf {
		text, err := os.ReadFile(filepath.Join("..", "lang", "testdata", "models", name+".ssm"))
		if err != nil {
			t.Fatal(err)
		}
		if got := lang.Text(load(t, string(text), "auto").Guide); !strings.Contains(got, want) || want == "" {
			t.Errorf("%s: derived %s, want %s", name, got, want)
		}
	}
}
