package cpu

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"ssmc/runtime/op"
	"ssmc/runtime/scalar"
)

// opCases applies every op of package op in every way that its inputs may be
// shaped, and scores the result.
var opCases = map[string]func(b *builder){
	"affine":        func(b *builder) { b.score(b.apply(op.Affine{}, b.frames(4), b.param(4, 5))) },
	"affine bias":   func(b *builder) { b.score(b.apply(op.Affine{}, b.frames(4), b.param(4, 5), b.param(1, 5))) },
	"affine addend": func(b *builder) { b.score(b.apply(op.Affine{}, b.frames(4), b.param(4, 5), b.frames(5))) },
	"affine transW": func(b *builder) { b.score(b.apply(op.Affine{TransW: true}, b.frames(4), b.param(5, 4), b.param(1, 5))) },
	"affine addend kept": func(b *builder) {
		b.score(b.apply(op.Affine{}, b.frames(4), b.param(4, 3), b.apply(op.LogSoftmax{}, b.frames(3))))
	},
	"affine seq":     func(b *builder) { b.score(b.apply(op.Affine{}, b.seqs(4), b.param(4, 2), b.seqs(2))) },
	"affine once":    func(b *builder) { b.score(b.apply(op.Affine{}, b.param(3, 4), b.param(4, 2), b.param(3, 2))) },
	"affine one row": func(b *builder) { b.score(b.apply(op.Affine{}, b.param(1, 4), b.param(4, 2), b.param(1, 2))) },
	"affine shared": func(b *builder) {
		w := b.param(4, 4)
		h := b.apply(op.Affine{}, b.frames(4), w)
		b.score(b.apply(op.Affine{TransW: true}, h, w, h))
	},
	"shared rows": func(b *builder) {
		c, x := b.param(1, 3), b.frames(4)
		h := b.apply(op.Affine{}, b.apply(op.Affine{}, x, b.param(4, 3), c), b.param(3, 3), c)
		b.score(b.formula(scalar.Mul(va, vb), false, []*op.Value{h, c}))
		b.score(b.formula(fn("sin", scalar.Mul(va, vb)), false, []*op.Value{h, c}))
	},
	"map": func(b *builder) {
		b.score(b.formula(scalar.Mul(fn("tanh", va), fn("exp", vb)), false, []*op.Value{b.frames(4), b.frames(4)}))
	},
	"map sum": func(b *builder) {
		b.score(b.formula(scalar.Div(scalar.Square(va), fn("softplus", vb)), true, []*op.Value{b.frames(4), b.frames(4)}))
	},
	"map one column": func(b *builder) {
		b.score(b.formula(fn("sin", scalar.Add(va, scalar.Mul(vb, vc))), false, []*op.Value{b.frames(1), b.frames(4), b.frames(1)}))
	},
	"map only columns": func(b *builder) {
		b.score(b.formula(fn("sin", scalar.Mul(va, vb)), true, []*op.Value{b.frames(1), b.frames(1)}))
	},
	"map one row": func(b *builder) {
		b.score(b.formula(scalar.Mul(va, fn("sigmoid", scalar.Add(vb, vc))), true, []*op.Value{b.param(1, 4), b.frames(4), b.param(1, 1)}))
	},
	"map wide": func(b *builder) { // rows too wide to gather
		b.score(b.formula(scalar.Mul(va, fn("sigmoid", scalar.Add(vb, scalar.Mul(vc, vd)))), false,
			[]*op.Value{b.param(1, 130), b.frames(130), b.param(1, 1), b.frames(1)}))
	},
	"map columns": func(b *builder) {
		h := b.frames(8)
		b.score(b.formula(scalar.Mul(fn("tanh", va), vb), false, []*op.Value{h, h}, op.MapVar{Off: 1, Cols: 3}, op.MapVar{Off: 5, Cols: 3}))
	},
	"map overlapping columns": func(b *builder) {
		h := b.frames(4)
		b.score(b.formula(fn("sin", scalar.Mul(va, scalar.Mul(vb, vc))), false, []*op.Value{h, h, h},
			op.MapVar{Off: 0, Cols: 3}, op.MapVar{Off: 1, Cols: 3}, op.MapVar{Off: 2, Cols: 1}))
	},
	"map columns of a row": func(b *builder) {
		b.score(b.formula(scalar.Mul(va, vb), false, []*op.Value{b.param(1, 6), b.frames(3)}, op.MapVar{Off: 2, Cols: 3}))
	},
	"map seq": func(b *builder) { b.score(b.formula(scalar.Mul(va, va), false, []*op.Value{b.seqs(3)})) },
	"map once": func(b *builder) {
		b.score(b.formula(fn("exp", scalar.Mul(va, vb)), false, []*op.Value{b.param(3, 2), b.param(1, 2)}))
	},
	"map one once": func(b *builder) {
		b.score(b.formula(fn("exp", scalar.Mul(va, vb)), true, []*op.Value{b.param(1, 3), b.param(1, 1)}))
	},
	"map two readers": func(b *builder) {
		h := b.frames(4)
		b.score(b.formula(fn("tanh", va), false, []*op.Value{h}))
		b.score(b.formula(fn("sin", va), false, []*op.Value{h}, op.MapVar{Off: 1, Cols: 2}))
		b.score(h)
	},
	"lag":            func(b *builder) { b.score(b.apply(op.Lag{By: 1}, b.frames(3), b.param(1, 3))) },
	"lag seq start":  func(b *builder) { b.score(b.apply(op.Lag{By: 2}, b.frames(3), b.seqs(3))) },
	"lag no start":   func(b *builder) { b.score(b.apply(op.Lag{By: 2}, b.frames(3))) },
	"lead":           func(b *builder) { b.score(b.apply(op.Lag{By: -1}, b.frames(3), b.param(1, 3))) },
	"lead seq start": func(b *builder) { b.score(b.apply(op.Lag{By: -2}, b.frames(3), b.seqs(3))) },
	"lead no start":  func(b *builder) { b.score(b.apply(op.Lag{By: -1}, b.frames(3))) },
	"splice":         func(b *builder) { b.score(b.apply(op.Splice{At: 1}, b.frames(3), b.frames(3))) },
	"splice once":    func(b *builder) { b.score(b.apply(op.Splice{At: 0}, b.param(1, 3), b.frames(3))) },
	"splice seq":     func(b *builder) { b.score(b.apply(op.Splice{At: 2}, b.seqs(3), b.frames(3))) },
	"splice beyond":  func(b *builder) { b.score(b.apply(op.Splice{At: 9}, b.frames(3), b.frames(3))) },
	"hold": func(b *builder) {
		h := b.frames(3)
		b.score(b.apply(op.Hold{Every: 2}, h))
		b.score(h)
	},
	"tick": func(b *builder) {
		if b.sampled {
			b.score(b.frames(3))
			return
		}
		b.score(b.formula(scalar.Mul(va, vb), false, []*op.Value{b.frames(3), b.apply(op.Tick{Every: 3})}))
	},
	"edge": func(b *builder) { b.score(b.apply(op.Edge{}, b.frames(3))) },
	"edge last": func(b *builder) {
		h := b.frames(3)
		b.score(b.apply(op.Edge{Last: true}, h))
		b.score(h)
	},
	"expand seq": func(b *builder) {
		b.score(b.apply(op.Expand{To: op.Shape{Axis: op.Frame, Sampled: b.sampled}}, b.seqs(3)))
	},
	"expand once": func(b *builder) {
		b.score(b.apply(op.Expand{To: op.Shape{Axis: op.Frame, Sampled: b.sampled}}, b.param(1, 3)))
	},
	"expand to seq": func(b *builder) {
		b.score(b.apply(op.Expand{To: op.Shape{Axis: op.Seq, Sampled: b.sampled}}, b.param(1, 3)))
	},
	"concat": func(b *builder) {
		h := b.frames(2)
		b.score(b.apply(op.Concat{}, b.frames(3), h, h))
	},
	"slice": func(b *builder) {
		h := b.frames(5)
		b.score(b.apply(op.Slice{Lo: 1, Hi: 3}, h))
		b.score(b.apply(op.Affine{}, b.apply(op.Slice{Lo: 2, Hi: 4}, h), b.param(2, 2)))
	},
	"one hot": func(b *builder) {
		b.score(b.apply(op.Affine{}, b.apply(op.OneHot{Classes: 3}, b.classes()), b.param(3, 2)))
	},
	"log softmax": func(b *builder) {
		b.score(b.apply(op.LogSoftmax{}, b.frames(5)))
	},
	"log softmax once": func(b *builder) { b.score(b.apply(op.LogSoftmax{}, b.param(3, 4))) },
	"relax":            func(b *builder) { b.score(b.apply(op.Relax{Temperature: 0.7}, b.frames(4))) },
	"take":             func(b *builder) { b.score(b.apply(op.Take{}, b.frames(3), b.classes())) },
	"take once":        func(b *builder) { b.score(b.apply(op.Take{}, b.param(1, 3), b.classes())) },
	"nade": func(b *builder) {
		x := b.apply(op.OneHot{Classes: 3}, b.classes())
		b.score(b.apply(op.NADE{}, x, b.frames(3), b.frames(4), b.param(3, 4), b.param(3, 4)))
	},
	"nade shared": func(b *builder) { // of operands that others read, and each other
		x, h, w := b.apply(op.OneHot{Classes: 3}, b.classes()), b.frames(3), b.param(3, 3)
		b.score(b.apply(op.NADE{}, x, h, h, w, w))
		b.score(b.apply(op.Affine{}, h, w))
	},
	"const": func(b *builder) {
		c := b.apply(&op.Const{Rows: 1, Cols: 3, Data: []float64{1, 2, 3}})
		b.score(b.formula(scalar.Mul(va, vb), false, []*op.Value{b.frames(3), c}))
	},
	"const weight": func(b *builder) {
		c := b.apply(&op.Const{Rows: 3, Cols: 3, Data: []float64{0.5}})
		b.score(b.apply(op.Affine{}, b.frames(3), c))
	},
	"step has no gradient": func(b *builder) {
		h := b.frames(3)
		b.score(b.formula(fn("step", va), false, []*op.Value{h}))
		b.score(h)
	},
}

