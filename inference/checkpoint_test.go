package inference

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ssmc/runtime"
)

// sleepy is a device on which every run takes so long.
func sleepy(d time.Duration) *fakeDevice {
	return &fakeDevice{before: func(runtime.Run) error { time.Sleep(d); return nil }}
}

// Time stands still in the bubble but for the seconds that each update sleeps.
func TestEventsAreSpaced(t *testing.T) {
	for pace, want := range map[time.Duration]int{
		10 * time.Millisecond: 34, // 1000 updates in 10 s: an event each 0.3 s, and the last
		time.Second:           1000,
	} {
		synctest.Test(t, func(t *testing.T) {
			events := 0
			o := Options{Device: sleepy(pace), Events: func(e Event) {
				if _, ok := e.(Progress); ok {
					events++
				}
			}}
			fit(t, bundle(), o, "batch=10", "epochs=1000", "validate=none", "optimizer.clip_norm=0", "optimizer.lr=1e-5")
			if events != want {
				t.Errorf("%v an update: %d events, want %d", pace, events, want)
			}
		})
	}
}

// A thousand seconds have a checkpoint at the start and each full minute, or each
// two and a half; or just that at the start.
func TestCheckpointsAreSpaced(t *testing.T) {
	for minutes, want := range map[string]int{"1": 17, "2.5": 7, "0": 1} {
		synctest.Test(t, func(t *testing.T) {
			saves := 0
			o := Options{Device: sleepy(time.Second), Checkpoint: func(*Run) error { saves++; return nil }}
			fit(t, bundle(), o, "batch=10", "epochs=1000", "validate=none", "optimizer.clip_norm=0", "optimizer.lr=1e-5", "checkpoint="+minutes)
			if saves != want {
				t.Errorf("every %s minutes: %d checkpoints, want %d", minutes, saves, want)
			}
		})
	}
}

// A checkpoint is a run that can be saved, loaded and resumed.
func TestCheckpointIsARun(t *testing.T) {
	dir, saved := t.TempDir(), 0
	synctest.Test(t, func(t *testing.T) {
		o := Options{Text: "model Mean {}", Command: "ssmc fit", Device: sleepy(10 * time.Second)}
		o.Checkpoint = func(r *Run) error {
			saved = r.Updates
			return Save(dir, r, false)
		}
		fit(t, bundle(), o, "batch=5", "epochs=10", "validate.every=1")
	})
	run, note, err := LoadCheckpoint(dir)
	if err != nil || note != "" || run.State != Running || run.Updates != saved || run.Text != "model Mean {}" || run.Command != "ssmc fit" {
		t.Fatalf("%v; %+v", err, run)
	}
	whole := fit(t, bundle(), Options{}, "batch=5", "epochs=10", "validate.every=1")
	if rest := fit(t, bundle(), Options{Resume: run}, "batch=5", "epochs=10", "validate.every=1"); rest.Best != whole.Best {
		t.Errorf("best %+v, want %+v", rest.Best, whole.Best)
	}
}

func TestFailedCheckpointIsAnError(t *testing.T) {
	full := errors.New("disk full")
	synctest.Test(t, func(t *testing.T) {
		saves := 0
		o := Options{Device: sleepy(time.Minute), Checkpoint: func(*Run) error {
			if saves++; saves > 1 {
				return full
			}
			return nil
		}}
		run, err := Fit(context.Background(), meanModel, bundle(), DefaultConfig(), o)
		if !errors.Is(err, full) || run == nil || run.Updates == 0 {
			t.Errorf("%v; %+v", err, run)
		}
	})
}

// saved is a folder with a run that was saved twice, after some updates and after
// some more, and the two.
func saved(t *testing.T) (dir string, first, second *Run) {
	t.Helper()
	dir = t.TempDir()
	first = fit(t, bundle(), Options{}, "batch=3", "epochs=4", "validate.every=2")
	more := fit(t, bundle(), Options{Resume: first}, "batch=3", "epochs=6", "validate.every=2")
	second = more
	for _, r := range []*Run{first, second} {
		r.Text = "model Mean {}\n"
		if err := Save(dir, r, false); err != nil {
			t.Fatal(err)
		}
	}
	return dir, first, second
}

// The last checkpoint is whole in itself, and so is the one before it.
func TestCheckpointsOfTwoSaves(t *testing.T) {
	dir, first, second := saved(t)
	for name, want := range map[string]*Run{snapshotFile: second, previousFile: first} {
		r, err := readCheckpoint(dir, name)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(r.snapshot, want.snapshot) || !reflect.DeepEqual(r.Metrics, want.Metrics) ||
			!reflect.DeepEqual(r.Params.Values, want.Params.Values) || r.Best != want.Best || r.Text != want.Text {
			t.Errorf("%s is %+v, want %+v", name, r, want)
		}
	}
}

