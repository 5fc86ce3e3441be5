package inference

import (
	"context"
	"errors"
	"slices"
	"testing"

	"ssmc/runtime"
)

// throughFolder is a run that was saved, and read again to go on from.
func throughFolder(t *testing.T, r *Run) *Run {
	t.Helper()
	dir := t.TempDir()
	if err := Save(dir, r, false); err != nil {
		t.Fatal(err)
	}
	loaded, note, err := LoadCheckpoint(dir)
	if err != nil || note != "" {
		t.Fatal(err, note)
	}
	return loaded
}

// A breaking is a device where runs fail that fails says so of, and a fit is
// interrupted after the run that stop says so of.
type breaking struct {
	fails, stop func(r runtime.Run) bool
}

// fit fits on such a device.
func (b breaking) fit(t *testing.T, from *Run, settings ...string) (*Run, error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	d := &fakeDevice{before: func(r runtime.Run) error {
		fails := b.fails != nil && b.fails(r)
		if b.stop != nil && b.stop(r) {
			cancel()
		}
		if fails {
			return broken
		}
		return nil
	}}
	return Fit(ctx, meanModel, bundle(), config(t, settings...), Options{Device: d, Resume: from})
}

// third counts validations of a fit, and is true of the third.
func third() func(runtime.Run) bool {
	n := 0
	return func(r runtime.Run) bool {
		if !r.Grad {
			n++
		}
		return !r.Grad && n == 3
	}
}

// A fit that is interrupted as soon as it has rolled back goes on as one that was
// not: a validation that failed is not done again, and one that is due after an
// update that failed is.
func TestRollbackThenInterrupted(t *testing.T) {
	settings := four("on_nan=rollback")
	update12 := func() func(runtime.Run) bool { // the last of an epoch
		fails := once(12)
		return func(r runtime.Run) bool { return r.Grad && fails(int(r.Step)+1) }
	}
	for what, fails := range map[string]func() func(runtime.Run) bool{"validation": third, "update": update12} {
		whole, err := breaking{fails: fails()}.fit(t, nil, settings...)
		if err != nil || len(whole.Rollbacks) != 1 {
			t.Fatalf("%s: %v, %+v", what, err, whole.Rollbacks)
		}
		failed, f := false, fails()
		part, err := breaking{
			fails: func(r runtime.Run) bool { failed = f(r); return failed },
			stop:  func(runtime.Run) bool { return failed },
		}.fit(t, nil, settings...)
		if err != nil || part.State != Interrupted || len(part.Rollbacks) != 1 {
			t.Fatalf("%s: %v, %s, %+v", what, err, part.State, part.Rollbacks)
		}
		rest, err := breaking{}.fit(t, throughFolder(t, part), settings...)
		if err != nil {
			t.Fatal(what, err)
		}
		sameRuns(t, what, rest, whole)
		if !slices.Equal(rest.Rollbacks, whole.Rollbacks) || !slices.Equal(rest.Notes, whole.Notes) {
			t.Errorf("%s: %+v, want %+v; %q, want %q", what, rest.Rollbacks, whole.Rollbacks, rest.Notes, whole.Notes)
		}
	}
}

// A fit that is resumed and fails ends with the same parameters, and says the same
// of them, as one that was not interrupted: those that went well are kept.
func TestGoodParametersAreResumed(t *testing.T) {
	settings := four("validate=none", "epochs=100")
	fails := func(r runtime.Run) bool { return r.Step == 249 }
	for _, at := range []uint64{150, 199, 200} {
		whole, err := breaking{fails: fails}.fit(t, nil, settings...)
		if !errors.Is(err, broken) {
			t.Fatal(err)
		}
		part := brokenOff(t, at, settings...)
		rest, err := breaking{fails: fails}.fit(t, throughFolder(t, part), settings...)
		if !errors.Is(err, broken) {
			t.Fatal(err)
		}
		sameRuns(t, "resumed", rest, whole)
		if !slices.Equal(rest.Notes, whole.Notes) {
			t.Errorf("notes %q, want %q", rest.Notes, whole.Notes)
		}
	}
}

// A run that stopped at such numbers may go on with rollbacks: none of its numbers
// hangs on what would have become of it.
func TestFailedRunGoesOnWithRollbacks(t *testing.T) {
	fails := once(23)
	update23 := func(r runtime.Run) bool { return r.Grad && fails(int(r.Step)+1) }
	whole, err := breaking{fails: update23}.fit(t, nil, four("on_nan=rollback")...)
	if err != nil {
		t.Fatal(err)
	}
	always := func(r runtime.Run) bool { return r.Grad && r.Step == 22 }
	part, err := breaking{fails: always}.fit(t, nil, four()...)
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
	rest, err := breaking{fails: always}.fit(t, throughFolder(t, part), four("on_nan=rollback")...)
	if err != nil {
		t.Fatal(err)
	}
	sameRuns(t, "gone on", rest, whole)
}
