package cpu

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"ssmc/runtime"
	"ssmc/runtime/op"
	"ssmc/runtime/scalar"
)

// A cell writes the body of a scan.
type cell struct {
	*op.Scan
	frame op.Shape
	in    []*op.Value
}

func newCell(b *builder, rev bool, in ...*op.Value) *cell {
	c := &cell{Scan: &op.Scan{Rev: rev}, frame: op.Shape{Axis: op.Frame, Sampled: b.sampled}, in: in}
	for _, v := range in {
		c.Inputs = append(c.Inputs, v.Shape)
	}
	return c
}

// step adds a step and gives the number of its value.
func (c *cell) step(s op.Spec, in ...int) int {
	var shapes []op.Shape
	for _, v := range in {
		shapes = append(shapes, c.Value(v))
	}
	out, err := s.Infer(shapes)
	if err != nil {
		panic(err)
	}
	c.Body = append(c.Body, op.Step{Spec: s, In: in, Out: out, Pos: fmt.Sprint("cell:", len(c.Body))})
	return len(c.Inputs) + len(c.Body) - 1
}

// previous adds a lag of a value that is yet to come; see closes.
func (c *cell) previous(cols, by int, start ...int) int {
	if c.Rev {
		by = -by
	}
	c.Body = append(c.Body, op.Step{Spec: op.Lag{By: by}, In: append([]int{-1}, start...), Out: c.frame.WithCols(cols), Pos: "lag"})
	return len(c.Inputs) + len(c.Body) - 1
}

// closes makes v the value that lag l shifts.
func (c *cell) closes(l, v int) { c.Body[l-len(c.Inputs)].In[0] = v }

// apply adds a formula of a, b, c and so on; views as in builder.formula.
func (c *cell) apply(f *scalar.Expr, in []int, view ...op.MapVar) int {
	m := &op.Map{Formula: f}
	for i, v := range in {
		mv := op.MapVar{Cols: c.Value(v).Cols}
		if i < len(view) && view[i].Cols > 0 {
			mv = view[i]
		}
		mv.Name = string(rune('a' + i))
		m.Vars = append(m.Vars, mv)
	}
	return c.step(m, in...)
}

// scan adds the scan to the graph, with results outs.
func (b *builder) scan(c *cell, outs ...int) []*op.Value {
	c.Outs = outs
	return b.Apply(c.Scan, "test.ssm:2:1", c.in...)
}

func rnn(b *builder, rev bool) {
	x := b.frames(4)
	b.score(x)
	c := newCell(b, rev, x, b.param(4, 4), b.param(1, 4))
	h := c.previous(4, 1, 2)
	a := c.step(op.Affine{}, h, 1, 0)
	out := c.apply(fn("tanh", va), []int{a})
	c.closes(h, out)
	b.score(b.scan(c, out)[0])
	b.score(x)
}

func lstm(b *builder, rev bool) {
	const n = 3
	c := newCell(b, rev, b.frames(4*n), b.param(n, 4*n), b.param(1, n), b.seqs(n))
	h, s := c.previous(n, 1, 2), c.previous(n, 1, 3)
	g := c.step(op.Affine{}, h, 1, 0)
	gate := func(i int) op.MapVar { return op.MapVar{Off: i * n, Cols: n} }
	next := c.apply(scalar.Add(scalar.Mul(fn("sigmoid", va), vb), scalar.Mul(fn("sigmoid", vc), fn("tanh", vd))),
		[]int{g, s, g, g}, gate(0), op.MapVar{}, gate(1), gate(2))
	out := c.apply(scalar.Mul(fn("sigmoid", va), fn("tanh", vb)), []int{g, next}, gate(3))
	c.closes(h, out)
	c.closes(s, next)
	b.score(b.scan(c, out)[0])
}

func gru(b *builder, rev bool) {
	const n = 3
	c := newCell(b, rev, b.frames(3*n), b.param(n, 2*n), b.param(n, n), b.param(1, n))
	h := c.previous(n, 1, 3)
	x := c.step(op.Slice{Lo: 0, Hi: 2 * n}, 0)
	g := c.step(op.Affine{}, h, 1, x)
	rh := c.apply(scalar.Mul(fn("sigmoid", va), vb), []int{g, h}, op.MapVar{Off: 0, Cols: n})
	u := c.step(op.Affine{}, rh, 2)
	out := c.apply(scalar.Add(vb, scalar.Mul(fn("sigmoid", va), scalar.Sub(fn("tanh", scalar.Add(vc, vd)), vb))),
		[]int{g, h, u, 0}, op.MapVar{Off: n, Cols: n}, op.MapVar{}, op.MapVar{}, op.MapVar{Off: 2 * n, Cols: n})
	c.closes(h, out)
	b.score(b.scan(c, out)[0])
}

