package inference

import (
	"encoding/binary"
	"hash/fnv"
	"testing"

	"ssmc/inference/data"
	"ssmc/runtime"
)

// TestFeedSteady shows that batches are packed without allocating: epochs drawn,
// pieces sorted, rows placed.
func TestFeedSteady(t *testing.T) {
	set := numbered(2, 5, 3, 5, 4, 4, 1)
	for _, order := range []string{"sorted", "shuffle", "pooled"} {
		c := DefaultConfig()
		c.Order, c.Batch, c.Pool = order, 2, 2
		feedSteady(t, order, set, newPlan(set, c))
	}
}

func feedSteady(t *testing.T, name string, set *data.Set, plan *plan) {
	p, err := newPacker(set, numberedPorts)
	if err != nil {
		t.Fatal(err)
	}
	b, epoch := &runtime.Batch{}, 0
	pack := func() {
		for _, list := range plan.epoch(epoch) {
			p.pack(b, list)
		}
		epoch++
	}
	for range 5 {
		pack()
	}
	if n := testing.AllocsPerRun(5, pack); n > 0 {
		t.Errorf("%s: an epoch allocates %v times", name, n)
	}
}

// TestMix compares with the standard library's hash.
func TestMix(t *testing.T) {
	h := fnv.New64a()
	h.Write([]byte("order"))
	binary.Write(h, binary.LittleEndian, []uint64{7, 1 << 60})
	if got, want := mix("order", 7, 1<<60), h.Sum64(); got != want {
		t.Errorf("%x, want %x", got, want)
	}
}

// TestUpdateSteady shows that whole updates allocate nothing: the batch, the bound and
// its gradient, the optimiser, and what is counted.
func TestUpdateSteady(t *testing.T) {
	for _, threads := range []int{1, 2} {
		for _, settings := range [][]string{{"epochs=1000"}, {"epochs=1000", "objective=iwae", "samples=5"}} {
			updateSteady(t, threads, settings)
		}
	}
}

func updateSteady(t *testing.T, threads int, settings []string) {
	device := NewCPU(threads)
	defer device.Close()
	f, err := newFitter(linearModel, &data.Bundle{Train: walks("train", 1, 40, 12)}, config(t, settings...), Options{Device: device})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.prepare(); err != nil {
		t.Fatal(err)
	}
	feed := newFeed(f.packer, f.plan, 0)
	defer feed.close()
	update := func() {
		if err := f.update(feed); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 {
		update()
	}
	if n := testing.AllocsPerRun(50, update); n > 0 {
		t.Errorf("%v, %d threads: an update allocates %v times", settings, threads, n)
	}
}
