package inference

import (
	"context"
	"math"
	"strings"
	"testing"

	"ssmc/runtime"
	"ssmc/runtime/op"
)

// Settings that can't go together are told apart by name, and what to do.
func TestObjectiveSettings(t *testing.T) {
	for _, c := range []struct {
		settings string
		want     string // empty where all is well
	}{
		{"objective=iwae", "objective is iwae, which with one sample"},
		{"objective=iwae samples=5", ""},
		{"objective=iwae samples=5 objective.gradient=plain", ""},
		{"objective=iwae samples=5 objective.gradient=stl", "objective.gradient is stl"},
		{"objective=iwae samples=5 objective.kl=sampled", "objective.kl has no effect with objective=iwae"},
		{"objective=iwae samples=5 objective.anneal=linear", "objective.anneal has no effect with objective=iwae"},
		{"objective=fivo", ""},
		{"objective.particles=16 objective=fivo", ""},
		{"objective=fivo samples=5", "objective.samples has no effect with objective=fivo"},
		{"objective=fivo objective.free_bits=1", "objective.free_bits has no effect"},
		{"objective.gradient=stl", "it needs objective=elbo with objective.kl=sampled"},
		{"objective.gradient=stl objective.kl=sampled", ""},
		{"objective.gradient=dreg", "it needs objective=iwae"},
		{"objective.particles=16", "objective.particles has no effect with objective=elbo"},
		{"eval.nll.particles=10", "eval.nll.particles has no effect with eval.nll=importance"},
	} {
		err := config(t, strings.Fields(c.settings)...).Check()
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.settings, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", c.settings, err, c.want)
		}
	}
}

// Another objective forgets what a program set for the one it had: nothing of it
// stays in force.
func TestObjectiveForgets(t *testing.T) {
	c := config(t, "objective.kl=sampled", "objective.anneal=linear", "objective.anneal.steps=7", "objective.free_bits=2", "objective=iwae", "samples=3")
	if err := c.Check(); err != nil {
		t.Error(err)
	}
	if c.Anneal != DefaultConfig().Anneal || c.FreeBits != 0 || c.KL != "analytic" {
		t.Errorf("left over: %+v", c)
	}
}

// TestForms: which form is fitted, and by which one is judged.
func TestForms(t *testing.T) {
	for settings, want := range map[string]runtime.Spec{
		"objective=elbo":                                          {Train: true},
		"objective.free_bits=2":                                   {Train: true, FreeBits: 2},
		"objective.kl=sampled objective.gradient=stl":             {Train: true, Sampled: true, Pathwise: true},
		"window=9 carry=true":                                     {Train: true, Carry: true},
		"objective=iwae samples=3":                                {Train: true, Sampled: true, Pathwise: true, Join: op.LogMean},
		"objective=iwae samples=3 objective.gradient=plain":       {Train: true, Sampled: true, Join: op.LogMean},
		"objective=fivo objective.particles=4 optimizer.lr=0.001": {Train: true, Sampled: true, Join: op.Filter},
	} {
		c := config(t, strings.Fields(settings)...)
		if got := c.trained(); got != want {
			t.Errorf("%s is trained by %+v, want %+v", settings, got, want)
		}
		want.Train, want.Pathwise, want.FreeBits, want.Carry = false, false, 0, false
		if got := c.form(); got != want {
			t.Errorf("%s is judged by %+v, want %+v", settings, got, want)
		}
	}
}

// The bound of joined samples is the importance-sampled likelihood of the same
// noise. Sums of float32 terms are taken in another order.
func TestJoinedIsImportance(t *testing.T) {
	const k = 40
	set := walks("test", 3, 30, 12)
	f := Fitted{Model: linearModel, Params: runtime.NewParams[float32](linearModel.Params, 1), Device: NewCPU(1)}
	want, err := f.Importance(context.Background(), set, config(t, "eval.nll.samples=40", "eval.frames=100000"))
	if err != nil {
		t.Fatal(err)
	}
	machine, err := f.Device.Machine(f.Model, runtime.Spec{Sampled: true, Join: op.LogMean}, f.Params, false)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newJoinedScorer(f.Model, machine, set, 100000, k)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.nll(context.Background(), 1, 1, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range want.Each {
		if math.Abs(got.Each[i]-v) > 1e-9*(1+math.Abs(v)) {
			t.Errorf("sequence %d: %v, want %v", i, got.Each[i], v)
		}
	}
}

// A fit by iwae ends above the exact negative log likelihood, and closer to it
// than the elbo of the same guide; metrics add up, and the run is the same on any
// number of threads.
func TestFitIWAE(t *testing.T) {
	settings := []string{"objective=iwae", "samples=10", "validate.samples=20", "validate.every=10"}
	run, d := fitLinear(t, 1, settings...)
	three, _ := fitLinear(t, 3, settings...)
	if run.Best != three.Best {
		t.Errorf("one thread %+v, three %+v", run.Best, three.Best)
	}
	elbo, err := Fitted{Model: linearModel, Params: run.Params, Device: NewCPU(1)}.Bound(context.Background(), d.Valid, config(t, "eval.bound.samples=100"))
	if err != nil {
		t.Fatal(err)
	}
	truth := sum(exact(d.Valid)) / float64(d.Valid.Frames())
	t.Logf("exact %.4f, iwae %.4f, elbo %.4f", truth, run.Best.Bound, elbo.Value)
	if run.Best.Bound < truth-0.01 || run.Best.Bound > elbo.Value-0.001 {
		t.Errorf("the bound by 10 samples is %.4f, exact is %.4f, the elbo %.4f", run.Best.Bound, truth, elbo.Value)
	}
	m := run.Metrics[len(run.Metrics)-1]
	if math.Abs(m.Bound-m.Reconstruction-m.KL) > 1e-9 || m.KL <= 0 || math.Abs(m.Bound-truth) > 0.3 {
		t.Errorf("metric %+v", m)
	}
}