// chain is a posterior chain of two coupled states with noise, one of which
// sees the other two steps back. Its means and scales are read off the loop.
func chain(b *builder, rev bool) {
	const n = 2
	eps := b.Input(op.Source{Kind: op.Noise, Name: "eps"}, op.Shape{Axis: op.Frame, Sampled: b.sampled, Cols: n})
	c := newCell(b, rev, b.frames(4), b.param(n, 4), b.param(4, 2*n), b.param(1, 2*n), b.param(1, n), b.seqs(n), eps)
	z, w := c.previous(n, 1, 4), c.previous(n, 2, 5)
	y := c.step(op.Concat{}, z, w)
	hidden := c.apply(scalar.Mul(scalar.Num(0.5), scalar.Add(fn("tanh", va), vb)), []int{c.step(op.Affine{}, z, 1), 0})
	ms := c.step(op.Affine{}, c.apply(scalar.Add(va, vb), []int{hidden, y}), 2, 3)
	mean, pre := op.MapVar{Off: 0, Cols: n}, op.MapVar{Off: n, Cols: n}
	zNew := c.apply(scalar.Add(va, scalar.Mul(fn("softplus", vb), vc)), []int{ms, ms, 6}, mean, pre)
	wNew := c.apply(fn("sin", scalar.Add(va, vb)), []int{zNew, w})
	sd := c.apply(fn("softplus", va), []int{ms}, pre)
	old := c.step(op.Lag{By: 1}, zNew, 4)
	c.closes(z, zNew)
	c.closes(w, wNew)
	outs := b.scan(c, zNew, sd, wNew, old)
	b.score(outs[1])
	b.score(b.formula(fn("sin", scalar.Mul(va, vb)), false, []*op.Value{outs[0], outs[0]}))
	b.score(outs[3])
	b.score(outs[2])
}

// matrices is a state drawn with a covariance that depends on it, and the
// covariance of a filter, which depends on the one before.
func matrices(b *builder, rev bool) {
	const n = 2
	c := newCell(b, rev, b.frames(n), b.param(1, n*n), b.param(n, 3), b.param(1, n), b.param(1, n*n), b.covarianceRow(n))
	z, p := c.previous(n, 1, 3), c.previous(n*n, 1, 4)
	tri := c.step(&op.Select{From: []int{0, -1, 1, 2}}, c.apply(fn("softplus", va), []int{c.step(op.Affine{}, z, 2)}))
	zNew := c.apply(scalar.Add(va, fn("tanh", vb)), []int{c.step(op.BatchMul{M: n, K: n, N: 1}, tri, 0), c.step(op.BatchMul{M: n, K: n, N: 1}, 1, z)})
	moved := c.step(op.BatchMul{M: n, K: n, N: n, TransB: true}, c.step(op.BatchMul{M: n, K: n, N: n}, 1, p), 1)
	sum := c.apply(scalar.Add(scalar.Mul(scalar.Num(0.1), fn("tanh", va)), vb), []int{moved, 5})
	pNew := c.step(op.Cholesky{N: n}, sum)
	c.closes(z, zNew)
	c.closes(p, pNew)
	outs := b.scan(c, zNew, pNew)
	b.score(outs[0])
	b.score(outs[1])
}

// mixed has steps that run before the loop, on rows of every kind, sums whose
// addends have other readers, a value read in part, a weight used thrice, and
// inputs that lags read both ways.
func mixed(b *builder, rev bool) {
	const n = 3
	x := b.frames(n)
	c := newCell(b, rev, x, b.param(n, n), b.param(1, n), b.seqs(n), x, b.frames(n))
	once := c.apply(fn("exp", va), []int{2})
	seq := c.apply(fn("sin", va), []int{3})
	pre := c.step(op.Affine{}, 0, 1, once)
	ahead := c.step(op.Lag{By: -1}, 0, seq)
	edge := c.apply(scalar.Mul(va, vb), []int{c.step(op.Lag{By: 1}, 4), c.step(op.Lag{By: -1}, 4)})
	all := c.step(op.Expand{To: c.frame}, seq)
	h := c.previous(n, 1, seq)
	a := c.step(op.Affine{}, h, 1, pre)
	first := c.step(op.Splice{At: 1}, all, a)
	now := c.apply(scalar.Add(fn("tanh", scalar.Add(va, vb)), scalar.Mul(vc, vd)), []int{first, ahead, pre, edge})
	twice := c.step(op.Affine{}, c.step(op.Affine{}, now, 1, 5), 1, all)
	part := c.apply(scalar.Add(va, vb), []int{c.step(op.Concat{}, now, all), twice}, op.MapVar{Off: 1, Cols: n})
	out := c.step(op.LogSoftmax{}, part)
	c.closes(h, out)
	outs := b.scan(c, out, 0, pre)
	b.score(outs[0])
	b.score(outs[1])
	b.score(outs[2])
}

