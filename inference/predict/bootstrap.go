package predict

import (
	"context"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"

	"ssmc/runtime"
)

// A Bootstrap is particle filters that the model's own transitions propose: the step
// that is predicted from each particle is where it goes, and weighs what was then
// observed (Gordon, Salmond & Smith 1993). Where the weights are worth fewer than half
// as many particles (Kong 1992), they are resampled systematically.
type Bootstrap struct {
	Latents []runtime.Port
	Memory  int // steps, of runtime.Forecaster
	Plan    Plan

	sequence, known int
	logs            []float64     // [K] of the weights
	paths           [][][]float32 // [K][latent] the last steps
	cloud           Cloud
}

// Begin turns to sequence i: before the first step nothing is known.
func (b *Bootstrap) Begin(_ context.Context, i int) error {
	b.sequence, b.known = i, 0
	b.logs = make([]float64, b.Plan.draws())
	b.paths = make([][][]float32, b.Plan.draws())
	for k := range b.paths {
		b.paths[k] = make([][]float32, len(b.Latents))
	}
	b.cloud = Cloud{Weights: even(&b.Plan)}
	return nil
}

// After is the particles of the last step, with their weights.
func (b *Bootstrap) After(_ context.Context, known int) (*Cloud, error) {
	if known > 0 {
		b.cloud.Latents = b.paths
	}
	return &b.cloud, nil
}

// Observe moves each particle to the step that was drawn from it.
func (b *Bootstrap) Observe(next *Drawn) {
	for k, path := range b.paths {
		b.extend(path, next.Latents[k])
		b.logs[k] += next.Log[k]
	}
	b.known++
	n := b.Plan.Particles
	for g := range b.Plan.Filters {
		b.filter(g*n, (g+1)*n, g)
	}
}

// extend adds a step to what is remembered of a particle.
func (b *Bootstrap) extend(path [][]float32, step [][]float32) {
	for i, z := range b.Latents {
		if z.Static {
			path[i] = append(path[i][:0], step[i]...)
			continue
		}
		path[i] = append(path[i], step[i]...)
		if most := b.Memory * z.Cols; most >= 0 && len(path[i]) > most {
			path[i] = append(path[i][:0], path[i][len(path[i])-most:]...)
		}
	}
}

// filter normalises the weights of a filter's particles, lo to hi, and resamples them
// where they are uneven.
func (b *Bootstrap) filter(lo, hi, number int) {
	logs, weights := b.logs[lo:hi], b.cloud.Weights[lo:hi]
	normalise(weights, logs)
	if floats.Dot(weights, weights)*float64(len(weights)) <= 2 {
		return
	}
	r := rand.New(rand.NewPCG(mix(b.Plan.Seed, uint64(b.sequence), uint64(number)), uint64(b.known)))
	from := systematic(weights, len(weights), r.Float64())
	old := make([][][]float32, hi-lo)
	copy(old, b.paths[lo:hi])
	used := make([]bool, hi-lo)
	for k, a := range from {
		if !used[a] {
			b.paths[lo+k], used[a] = old[a], true
			continue
		}
		b.paths[lo+k] = clonePath(old[a])
	}
	for k := range weights {
		weights[k], logs[k] = 1/float64(len(weights)), 0
	}
}

func clonePath(path [][]float32) (out [][]float32) {
	for _, z := range path {
		out = append(out, append([]float32{}, z...))
	}
	return out
}

// normalise sets weights to those whose logs are given, so that they add up to one. If
// all are impossible they are taken to be alike.
func normalise(weights, logs []float64) {
	top := floats.Max(logs)
	if math.IsInf(top, -1) {
		clear(logs)
		top = 0
	}
	for k, l := range logs {
		weights[k] = math.Exp(l - top)
	}
	floats.Scale(1/floats.Sum(weights), weights)
}

// systematic draws n of some weights that add up to one, at the quantiles (u + k)/n of
// them: each is drawn n times its weight, rounded up or down (Carpenter et al. 1999).
func systematic(weights []float64, n int, u float64) []int {
	out := make([]int, n)
	i, below := 0, weights[0]
	for k := range out {
		for i < len(weights)-1 && (u+float64(k))/float64(n) >= below {
			i++
			below += weights[i]
		}
		out[k] = i
	}
	return out
}
