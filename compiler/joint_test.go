package compiler

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"ssmc/runtime"
	"ssmc/runtime/cpu"
)

// piano emits binary vectors whose notes depend on each other.
const piano = `
use std.nets
use std.cells

model Piano {
  observed x[t]: binary[6]
  latent   z[t]: real[2]
  x[0] = 0
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=linear(concat(z[t-1], x[t-1]), 2), var=1)
  x[t] ~ NADE(context=mlp(z[t], hidden=[3], out=4), hidden=5)
}
guide G = q(z[t] | z[t-1], x[t:T]) with rnn=gru(3)
`

// TestNADE differentiates a bound with a NADE, compares it with the plain twin and
// looks at the names of its parameters.
func TestNADE(t *testing.T) {
	checkGradient(t, load(t, piano, "G").Model, false)
	checkPlain(t, load(t, piano, "G"))
	var names []string
	for _, p := range load(t, piano, "G").Model.Params {
		names = append(names, p.Name)
	}
	for _, want := range []string{"Piano.x.nade.W", "Piano.x.nade.V", "Piano.x.nade.bias.W", "Piano.x.nade.start.b"} {
		if !slices.Contains(names, want) {
			t.Errorf("no parameter %s in %v", want, names)
		}
	}
}

// TestNADEDraws compares how often each of all vectors is drawn with its
// probability: chi-squared of 2^4 - 1 degrees of freedom is below 37.7 with
// probability 0.999.
func TestNADEDraws(t *testing.T) {
	const notes, n = 4, 20000
	text := `
use std.nets

model N {
  observed x[t]: binary[4]
  param c: real[2] init [0.5, -1]
  x[t] ~ NADE(context=c, hidden=3)
}`
	s := simulator(t, text, "N.x.nade.V", "3,1,-2, 2,-4,3, -3,2,5, 4,-5,1", "N.x.nade.W", "1,-4,2, -3,3,5, 2,1,-2, 0,0,0")
	var count, p [1 << notes]float64
	for _, q := range sample(t, s, n, Given{Steps: 1}) {
		k := 0
		for i, v := range q.Data[0] {
			k |= int(v) << i
		}
		count[k]++
	}
	params := s.params
	get := func(name string) []float64 { return params.Get(params.Index("N.x.nade." + name)) }
	linear := func(name string, out int) (y []float64) {
		w, b := get(name+".W"), get(name+".b")
		for j := range out {
			y = append(y, 0.5*w[j]-w[out+j]+b[j])
		}
		return y
	}
	chi := 0.0
	for k := range p {
		a, bias := linear("start", 3), linear("bias", notes)
		p[k] = 1
		for i := range notes {
			l := bias[i]
			for j := range a {
				l += get("V")[3*i+j] * logistic(a[j])
			}
			on := float64(k >> i & 1)
			p[k] *= logistic((2*on - 1) * l)
			for j := range a {
				a[j] += on * get("W")[3*i+j]
			}
		}
		chi += (count[k] - n*p[k]) * (count[k] - n*p[k]) / (n * p[k])
	}
	if chi > 37.7 {
		t.Errorf("chi-squared %v: drawn %v, probabilities %v", chi, count, p)
	}
}

// mixed has a mixture of every kind that differs: of vectors, of counts with
// blanks, and of a latent.
const mixed = `
use std.nets

model Mixed {
  observed x[t]: real[2]
  observed n[t]: count missing
  latent   z[t]: real
  z[t] ~ Mixture(probs=[0.3, 0.7], of=[Normal(mean=-1, sd=0.5), Normal(mean=2, var=1)])
  x[1] ~ Mixture(logits=[0, 1, z[t]], of=[Normal(mean=0, var=3), Laplace(loc=[1, 2], sd=2), StudentT(df=3, loc=z[t], scale=1)])
  x[t] ~ Mixture(logits=linear(z[t], 3), of=[Normal(mean=z[t], sd=2), Laplace(loc=x[t-1], sd=2), StudentT(df=3, loc=0, scale=1)])
  n[t] ~ Mixture(probs=softmax(linear(z[t], 2)), of=[Poisson(log_rate=z[t]), NegativeBinomial(mean=3, total_count=2)])
}
`

// TestMixture differentiates bounds with mixtures and compares them with the twin.
func TestMixture(t *testing.T) {
	checkGradient(t, load(t, mixed, "ST_R").Model, true)
	checkPlain(t, load(t, mixed, "ST_R"))
}

const twoPeaks = `
model P {
  observed x[t]: real[2]
  latent   z[t]: real
  param    w: real init 0.5
  z[t] ~ Normal(mean=0, var=1)
  x[t] ~ Mixture(probs=[0.2, 0.8], of=[Normal(mean=[-3, 5], sd=1), Laplace(loc=w, scale=0.5)])
}`

