package inference

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"ssmc/runtime"
	"ssmc/runtime/cpu"
	"ssmc/runtime/gpu"
)

// A failingGPU is an emulated GPU one of whose updates fails, once.
type failingGPU struct {
	*GPU
	fails  func(update int) bool
	before func(update int)
}

type failingTrainer struct {
	*gpu.Machine
	d *failingGPU
}

func (d *failingGPU) Machine(m *runtime.Model, s runtime.Spec, p *runtime.Params[float32], grad bool) (runtime.Machine, error) {
	x, err := d.GPU.Machine(m, s, p, grad)
	if err != nil || !grad {
		return x, err
	}
	return &failingTrainer{x.(*gpu.Machine), d}, nil
}

func (m *failingTrainer) Update(b *runtime.Batch, r runtime.Run, rate float64) (norm float64, err error) {
	if m.d.before != nil {
		m.d.before(int(r.Step) + 1)
	}
	if m.d.fails(int(r.Step) + 1) {
		return 0, broken
	}
	return m.Machine.Update(b, r, rate)
}

// A rollback on a GPU brings the best parameters there, and an optimizer that has
// done nothing: what follows is what follows on the CPU. It is resumed to the bit.
func TestRollbackOnGPU(t *testing.T) {
	if testing.Short() {
		t.Skip("fits on the emulator")
	}
	settings := []string{"batch=3", "epochs=4", "optimizer.lr=0.01", "validate.every=1", "on_nan=rollback"}
	host := &failingCPU{NewCPU(1), once(6)}
	defer host.Close()
	fitOn := func(ctx context.Context, d Device, from *Run) *Run {
		r, err := Fit(ctx, linearModel, shortWalks(), config(t, settings...), Options{Device: d, Resume: from})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	want := fitOn(context.Background(), host, nil)
	whole := fitOn(context.Background(), &failingGPU{GPU: onGPU(t), fails: once(6)}, nil)
	if len(want.Rollbacks) != 1 || want.Rollbacks[0].To == 0 || !slices.Equal(whole.Rollbacks, want.Rollbacks) {
		t.Fatalf("%+v, want %+v", whole.Rollbacks, want.Rollbacks)
	}
	for i, v := range want.Params.Values {
		if math.Abs(float64(whole.Params.Values[i]-v)) > 1e-4 { // float32, some tens of updates
			t.Errorf("number %d is %g, want %g", i, whole.Params.Values[i], v)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	part := fitOn(ctx, &failingGPU{onGPU(t), once(6), func(update int) {
		if update == 8 {
			cancel()
		}
	}}, nil)
	if part.State != Interrupted || len(part.Rollbacks) != 1 {
		t.Fatalf("%s, %+v", part.State, part.Rollbacks)
	}
	rest := fitOn(context.Background(), onGPU(t), throughFolder(t, part))
	if !slices.Equal(rest.Params.Values, whole.Params.Values) || !slices.Equal(rest.snapshot.values, whole.snapshot.values) || rest.Best != whole.Best {
		t.Errorf("resumed: %v, want %v; best %+v, want %+v", rest.Params.Values, whole.Params.Values, rest.Best, whole.Best)
	}
}

// Numbers that overflow on a GPU are told as those on a CPU are, and the run keeps
// parameters that were good, which it fetches from there.
func TestStopOnGPU(t *testing.T) {
	settings := []string{"batch=3", "optimizer=sgd", "optimizer.lr=1e30", "optimizer.clip_norm=0", "validate=none"}
	run, err := Fit(context.Background(), linearModel, shortWalks(), config(t, settings...), Options{Device: onGPU(t)})
	var at *cpu.NotFinite
	if !NotFinite(err) || !errors.As(err, &at) || run.State != Failed {
		t.Fatalf("%s: %v", run.State, err)
	}
	if start := runtime.NewParams[float32](linearModel.Params, 1).Values; !slices.Equal(run.Params.Values, start) || !strings.Contains(strings.Join(run.Notes, "\n"), "those of update 0") {
		t.Errorf("the parameters are %v, want %v; %q", run.Params.Values, start, run.Notes)
	}
}
