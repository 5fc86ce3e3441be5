package kernels_test

import (
	"math"
	"testing"

	"ssmc/runtime/gpu/kernels"
	"ssmc/runtime/gpu/ptx"
	"ssmc/runtime/scalar"
)

// Numbers of the programs of scans, and how wide their rows are.
const (
	mapTanh = iota
	mapCell
	mapLower
	mapUpper

	tanhWidth  = 20
	cellWidth  = 10
	lowerWidth = 12
	upperWidth = 7
)

var scanPrograms = []ptx.Program{
	mapTanh:  tanhProgram(tanhWidth),
	mapCell:  cellProgram(),
	mapLower: tanhProgram(lowerWidth),
	mapUpper: tanhProgram(upperWidth),
}

func tanhProgram(width int) ptx.Program {
	return ptx.Program{
		Args:  []ptx.Arg{{Name: "x", Wide: true}},
		Width: width,
		Outs:  []ptx.Out{{Expr: scalar.Apply("tanh", scalar.Var("x")), Wide: true}},
	}
}

// cellProgram is what an LSTM does with its gates: c and h.
func cellProgram() ptx.Program {
	gate := func(name string) *scalar.Expr { return scalar.Apply("sigmoid", scalar.Var(name)) }
	c := scalar.Add(scalar.Mul(gate("f"), scalar.Var("c")), scalar.Mul(gate("i"), scalar.Apply("tanh", scalar.Var("g"))))
	p := ptx.Program{Width: cellWidth, Outs: []ptx.Out{
		{Expr: c, Wide: true},
		{Expr: scalar.Mul(gate("o"), scalar.Apply("tanh", c)), Wide: true},
	}}
	for _, name := range []string{"i", "f", "o", "g", "c"} {
		p.Args = append(p.Args, ptx.Arg{Name: name, Wide: true})
	}
	return p
}

// lagOp is what was there a step before, and first start's row.
func lagOp(f *frames, to, from *matrix, start kernels.Array) kernels.Op {
	o := kernels.Op{Code: kernels.Lag, Axis: f.axis(), A: [8]kernels.Array{to.array(f.axis()), from.array(f.axis()), start}}
	o.N[0], o.N[1] = int32(to.cols), f.by()
	return o
}

func affineOp(f *frames, to, x, w *matrix, start kernels.Array) kernels.Op {
	o := kernels.Op{Code: kernels.Affine, Axis: f.axis(), A: [8]kernels.Array{to.array(f.axis()), x.array(f.axis()), w.array(kernels.Once), start}}
	o.N[0], o.N[1] = int32(x.cols), int32(to.cols)
	return o
}

// before is the product o with what x was a step before, and start at first.
func before(o kernels.Op, start kernels.Array) kernels.Op {
	o.N[6], o.A[4] = 1, start
	return o
}

func (b *bench) mapOp(f *frames, program int, arrays ...kernels.Array) kernels.Op {
	var bytes []byte
	for i := range arrays {
		bytes = arrays[i].Append(bytes)
	}
	o := kernels.Op{Code: kernels.Map, Axis: f.axis(), Arrays: int32(len(arrays)), More: b.add(bytes)}
	o.N[0] = int32(program)
	return o
}

// h[t] = tanh(h[t-steps] W + x[t]). The lag of one step may be left to the product,
// direct, that then need not wait for LAG.
func tanhBody(steps int, direct bool) func(b *bench, f *frames) *body {
	return func(b *bench, f *frames) *body {
		rows, d := f.rows(), tanhWidth
		x, w, h0 := b.matrix(rows, d, 0, 0), b.matrix(d, d, 4, 0).scaled(0.2), b.matrix(1, d, 0, 0)
		lag, pre, h := b.matrix(rows, d, 4, 0), b.matrix(rows, d, 0, 0), b.matrix(rows, d, 0, 0)
		r := &body{outs: []*matrix{h, pre, lag}}
		l := lagOp(f, lag, h, h0.array(kernels.Once))
		l.N[1] *= int32(steps)
		r.do(!direct, l)
		if direct {
			r.do(true, before(affineOp(f, pre, h, w, x.array(f.axis())), h0.array(kernels.Once)))
		} else {
			r.do(true, affineOp(f, pre, lag, w, x.array(f.axis())))
		}
		r.do(false, b.mapOp(f, mapTanh, pre.array(f.axis()), h.array(f.axis())))
		r.want = func() [][]float64 {
			s := newState(f, d)
			for i := range f.all() {
				f.walk(i, steps, func(row, before int) { s.rows[row] = tanhs(times(x.row(row), s.before(before, h0.row(0)), w, false)) })
			}
			return [][]float64{s.all()}
		}
		return r
	}
}

