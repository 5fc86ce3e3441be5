package inference

import (
	"context"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ssmc/runtime"
)

// TestLatents compares the means of samples with those of a guide that is linear,
// for sequences of many lengths in runs of several samples and batches. The
// guide's noise has unit variance and adds up with factor 1/2: its variance is
// below 4/3, and five standard errors are allowed.
func TestLatents(t *testing.T) {
	set := walks("walks", 3, 40, 12)
	p := runtime.NewParams[float32](linearModel.Params, 1)
	g := []float64{0.5, 0.3, -0.2, 0, 0.1}
	for i, v := range g {
		p.Get(0)[i] = float32(v)
	}
	device := NewCPU(2)
	defer device.Close()
	c := DefaultConfig()
	c.Eval.Frames = 700
	const samples = 400
	part := 0.0
	f := Fitted{Model: linearModel, Params: p, Device: device, Progress: func(x float64) { part = x }}
	got, err := f.Latents(context.Background(), set, c, samples)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Name != "z" || len(got[0].Mean) != 40 || part != 1 {
		t.Fatalf("%d latents, %g of the work", len(got), part)
	}
	for i := range set.Sequences {
		x, mean := set.Sequences[i].Values(0), 0.0
		for k, v := range x {
			next := 0.0
			if k+1 < len(x) {
				next = float64(x[k+1])
			}
			mean = g[0]*mean + g[1]*float64(v) + g[2] + g[4]*next
			if d := got[0].Mean[i][k] - mean; math.Abs(d) > 5*math.Sqrt(4.0/3/samples) {
				t.Fatalf("sequence %d, step %d: %g, want %g", i, k, got[0].Mean[i][k], mean)
			}
		}
	}
}

// TestPosteriorAdd places samples of two coordinates in ragged sequences: rows
// are laid out time first, and within a time by sequence and then sample.
func TestPosteriorAdd(t *testing.T) {
	zeros := func() [][]float64 { return [][]float64{make([]float64, 2), make([]float64, 4)} }
	m := Posterior{Cols: 2, Mean: zeros(), Var: zeros()}
	b := &runtime.Batch{Lens: []int{2, 1}, Index: []int{1, 0}}
	m.add(b, []float64{
		1, 10, 3, 30, // time 1 of sequence 1
		5, 50, 7, 70, // time 1 of sequence 0
		9, 90, 11, 110, // time 2 of sequence 1
	}, 2, 2)
	m.centre(2)
	if d := cmp.Diff([][]float64{{6, 60}, {2, 20, 10, 100}}, m.Mean); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([][]float64{{2, 200}, {2, 200, 2, 200}}, m.Var); d != "" {
		t.Error(d)
	}
}
