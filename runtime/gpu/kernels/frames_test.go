package kernels

import "testing"

// exactly is the tolerance of ops that move numbers, and add up a few.
const exactly = 1e-6

// place is the time and the sequence of a sampled row of frames.
func (r *rig) place(row int) (t, b int) {
	off := r.lay.Sampled.Off
	for off[t+1] <= row {
		t++
	}
	return t, row - off[t]
}

// has reports whether sequence b has a frame at time t.
func (r *rig) has(t, b int) bool { return t >= 0 && t < r.lay.Sampled.Len[b] }

// frame is element j of m for sequence b at time t.
func (r *rig) frame(m *matrix, t, b, j int) float64 { return m.get(r.lay.Sampled.Off[t]+b, j) }

// edgeTime is the first time of sequence b, or the last.
func (r *rig) edgeTime(b int, last bool) int {
	if last {
		return r.lay.Sampled.Len[b] - 1
	}
	return 0
}

// served is the row of m for sequence b: its own, or one for all.
func served(m *matrix, b int) int {
	if m.axis == Once {
		return 0
	}
	return b
}

// lags is what ops are tested with: beyond the longest sequence, too.
var lags = []int{1, 2, 5, -1, -2, -5}

func TestTime(t *testing.T) {
	eachBatch(t, func(r *rig) {
		time := make([]int32, r.lay.Base.N)
		r.dims.Time = hold(r, time)
		r.do(Op{Code: Layout, Axis: Frame})
		for row, got := range time {
			if want, _ := r.place(row * r.lay.K); int(got) != want {
				r.Errorf("row %d is of time %d, want %d", row, got, want)
			}
		}
	})
}

func TestLag(t *testing.T) {
	eachBatch(t, func(r *rig) {
		x, y := r.frames(3), r.frames(3)
		for _, by := range lags {
			for _, start := range []*matrix{nil, r.once(3), r.seqs(3)} {
				r.check(Op{Code: Lag, Axis: y.axis, N: [8]int32{3, int32(by)}}, sets, 0, func(row, j int) float64 {
					t, b := r.place(row)
					switch {
					case r.has(t-by, b):
						return r.frame(x, t-by, b, j)
					case start != nil:
						return start.get(served(start, b), j)
					}
					return r.frame(x, r.edgeTime(b, by < 0), b, j)
				}, y, x, start)
			}
		}
	})
}

// given is what the frames of dy give back to element j of a row.
func (r *rig) given(dy *matrix, by int, edges bool, row, j int) (s float64) {
	t, b := r.place(row)
	for from := range r.lay.Sampled.Len[b] {
		to := from - by
		if edges && !r.has(to, b) {
			to = r.edgeTime(b, by < 0)
		}
		if to == t {
			s += r.frame(dy, from, b, j)
		}
	}
	return s
}

func TestLagBack(t *testing.T) {
	eachBatch(t, func(r *rig) {
		dx, dy := r.frames(3), r.frames(3)
		for _, by := range lags {
			for edges := range int32(2) {
				r.check(Op{Code: LagBack, Axis: dx.axis, N: [8]int32{3, int32(by), edges}}, either, exactly, func(row, j int) float64 {
					return r.given(dy, by, edges == 1, row, j)
				}, dx, dy)
			}
		}
	})
}

// Scans scatter the rows of one time at a time. Here all are at once, so that none may
// have the target of another: those that go to an edge are tested where it is all.
func TestLagScatter(t *testing.T) {
	for edges, lens := range [][]int{lens, {1, 1, 1}} {
		r := newRig(t, lens, 2)
		dx, dy := r.frames(3), r.frames(3)
		for _, by := range lags {
			r.check(Op{Code: LagScatter, Axis: dx.axis, N: [8]int32{3, int32(by), int32(edges)}}, adds, exactly, func(row, j int) float64 {
				return r.given(dy, by, edges == 1, row, j)
			}, dx, dy)
		}
	}
}

func TestLagStart(t *testing.T) {
	eachBatch(t, func(r *rig) {
		dy := r.frames(3)
		for _, by := range lags {
			for _, ds := range []*matrix{r.once(3), r.seqs(3)} {
				r.check(Op{Code: LagStart, Axis: ds.axis, Rows: 1, N: [8]int32{3, int32(by)}}, either, exactly, func(row, j int) (s float64) {
					for b := range r.lay.Sampled.B {
						for t := range r.lay.Sampled.Len[b] {
							if served(ds, b) == row && !r.has(t-by, b) {
								s += r.frame(dy, t, b, j)
							}
						}
					}
					return s
				}, ds, dy)
			}
		}
	})
}