// TestOps compares every op's gradient with finite differences, on ragged
// sequences, with and without samples.
func TestOps(t *testing.T) {
	for name, build := range opCases {
		for _, k := range []int{0, 1, 3} { // 0: without Repeat
			t.Run(fmt.Sprint(name, "/", k), func(t *testing.T) {
				checkGradient(t, modelOf(k > 0, build), batchOf([]int{5, 3, 3, 1}), max(1, k))
			})
		}
	}
}

// TestAllOps asks that opCases has every op.
func TestAllOps(t *testing.T) {
	var seen []string
	for _, build := range opCases {
		m := modelOf(false, build)
		x, _ := start[float64](t, m, nil, true)
		for _, task := range x.forward {
			seen = append(seen, task.name)
		}
	}
	for _, s := range []op.Spec{op.Affine{}, &op.Map{}, op.Lag{}, op.Splice{}, op.Hold{}, op.Tick{}, op.Edge{}, op.Expand{}, op.Concat{}, op.Slice{},
		op.OneHot{}, op.LogSoftmax{}, op.Relax{}, op.Take{}, &op.Const{}, op.Total{}, op.Kalman{}, op.Chain{},
		op.Reshape{}, &op.Select{}, op.BatchMul{}, op.Cholesky{}, op.Inverse{}, op.MVNormal{}, op.NADE{}} {
		if !slices.Contains(seen, s.Name()) {
			t.Errorf("%s has no case", s.Name())
		}
	}
}

