package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ssmc/runtime"
	"ssmc/runtime/kernel"
	"ssmc/runtime/op"
	"ssmc/runtime/scalar"
)

// A cutting is a model whose noise is data, so that the pieces of a sequence can
// be given the noise of the whole.
type cutting struct {
	*runtime.Model
	shapes []op.Shape // of the ports
}

// cuttingOf is what build writes, for cutting.
func cuttingOf(sampled bool, build func(*builder)) cutting {
	m := modelOf(sampled, build)
	c := cutting{m, []op.Shape{op.PerFrame(dataCols), op.PerSeq(dataCols), op.PerFrame(1)}}
	given := func(g *op.Graph) (noise []*op.Value) {
		for _, v := range g.Inputs {
			if v.Source.Kind == op.Noise {
				v.Source.Kind = op.Data
				noise = append(noise, v)
			}
		}
		return noise
	}
	plain := m.Build
	m.Build = func(g *op.Graph, s runtime.Spec) ([]runtime.Term, error) {
		terms, err := plain(g, s)
		given(g)
		return terms, err
	}
	b := &builder{Graph: op.NewGraph(), sampled: sampled}
	build(b)
	for _, v := range given(b.Graph) {
		m.Ports = append(m.Ports, runtime.Port{Name: v.Source.Name, Cols: v.Shape.Cols, Static: v.Shape.Axis == op.Seq})
		c.shapes = append(c.shapes, v.Shape)
	}
	return c
}

// whole is a batch of whole sequences, with noise for k samples.
func (c cutting) whole(lens []int, k int) *runtime.Batch {
	b := batchOf(lens)
	d, r := op.NewDims(lens, k), rand.New(rand.NewPCG(4, 5))
	for _, s := range c.shapes[len(b.Data):] {
		x := make([]float32, d.Rows(s)*s.Cols)
		draw(r, x)
		b.Data = append(b.Data, x)
	}
	return b
}

// A part is steps lo to hi of a sequence.
type part struct{ seq, lo, hi int }

// cut is the batch of some parts of whole, longest first.
func (c cutting) cut(whole *runtime.Batch, k int, parts []part) *runtime.Batch {
	slices.SortStableFunc(parts, func(p, q part) int { return q.hi - q.lo - p.hi + p.lo })
	b := &runtime.Batch{}
	for _, p := range parts {
		b.Lens, b.Index = append(b.Lens, p.hi-p.lo), append(b.Index, p.seq)
		b.From, b.More = append(b.From, p.lo), append(b.More, p.hi < whole.Lens[p.seq])
	}
	from, to := op.NewDims(whole.Lens, k), op.NewDims(b.Lens, k)
	for i, s := range c.shapes {
		x := make([]float32, to.Rows(s)*s.Cols)
		for at, p := range parts {
			eachRow(to, s, at, func(row, t, j int) {
				copy(x[row*s.Cols:][:s.Cols], whole.Data[i][rowAt(from, s, p.seq, p.lo+t, j)*s.Cols:])
			})
		}
		b.Data = append(b.Data, x)
	}
	return b
}

// rowAt is the row of sample j of sequence b at time t in an array of shape s.
func rowAt(d *op.Dims, s op.Shape, b, t, j int) int {
	n := 1
	if s.Sampled {
		n = d.K
	}
	if s.Axis == op.Seq {
		return b*n + j
	}
	return (d.Base.Off[t]+b)*n + j
}

// eachRow calls f with the rows of sequence b in an array of shape s.
func eachRow(d *op.Dims, s op.Shape, b int, f func(row, t, j int)) {
	n, steps := 1, d.Base.Len[b]
	if s.Sampled {
		n = d.K
	}
	if s.Axis == op.Seq {
		steps = 1
	}
	for t := range steps {
		for j := range n {
			f(rowAt(d, s, b, t, j), t, j)
		}
	}
}

// walked is batches of parts that together are sequences of 9, 7, 7, 4 and 2
// steps: cut at different steps, into parts down to one step, side by side with
// others that begin and end.
var walked = [][]part{
	{{0, 0, 1}, {2, 0, 3}, {3, 0, 2}},
	{{0, 1, 2}, {2, 3, 4}, {1, 0, 5}},
	{{0, 2, 7}, {1, 5, 7}, {3, 2, 3}},
	{{0, 7, 9}, {2, 4, 7}, {4, 0, 1}, {3, 3, 4}},
	{{4, 1, 2}},
}

var walkedLens = []int{9, 7, 7, 4, 2}

