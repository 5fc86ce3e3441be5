package kernels

import "testing"

func TestCopy(t *testing.T) {
	eachBatch(t, func(r *rig) {
		for _, y := range []*matrix{r.frames(40), r.seqs(3), r.random(Once, 5, 3), r.random(Frame, 0, 3)} {
			x := r.random(y.axis, y.rows, y.cols)
			o := Op{Code: Copy, Axis: y.axis, Rows: int32(y.rows), N: [8]int32{int32(y.cols)}}
			r.check(o, either, exactly, x.get, y, x)
			o.Code, o.F[0] = Fill, 2.5
			r.check(o, sets, 0, func(_, _ int) float64 { return 2.5 }, y)
		}
	})
}

// One row serves all of a Once domain where rows are no numbers apart.
func TestCopyOfOneRow(t *testing.T) {
	r := newRig(t, lens, 1)
	y, x := r.random(Once, 5, 3), r.once(3)
	x.ld = 0
	r.check(Op{Code: Copy, Axis: Once, Rows: 5, N: [8]int32{3}}, sets, 0, func(_, j int) float64 { return x.get(0, j) }, y, x)
}

func TestRepeat(t *testing.T) {
	eachBatch(t, func(r *rig) {
		for _, axis := range []Axis{Seq, Frame} {
			x, y := r.random(axis, 0, 3), r.random(axis|Sampled, 0, 3)
			r.check(Op{Code: Repeat, Axis: y.axis, N: [8]int32{3}}, sets, 0, func(row, j int) float64 { return x.get(row/r.lay.K, j) }, y, x)
			r.check(Op{Code: RepeatBack, Axis: x.axis, N: [8]int32{3}}, either, exactly, func(row, j int) (s float64) {
				for k := range r.lay.K {
					s += y.get(row*r.lay.K+k, j)
				}
				return s
			}, x, y)
		}
	})
}

func TestSelect(t *testing.T) {
	eachBatch(t, func(r *rig) {
		from := []int32{3, -1, 0, 3, 2}
		x, y := r.frames(4), r.frames(len(from))
		table := hold(r, from)
		r.check(Op{Code: Select, Axis: y.axis, N: [8]int32{5}, Table: table}, sets, 0, func(row, j int) float64 {
			if from[j] < 0 {
				return 0
			}
			return x.get(row, int(from[j]))
		}, y, x)
		r.check(Op{Code: SelectBack, Axis: x.axis, N: [8]int32{4, 5}, Table: table}, either, exactly, func(row, i int) (s float64) {
			for j, f := range from {
				if int(f) == i {
					s += y.get(row, j)
				}
			}
			return s
		}, x, y)
	})
}

func TestGather(t *testing.T) {
	r := newRig(t, lens, 3)
	x, y := r.frames(4), r.frames(4)
	ancestors := r.frames(1).set(func(row, _ int) float64 { return float64((row * row) % 3) })
	source := func(row int) int { return row/3*3 + int(ancestors.get(row, 0)) }
	r.check(Op{Code: Gather, Axis: y.axis, N: [8]int32{4}}, sets, 0, func(row, j int) float64 { return x.get(source(row), j) }, y, x, ancestors)
	r.check(Op{Code: GatherBack, Axis: x.axis, N: [8]int32{4}}, either, exactly, func(row, j int) (s float64) {
		for q := range y.rows {
			if source(q) == row {
				s += y.get(q, j)
			}
		}
		return s
	}, x, y, ancestors)
}

// Element-wise programs are told which they are, and what of.
func TestMap(t *testing.T) {
	r := newRig(t, lens, 2)
	arrays := r.once(32)
	a := arrays.array(r)
	o := Op{Code: Map, Axis: Frame | Sampled, Arrays: 1, More: hold(r, a.Append(nil))}
	for _, o.N[0] = range []int32{0, 3} {
		r.launch(o, 1, 32)
		if got, want := arrays.get(0, 7), float64(1000*o.N[0]+10*16+32); got != want {
			t.Errorf("program %d was given %v, want %v", o.N[0], got, want)
		}
	}
}
