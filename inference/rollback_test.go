package inference

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"ssmc/inference/data"
	"ssmc/runtime"
	"ssmc/runtime/cpu"
)

// broken is what a machine says of numbers that are not finite.
var broken = &cpu.NotFinite{Op: "Map", Pos: "m.ssm:1:2", Owner: "x[t]", Sequence: 0, Time: 1, Value: math.NaN()}

// failing is a device whose updates fail where fails says so of their number.
func failing(fails func(update int) bool) *fakeDevice {
	return &fakeDevice{before: func(r runtime.Run) error {
		if r.Grad && fails(int(r.Step)+1) {
			return broken
		}
		return nil
	}}
}

// once is true of an update the first time.
func once(update int) func(int) bool {
	done := false
	return func(n int) bool {
		first := n == update && !done
		done = done || first
		return first
	}
}

// tryFit fits, and may fail.
func tryFit(t *testing.T, d *data.Bundle, o Options, settings ...string) (*Run, error) {
	t.Helper()
	return Fit(context.Background(), meanModel, d, config(t, settings...), o)
}

// four is settings with four updates an epoch, each of which is validated.
func four(more ...string) []string {
	return append([]string{"batch=3", "epochs=10", "validate.every=1", "optimizer.lr=0.1"}, more...)
}

// A fit that stops keeps parameters of use: the best, or those that an update went
// well with.
func TestStopKeepsGoodParameters(t *testing.T) {
	run, err := tryFit(t, bundle(), Options{Device: failing(func(n int) bool { return n == 23 })}, four()...)
	if !errors.Is(err, broken) || !NotFinite(err) || run.State != Failed || run.Updates != 22 {
		t.Fatalf("%s after %d updates: %v", run.State, run.Updates, err)
	}
	if !strings.Contains(run.Failure, "update 23: m.ssm:1:2: a value that is computed here for x[t] is NaN") || len(run.Advice) == 0 {
		t.Errorf("it says %q and %q", run.Failure, run.Advice)
	}
	best := fit(t, bundle(), Options{}, four("epochs=5")...)
	if !slices.Equal(run.Params.Values, best.Params.Values) || !strings.Contains(strings.Join(run.Notes, "\n"), "the parameters are the best, of update 20") {
		t.Errorf("mu is %v, want %v; %q", run.Params.Get(0), best.Params.Get(0), run.Notes)
	}
	many := four("validate=none", "epochs=100", "optimizer.lr=0.001")
	run, _ = tryFit(t, bundle(), Options{Device: failing(func(n int) bool { return n == 250 })}, many...)
	want := fit(t, bundle(), Options{}, four("validate=none", "epochs=50", "optimizer.lr=0.001")...) // 200 updates
	if !slices.Equal(run.Params.Values, want.Params.Values) || !strings.Contains(strings.Join(run.Notes, "\n"), "those of update 200") {
		t.Errorf("mu is %v, want %v; %q", run.Params.Get(0), want.Params.Get(0), run.Notes)
	}
}

// A mark counts from the first update that goes well with it.
func TestStopAtAMark(t *testing.T) {
	run, _ := tryFit(t, bundle(), Options{Device: failing(func(n int) bool { return n == 101 })}, four("validate=none", "epochs=100")...)
	start := runtime.NewParams[float32](meanModel.Params, 1)
	if !slices.Equal(run.Params.Values, start.Values) || !strings.Contains(strings.Join(run.Notes, "\n"), "those of update 0") {
		t.Errorf("mu is %v; %q", run.Params.Get(0), run.Notes)
	}
}

// Parameters that overflow are not what a run ends with.
func TestStopWithoutInfiniteParameters(t *testing.T) {
	device := NewCPU(1)
	defer device.Close()
	run, err := Fit(context.Background(), linearModel, &data.Bundle{Train: walks("train", 1, 10, 5)},
		config(t, "optimizer=sgd", "optimizer.lr=1e39", "optimizer.clip_norm=0"), Options{Device: device})
	if !NotFinite(err) {
		t.Fatalf("error %v", err)
	}
	for _, x := range run.Params.Values {
		if math.IsInf(float64(x), 0) || math.IsNaN(float64(x)) {
			t.Fatalf("a parameter is %g", x)
		}
	}
	if !strings.Contains(strings.Join(run.Advice, "\n"), "optimizer.clip_norm=1") {
		t.Errorf("it advises %q", run.Advice)
	}
}