// times reads other times in every way that no scan has.
func times(b *builder) {
	x := b.frames(2)
	b.score(b.apply(op.Lag{By: 1}, x, b.param(1, 2)))
	b.score(b.apply(op.Lag{By: 3}, b.frames(2), b.seqs(2)))
	b.score(b.apply(op.Lag{By: 2}, x))
	b.score(b.apply(op.Lag{By: 1}, b.apply(op.Lag{By: 2}, x, b.param(1, 2)), b.param(1, 2)))
	b.score(b.apply(op.Splice{At: 0}, b.param(1, 2), x))
	b.score(b.apply(op.Splice{At: 2}, b.seqs(2), x))
	b.score(b.apply(op.Splice{At: 5}, b.frames(2), x))
	b.score(b.apply(op.Hold{Every: 3}, x))
	tick := b.apply(op.Tick{Every: 3})
	if b.sampled {
		tick = b.apply(op.Repeat{}, tick)
	}
	b.score(tick)
}

// eachCut runs f for all scans that run forwards, and for times; with ahead also
// for those that see to the end of a part.
func eachCut(t *testing.T, ahead bool, f func(t *testing.T, sampled bool, build func(*builder), k int)) {
	cases := map[string]func(*builder){"times": times}
	for name, build := range scanCases {
		if ahead || name != "mixed" { // it looks ahead
			cases[name] = func(b *builder) { build(b, false) }
		}
		if ahead {
			cases[name+"/back"] = func(b *builder) { build(b, true) }
		}
	}
	for name, build := range cases {
		for _, k := range []int{0, 1, 3} {
			t.Run(fmt.Sprint(name, "/", k), func(t *testing.T) { f(t, k > 0, build, max(1, k)) })
		}
	}
}

// carrying is a machine for m that carries.
func carrying[F Float](t *testing.T, m *runtime.Model, pool *kernel.Pool) (*Machine[F], *runtime.Params[F]) {
	t.Helper()
	p := paramsOf[F](m)
	x, err := New(m, runtime.Spec{Carry: true}, p, pool, true)
	if err != nil {
		t.Fatal(err)
	}
	return x, p
}

// TestCarry compares the terms of sequences that are evaluated part by part with
// those of whole sequences, to rounding: 1e-12.
func TestCarry(t *testing.T) {
	eachCut(t, false, func(t *testing.T, sampled bool, build func(*builder), k int) {
		c := cuttingOf(sampled, build)
		whole := c.whole(walkedLens, k)
		x, _ := start[float64](t, c.Model, nil, true)
		run(t, x, whole, runOf(x, k))
		y, _ := carrying[float64](t, c.Model, nil)
		for i, parts := range walked {
			poison(y)
			b := c.cut(whole, k, parts)
			run(t, y, b, runOf(y, k))
			for term, v := range y.Terms() {
				for at, p := range parts {
					eachRow(op.NewDims(b.Lens, k), v.Value.Shape, at, func(row, time, j int) {
						got := y.Term(term)[row]
						want := x.Term(term)[rowAt(op.NewDims(whole.Lens, k), v.Value.Shape, p.seq, p.lo+time, j)]
						if math.Abs(got-want) > 1e-12*(1+math.Abs(want)) {
							t.Fatalf("batch %d, term %d, sequence %d, step %d: %v, whole %v", i, term, p.seq, p.lo+time, got, want)
						}
					})
				}
			}
		}
		if left := y.Carried(); len(left) > 0 {
			t.Errorf("all sequences have ended, and %d are carried", len(left))
		}
	})
}

// TestCarryGradient compares gradients with differences while what is carried
// stays as it is: no gradient goes back over a cut.
func TestCarryGradient(t *testing.T) {
	eachCut(t, true, func(t *testing.T, sampled bool, build func(*builder), k int) {
		c := cuttingOf(sampled, build)
		whole := c.whole(walkedLens, k)
		x, p := carrying[float64](t, c.Model, nil)
		for _, parts := range walked[:3] {
			known := x.Carried()
			b := c.cut(whole, k, parts)
			again := func() {
				if err := x.Carry(known); err != nil { // in float32, both times
					t.Fatal(err)
				}
				run(t, x, b, runOf(x, k))
			}
			poison(x)
			again()
			checkDifferences(t, x, p, again)
			again()
		}
	})
}

// checkDifferences compares x's gradient in the last run with differences, as
// checkForm does.
func checkDifferences(t *testing.T, x *Machine[float64], p *runtime.Params[float64], again func()) {
	t.Helper()
	got, scale := slices.Clone(x.Grad()), 1.0
	for _, v := range got {
		scale = max(scale, math.Abs(v))
	}
	for i := range p.Values {
		want := difference(&p.Values[i], func() float64 { again(); return x.Cost() })
		if math.Abs(got[i]-want) > 1e-8*scale {
			t.Errorf("gradient %d: %v, differences %v", i, got[i], want)
		}
	}
}

