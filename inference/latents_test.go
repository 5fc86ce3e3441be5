package inference

import (
	"context"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ssmc/runtime"
	"ssmc/runtime/op"
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

// TestPaths compares samples with their moments, which are taken from the same
// machine: what is left is the error of both as estimates.
func TestPaths(t *testing.T) {
	set := walks("walks", 3, 40, 12)
	p := runtime.NewParams[float32](linearModel.Params, 1)
	device := NewCPU(2)
	defer device.Close()
	c := DefaultConfig()
	c.Eval.Frames = 700
	const samples = 400
	f := Fitted{Model: linearModel, Params: p, Device: device}
	paths, err := f.Paths(context.Background(), set, c, samples)
	if err != nil {
		t.Fatal(err)
	}
	want, err := f.Latents(context.Background(), set, c, samples)
	if err != nil {
		t.Fatal(err)
	}
	for i := range set.Sequences {
		if len(paths[i]) != samples {
			t.Fatalf("sequence %d has %d paths", i, len(paths[i]))
		}
		for k := range set.Sequences[i].Len {
			mean := 0.0
			for _, z := range paths[i] {
				mean += float64(z[0][k]) / samples
			}
			if d, sd := mean-want[0].Mean[i][k], math.Sqrt(want[0].Var[i][k]); math.Abs(d) > 5*sd*math.Sqrt(2.0/samples) {
				t.Fatalf("sequence %d, step %d: the mean is %g off", i, k, d)
			}
		}
	}
}

// TestAddPaths places samples of two coordinates as TestPosteriorAdd does.
func TestAddPaths(t *testing.T) {
	got := []Paths{make(Paths, 2), make(Paths, 2)}
	b := &runtime.Batch{Lens: []int{2, 1}, Index: []int{1, 0}}
	addPaths(got, b, runtime.Site{Name: "z", Cols: 2, Axis: op.Frame}, []float64{
		1, 10, 3, 30, // time 1 of the longer one
		5, 50, 7, 70, // time 1 of the other
		9, 90, 11, 110, // time 2 of the longer one
	})
	want := []Paths{{{{1, 10, 9, 90}}, {{3, 30, 11, 110}}}, {{{5, 50}}, {{7, 70}}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
