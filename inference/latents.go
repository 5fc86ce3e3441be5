package inference

import (
	"context"
	"slices"

	"ssmc/inference/data"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// A LatentMean is the mean of a latent variable given the data, as the guide has
// it.
type LatentMean struct {
	Name string
	Cols int
	Each [][]float64 // for each sequence of the set, [T,Cols] or, of one value a sequence, [Cols]
	axis op.Axis
}

// Latents is the mean of every latent over so many posterior samples of each
// sequence of set.
func (f Fitted) Latents(ctx context.Context, set *data.Set, c *Config, samples int) ([]LatentMean, error) {
	machine, err := f.Device.Machine(f.Model, runtime.Spec{Latents: true}, f.Params, false)
	if err != nil {
		return nil, err
	}
	s, err := newScorer(f.Model, machine, set, c.Eval.Frames, samples)
	if err != nil {
		return nil, err
	}
	out := make([]LatentMean, len(f.Model.Sites))
	for i, z := range f.Model.Sites {
		out[i] = LatentMean{Name: z.Name, Cols: z.Cols, axis: z.Axis}
		for _, n := range set.Lengths() {
			if z.Axis == op.Seq {
				n = 1
			}
			out[i].Each = append(out[i].Each, make([]float64, n*z.Cols))
		}
	}
	s.inspect = func(b *runtime.Batch, k int) {
		for i := range out {
			out[i].add(b, machine.Latent(i), k, samples)
		}
	}
	tell := s.progress(samples, f.Progress)
	err = s.sweep(ctx, samples, mix("latents", c.Seed), func(seq int, bounds []float64) { tell(seq, len(bounds)) })
	return out, err
}

// add adds k of so many samples of each sequence of a batch: rows [N*k,Cols], or
// [B*k,Cols].
func (m *LatentMean) add(b *runtime.Batch, rows []float64, k, samples int) {
	l := op.NewLayout(b.Lens)
	if m.axis == op.Seq {
		l = op.NewLayout(slices.Repeat([]int{1}, len(b.Lens)))
	}
	for t := range l.T {
		for s := range l.Size(t) {
			mean := m.Each[b.Index[s]][t*m.Cols : (t+1)*m.Cols]
			first := (l.Off[t] + s) * k * m.Cols
			for j, x := range rows[first : first+k*m.Cols] {
				mean[j%m.Cols] += x / float64(samples)
			}
		}
	}
}
