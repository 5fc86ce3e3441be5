package inference

import (
	"context"
	"slices"

	"ssmc/inference/data"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// Paths are samples of the latents of one sequence: for each sample the values of
// each site, [T,Cols] or, of one value a sequence, [Cols].
type Paths [][][]float32

// Paths draws the latents of each sequence of set so many times from the guide.
func (f Fitted) Paths(ctx context.Context, set *data.Set, c *Config, samples int) ([]Paths, error) {
	machine, err := f.Device.Machine(f.Model, runtime.Spec{Latents: true}, f.Params, false)
	if err != nil {
		return nil, err
	}
	s, err := newScorer(f.Model, machine, set, c.Eval.Frames, samples)
	if err != nil {
		return nil, err
	}
	out := make([]Paths, len(set.Sequences))
	s.inspect = func(b *runtime.Batch, k int) {
		fresh := make([]Paths, len(b.Lens))
		for i := range fresh {
			fresh[i] = make(Paths, k)
		}
		for i, z := range f.Model.Sites {
			addPaths(fresh, b, z, machine.Latent(i))
		}
		for i, seq := range b.Index {
			out[seq] = append(out[seq], fresh[i]...)
		}
	}
	tell := s.progress(samples, f.Progress)
	err = s.sweep(ctx, samples, mix("paths", c.Seed), func(seq int, bounds []float64) { tell(seq, len(bounds)) })
	return out, err
}

// addPaths adds those of one site, whose rows are [N*k,Cols] or [B*k,Cols], to the
// k samples of each sequence of a batch.
func addPaths(dst []Paths, b *runtime.Batch, z runtime.Site, rows []float64) {
	l := op.NewLayout(b.Lens)
	if z.Axis == op.Seq {
		l = op.NewLayout(slices.Repeat([]int{1}, len(b.Lens)))
	}
	for s := range dst {
		k := len(dst[s])
		for j := range k {
			path := make([]float32, 0, l.Len[s]*z.Cols)
			for t := range l.Len[s] {
				for _, v := range rows[((l.Off[t]+s)*k+j)*z.Cols:][:z.Cols] {
					path = append(path, float32(v))
				}
			}
			dst[s][j] = append(dst[s][j], path)
		}
	}
}
