package compiler

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"ssmc/runtime"
	"ssmc/runtime/cpu"
)

const bent = `
model M {
  observed x[t]: real
  latent   z[t]: real[3]
  latent   b: real[2]
  b ~ Normal(mean=0, var=1)
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=0.9 * z[t-1] + b[1], var=0.2)
  x[t] ~ Normal(mean=z[t][1] * z[t][2] + z[t][3], var=0.5)
}
guide G = q(b | x[1:T]) * q(z[t] | b, z[t-1], x[t:T]) with rnn=gru(4), embed=none, family=iaf(3)
`

// TestFlow compares log q at a sample with the density of its noise over the
// volume that the whole way from noise to sample leaves: the determinant of its
// Jacobian, by central differences in float64.
func TestFlow(t *testing.T) {
	prog := load(t, bent, "G")
	noiseAsData(prog)
	params := runtime.NewParams[float64](prog.Model.Params, 1)
	for i := range params.Values { // far from the start, where flows do little
		params.Values[i] *= 3
	}
	x, err := cpu.New(prog.Model, runtime.Spec{Sampled: true, Latents: true}, params, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	b := invent(prog.Model, []int{1}, rand.New(rand.NewPCG(3, 4)))
	run := runtime.Run{K: 1, Coef: coefficients(x.Terms(), 1)}
	sites := map[string]int{}
	for i, s := range prog.Model.Sites {
		sites[s.Name] = i
	}
	for i, term := range x.Terms() {
		if term.Kind != runtime.Posterior {
			continue
		}
		noise := -1
		for k, p := range prog.Model.Ports {
			if p.Name == "noise "+term.Var {
				noise = k
			}
		}
		if err := x.Run(b, run); err != nil {
			t.Fatal(err)
		}
		got := x.Term(i)[0]
		if want := noiseDensity(t, x, b, run, b.Data[noise], sites[term.Var]); math.Abs(got-want) > 1e-4 {
			t.Errorf("%s is %v, want %v", term.Name, got, want)
		}
	}
}

// noiseDensity is the log density of a site's sample by that of its noise eps.
func noiseDensity(t *testing.T, x *cpu.Machine[float64], b *runtime.Batch, run runtime.Run, eps []float32, site int) float64 {
	const h = 1.0 / 1024 // exact in float32
	n := len(eps)
	jacobian, want := mat.NewDense(n, n, nil), 0.0
	at := func(j int, v float32) []float64 {
		old := eps[j]
		eps[j] = v
		defer func() { eps[j] = old }()
		if err := x.Run(b, run); err != nil {
			t.Fatal(err)
		}
		return append([]float64{}, x.Latent(site)...)
	}
	for j, e := range eps {
		want -= 0.5 * (math.Log(2*math.Pi) + float64(e)*float64(e))
		hi, lo := at(j, e+h), at(j, e-h)
		for i := range n {
			jacobian.Set(i, j, (hi[i]-lo[i])/(float64(e+h)-float64(e-h)))
		}
	}
	logdet, _ := mat.LogDet(jacobian)
	return want - logdet
}

// TestFlowBound compares bounds with flows with the plain twin and with finite
// differences.
func TestFlowBound(t *testing.T) {
	checkPlain(t, load(t, bent, "G"))
	checkGradient(t, load(t, bent, "G").Model, true)
}
