package compiler

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"ssmc/runtime"
	"ssmc/runtime/cpu"
)

const owned = `
model O {
  observed x[t]: real
  latent   z[t]: real
  param a: real > 0
  let h[t] = exp(z[t]) * 2
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=z[t-1], var=exp(a * z[t-1]))
  x[t] ~ Normal(mean=h[t], sd=a)
}

guide G = q(z[t] | x[t]) {
  z[t] ~ Normal(mean=x[t], var=exp(x[t]))
}`

// TestOwners tells what each op of a graph is for: its place is that of the
// expression it computes, not of the last thing inside.
func TestOwners(t *testing.T) {
	p := load(t, owned, "G")
	graph, _ := p.Dump("graph")
	var got []string
	for _, op := range regexp.MustCompile(`(?m)= (\w+.*) \[.*\] at (\S+):(\d+:\d+)$`).FindAllStringSubmatch(graph, -1) {
		got = append(got, fmt.Sprintf("%s %s", op[3], p.Model.Owner(op[2]+":"+op[3])))
	}
	text := strings.Join(got, "\n")
	for _, want := range []string{"5:3 a", "8:34 z[t]", "8:10 z[t]", "9:10 x[t]", "13:32 z[t]"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s\n%s", want, text, graph)
		}
	}
	if strings.Contains(text, " \n") || p.Model.Owner("") != "" || p.Model.Owner("elsewhere:1:1") != "" {
		t.Errorf("places without an owner: %s", text)
	}
}

// TestNotFiniteOwner has a number overflow, and be told of by its variable.
func TestNotFiniteOwner(t *testing.T) {
	p := load(t, owned, "G")
	params := runtime.NewParams[float32](p.Model.Params, 1)
	x, err := cpu.New(p.Model, runtime.Spec{}, params, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	b := &runtime.Batch{Lens: []int{3}, Index: []int{0}, Data: [][]float32{{1, 100, 1}}, Present: [][]float32{nil}}
	err = x.Run(b, runtime.Run{K: 1, Coef: coefficients(x.Terms(), 1), Seed: 1})
	if err == nil || !strings.Contains(err.Error(), ":13:32: a value that is computed here for z[t] is +Inf, in sequence 1 of the data, at t = 2") {
		t.Errorf("error %v", err)
	}
}