// TestCarryThreads: any number of threads carries the same bits.
func TestCarryThreads(t *testing.T) {
	c := cuttingOf(true, func(b *builder) { chain(b, false) })
	lens := slices.Repeat([]int{60}, 30)
	whole := c.whole(lens, 4)
	pool := kernel.NewPool(3)
	defer pool.Close()
	x, _ := carrying[float32](t, c.Model, nil)
	y, _ := carrying[float32](t, c.Model, pool)
	for lo := 0; lo < 60; lo += 20 {
		var parts []part
		for i := range lens {
			parts = append(parts, part{i, lo, lo + 20})
		}
		b := c.cut(whole, 4, parts)
		run(t, x, b, runOf(x, 4))
		run(t, y, b, runOf(y, 4))
		same(t, x, y)
	}
}

// TestCarriedGoesOn: another machine goes on from what one tells of itself.
func TestCarriedGoesOn(t *testing.T) {
	c := cuttingOf(true, func(b *builder) { chain(b, false) })
	whole := c.whole(walkedLens, 2)
	x, _ := carrying[float32](t, c.Model, nil)
	y, _ := carrying[float32](t, c.Model, nil)
	for _, parts := range walked {
		if err := y.Carry(x.Carried()); err != nil {
			t.Fatal(err)
		}
		b := c.cut(whole, 2, parts)
		run(t, x, b, runOf(x, 2))
		run(t, y, b, runOf(y, 2))
		same(t, x, y)
	}
}

// TestCarryRefuses shows what cannot go on.
func TestCarryRefuses(t *testing.T) {
	c := cuttingOf(false, func(b *builder) { rnn(b, false) })
	whole := c.whole(walkedLens, 1)
	x, _ := carrying[float64](t, c.Model, nil)
	first, second := c.cut(whole, 1, []part{{0, 0, 3}}), c.cut(whole, 1, []part{{0, 4, 6}})
	refused := func(what, want string, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", what, err, want)
		}
	}
	refused("a second part", "cannot go on at step 5", x.Run(second, runOf(x, 1)))
	run(t, x, first, runOf(x, 1))
	refused("a gap", "3 steps with", x.Run(second, runOf(x, 1)))
	known := x.Carried()
	known[0].Rows = known[0].Rows[1:]
	refused("too few numbers", "do not fit", x.Carry(known))
	known[0].Op = 7
	refused("another machine", "no operation 7", x.Carry(known))
	y, _ := start[float64](t, c.Model, nil, true)
	refused("a machine that does not carry", "without carrying", y.Run(second, runOf(y, 1)))
	edge := func(b *builder) { b.score(b.apply(op.Expand{To: op.PerFrame(3)}, b.apply(op.Edge{}, b.frames(3)))) }
	for _, build := range []func(*builder){edge, opCases["chain"]} {
		m := modelOf(false, build)
		_, err := New(m, runtime.Spec{Carry: true}, paramsOf[float64](m), nil, false)
		refused("whole sequences", "takes in whole sequences", err)
	}
	m := modelOf(false, func(b *builder) { b.score(b.formula(scalar.Mul(va, vb), false, []*op.Value{b.seqs(2), b.seqs(2)})) })
	_, err := New(m, runtime.Spec{Carry: true}, paramsOf[float64](m), nil, false)
	refused("noise of a sequence", "drawn once a sequence", err)
}

// TestCarryNotFinite: a number that is not finite is found at its step of the
// sequence, and what was known before the run that failed is known after it.
func TestCarryNotFinite(t *testing.T) {
	c := cuttingOf(false, func(b *builder) { rnn(b, false) })
	whole := c.whole(walkedLens, 1)
	x, _ := carrying[float64](t, c.Model, nil)
	run(t, x, c.cut(whole, 1, []part{{1, 0, 4}}), runOf(x, 1))
	known := x.Carried()
	b := c.cut(whole, 1, []part{{1, 4, 7}})
	b.Data[0][dataCols] = float32(math.Inf(1))
	err := x.Run(b, runOf(x, 1))
	if e, ok := err.(*NotFinite); !ok || e.Sequence != 1 || e.Time != 6 {
		t.Errorf("%v, want step 6 of sequence 1", err)
	}
	if !reflect.DeepEqual(x.Carried(), known) {
		t.Error("a run that failed changes what is known")
	}
}