// A rollback goes on from the best parameters, at half the rate, and is told.
func TestRollback(t *testing.T) {
	var told []Event
	d := failing(once(23))
	var rates []float64
	run := fit(t, bundle(), Options{Device: d, Events: func(e Event) {
		switch e := e.(type) {
		case RolledBack:
			told = append(told, e)
		case Validated:
			rates = append(rates, e.LR)
		}
	}}, four("on_nan=rollback")...)
	if run.State != Complete || run.Updates != 40 || len(run.Rollbacks) != 1 || len(told) != 1 {
		t.Fatalf("%s after %d updates, %v", run.State, run.Updates, run.Rollbacks)
	}
	r := run.Rollbacks[0]
	if r.Update != 23 || r.To != 20 || r.LR != 0.5 || !strings.Contains(r.Reason, "update 23: m.ssm:1:2") || told[0].(RolledBack).Left != 2 {
		t.Errorf("%+v", r)
	}
	if !slices.Contains(run.Notes, r.String()) || !slices.Equal(rates, []float64{0.1, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05, 0.05}) {
		t.Errorf("notes %q, rates %v", run.Notes, rates)
	}
	again := fit(t, bundle(), Options{Device: failing(once(23))}, four("on_nan=rollback")...)
	if !slices.Equal(again.Params.Values, run.Params.Values) {
		t.Error("twice the same fit is not the same")
	}
}

// The optimizer begins anew after a rollback: its moments, and the count that it
// corrects their bias by.
func TestRollbackResetsTheOptimizer(t *testing.T) {
	settings := []string{"batch=10", "epochs=2", "optimizer.lr=0.1", "optimizer.clip_norm=0", "validate=none", "on_nan=rollback", "on_nan.factor=1"}
	run := fit(t, bundle(), Options{Device: failing(once(1))}, settings...)
	one := fit(t, bundle(), Options{}, "batch=10", "epochs=1", "optimizer.lr=0.1", "optimizer.clip_norm=0", "validate=none")
	if !slices.Equal(run.Params.Values, one.Params.Values) || run.Rollbacks[0].To != 0 || run.Rollbacks[0].Update != 1 {
		t.Errorf("mu is %v, want that of one update %v; %+v", run.Params.Get(0), one.Params.Get(0), run.Rollbacks)
	}
}

// There is an end to rollbacks, and parameters of use at it.
func TestRollbacksEnd(t *testing.T) {
	run, err := tryFit(t, bundle(), Options{Device: failing(func(n int) bool { return n > 20 })}, four("on_nan=rollback", "on_nan.times=2")...)
	if !errors.Is(err, broken) || run.State != Failed || len(run.Rollbacks) != 2 || run.Rollbacks[1].LR != 0.25 {
		t.Fatalf("%v: %+v", err, run)
	}
	if !strings.HasSuffix(run.Failure, "after 2 rollbacks") || strings.Contains(strings.Join(run.Advice, "\n"), "on-nan") {
		t.Errorf("it says %q and %q", run.Failure, run.Advice)
	}
	want := fit(t, bundle(), Options{}, four("epochs=5")...)
	if !slices.Equal(run.Params.Values, want.Params.Values) {
		t.Errorf("mu is %v, want %v", run.Params.Get(0), want.Params.Get(0))
	}
}

// A validation that fails rolls back as an update does.
func TestRollbackOfValidation(t *testing.T) {
	n := 0
	d := &fakeDevice{before: func(r runtime.Run) error {
		if !r.Grad {
			n++
		}
		if !r.Grad && n == 3 {
			return broken
		}
		return nil
	}}
	run := fit(t, bundle(), Options{Device: d}, four("on_nan=rollback")...)
	if len(run.Rollbacks) != 1 || run.Rollbacks[0].Update == run.Rollbacks[0].To || run.State != Complete || !strings.Contains(run.Rollbacks[0].Reason, "after update") {
		t.Errorf("%s: %+v", run.State, run.Rollbacks)
	}
}