// g[t] = h[t] W', and h of the step after gets it too: what gradients do.
func backBody(b *bench, f *frames) *body {
	rows, d := f.rows(), lowerWidth
	h, w, g := b.matrix(rows, d, 0, 0), b.matrix(d, d, 0, 0).scaled(0.3), b.matrix(rows, d, 0, 0)
	old := h.clone()
	r := &body{outs: []*matrix{h, g}}
	o := affineOp(f, g, h, w, kernels.Array{})
	o.N[2] = 1
	r.do(true, o)
	scatter := kernels.Op{Code: kernels.LagScatter, Axis: f.axis(), A: [8]kernels.Array{h.array(f.axis()), g.array(f.axis())}}
	scatter.N[0], scatter.N[1] = int32(d), -f.by()
	r.do(false, scatter)
	r.want = func() [][]float64 {
		hs, gs := newState(f, d), newState(f, d)
		for i := range f.all() {
			f.walk(i, 1, func(row, before int) {
				hs.rows[row] = old.row(row)
				for j, v := range gs.before(before, make([]float64, d)) {
					hs.rows[row][j] += v
				}
				gs.rows[row] = times(make([]float64, d), hs.rows[row], w, true)
			})
		}
		return [][]float64{hs.all(), gs.all()}
	}
	return r
}

// c[t] = sigmoid(f) c[t-1] + sigmoid(i) tanh(g), h[t] = sigmoid(o) tanh(c[t]),
// [i f o g] = h[t-1] W + x[t]
func lstmBody(b *bench, f *frames) *body {
	rows, d := f.rows(), cellWidth
	x, w := b.matrix(rows, 4*d, 0, 0), b.matrix(d, 4*d, 0, 0).scaled(0.3)
	h0, c0 := b.matrix(f.all(), d, 0, 0), b.matrix(1, d, 0, 0)
	hl, cl, gates := b.matrix(rows, d, 1, 1), b.matrix(rows, d, 0, 0), b.matrix(rows, 4*d, 0, 0)
	c, h := b.matrix(rows, d, 0, 0), b.matrix(rows, d, 3, 0)
	r := &body{outs: []*matrix{h, c, hl}}
	seq := kernels.Seq | f.axis()&kernels.Sampled
	r.do(false, lagOp(f, hl, h, h0.array(seq))) // for gradients
	r.do(false, lagOp(f, cl, c, c0.array(kernels.Once)))
	r.do(true, before(affineOp(f, gates, h, w, x.array(f.axis())), h0.array(seq)))
	args := make([]kernels.Array, 4)
	for i := range args {
		args[i] = gates.array(f.axis())
		args[i].P += uint64(4 * i * d)
	}
	r.do(true, b.mapOp(f, mapCell, append(args, cl.array(f.axis()), c.array(f.axis()), h.array(f.axis()))...))
	r.want = func() [][]float64 {
		hs, cs := newState(f, d), newState(f, d)
		sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
		for i := range f.all() {
			f.walk(i, 1, func(row, before int) {
				g := times(x.row(row), hs.before(before, h0.row(i)), w, false)
				old := cs.before(before, c0.row(0))
				hs.rows[row], cs.rows[row] = make([]float64, d), make([]float64, d)
				for j := range d {
					cs.rows[row][j] = sigmoid(g[d+j])*old[j] + sigmoid(g[j])*math.Tanh(g[3*d+j])
					hs.rows[row][j] = sigmoid(g[2*d+j]) * math.Tanh(cs.rows[row][j])
				}
			})
		}
		return [][]float64{hs.all(), cs.all()}
	}
	return r
}

