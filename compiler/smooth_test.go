package compiler

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"ssmc/runtime"
)

const smoothed = `
model M {
  observed x[t]: real[2] missing
  observed y[t]: real
  input    u[t]: real
  static   s: real
  latent   z[t]: real[2]
  latent   w[t]: real
  param a: real init 0.8
  z[1] ~ Normal(mean=s, var=2)
  z[t] ~ Normal(mean=a * z[t-1] + u[t], var=[0.5, 0.3])
  w[1] ~ Normal(mean=0, var=1)
  w[t] ~ Normal(mean=0.5 * w[t-1] + z[t-1][2], var=0.7)
  x[t] ~ Normal(mean=2 * z[t] - 1, var=0.4)
  y[t] ~ Normal(mean=w[t] + 0.1 * u[t], var=0.2)
}`

// quadratic is a sum of squared distances of linear functions: minus twice the
// log density of a Gaussian, up to a constant.
type quadratic struct {
	precision *mat.SymDense
	slope     *mat.VecDense
}

// add adds (sum over i of a[i] z[i] - c)² / v.
func (q *quadratic) add(a map[int]float64, c, v float64) {
	for i, x := range a {
		q.slope.SetVec(i, q.slope.AtVec(i)+x*c/v)
		for j, y := range a {
			if j >= i {
				q.precision.SetSym(i, j, q.precision.At(i, j)+x*y/v)
			}
		}
	}
}

// TestSmoother compares posterior means with those of the joint density of the
// whole path, found in one linear system; both solve it to rounding. The
// parameters are in float32.
func TestSmoother(t *testing.T) {
	p := load(t, smoothed, "exact")
	s := p.Smoother(runtime.NewParams[float32](p.Model.Params, 1))
	r := rand.New(rand.NewPCG(3, 4))
	for _, steps := range []int{6, 1, 3} {
		g := Given{Steps: steps, Data: [][]float32{make([]float32, 2*steps), make([]float32, steps), make([]float32, steps), {0.7}}, Present: make([][]bool, 4)}
		for _, values := range g.Data[:3] {
			for i := range values {
				values[i] = float32(r.NormFloat64())
			}
		}
		g.Present[0] = make([]bool, 2*steps)
		for i := range g.Present[0] {
			g.Present[0][i] = r.IntN(3) > 0
		}
		got, want := s.Smooth(g), pathMean(t, g)
		for i := range want.Len() {
			if math.Abs(got.Mean[i]-want.AtVec(i)) > 1e-9 {
				t.Errorf("%d steps, state %d of step %d: %.12f, want %.12f", steps, i%3, i/3, got.Mean[i], want.AtVec(i))
			}
		}
	}
	if len(s.Latents) != 2 || s.Latents[0].Name != "z" || s.Latents[0].Cols != 2 {
		t.Error("the state is", s.Latents)
	}
	if load(t, smoothed, "ST_R").Smoother(nil) != nil {
		t.Error("a guide that samples has an exact smoother")
	}
}

// pathMean is the posterior mean of the path, (z[t][1], z[t][2], w[t]) for each
// step, by the statements of the model.
func pathMean(t *testing.T, g Given) *mat.VecDense {
	x, y, u, a := g.Data[0], g.Data[1], g.Data[2], float64(float32(0.8))
	q := quadratic{mat.NewSymDense(3*g.Steps, nil), mat.NewVecDense(3*g.Steps, nil)}
	for k := range g.Steps {
		at := 3 * k
		for i, v := range []float64{0.5, 0.3} {
			if k == 0 {
				q.add(map[int]float64{at + i: 1}, float64(g.Data[3][0]), 2)
			} else {
				q.add(map[int]float64{at + i: 1, at - 3 + i: -a}, float64(u[k]), v)
			}
			if g.Present[0][2*k+i] {
				q.add(map[int]float64{at + i: 2}, float64(x[2*k+i])+1, 0.4)
			}
		}
		if k == 0 {
			q.add(map[int]float64{2: 1}, 0, 1)
		} else {
			q.add(map[int]float64{at + 2: 1, at - 1: -0.5, at - 2: -1}, 0, 0.7)
		}
		q.add(map[int]float64{at + 2: 1}, float64(y[k])-0.1*float64(u[k]), 0.2)
	}
	var mean mat.VecDense
	if err := mean.SolveVec(q.precision, q.slope); err != nil {
		t.Fatal(err)
	}
	return &mean
}
