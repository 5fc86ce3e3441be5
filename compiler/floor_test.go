package compiler

import (
	"reflect"
	"testing"

	"ssmc/lang"
	"ssmc/lang/diag"
)

const low = `
model F {
  observed x[t]: real
  observed y[t]: real
  observed n[t]: count
  observed m[t]: count
  latent   z[t]: real[2]
  param s: real > 0
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=z[t-1], logvar=s)
  x[t] ~ Normal(mean=z[t][1], sd=s)
  y[t] ~ Laplace(loc=0, scale=0.5)
  n[t] ~ Poisson(rate=exp(z[t][1]))
  m[t] ~ Poisson(rate=softplus(z[t][2]))
}

guide G = q(z[t] | x[t]) {
  z[t] ~ Normal(mean=x[t], var=softplus(x[t]))
}
`

// planOf compiles a program, with a train block, for its plan.
func planOf(t *testing.T, text string, c Config) Plan {
	t.Helper()
	f, found := lang.Parse(&diag.Source{Name: "low.ssm", Text: text})
	c.Library, c.Guide = library, "G"
	p, more := Compile(f, c)
	if found.Add(more...); found.HasErrors() {
		t.Fatal(found)
	}
	return p.Plan()
}

// TestFloors lists what is kept above a floor: what is computed and must be
// positive, but for constants and rates that are exponentials.
func TestFloors(t *testing.T) {
	for setting, floor := range map[string]float64{"": DefaultFloor, "train { floor = 1e-4 }": 1e-4, "train { floor = 0 }": 0, "train { floor = x }": DefaultFloor} {
		var want []PlannedFloor
		if floor > 0 {
			want = []PlannedFloor{{"z[t]", true, "var", "var", floor}, {"x[t]", false, "sd", "var", floor},
				{"m[t]", false, "rate", "rate", floor}, {"z[t]", false, "logvar", "var", floor}}
		}
		if got := planOf(t, low+setting, Config{}).Floors; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", setting, got, want)
		}
	}
	if got := planOf(t, low+"train { floor = 0 }", Config{Floor: "1e-3"}).Floors; len(got) != 4 || got[0].Floor != 1e-3 {
		t.Errorf("the configuration does not count: %+v", got)
	}
}

// TestFloorGradient differentiates a bound with floors, and compares it with the
// plain twin.
func TestFloorGradient(t *testing.T) {
	p := load(t, low+"train { floor = 0.5 }", "G")
	checkGradient(t, p.Model, false)
	checkPlain(t, p)
}