// Errors that are not of numbers end a fit in any case.
func TestRollbackIsOfNumbersAlone(t *testing.T) {
	other := errors.New("the machine is on fire")
	d := &fakeDevice{before: func(r runtime.Run) error { return other }}
	if run, err := tryFit(t, bundle(), Options{Device: d}, four("on_nan=rollback")...); !errors.Is(err, other) || len(run.Rollbacks) > 0 || run.Advice != nil {
		t.Errorf("%v: %+v", err, run)
	}
}

// A run that is resumed after a rollback goes on as if it had not been stopped.
func TestRollbackIsResumed(t *testing.T) {
	settings := four("on_nan=rollback")
	whole := fit(t, bundle(), Options{Device: failing(once(14))}, settings...)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	first := failing(once(14))
	fails := first.before
	first.before = func(r runtime.Run) error {
		if r.Grad && r.Step == 25 {
			cancel()
		}
		return fails(r)
	}
	part, err := Fit(ctx, meanModel, bundle(), config(t, settings...), Options{Device: first})
	if err != nil || part.State != Interrupted || len(part.Rollbacks) != 1 {
		t.Fatalf("%v: %+v", err, part)
	}
	dir := t.TempDir()
	if err := Save(dir, part, false); err != nil {
		t.Fatal(err)
	}
	loaded, _, err := LoadCheckpoint(dir)
	if err != nil {
		t.Fatal(err)
	}
	rest := fit(t, bundle(), Options{Resume: loaded}, settings...)
	if !slices.Equal(rest.Params.Values, whole.Params.Values) || !slices.Equal(rest.Rollbacks, whole.Rollbacks) || !slices.Equal(rest.Notes, whole.Notes) {
		t.Errorf("mu %v, want %v; %+v", rest.Params.Get(0), whole.Params.Get(0), rest.Rollbacks)
	}
}

// A failingCPU is a CPU one of whose updates fails, once.
type failingCPU struct {
	*CPU
	fails func(update int) bool
}

type failingMachine struct {
	*cpu.Machine[float32]
	fails func(update int) bool
}

func (d *failingCPU) Machine(m *runtime.Model, s runtime.Spec, p *runtime.Params[float32], grad bool) (runtime.Machine, error) {
	x, err := cpu.New(m, s, p, d.pool, grad)
	return &failingMachine{x, d.fails}, err
}

func (m *failingMachine) Run(b *runtime.Batch, r runtime.Run) error {
	if r.Grad && m.fails(int(r.Step)+1) {
		return broken
	}
	return m.Machine.Run(b, r)
}

// Pieces that go on where others ended are left out until the next epoch.
func TestRollbackOfPieces(t *testing.T) {
	device := &failingCPU{NewCPU(1), once(3)}
	defer device.Close()
	run := fitWalks(t, context.Background(), Options{Device: device}, "epochs=3", "on_nan=rollback")
	each := run.Updates / 3
	if len(run.Rollbacks) != 1 || run.Rollbacks[0].Update != each || each < 4 || run.State != Complete {
		t.Errorf("%d updates, %+v", run.Updates, run.Rollbacks)
	}
}

// Where leaving out the rest of an epoch leaves nothing of the fit, parameters that
// learned nothing are not what it ends with.
func TestRollbackOfPiecesAtTheEnd(t *testing.T) {
	settings := append(slices.Clone(carrySettings), "epochs=1", "validate=none", "on_nan=rollback")
	device := &failingCPU{NewCPU(1), once(3)}
	defer device.Close()
	run, err := Fit(context.Background(), linearModel, longWalks(), config(t, settings...), Options{Device: device})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "with nothing to go back to") || run.State != Failed || run.Updates != 2 || run.Epochs != 1 {
		t.Errorf("%s after %d updates in %d epochs, %v: %v", run.State, run.Updates, run.Epochs, run.Rollbacks, err)
	}
}
