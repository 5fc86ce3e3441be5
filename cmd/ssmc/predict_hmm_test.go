package main

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"

	"ssmc/inference/data"
	"ssmc/inference/predict"
	"ssmc/runtime"
)

// TestPredictHMM compares exact predictions of binary numbers with the forward algorithm
// by hand, and those of particles with both.
func TestPredictHMM(t *testing.T) {
	text := shipped(t, "hmm")
	set := drawnSet(t, text, 10, 15)
	x := predictingOf(t, text, "EXACT", set, 2)
	plan := predict.Plan{Ahead: 2, Filters: 5, Particles: 400, Seed: 3}
	exact := x.scored(t, "exact", plan)
	for h := range 2 {
		joint, log, brier := forward(x.fitted.Params, set, h+1)
		s := &exact.Steps[h]
		for what, pair := range map[string][2]float64{
			"log score": {float64(s.Log.Value), joint}, "log score of a number": {float64(s.Vars[0].Log.Value), log}, "Brier score": {float64(s.Vars[0].Brier.Value), brier},
		} {
			if math.Abs(pair[0]-pair[1]) > 1e-5*pair[1] { // the parameters are in float32
				t.Errorf("%d ahead: %s %.9g, want %.9g", h+1, what, pair[0], pair[1])
			}
		}
	}
	closeTo(t, "bootstrap", x.scored(t, "bootstrap", plan), exact, 1e-3)
}

// forward is the scores of predictions of the hidden Markov model by probabilities, one
// after another: of a frame, and of a number.
func forward(params *runtime.Params[float32], set *data.Set, ahead int) (joint, log, brier float64) {
	value := func(name string) []float64 {
		i := params.Index("HMM." + name)
		return params.List[i].Natural(widened(params.Get(i)))
	}
	start, trans, e := value("start"), value("P"), value("e")
	on := func(k, j int) float64 { return 1 / (1 + math.Exp(-e[6*k+j])) }
	emit := func(x []float32, k int) float64 {
		p := 1.0
		for j, v := range x {
			p *= 1 - math.Abs(float64(v)-on(k, j))
		}
		return p
	}
	move := func(p []float64) []float64 {
		next := make([]float64, 3)
		for k, v := range p {
			floats.AddScaled(next, v, trans[3*k:3*k+3])
		}
		return next
	}
	frames := 0.0
	for i := range set.Sequences {
		x := set.Sequences[i].Values(0)
		pred := start // of the next step
		for last := -1; last+ahead < set.Sequences[i].Len; last++ {
			p := pred
			for range ahead - 1 {
				p = move(p)
			}
			row, sum := x[6*(last+ahead):][:6], 0.0
			for k := range p {
				sum += p[k] * emit(row, k)
			}
			joint, frames = joint-math.Log(sum), frames+1
			for j, v := range row {
				one := 0.0
				for k := range p {
					one += p[k] * on(k, j)
				}
				log -= math.Log(1 - math.Abs(float64(v)-one))
				brier += (one - float64(v)) * (one - float64(v))
			}
			post, total := make([]float64, 3), 0.0
			for k := range pred {
				post[k] = pred[k] * emit(x[6*(last+1):][:6], k)
				total += post[k]
			}
			floats.Scale(1/total, post)
			pred = move(post)
		}
	}
	return joint / frames, log / frames / 6, brier / frames / 6
}