// scanCases are scans of every kind.
var scanCases = map[string]func(*builder, bool){"rnn": rnn, "lstm": lstm, "gru": gru, "chain": chain, "mixed": mixed, "matrices": matrices}

// eachScan runs f for every scan, both ways, with and without samples.
func eachScan(t *testing.T, f func(t *testing.T, sampled bool, build func(*builder), k int)) {
	for name, build := range scanCases {
		for _, rev := range []bool{false, true} {
			for _, k := range []int{0, 1, 3} {
				t.Run(fmt.Sprint(name, "/", rev, "/", k), func(t *testing.T) {
					f(t, k > 0, func(b *builder) { build(b, rev) }, max(1, k))
				})
			}
		}
	}
}

// TestScanGradients compares with finite differences.
func TestScanGradients(t *testing.T) {
	eachScan(t, func(t *testing.T, sampled bool, build func(*builder), k int) {
		checkGradient(t, modelOf(sampled, build), batchOf([]int{5, 3, 3, 1}), k)
	})
}

// TestScanValues compares every value of every body with its plain twin, which
// takes one sequence at a time. 1e-12 allows for sums in another order.
func TestScanValues(t *testing.T) {
	eachScan(t, func(t *testing.T, sampled bool, build func(*builder), k int) {
		x, _ := start[float64](t, modelOf(sampled, build), nil, false)
		x.SetUse(Apart)
		r := runOf(x, k)
		r.Grad = false
		if err := x.Run(batchOf([]int{5, 3, 3, 1}), r); err != nil {
			t.Fatal(err)
		}
		for _, task := range x.forward { // again, to see inputs before they are overwritten
			s, ok := task.stage.(*scan[float64])
			if !ok {
				x.do(task)
				continue
			}
			w := twin{s: s, lay: s.dims.Layout(s.frames)}
			for v := range s.spec.Inputs {
				w.inputs = append(w.inputs, copyOf(s.values[v]))
			}
			x.do(task)
			compareTwin(t, &w)
		}
	})
}

func copyOf[F Float](a *array[F]) *array[F] {
	c := *a
	c.data = slices.Clone(a.data)
	return &c
}

func compareTwin(t *testing.T, w *twin) {
	t.Helper()
	for b, n := range w.lay.Len {
		w.b, w.known = b, map[[2]int][]float64{}
		for v := range w.s.values {
			if w.s.gone[v] {
				continue
			}
			for time := range n {
				got, want := w.s.values[v].row(w.row(v, time)), w.value(v, time)
				for j := range got {
					if math.Abs(got[j]-want[j]) > 1e-12 {
						t.Fatalf("value %d of sequence %d at %d: %v, twin %v", v, b, time, got, want)
					}
				}
			}
		}
	}
}

// TestScanPhases shows which steps of a chain stay in the loop.
func TestScanPhases(t *testing.T) {
	x, _ := start[float64](t, modelOf(false, func(b *builder) { chain(b, false) }), nil, false)
	for _, task := range x.forward {
		s, ok := task.stage.(*scan[float64])
		if !ok {
			continue
		}
		if len(s.before) != 0 || len(s.after) != 2 {
			t.Errorf("%d steps before the loop and %d after, want 0 and 2", len(s.before), len(s.after))
		}
	}
}

// TestScanRefuses shows that a scan that waits for its own future is an error.
func TestScanRefuses(t *testing.T) {
	build := func(b *builder) {
		c := newCell(b, false, b.frames(2), b.param(1, 2))
		h := c.previous(2, -1, 1)
		out := c.apply(scalar.Add(va, vb), []int{h, 0})
		c.closes(h, out)
		b.score(b.scan(c, out)[0])
	}
	m := modelOf(false, build)
	if _, err := New(m, runtime.Spec{}, paramsOf[float64](m), nil, false); err == nil {
		t.Error("a lag by -1 in a forward scan was accepted")
	}
}