func TestSplice(t *testing.T) {
	eachBatch(t, func(r *rig) {
		rest, y := r.frames(3), r.frames(3)
		for at := range 5 {
			for _, first := range []*matrix{r.once(3), r.seqs(3), r.frames(3)} {
				r.check(Op{Code: Splice, Axis: y.axis, N: [8]int32{3, int32(at)}}, sets, 0, func(row, j int) float64 {
					t, b := r.place(row)
					switch {
					case t != at:
						return rest.get(row, j)
					case first.axis&Frame != 0:
						return first.get(row, j)
					}
					return first.get(served(first, b), j)
				}, y, first, rest)
			}
		}
	})
}

func TestSpliceBack(t *testing.T) {
	eachBatch(t, func(r *rig) {
		dx, dy := r.frames(3), r.frames(3)
		for at := range int32(5) {
			for first := range int32(2) {
				r.check(Op{Code: SpliceBack, Axis: dx.axis, N: [8]int32{3, at, first}}, either, exactly, func(row, j int) float64 {
					if t, _ := r.place(row); (int32(t) == at) == (first == 1) {
						return dy.get(row, j)
					}
					return 0
				}, dx, dy)
			}
			for _, ds := range []*matrix{r.once(3), r.seqs(3)} {
				r.check(Op{Code: SpliceStart, Axis: ds.axis, Rows: 1, N: [8]int32{3, at}}, either, exactly, func(row, j int) (s float64) {
					for b := range r.lay.Sampled.B {
						if served(ds, b) == row && r.has(int(at), b) {
							s += r.frame(dy, int(at), b, j)
						}
					}
					return s
				}, ds, dy)
			}
		}
	})
}

func TestExpand(t *testing.T) {
	eachBatch(t, func(r *rig) {
		y := r.frames(3)
		for _, x := range []*matrix{r.once(3), r.seqs(3)} {
			r.check(Op{Code: Expand, Axis: y.axis, N: [8]int32{3}}, sets, 0, func(row, j int) float64 {
				_, b := r.place(row)
				return x.get(served(x, b), j)
			}, y, x)
		}
		dx := r.seqs(3)
		r.check(Op{Code: ExpandBack, Axis: dx.axis, N: [8]int32{3}}, either, exactly, func(b, j int) (s float64) {
			for t := range r.lay.Sampled.Len[b] {
				s += r.frame(y, t, b, j)
			}
			return s
		}, dx, y)
	})
}

func TestHold(t *testing.T) {
	eachBatch(t, func(r *rig) {
		x, y, ticks := r.frames(3), r.frames(3), r.frames(1)
		for every := 1; every < 6; every++ {
			o := Op{Code: Hold, Axis: y.axis, N: [8]int32{3, int32(every)}}
			r.check(o, sets, 0, func(row, j int) float64 {
				t, b := r.place(row)
				return r.frame(x, t/every*every, b, j)
			}, y, x)
			o.Code = HoldBack
			r.check(o, either, exactly, func(row, j int) (s float64) {
				t, b := r.place(row)
				for from := range r.lay.Sampled.Len[b] {
					if from/every*every == t {
						s += r.frame(y, from, b, j)
					}
				}
				return s
			}, x, y)
			r.check(Op{Code: Tick, Axis: ticks.axis, N: [8]int32{1, int32(every)}}, sets, 0, func(row, _ int) float64 {
				if t, _ := r.place(row); t%every == 0 {
					return 1
				}
				return 0
			}, ticks)
		}
	})
}

func TestEdge(t *testing.T) {
	eachBatch(t, func(r *rig) {
		x, y := r.frames(3), r.seqs(3)
		for last := range int32(2) {
			o := Op{Code: Edge, Axis: y.axis, N: [8]int32{3, last}}
			r.check(o, sets, 0, func(b, j int) float64 { return r.frame(x, r.edgeTime(b, last == 1), b, j) }, y, x)
			o.Code = EdgeBack
			r.check(o, adds, exactly, func(row, j int) float64 {
				if t, b := r.place(row); t == r.edgeTime(b, last == 1) {
					return y.get(b, j)
				}
				return 0
			}, x, y)
		}
	})
}

// Of the rows of one time, no two scatter to one target: here sequences have one frame.
func TestHoldScatter(t *testing.T) {
	r := newRig(t, []int{1, 1, 1}, 2)
	dx, dy := r.frames(3), r.frames(3)
	for _, every := range []int{1, 3} {
		r.check(Op{Code: HoldScatter, Axis: dx.axis, N: [8]int32{3, int32(every)}}, adds, exactly, func(row, j int) float64 {
			return dy.get(row, j)
		}, dx, dy)
	}
}
