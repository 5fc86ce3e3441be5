package inference

import (
	"context"
	"slices"

	"ssmc/inference/data"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// A Posterior is the mean and variance of a latent variable given the data, for
// each sequence of a set: [T,Cols] or, of one value a sequence, [Cols].
type Posterior struct {
	Name      string
	Cols      int
	Mean, Var [][]float64
	axis      op.Axis
}

// newPosterior is one of zeros.
func newPosterior(z runtime.Site, set *data.Set) Posterior {
	p := Posterior{Name: z.Name, Cols: z.Cols, axis: z.Axis}
	for _, n := range set.Lengths() {
		if z.Axis == op.Seq {
			n = 1
		}
		p.Mean, p.Var = append(p.Mean, make([]float64, n*z.Cols)), append(p.Var, make([]float64, n*z.Cols))
	}
	return p
}

// Latents is the mean and variance of every latent over so many posterior samples
// of each sequence of set, as the guide has them.
func (f Fitted) Latents(ctx context.Context, set *data.Set, c *Config, samples int) ([]Posterior, error) {
	machine, err := f.Device.Machine(f.Model, runtime.Spec{Latents: true}, f.Params, false)
	if err != nil {
		return nil, err
	}
	s, err := newScorer(f.Model, machine, set, c.Eval.Frames, samples)
	if err != nil {
		return nil, err
	}
	var out []Posterior
	for _, z := range f.Model.Sites {
		out = append(out, newPosterior(z, set))
	}
	s.inspect = func(b *runtime.Batch, k int) {
		for i := range out {
			out[i].add(b, machine.Latent(i), k, samples)
		}
	}
	tell := s.progress(samples, f.Progress)
	err = s.sweep(ctx, samples, mix("latents", c.Seed), func(seq int, bounds []float64) { tell(seq, len(bounds)) })
	for i := range out {
		out[i].centre(samples)
	}
	return out, err
}

// add adds k of so many samples of each sequence of a batch: rows [N*k,Cols], or
// [B*k,Cols]. Var holds sums of squares until centre.
func (m *Posterior) add(b *runtime.Batch, rows []float64, k, samples int) {
	l := op.NewLayout(b.Lens)
	if m.axis == op.Seq {
		l = op.NewLayout(slices.Repeat([]int{1}, len(b.Lens)))
	}
	for t := range l.T {
		for s := range l.Size(t) {
			mean, squares := m.Mean[b.Index[s]][t*m.Cols:], m.Var[b.Index[s]][t*m.Cols:]
			first := (l.Off[t] + s) * k * m.Cols
			for j, x := range rows[first : first+k*m.Cols] {
				mean[j%m.Cols] += x / float64(samples)
				squares[j%m.Cols] += x * x / float64(samples)
			}
		}
	}
}

// centre turns mean squares into variances.
func (m *Posterior) centre(samples int) {
	n := float64(samples)
	for i := range m.Var {
		for j, mean := range m.Mean[i] {
			m.Var[i][j] = max(0, m.Var[i][j]-mean*mean) * n / max(1, n-1)
		}
	}
}