// TestWideColumns takes columns that overlap, of rows that are run in several
// blocks, in place and through slices. The sums are the same but for their order.
func TestWideColumns(t *testing.T) {
	const n = 1000
	views := []op.MapVar{{Off: 0, Cols: n}, {Off: 3, Cols: n}, {Off: 1, Cols: n}}
	f := scalar.Mul(fn("tanh", va), scalar.Add(vb, scalar.Square(vc)))
	grad := func(pick func(b *builder, h *op.Value, v op.MapVar) *op.Value, views []op.MapVar) []float64 {
		m := modelOf(false, func(b *builder) {
			h := b.frames(n + 3)
			var in []*op.Value
			for _, v := range []op.MapVar{{Off: 0}, {Off: 3}, {Off: 1}} {
				in = append(in, pick(b, h, v))
			}
			b.score(b.formula(f, false, in, views...))
		})
		x, _ := start[float64](t, m, nil, true)
		run(t, x, batchOf([]int{3, 2}), runOf(x, 1))
		return x.Grad()
	}
	got := grad(func(_ *builder, h *op.Value, _ op.MapVar) *op.Value { return h }, views)
	want := grad(func(b *builder, h *op.Value, v op.MapVar) *op.Value {
		return b.apply(op.Slice{Lo: v.Off, Hi: v.Off + n}, h)
	}, nil)
	for i, v := range want {
		if math.Abs(got[i]-v) > 1e-12*(1+math.Abs(v)) {
			t.Fatalf("gradient %d: %v in place, %v through slices", i, got[i], v)
		}
	}
}

