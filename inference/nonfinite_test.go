package inference

import (
	"errors"
	"math"
	"strings"
	"testing"

	"ssmc/inference/data"
	"ssmc/inference/optim"
	"ssmc/runtime"
)

// The last update is followed by no other that could find what it has done.
func TestLastUpdateOverflows(t *testing.T) {
	settings := []string{"batch=10", "epochs=1", "optimizer=sgd", "optimizer.lr=1e39", "optimizer.clip_norm=0"}
	run, err := tryFit(t, &data.Bundle{Train: bundle().Train}, Options{Device: &fakeDevice{}}, append(settings, "validate=none")...)
	if !NotFinite(err) || run.Updates != 1 || run.State != Failed {
		t.Fatalf("%v: %+v", err, run)
	}
	if !strings.Contains(err.Error(), "after update 1: parameter mu is") {
		t.Errorf("it says %v", err)
	}
	if x := float64(run.Params.Get(0)[0]); math.IsInf(x, 0) || math.IsNaN(x) {
		t.Errorf("mu is %g", x)
	}
}

// A largeTrainer moves parameters by a gradient of its norm.
type largeTrainer struct {
	runtime.Trainer
	norm float64
}

func (l largeTrainer) Update(*runtime.Batch, runtime.Run, float64) (float64, error) {
	return l.norm, nil
}

// Optimizers elsewhere square gradients in 32 bits, too.
func TestSquareOverflowsElsewhere(t *testing.T) {
	for kind, fails := range map[string]bool{"adam": true, "rmsprop": true, "sgd": false} {
		s := &farStepper{trainer: largeTrainer{norm: 1e20}, rule: runtime.Rule{Kind: kind}}
		var bad *optim.NotFinite
		if err := s.run(nil, runtime.Run{}, 1); errors.As(err, &bad) != fails || fails != NotFinite(err) {
			t.Errorf("%s: %v", kind, err)
		}
		s.rule.Clip = 1
		if err := s.run(nil, runtime.Run{}, 1); err != nil {
			t.Errorf("%s, clipped: %v", kind, err)
		}
	}
}
