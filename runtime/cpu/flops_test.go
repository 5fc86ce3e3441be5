package cpu

import (
	"testing"

	"ssmc/runtime/op"
)

// TestFlops counts the products of a whole model by hand: a factor of two and
// one row a frame, those behind the samples K times over; back twice that, but
// for the data, which want no gradient.
func TestFlops(t *testing.T) {
	n, lens := small, []int{4, 3, 3, 1}
	x, _ := start[float32](t, dmm(n, true), nil, true)
	for k := 1; k <= 3; k++ {
		run(t, x, rolls(lens, n.x), runOf(x, k))
		input := n.x * 4 * n.rnn
		seen := input + n.rnn*4*n.rnn
		chain := n.z*n.rnn + n.rnn*2*n.z
		emission := n.z*n.emit + n.emit*n.emit + n.emit*n.x
		transition := 4*n.z*n.trans + 2*n.z*n.z
		once, each := float64(2*11*seen), float64(2*11*k*(chain+emission+transition))
		forward, back := x.Flops()
		if want := once + each; forward.Products != want {
			t.Errorf("K=%d: %v forwards, want %v", k, forward.Products, want)
		}
		if want := 2*(once+each) - float64(2*11*input); back.Products != want {
			t.Errorf("K=%d: %v back, want %v", k, back.Products, want)
		}
		if forward.Others <= 0 || back.Others <= 0 {
			t.Errorf("K=%d: formulas take %v and %v", k, forward.Others, back.Others)
		}
	}
}

// TestFlopsBatchMul counts a product for each row, and two back.
func TestFlopsBatchMul(t *testing.T) {
	m := modelOf(false, func(b *builder) {
		b.score(b.apply(op.BatchMul{M: 2, K: 3, N: 4}, b.frames(6), b.frames(12)))
	})
	x, _ := start[float64](t, m, nil, true)
	run(t, x, batchOf([]int{3, 2}), runOf(x, 1))
	forward, back := x.Flops()
	linear := 2 * 5 * dataCols * (6 + 12.0)
	if want := linear + 2*5*2*3*4; forward.Products != want {
		t.Errorf("%v forwards, want %v", forward.Products, want)
	}
	if want := linear + 2*2*5*2*3*4; back.Products != want {
		t.Errorf("%v back, want %v", back.Products, want)
	}
}

// TestProfileFlops asks that a profile has the work of all runs, and that taking
// it allocates nothing.
func TestProfileFlops(t *testing.T) {
	x, _ := start[float32](t, dmm(small, true), nil, true)
	b, r := rolls([]int{3, 2}, small.x), runOf(x, 1)
	run(t, x, b, r)
	off := testing.AllocsPerRun(2, func() { run(t, x, b, r) })
	x.SetProfile(true)
	if on := testing.AllocsPerRun(2, func() { run(t, x, b, r) }); on > off {
		t.Errorf("%v allocations a run, %v without a profile", on, off)
	}
	var sum Flops
	for _, p := range x.Profile() {
		sum.Add(p.Flops)
	}
	forward, back := x.Flops()
	if want := 3 * (forward.Total() + back.Total()); sum.Total() != want {
		t.Errorf("three runs took %v, want %v", sum.Total(), want)
	}
}

// TestPlaceOfScan asks that a scan is known by its largest product.
func TestPlaceOfScan(t *testing.T) {
	m := modelOf(false, func(b *builder) { gru(b, false) })
	x, _ := start[float32](t, m, nil, true)
	x.SetProfile(true)
	for _, p := range x.Profile() {
		if p.Op == "Scan" && p.Pos != "cell:2" { // [n,2n]; the other is [n,n]
			t.Errorf("the scan is at %q", p.Pos)
		}
	}
}