// TestValues shows results that no scan can have.
func TestValues(t *testing.T) {
	const k = 2
	build := func(b *builder) {
		c := b.Input(op.Source{Kind: op.Data, Name: "c"}, op.PerFrame(1))
		b.score(b.apply(op.Repeat{}, b.apply(op.OneHot{Classes: 3}, c)))
		b.score(b.apply(op.Take{}, b.frames(3), c))
		b.score(b.apply(op.Take{}, b.apply(&op.Const{Rows: 1, Cols: 3, Data: []float64{7, 8, 9}}), c))
	}
	x, _ := start[float64](t, modelOf(false, build), nil, false)
	x.SetUse(Apart)
	r := runOf(x, k)
	r.Grad = false
	b := batchOf([]int{3, 2, 1})
	run(t, x, b, r)
	made := map[string][]*array[float64]{}
	for _, task := range x.forward {
		made[task.name] = append(made[task.name], task.writes...)
	}
	for row, v := range b.Data[2] {
		c := int(v)
		for j := range 3 {
			want := 0.0
			if j == c {
				want = 1
			}
			for i := range k {
				if got := made["Repeat"][0].row(row*k + i)[j]; got != want {
					t.Errorf("class %d, column %d of its row: %v", c, j, got)
				}
			}
		}
		if got, want := made["Take"][0].row(row)[0], made["Affine"][0].row(row)[c]; got != want {
			t.Errorf("took %v, want %v", got, want)
		}
		if got := made["Take"][1].row(row)[0]; got != float64(7+c) {
			t.Errorf("took %v, want %d", got, 7+c)
		}
	}
}

// TestNoClass shows that what is no class does not go unnoticed.
func TestNoClass(t *testing.T) {
	for _, v := range []float32{-1, 3, float32(math.NaN())} {
		b := batchOf([]int{3, 2})
		b.Data[2][1] = v
		for _, build := range []func(*builder){opCases["take"], opCases["one hot"]} {
			x, _ := start[float64](t, modelOf(false, build), nil, true)
			if err := x.Run(b, runOf(x, 1)); err == nil {
				t.Errorf("class %v gave a finite cost", v)
			}
		}
	}
}
