package inference

import (
	"context"
	"math"
	"testing"

	"ssmc/inference/data"
	"ssmc/runtime/gpu"
	"ssmc/runtime/gpu/fakecuda"
)

// onGPU is a GPU that is emulated.
func onGPU(t *testing.T) *GPU {
	t.Helper()
	fakecuda.Install(t)
	d, err := NewGPU(0, gpu.FP32, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

func shortWalks() *data.Bundle {
	return &data.Bundle{Train: walks("train", 1, 5, 7), Valid: walks("valid", 2, 2, 5)}
}

// A fit on a GPU keeps the data, the parameters and the optimiser's state there, and
// follows the CPU's: pieces of sequences, a batch that is smaller than others,
// penalties, clipping, validation, the best parameters.
func TestFitOnGPU(t *testing.T) {
	for _, kind := range []string{"adam", "rmsprop", "sgd"} {
		if testing.Short() && kind != "adam" {
			continue
		}
		settings := []string{"window=4", "batch=3", "epochs=2", "optimizer=" + kind, "optimizer.lr=0.01", "optimizer.clip_norm=1", "regularize=l2", "regularize.weight=0.1", "validate.every=1"}
		run := func(device Device) *Run {
			r, err := Fit(context.Background(), linearModel, shortWalks(), config(t, settings...), Options{Device: device})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		host := NewCPU(1)
		defer host.Close()
		want, got := run(host), run(onGPU(t))
		for i, v := range want.Params.Values {
			if math.Abs(float64(got.Params.Values[i]-v)) > 1e-4 { // float32, some tens of updates
				t.Errorf("%s: number %d is %g, want %g", kind, i, got.Params.Values[i], v)
			}
		}
		for i, m := range want.Metrics {
			g := got.Metrics[i]
			if math.Abs(g.Bound-m.Bound) > 1e-3 || math.Abs(*g.Valid-*m.Valid) > 1e-3 || math.Abs(g.GradNorm-m.GradNorm) > 1e-2 {
				t.Errorf("%s: metric %+v, want %+v", kind, g, m)
			}
		}
	}
}

// A fit on a GPU that is interrupted and goes on ends as one that was not, bit for bit.
func TestResumeOnGPU(t *testing.T) {
	if testing.Short() {
		t.Skip("four fits on the emulator")
	}
	settings := []string{"batch=3", "optimizer.lr=0.01", "validate=none", "epochs="}
	fitTo := func(epochs string, from *Run) *Run {
		s := append([]string{}, settings...)
		s[3] += epochs
		r, err := Fit(context.Background(), linearModel, shortWalks(), config(t, s...), Options{Device: onGPU(t), Resume: from})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	whole, rest := fitTo("4", nil), fitTo("4", fitTo("2", nil))
	for i, v := range whole.Params.Values {
		if rest.Params.Values[i] != v {
			t.Errorf("number %d is %g, want %g", i, rest.Params.Values[i], v)
		}
	}
}