// Every byte of a checkpoint counts: whichever is damaged, it is not taken for one.
func TestEveryByteOfACheckpointCounts(t *testing.T) {
	dir, _, _ := saved(t)
	whole, err := os.ReadFile(filepath.Join(dir, snapshotFile))
	if err != nil {
		t.Fatal(err)
	}
	header := 8 + int(whole[0]) + int(whole[1])<<8
	for i := range whole {
		if i >= 8 && i < header && whole[i] == ' ' { // filling, which may be any space
			continue
		}
		damaged := slices.Clone(whole)
		damaged[i] ^= 1 << (i % 8)
		if _, err := decodeCheckpoint(damaged); err == nil {
			t.Errorf("byte %d of %d, of which %d are the header", i, len(whole), header)
		}
	}
}

// Where the last checkpoint is damaged, cut or gone, the one before it is used, and
// the note says so.
func TestDamagedCheckpoint(t *testing.T) {
	dir, first, _ := saved(t)
	name := filepath.Join(dir, snapshotFile)
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for what, spoil := range map[string]func(){
		"damaged": func() { damage(t, name) },
		"empty":   func() { os.Truncate(name, 0) },
		"cut":     func() { os.Truncate(name, int64(len(whole)-1)) },
		"gone":    func() { os.Remove(name) },
	} {
		if err := os.WriteFile(name, whole, 0o666); err != nil {
			t.Fatal(err)
		}
		spoil()
		r, note, err := LoadCheckpoint(dir)
		if err != nil || r.Updates != first.Updates || !strings.Contains(note, "can't be used") || !strings.Contains(note, snapshotFile) {
			t.Errorf("it is %s: %v; %q", what, err, note)
		}
	}
}

// A run goes on from the checkpoint before a damaged one, saves, and then has two
// sound ones again: the damaged one does not take the place of the other.
func TestDamagedCheckpointIsReplaced(t *testing.T) {
	dir, first, second := saved(t)
	damage(t, filepath.Join(dir, snapshotFile))
	r, _, err := LoadCheckpoint(dir)
	if err != nil {
		t.Fatal(err)
	}
	again := fit(t, bundle(), Options{Resume: r}, "batch=3", "epochs=6", "validate.every=2")
	if !reflect.DeepEqual(again.snapshot.values, second.snapshot.values) {
		t.Error("it did not come to the same")
	}
	if err := Save(dir, again, false); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{snapshotFile, previousFile} {
		if c, err := readCheckpoint(dir, name); err != nil || c.Updates < first.Updates {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// damage changes a byte in the middle of a file.
func damage(t *testing.T, name string) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 4
	if err := os.WriteFile(name, b, 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestNoCheckpointIsLeft(t *testing.T) {
	dir, _, _ := saved(t)
	damage(t, filepath.Join(dir, snapshotFile))
	damage(t, filepath.Join(dir, previousFile))
	if _, _, err := LoadCheckpoint(dir); !errors.Is(err, ErrNoCheckpoint) || strings.Count(err.Error(), "checksum") != 2 {
		t.Errorf("both are damaged: %v", err)
	}
	if _, _, err := LoadCheckpoint(t.TempDir()); !errors.Is(err, ErrNoCheckpoint) || errors.Is(err, fs.ErrExist) {
		t.Errorf("there is none: %v", err)
	}
}

// A run whose checkpoint was taken away under it has two again with its next save.
func TestCheckpointIsTakenAway(t *testing.T) {
	dir, _, second := saved(t)
	for range 2 {
		os.Remove(filepath.Join(dir, snapshotFile))
		if err := Save(dir, second, false); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{snapshotFile, previousFile} {
			if _, err := readCheckpoint(dir, name); err != nil {
				t.Error(err)
			}
		}
	}
}

// A run that takes over the folder of another leaves none of its checkpoints, and
// has two of its own at once.
func TestAnotherRunsCheckpoints(t *testing.T) {
	dir, _, _ := saved(t)
	other := finishedRun(t)
	if err := Save(dir, other, true); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{snapshotFile, previousFile} {
		if r, err := readCheckpoint(dir, name); err != nil || r.ID != other.ID {
			t.Errorf("%s: %v", name, err)
		}
	}
	other.snapshot = nil
	if err := Save(dir, other, false); err != nil {
		t.Fatal(err)
	}
	if _, _, err := LoadCheckpoint(dir); !errors.Is(err, ErrNoCheckpoint) {
		t.Errorf("a run without a snapshot has one: %v", err)
	}
}
