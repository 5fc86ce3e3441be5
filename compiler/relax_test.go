package compiler

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/floats"

	"ssmc/runtime"
	"ssmc/runtime/cpu"
)

// drawnClasses is a chain of classes that guides draw: relaxed while trained.
const drawnClasses = `
model H {
  observed x[t]: real
  latent   c[t]: one_of[3]
  param pi: simplex[3] init [0.2, 0.5, 0.3]
  param P: real[3, 3] init normal(1)
  param m: real[3] init [-1, 0, 2]
  c[1] ~ Categorical(probs=pi)
  c[t] ~ Categorical(logits=P[c[t-1]])
  x[t] ~ Normal(mean=m[c[t]] + onehot(c[t], 3)[2], var=0.8)
}
guide G = q(c[t] | c[t-1], x[t:T]) with rnn=gru(4), embed=none, relax=0.7
guide B = q(c[t]) {
  c[t] ~ Relaxed(probs=[0.3, 0.3, 0.4])
}
`

// TestRelaxedGradient compares gradients through relaxed classes with finite
// differences.
func TestRelaxedGradient(t *testing.T) {
	for _, guide := range []string{"G", "q(c[t] | x[1:T]) with embed=none, combine=concat", "q(c[t])"} {
		checkGradient(t, load(t, drawnClasses, guide).Model, false)
		checkGradient(t, load(t, drawnClasses, guide).Model, true)
	}
}

// TestRelaxedScore scores with classes: the mean of importance weights is the
// likelihood by the forward algorithm, within four standard errors of 100,000.
func TestRelaxedScore(t *testing.T) {
	for _, guide := range []string{"G", "B"} {
		prog := load(t, drawnClasses, guide)
		b := invent(prog.Model, []int{4}, rand.New(rand.NewPCG(3, 4)))
		want := exactLikelihood(t, load(t, drawnClasses, "exact"), b)
		x, err := cpu.New(prog.Model, runtime.Spec{Sampled: true, Latents: true}, runtime.NewParams[float64](prog.Model.Params, 1), nil, false)
		if err != nil {
			t.Fatal(err)
		}
		const k, runs = 1000, 100
		var logs []float64
		coef, term := coefficients(x.Terms(), 1), make([]float64, k)
		for step := range runs {
			if err := x.Run(b, runtime.Run{K: k, Coef: coef, Seed: 1, Step: uint64(step)}); err != nil {
				t.Fatal(err)
			}
			sum := make([]float64, k)
			for i := range coef {
				x.Sequence(term, i)
				floats.AddScaled(sum, -coef[i], term)
			}
			logs = append(logs, sum...)
			for _, v := range x.Latent(0) {
				if v != 0 && v != 1 {
					t.Fatalf("a class is scored as %v", v)
				}
			}
		}
		var w []float64
		for _, l := range logs {
			w = append(w, math.Exp(l-want))
		}
		mean := floats.Sum(w) / float64(len(w))
		sq := 0.0
		for _, v := range w {
			sq += (v - mean) * (v - mean)
		}
		if se := math.Sqrt(sq) / float64(len(w)); math.Abs(mean-1) > 4*se || se > 0.05 {
			t.Errorf("%s: the likelihood is estimated as %.4f of what it is, with standard error %.4f", guide, mean, se)
		}
	}
}
