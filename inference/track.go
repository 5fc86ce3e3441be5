package inference

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"ssmc/runtime"
	"ssmc/runtime/op"
)

// A track follows the K draws of each sequence of a batch through a run of a machine: of
// a particle filter, from each particle back to those that it comes from.
type track struct {
	layout    *op.Layout
	k         int
	sites     [][]float32 // rows [N*K,Cols], or [B*K,Cols]
	ancestors []float32   // [N*K] or nil
	logs      []float64   // [N*K] of the weights since particles were resampled; or nil
}

// newTrack copies what the last run of a machine left.
func newTrack(m runtime.Machine, b *runtime.Batch, k, sites int, weighed bool, coef []float64) *track {
	t := &track{layout: op.NewLayout(b.Lens), k: k}
	for i := range sites {
		t.sites = append(t.sites, narrow(m.Latent(i)))
	}
	if weighed {
		t.ancestors = narrow(m.Latent(sites))
		t.weigh(m, coef)
	}
	return t
}

// weigh adds up what particles weigh, as the machine does, which resamples them after a
// step at which the weights are worth fewer than half as many.
func (t *track) weigh(m runtime.Machine, coef []float64) {
	l, k := t.layout, t.k
	t.logs = make([]float64, l.N*k)
	for i, term := range m.Terms() {
		t.addTerm(m.Term(i), term.Value.Shape, -coef[i])
	}
	for step := 1; step < l.T; step++ {
		for b := range l.Size(step) {
			before := t.logs[(l.Off[step-1]+b)*k:][:k]
			if !uneven(before) {
				floats.Add(t.logs[(l.Off[step]+b)*k:][:k], before)
			}
		}
	}
}

// addTerm adds c times the rows of a term. What a sequence has once counts at its first
// frame.
func (t *track) addTerm(rows []float64, s op.Shape, c float64) {
	if s.Axis == op.Once {
		return
	}
	per := t.k
	if s.Sampled {
		per = 1
	}
	n := len(t.logs)
	if s.Axis == op.Seq {
		n = t.layout.B * t.k
	}
	for r := range n {
		t.logs[r] += c * rows[r/per]
	}
}

// uneven reports whether weights are worth fewer than half as many samples (Kong 1992).
func uneven(logs []float64) bool {
	top, sum, squares := floats.Max(logs), 0.0, 0.0
	for _, v := range logs {
		e := math.Exp(v - top)
		sum += e
		squares += e * e
	}
	return sum*sum < squares*float64(len(logs))/2
}

// weights sets dst [K] to those of a sequence's draws after so many steps, which add up
// to one, or to an even part of that of so many.
func (t *track) weights(dst []float64, b, known, of int) {
	if t.logs == nil {
		for j := range dst {
			dst[j] = 1 / float64(of)
		}
		return
	}
	logs := t.logs[(t.layout.Off[known-1]+b)*t.k:][:t.k]
	top := floats.Max(logs)
	for j, v := range logs {
		dst[j] = math.Exp(v - top)
	}
	floats.Scale(1/floats.Sum(dst), dst)
}

// path is the last steps of a site up to the known ones, [steps,Cols], of draw j of a
// sequence; of one value a sequence it is that, [Cols].
func (t *track) path(site int, z runtime.Site, b, known, steps, j int) []float32 {
	first := known - steps
	if z.Axis == op.Seq {
		first, steps = 0, 1
	}
	out := make([]float32, steps*z.Cols)
	for step := known - 1; step >= first; step-- {
		row := (t.layout.Off[step]+b)*t.k + j
		if z.Axis == op.Frame {
			copy(out[(step-first)*z.Cols:], t.sites[site][row*z.Cols:][:z.Cols])
		}
		if step > 0 && t.ancestors != nil {
			j = int(t.ancestors[(t.layout.Off[step-1]+b)*t.k+j])
		}
	}
	if z.Axis == op.Seq {
		copy(out, t.sites[site][(b*t.k+j)*z.Cols:])
	}
	return out
}
