package cpu

import (
	"errors"
	"math"
	"testing"

	"ssmc/runtime"
	"ssmc/runtime/op"
	"ssmc/runtime/scalar"
)

// TestNotFinite asks where numbers that are not finite came from.
func TestNotFinite(t *testing.T) {
	b := batchOf([]int{5, 3, 2}, 17, 4, 8)
	l := op.NewLayout(b.Lens)
	b.Data[0][(l.Off[2]+1)*dataCols] = float32(math.Inf(1)) // sequence 4, time 3
	for name, c := range map[string]struct {
		build    func(*builder)
		op, pos  string
		gradient bool
	}{
		"op": {func(b *builder) { b.score(b.frames(2)) }, "Affine", "test.ssm:1:1", false},
		"scan": {func(b *builder) {
			x := b.Input(op.Source{Kind: op.Data, Name: "x"}, op.PerFrame(dataCols))
			c := newCell(b, true, x, b.param(dataCols, dataCols), b.param(1, dataCols))
			h := c.previous(dataCols, 1, 2)
			out := c.apply(scalar.Add(va, vb), []int{c.step(op.Affine{}, h, 1), 0})
			c.closes(h, out)
			b.score(b.scan(c, out)[0])
		}, "Map", "cell:2", false},
		"gradient": {func(b *builder) {
			x := b.Input(op.Source{Kind: op.Data, Name: "x"}, op.PerFrame(dataCols))
			one := b.formula(fn("tanh", va), false, []*op.Value{x})
			y := b.formula(scalar.Mul(scalar.Sub(va, scalar.Num(1)), vb), false, []*op.Value{one, b.frames0()})
			b.score(b.formula(fn("sqrt", scalar.Square(va)), false, []*op.Value{y}, op.MapVar{Cols: 1}))
		}, "Map", "test.ssm:1:1", true},
	} {
		t.Run(name, func(t *testing.T) {
			x, _ := start[float64](t, modelOf(false, c.build), nil, true)
			err := x.Run(b, runOf(x, 1))
			var e *NotFinite
			if !errors.As(err, &e) {
				t.Fatalf("error %v", err)
			}
			if e.Op != c.op || e.Pos != c.pos || e.Sequence != 4 || e.Time != 3 || e.Gradient != c.gradient {
				t.Errorf("%v", e)
			}
		})
	}
}

// frames0 is frames that do not depend on data, one parameter each.
func (b *builder) frames0() *op.Value {
	return b.apply(op.Expand{To: op.PerFrame(1)}, b.param(1, dataCols))
}

// TestNotFiniteParam names a parameter that is not finite.
func TestNotFiniteParam(t *testing.T) {
	x, p := start[float32](t, dmm(small, true), nil, true)
	p.Get(3)[0] = float32(math.NaN())
	err := x.Run(rolls([]int{2}, small.x), runOf(x, 1))
	var e *NotFinite
	if !errors.As(err, &e) || e.Op != "p3" || !e.Param || e.Sequence != -1 || e.Time != 0 {
		t.Errorf("error %v", err)
	}
}

// TestNotFiniteSum: where frames give to a gradient what is finite, and their sum is
// not, the one that gives most is named.
func TestNotFiniteSum(t *testing.T) {
	b := batchOf([]int{5, 3, 2}, 17, 4, 8)
	l := op.NewLayout(b.Lens)
	b.Data[0][(l.Off[2]+1)*dataCols] = 100 // sequence 4, time 3
	steep := fn("tanh", scalar.Mul(va, scalar.Num(1e250)))
	for name, build := range map[string]func(*builder){
		"op": func(b *builder) {
			x := b.Input(op.Source{Kind: op.Data, Name: "x"}, op.PerFrame(dataCols))
			big := b.formula(scalar.Mul(va, scalar.Num(1e57)), false, []*op.Value{x})
			b.score(b.formula(steep, false, []*op.Value{b.apply(op.Affine{}, big, b.param(dataCols, 1))}))
		},
		"scan": func(b *builder) {
			x := b.Input(op.Source{Kind: op.Data, Name: "x"}, op.PerFrame(dataCols))
			big := b.formula(scalar.Mul(va, scalar.Num(1e57)), false, []*op.Value{x})
			c := newCell(b, true, big, b.param(dataCols, 1), b.param(1, 1))
			h := c.previous(1, 1, 2)
			y := c.apply(fn("tanh", scalar.Add(scalar.Mul(va, scalar.Num(1e250)), vb)), []int{c.step(op.Affine{}, 0, 1), h})
			c.closes(h, y)
			b.score(b.scan(c, y)[0])
		},
	} {
		t.Run(name, func(t *testing.T) {
			x, p := start[float64](t, modelOf(false, build), nil, true)
			clear(p.Values)
			var e *NotFinite
			if err := x.Run(b, runOf(x, 1)); !errors.As(err, &e) {
				t.Fatalf("error %v", err)
			}
			if e.Op != "Affine" || !e.Gradient || !e.Sum || e.Sequence != 4 || e.Time != 3 {
				t.Errorf("%v", e)
			}
		})
	}
}

// TestNotFiniteStart: what a sequence starts from is given a gradient by first frames
// alone; a larger number at another time has no part in the sum.
func TestNotFiniteStart(t *testing.T) {
	b := batchOf([]int{5, 3, 2}, 17, 4, 8)
	l := op.NewLayout(b.Lens)
	clear(b.Data[0])
	b.Data[0][0], b.Data[0][dataCols] = 1e8, 1e8 // sequences 17 and 4, time 1
	b.Data[0][(l.Off[2]+1)*dataCols] = 1.5e8     // sequence 4, time 3
	x, p := start[float64](t, modelOf(false, func(b *builder) {
		x, one := b.Input(op.Source{Kind: op.Data, Name: "x"}, op.PerFrame(dataCols)), op.MapVar{Cols: 1}
		big := b.formula(scalar.Mul(va, scalar.Num(1e300)), false, []*op.Value{x}, one)
		zero := b.formula(scalar.Mul(va, scalar.Num(0)), false, []*op.Value{x}, one)
		y := b.apply(op.Lag{By: 1}, zero, b.param(1, 1))
		b.terms = append(b.terms, runtime.Term{Name: "t", Value: b.formula(scalar.Mul(va, vb), false, []*op.Value{y, big})})
	}), nil, true)
	clear(p.Values)
	var e *NotFinite
	if err := x.Run(b, runtime.Run{K: 1, Coef: []float64{1}, Grad: true}); !errors.As(err, &e) {
		t.Fatalf("error %v", err)
	}
	if e.Op != "Lag" || !e.Gradient || e.Sum || e.Sequence != -1 || e.Time != 0 {
		t.Errorf("%v", e)
	}
}