// TestMixtureDensity compares with the sum of products of gonum's densities.
func TestMixtureDensity(t *testing.T) {
	m := load(t, twoPeaks, "ST_R").Model
	params := runtime.NewParams[float64](m.Params, 1)
	x, err := cpu.New(m, runtime.Spec{}, params, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	b := &runtime.Batch{Lens: []int{2}, Index: []int{0}, Data: [][]float32{{0.5, -1, -2.5, 40}}, Present: [][]float32{nil}}
	if err := x.Run(b, runtime.Run{K: 1, Coef: coefficients(x.Terms(), 1)}); err != nil {
		t.Fatal(err)
	}
	lap := distuv.Laplace{Mu: 0.5, Scale: 0.5}
	for i, got := range x.Term(0) {
		u, v := float64(b.Data[0][2*i]), float64(b.Data[0][2*i+1])
		want := math.Log(0.2*distuv.Normal{Mu: -3, Sigma: 1}.Prob(u)*distuv.Normal{Mu: 5, Sigma: 1}.Prob(v) + 0.8*lap.Prob(u)*lap.Prob(v))
		if math.Abs(got-want) > 1e-12*math.Abs(want) {
			t.Errorf("log p(%v, %v) = %v, want %v", u, v, got, want)
		}
	}
}

// TestMixtureRange shows that a mixture's values are those of its parts.
func TestMixtureRange(t *testing.T) {
	p := load(t, "model M {\nobserved x[t]: real\nlatent z[t]: real\nz[t] ~ Normal(mean=0, sd=1)\n"+
		"x[t] ~ Mixture(probs=[0.5, 0.5], of=[Gamma(shape=2, mean=exp(z[t])), Exponential(rate=1)])\n}", "ST_R")
	if r := p.Model.Ports[0].Range; r.Low != 0 || !r.Ends || r.Of != "Mixture" {
		t.Errorf("the range is %v", r)
	}
}

// TestMixtureDraws shows that one part is drawn for the whole vector.
func TestMixtureDraws(t *testing.T) {
	list := sample(t, simulator(t, twoPeaks), 20000, Given{Steps: 1})
	first := column(list, func(s *Sample) float32 {
		if s.Data[0][0] < -1 && s.Data[0][1] > 2 { // 0.0006 of the second part is there
			return 1
		}
		return 0
	})
	low, high := distuv.UnitNormal.CDF(2), distuv.UnitNormal.CDF(3)
	checkMean(t, "P(first part)", first, 0.2*low*high)
}

// TestJointErrors shows what NADE and Mixture refuse.
func TestJointErrors(t *testing.T) {
	for _, c := range []struct{ stmt, want string }{
		{"x[t] ~ NADE(hidden=3)", "NADE needs its context; add context="},
		{"x[t] ~ NADE(context=z[t], size=3)", "NADE takes context, hidden, each once and by name"},
		{"x[t] ~ NADE(context=z[t], hidden=0)", "hidden is from 1 to"},
		{"x[1] ~ NADE(context=z[t])\nx[t] ~ NADE(context=z[t])", "x is drawn from one NADE at all times"},
		{"x[t] ~ Bernoulli(logits=NADE(context=z[t]))", "expected numbers, not a distribution"},
		{"x[t] ~ Mixture(probs=[0.5, 0.5], of=[Bernoulli(probs=0.5), Poisson(rate=1)])", "Poisson is over 0, 1, 2, ..., but Bernoulli before it over 0 and 1"},
		{"x[t] ~ Mixture(probs=[0.5, 0.5], of=Bernoulli(probs=0.5))", "a mixture is of a list of distributions"},
		{"x[t] ~ Mixture(probs=[1], of=[Bernoulli(probs=0.5), Bernoulli(probs=0.1)])", "a mixture of 2 needs probs of [2], but this is real[1]"},
		{"x[t] ~ Mixture(of=[Bernoulli(probs=0.5), Bernoulli(probs=0.1)])", "Mixture needs its weights"},
		{"x[t] ~ Mixture(logits=[0, 1], of=[Bernoulli(probs=0.5), z[t]])", "this is none"},
		{"x[t] ~ Mixture(logits=[0, 1], of=[Normal(mean=0, sd=1), Normal(mean=1, sd=1)])", "x is binary, but Mixture yields real values"},
	} {
		found := find("test.ssm", "model M {\nobserved x[t]: binary[2]\nlatent z[t]: real\nz[t] ~ Normal(mean=0, var=1)\n"+c.stmt+"\n}\n")
		if len(found) == 0 || !strings.Contains(found[0].Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.stmt, found, c.want)
		}
	}
	found := find("test.ssm", "model M {\nobserved x[t]: binary[2] missing\nlatent z[t]: real\nz[t] ~ Normal(mean=0, var=1)\nx[t] ~ NADE(context=z[t])\n}\n")
	if len(found) == 0 || !strings.Contains(found[0].Error(), "NADE cannot leave out a component") {
		t.Error(found)
	}
}
