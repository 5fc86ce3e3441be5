package inference

import (
	"fmt"
	"slices"
	"testing"

	"ssmc/inference/data"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// numbered is a set of sequences of the given lengths with x[t] = [s.t, -s.t],
// for sequence s from 0 and step t from 0, blank where t is 1, and w = 100 s.
func numbered(lens ...int) *data.Set {
	vars := []data.Var{{Name: "w", Role: data.Static, Size: 1}, {Name: "x", Role: data.Observed, Size: 2, Missing: true}}
	set := &data.Set{Name: "numbered", Vars: vars, TimeUnit: "days"}
	for s, n := range lens {
		var x []float32
		var present []bool
		var times []float64
		for t := range n {
			v := float32(s) + float32(t)/1024
			x = append(x, v, -v)
			if t == 1 {
				x[2*t] = 0
			}
			present = append(present, t != 1, true)
			times = append(times, float64(t*t))
		}
		set.Sequences = append(set.Sequences, data.NewSequence(vars, fmt.Sprint("s", s), n,
			[][]float32{{100 * float32(s)}, x}, [][]bool{nil, present}, times))
	}
	return set
}

var numberedPorts = []runtime.Port{
	{Name: "x", Cols: 2, Observed: true, Missing: true}, {Name: "w", Cols: 1, Static: true}, {Name: "dt", Cols: 1, Clock: "days"},
}

func TestPackPlacesEveryStep(t *testing.T) {
	p, err := newPacker(numbered(2, 5, 3, 5), numberedPorts)
	if err != nil {
		t.Fatal(err)
	}
	b := &runtime.Batch{}
	for _, list := range [][]piece{
		{{0, 0, 2}, {1, 0, 5}, {2, 1, 3}, {3, 0, 5}}, {{2, 0, 3}, {3, 2, 5}}, {{1, 0, 5}},
	} {
		p.pack(b, list)
		l := op.NewLayout(b.Lens)
		if len(b.Data[0]) != 2*l.N || len(b.Data[1]) != l.B || len(b.Data[2]) != l.N || b.Present[1] != nil {
			t.Fatalf("%v: arrays of %d, %d, %d values", list, len(b.Data[0]), len(b.Data[1]), len(b.Data[2]))
		}
		for s, q := range list {
			if b.Index[s] != q.seq || b.Data[1][s] != float32(100*q.seq) {
				t.Errorf("row %d is sequence %d with w=%g, want %d", s, b.Index[s], b.Data[1][s], q.seq)
			}
			for i := range q.frames() {
				row, step := l.Off[i]+s, q.lo+i
				x, blank, dt := float32(q.seq)+float32(step)/1024, float32(1), float32(max(1, 2*step-1))
				if step == 1 {
					x, blank = 0, 0
				}
				if b.Data[0][2*row] != x || b.Present[0][2*row] != blank || b.Present[0][2*row+1] != 1 || b.Data[2][row] != dt {
					t.Errorf("sequence %d, step %d: x=%g, present %g, dt=%g", q.seq, step, b.Data[0][2*row], b.Present[0][2*row], b.Data[2][row])
				}
			}
		}
	}
}

func TestPackRefusesOtherVariables(t *testing.T) {
	for _, port := range []runtime.Port{{Name: "y", Cols: 1}, {Name: "x", Cols: 3}} {
		if _, err := newPacker(numbered(1), []runtime.Port{port}); err == nil {
			t.Errorf("port %+v is accepted", port)
		}
	}
}

func flat(batches [][]piece) []piece { return slices.Concat(batches...) }

func order(a, b piece) int {
	if a.seq != b.seq {
		return a.seq - b.seq
	}
	return a.lo - b.lo
}

func TestEveryEpochHoldsEveryPieceOnce(t *testing.T) {
	set := numbered(7, 3, 9, 1, 4, 4, 8)
	for _, kind := range []string{"shuffle", "pooled", "sorted"} {
		p := newPlan(set, config(t, "batch=2", "window=4", "order="+kind))
		want := slices.SortedFunc(slices.Values(p.pieces), order)
		for e := range 3 {
			batches := p.epoch(e)
			got := slices.SortedFunc(slices.Values(flat(batches)), order)
			if !slices.Equal(got, want) || len(batches) != p.updates() {
				t.Errorf("%s, epoch %d: %v, want %v", kind, e, got, want)
			}
		}
	}
}

func TestEpochsAreDrawnBySeed(t *testing.T) {
	set := numbered(slices.Repeat([]int{2, 3}, 20)...)
	draw := func(seed string, epoch int) []piece {
		p := newPlan(set, config(t, "seed="+seed))
		return slices.Clone(flat(p.epoch(epoch)))
	}
	if !slices.Equal(draw("1", 3), draw("1", 3)) {
		t.Error("an epoch is not a function of the seed")
	}
	if slices.Equal(draw("1", 3), draw("2", 3)) || slices.Equal(draw("1", 3), draw("1", 4)) {
		t.Error("seeds or epochs share an order")
	}
}

// Sorted batches hold consecutive lengths and never change, as in the runs of
// the paper; only their order does.
func TestSortedBatchesStay(t *testing.T) {
	p := newPlan(numbered(5, 1, 4, 2, 3, 6), config(t, "batch=2", "order=sorted"))
	for e := range 4 {
		for _, b := range p.epoch(e) {
			if len(b) != 2 || b[1].frames() != b[0].frames()+1 || b[0].frames()%2 != 1 {
				t.Errorf("epoch %d has the batch %v", e, b)
			}
		}
	}
}

func TestPooledBatchesHoldLikeLengths(t *testing.T) {
	lens := make([]int, 64)
	for i := range lens {
		lens[i] = 1 + i
	}
	p := newPlan(numbered(lens...), config(t, "batch=8", "order=pooled", "order.pool=8"))
	for _, b := range p.epoch(0) {
		if first, last := b[0].frames(), b[len(b)-1].frames(); last-first != 7 {
			t.Errorf("a batch of one pool goes from length %d to %d", first, last)
		}
	}
}

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		n, window int
		want      []piece
	}{
		{10, 0, []piece{{3, 0, 10}}}, {10, 10, []piece{{3, 0, 10}}},
		{10, 4, []piece{{3, 0, 3}, {3, 3, 6}, {3, 6, 10}}},
	} {
		if got := split(3, c.n, c.window); !slices.Equal(got, c.want) {
			t.Errorf("%d steps in windows of %d: %v, want %v", c.n, c.window, got, c.want)
		}
	}
}