// h1[t] = tanh(h1[t-1] W1' + x[t]), h2[t] = tanh(h1[t] W2 + h2[t-1] W3 + b), and
// p[t] = log softmax h2[t].
func chainBody(b *bench, f *frames) *body {
	rows, d, e, a := f.rows(), lowerWidth, upperWidth, f.axis()
	x, bias, h0 := b.matrix(rows, d, 0, 0), b.matrix(1, e, 0, 0), b.matrix(1, d+e, 0, 0)
	w1, w2, w3 := b.matrix(d, d, 0, 0).scaled(0.3), b.matrix(d, e, 1, 0).scaled(0.3), b.matrix(e, e, 0, 1).scaled(0.3)
	l1, l2, pre1, pre2 := b.matrix(rows, d, 0, 0), b.matrix(rows, e, 0, 0), b.matrix(rows, d, 0, 0), b.matrix(rows, e, 0, 0)
	h1, h2, p := b.matrix(rows, d, 0, 0), b.matrix(rows, e, 0, 1), b.matrix(rows, e, 0, 0)
	start2 := h0.array(kernels.Once)
	start2.P += uint64(4 * d)
	r := &body{outs: []*matrix{h1, h2, p}}
	r.do(false, lagOp(f, l1, h1, h0.array(kernels.Once)))
	r.do(true, lagOp(f, l2, h2, start2))
	first := affineOp(f, pre1, l1, w1, x.array(a))
	first.N[2] = 1
	r.do(false, first)
	r.do(true, affineOp(f, pre2, l2, w3, bias.array(kernels.Once)))
	r.do(true, b.mapOp(f, mapLower, pre1.array(a), h1.array(a)))
	second := affineOp(f, pre2, h1, w2, kernels.Array{})
	second.Add = 1
	r.do(true, second)
	r.do(true, b.mapOp(f, mapUpper, pre2.array(a), h2.array(a)))
	r.do(false, kernels.Op{Code: kernels.LogSoftmax, Axis: a, N: [8]int32{int32(e)}, A: [8]kernels.Array{p.array(a), h2.array(a)}})
	r.want = func() [][]float64 {
		s1, s2, sp := newState(f, d), newState(f, e), newState(f, e)
		for i := range f.all() {
			f.walk(i, 1, func(row, before int) {
				s1.rows[row] = tanhs(times(x.row(row), s1.before(before, h0.row(0)[:d]), w1, true))
				up := times(bias.row(0), s2.before(before, h0.row(0)[d:]), w3, false)
				s2.rows[row] = tanhs(times(up, s1.rows[row], w2, false))
				sum := 0.0
				for _, v := range s2.rows[row] {
					sum += math.Exp(v)
				}
				for _, v := range s2.rows[row] {
					sp.rows[row] = append(sp.rows[row], v-math.Log(sum))
				}
			})
		}
		return [][]float64{s1.all(), s2.all(), sp.all()}
	}
	return r
}

// y[t] = x[t] W1 + b, and then y[t] += v[t] W2: so many terms that each warp has several
// steps of them, more than are on their way at once.
func longBody(b *bench, f *frames) *body {
	rows, d, k1, k2 := f.rows(), 40, 600, 330
	x, v, y := b.matrix(rows, k1, 0, 0), b.matrix(rows, k2, 0, 0), b.matrix(rows, d, 0, 0)
	w1, w2, bias := b.matrix(k1, d, 0, 0).scaled(0.04), b.matrix(d, k2, 0, 0).scaled(0.04), b.matrix(1, d, 0, 0)
	r := &body{outs: []*matrix{y}}
	r.do(true, affineOp(f, y, x, w1, bias.array(kernels.Once)))
	second := affineOp(f, y, v, w2, kernels.Array{})
	second.N[2], second.Add = 1, 1
	r.do(false, second)
	r.want = func() [][]float64 {
		s := newState(f, d)
		for row := range rows {
			s.rows[row] = times(times(bias.row(0), x.row(row), w1, false), v.row(row), w2, true)
		}
		return [][]float64{s.all()}
	}
	return r
}

func TestScanLong(t *testing.T) {
	checkScan(t, longBody)
	checkPrecisions(t, longBody)
}

func TestScanTanh(t *testing.T)   { checkScan(t, tanhBody(1, false)) }
func TestScanDirect(t *testing.T) { checkScan(t, tanhBody(1, true)) }
func TestScanFar(t *testing.T)    { checkScan(t, tanhBody(2, false)) }
func TestScanBack(t *testing.T)   { checkScan(t, backBody) }
func TestScanChain(t *testing.T)  { checkScan(t, chainBody) }

func TestScanLSTM(t *testing.T) { checkScan(t, lstmBody) }
