package inference

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ssmc/inference/data"
	"ssmc/runtime"
	"ssmc/runtime/cpu"
)

// Settings that can't go together are told by name, and what to do.
func TestCarrySettings(t *testing.T) {
	for settings, want := range map[string]string{
		"carry=true":                                       "carry has no effect with window=0: it needs window>0",
		"carry=true window=5":                              "",
		"carry=true window=5 samples=3":                    "",
		"carry=true window=5 objective=iwae samples=3":     "it needs objective=elbo",
		"carry=true window=5 objective=fivo":               "it needs objective=elbo",
		"carry=true window=5 order=pooled":                 "it needs order=shuffle",
		"carry=true window=5 window=0":                     "", // to choose another window is not to misuse carry
		"window=5 carry=false order=sorted objective=elbo": "",
	} {
		err := config(t, strings.Fields(settings)...).Check()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", settings, err, want)
		}
	}
	if err := DefaultConfig().Set("carry", "yes"); err == nil || !strings.Contains(err.Error(), "carry is true or false, not yes") {
		t.Errorf("%v", err)
	}
	if c := config(t, "window=5", "carry=true", "window=0"); c.Carry {
		t.Error("without a window pieces still go on")
	}
}

// An epoch has each piece once, those of a sequence in consecutive batches and in
// their order; it is drawn by seed and number, and as long as any other.
func TestWalk(t *testing.T) {
	set := numbered(17, 3, 9, 1, 4, 4, 8, 30, 5, 5)
	p := newPlan(set, config(t, "batch=3", "window=4", "carry=true"))
	var first []piece
	for e := range 4 {
		batches := p.epoch(e)
		next := map[int][2]int{} // of a sequence: step and batch
		n := 0
		for u, b := range batches {
			if n += len(b); len(b) > 3 || u > 0 && len(b) > len(batches[u-1]) {
				t.Errorf("epoch %d, batch %d has %d pieces", e, u, len(b))
			}
			for _, q := range b {
				if at := next[q.seq]; q.lo != at[0] || q.lo > 0 && u != at[1] {
					t.Errorf("epoch %d, batch %d: %v comes after step %d in batch %d", e, u, q, at[0], at[1])
				}
				next[q.seq] = [2]int{q.hi, u + 1}
			}
		}
		if n != len(p.pieces) || len(batches) != p.updates() || p.updates() > n/3+8 {
			t.Errorf("epoch %d: %d of %d pieces in %d batches, %d announced", e, n, len(p.pieces), len(batches), p.updates())
		}
		order := slices.Clone(flat(batches))
		if e == 0 {
			first = order
		} else if slices.Equal(first, order) {
			t.Errorf("epochs 0 and %d have one order", e)
		}
	}
	if !slices.Equal(first, flat(newPlan(set, p.config).epoch(0))) {
		t.Error("an epoch is not a function of the seed")
	}
}

// Batches say where their pieces are; pieces that do not go on are whole.
func TestPackLocates(t *testing.T) {
	p, err := newPacker(numbered(7, 3), numberedPorts)
	if err != nil {
		t.Fatal(err)
	}
	var b runtime.Batch
	p.pack(&b, []piece{{1, 0, 3}, {0, 0, 4}})
	if b.From != nil || b.More != nil {
		t.Errorf("%+v", b)
	}
	p.carry = true
	for range 2 {
		p.pack(&b, []piece{{1, 0, 3}, {0, 0, 4}})
		if !slices.Equal(b.From, []int{0, 0}) || !slices.Equal(b.More, []bool{true, false}) {
			t.Errorf("%+v", b)
		}
		p.pack(&b, []piece{{0, 4, 7}})
		if !slices.Equal(b.From, []int{4}) || !slices.Equal(b.More, []bool{false}) {
			t.Errorf("%+v", b)
		}
	}
}

// longWalks has sequences that are long beside a window of 10.
func longWalks() *data.Bundle {
	return &data.Bundle{Train: walks("train", 1, 12, 150), Valid: walks("valid", 2, 5, 150)}
}

var carrySettings = []string{"window=10", "carry=true", "batch=4", "optimizer.lr=0.02", "divide=frames", "optimizer.clip_norm=0"}