func TestEvalPlanBoundsFrames(t *testing.T) {
	set := numbered(5, 30, 4, 9, 2, 7)
	batches := evalPlan(set, 12)
	if got := slices.SortedFunc(slices.Values(flat(batches)), order); len(got) != 6 || got[5].seq != 5 {
		t.Errorf("the plan holds %v", got)
	}
	for _, b := range batches {
		n := 0
		for _, p := range b {
			n += p.frames()
		}
		if n > 12 && len(b) > 1 {
			t.Errorf("batch %v has %d frames", b, n)
		}
	}
}

// A feed gives the batches of the plan in order, from any update on.
func TestFeedFollowsThePlan(t *testing.T) {
	set, c := numbered(3, 1, 2, 5, 4), config(t, "batch=2")
	p, err := newPacker(set, numberedPorts)
	if err != nil {
		t.Fatal(err)
	}
	for _, start := range []int{0, 4} {
		f, plan := newFeed(p, newPlan(set, c), start), newPlan(set, c)
		for u := start; u < 10; u++ {
			want := slices.Clone(plan.epoch(u / 3)[u%3])
			slices.SortStableFunc(want, func(a, b piece) int { return b.frames() - a.frames() })
			b := f.next()
			for i, q := range want {
				if b.Index[i] != q.seq || b.Lens[i] != q.frames() {
					t.Errorf("from %d, update %d: sequences %v, want %v", start, u, b.Index, want)
				}
			}
			f.recycle(b)
		}
		f.close()
	}
}