// fitWalks fits the linear model to longWalks.
func fitWalks(t *testing.T, ctx context.Context, o Options, settings ...string) *Run {
	t.Helper()
	if o.Device == nil {
		o.Device = NewCPU(1)
	}
	run, err := Fit(ctx, linearModel, longWalks(), config(t, append(slices.Clone(carrySettings), settings...)...), o)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// A walk that drifts is far from its start where a piece begins: pieces that take
// themselves for sequences of their own draw the guide away, those that go on do
// not. The bound of whole sequences tells.
func TestCarryFitsLongSequences(t *testing.T) {
	cut := fitWalks(t, context.Background(), Options{}, "epochs=15", "carry=false")
	on := fitWalks(t, context.Background(), Options{}, "epochs=15")
	whole := fitWalks(t, context.Background(), Options{}, "epochs=200", "carry=false", "window=0")
	t.Logf("bound of whole sequences, nats a frame: %.4f cut, %.4f carried, %.4f whole", cut.Best.Bound, on.Best.Bound, whole.Best.Bound)
	if on.Best.Bound > cut.Best.Bound-0.005 || on.Best.Bound > whole.Best.Bound+0.05 {
		t.Errorf("%.4f nats a frame with carry, %.4f without, %.4f by whole sequences", on.Best.Bound, cut.Best.Bound, whole.Best.Bound)
	}
	if notes := strings.Join(on.Notes, "\n"); !strings.Contains(notes, "pieces of at most 10 steps, in their order") {
		t.Errorf("notes %q", notes)
	}
}

// A seed gives the same bits on one thread and on three, with two samples.
func TestCarryIsTheSameOnAnyThreads(t *testing.T) {
	one := fitWalks(t, context.Background(), Options{}, "samples=2", "epochs=2")
	three := fitWalks(t, context.Background(), Options{Device: NewCPU(3)}, "samples=2", "epochs=2")
	if !slices.Equal(one.Params.Values, three.Params.Values) || one.Best != three.Best {
		t.Errorf("%v and %v", one.Params.Get(0), three.Params.Get(0))
	}
}

// A stopping device is a CPU that calls stop at an update.
type stoppingDevice struct {
	*CPU
	at   uint64
	stop func()
}

type stoppingMachine struct {
	*cpu.Machine[float32]
	device *stoppingDevice
}

func (d *stoppingDevice) Machine(m *runtime.Model, s runtime.Spec, p *runtime.Params[float32], grad bool) (runtime.Machine, error) {
	x, err := cpu.New(m, s, p, d.pool, grad)
	return &stoppingMachine{x, d}, err
}

func (m *stoppingMachine) Run(b *runtime.Batch, r runtime.Run) error {
	if r.Grad && r.Step == m.device.at {
		m.device.stop()
	}
	return m.Machine.Run(b, r)
}

// A fit that is interrupted in the middle of an epoch, while sequences go on, and
// then saved, loaded and resumed ends with the bits of one that is not.
func TestCarryResumes(t *testing.T) {
	settings := []string{"epochs=2", "samples=2", "validate.every=1"}
	whole := fitWalks(t, context.Background(), Options{}, settings...)
	for _, at := range []uint64{0, 3, uint64(whole.Updates/2 + 1)} {
		ctx, cancel := context.WithCancel(context.Background())
		part := fitWalks(t, ctx, Options{Device: &stoppingDevice{NewCPU(1), at, cancel}}, settings...)
		if part.State != Interrupted || part.Updates != int(at)+1 || len(part.snapshot.carried) == 0 {
			t.Fatalf("%s after %d, %d carried", part.State, part.Updates, len(part.snapshot.carried))
		}
		dir := t.TempDir()
		if err := Save(dir, part, false); err != nil {
			t.Fatal(err)
		}
		loaded, note, err := LoadCheckpoint(dir)
		if err != nil || note != "" || !reflect.DeepEqual(loaded.snapshot, part.snapshot) {
			t.Fatalf("%v; %d carried", err, len(loaded.snapshot.carried))
		}
		rest := fitWalks(t, context.Background(), Options{Resume: loaded}, settings...)
		if !slices.Equal(rest.Params.Values, whole.Params.Values) || rest.Best != whole.Best || rest.Updates != whole.Updates {
			t.Errorf("resumed after %d: %v, want %v", at, rest.Params.Get(0), whole.Params.Get(0))
		}
		loaded.snapshot.carried = loaded.snapshot.carried[1:]
		c := config(t, append(slices.Clone(carrySettings), settings...)...)
		if _, err := Fit(context.Background(), linearModel, longWalks(), c, Options{Resume: loaded, Device: NewCPU(1)}); err == nil {
			t.Error("a run resumes without all that it carried")
		}
	}
}

func TestCarryNotes(t *testing.T) {
	c := config(t, "window=7", "carry=true")
	for _, m := range []*runtime.Model{{}, {Past: []string{"z[t-1]", "gru over x[1:t]"}, Ahead: []string{"x[t+1]"}}} {
		notes := fmt.Sprint(CarryNotes(m, c))
		for _, want := range append(append([]string{"at most 7 steps"}, m.Past...), m.Ahead...) {
			if !strings.Contains(notes, want) {
				t.Errorf("%s lacks %s", notes, want)
			}
		}
	}
}

// Devices that cannot carry are refused before anything is trained.
func TestCarryNeedsACarrier(t *testing.T) {
	_, err := Fit(context.Background(), meanModel, bundle(), config(t, "window=2", "carry=true"), Options{Device: &fakeDevice{}})
	if err == nil || !strings.Contains(err.Error(), "the device cannot carry") {
		t.Error(err)
	}
}
