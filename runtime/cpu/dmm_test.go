package cpu

import (
	"fmt"

	"ssmc/runtime"
	"ssmc/runtime/op"
	"ssmc/runtime/scalar"
)

// dmmSize is the sizes of a deep Markov model: notes, states, hidden units of
// the transition, emission and recurrent net.
type dmmSize struct{ x, z, trans, emit, rnn int }

// dmm is a deep Markov model with a guide that runs an LSTM from right to left
// (Krishnan et al. 2017), one sample a sequence or more.
func dmm(n dmmSize, noise bool) *runtime.Model {
	build := func(b *dmmBuilder) {
		x := b.Input(op.Source{Kind: op.Data, Name: "x"}, op.PerFrame(n.x))
		h := b.apply(op.Repeat{}, b.lstm(x, n))
		mu, sd, z := b.chain(h, n, noise)
		prior := b.transition(b.apply(op.Lag{By: 1}, z, b.weights(1, n.z)), n)
		e := b.act("relu", b.affine(b.act("relu", b.affine(z, n.emit)), n.emit))
		logits := b.affine(e, n.x)
		b.term(runtime.Likelihood, scalar.Sub(scalar.Mul(va, vb), fn("softplus", vb)), b.apply(op.Repeat{}, x), logits)
		ratio := scalar.Div(scalar.Add(scalar.Square(vb), scalar.Square(scalar.Sub(va, vc))), vd)
		logs := scalar.Sub(fn("log", vd), scalar.Mul(scalar.Num(2), fn("log", vb)))
		kl := scalar.Mul(scalar.Num(0.5), scalar.Sub(scalar.Add(logs, ratio), scalar.Num(1)))
		b.term(runtime.KL, kl, mu, sd, prior[0], prior[1])
	}
	first := &dmmBuilder{builder: builder{Graph: op.NewGraph(), sampled: true}}
	build(first)
	return &runtime.Model{
		Name: "DMM", Params: first.params, Ports: []runtime.Port{{Name: "x", Cols: n.x}},
		Build: func(g *op.Graph, _ runtime.Spec) ([]runtime.Term, error) {
			b := &dmmBuilder{builder: builder{Graph: g, sampled: true}}
			build(b)
			return b.terms, nil
		},
	}
}

type dmmBuilder struct{ builder }

// weights is a parameter scaled by its rows.
func (b *dmmBuilder) weights(rows, cols int) *op.Value {
	p := b.param(rows, cols)
	b.params[len(b.params)-1].Init = runtime.Init{Kind: "xavier"}
	return p
}

func (b *dmmBuilder) affine(x *op.Value, cols int) *op.Value {
	return b.apply(op.Affine{}, x, b.weights(x.Shape.Cols, cols), b.weights(1, cols))
}

func (b *dmmBuilder) act(f string, x *op.Value) *op.Value {
	return b.formula(fn(f, va), false, []*op.Value{x})
}

func (b *dmmBuilder) term(kind runtime.TermKind, f *scalar.Expr, in ...*op.Value) {
	b.terms = append(b.terms, runtime.Term{Name: fmt.Sprint(kind), Kind: kind, Value: b.formula(f, true, in)})
}

func (b *dmmBuilder) lstm(x *op.Value, n dmmSize) *op.Value {
	c := newCell(&builder{}, true, b.affine(x, 4*n.rnn), b.weights(n.rnn, 4*n.rnn), b.weights(1, n.rnn))
	h, s := c.previous(n.rnn, 1, 2), c.previous(n.rnn, 1, 2)
	g := c.step(op.Affine{}, h, 1, 0)
	gate := func(i int) op.MapVar { return op.MapVar{Off: i * n.rnn, Cols: n.rnn} }
	next := c.apply(scalar.Add(scalar.Mul(fn("sigmoid", va), vb), scalar.Mul(fn("sigmoid", vc), fn("tanh", vd))),
		[]int{g, s, g, g}, gate(0), op.MapVar{}, gate(1), gate(2))
	out := c.apply(scalar.Mul(fn("sigmoid", va), fn("tanh", vb)), []int{g, next}, gate(3))
	c.closes(h, out)
	c.closes(s, next)
	return b.scan(c, out)[0]
}

// chain is the guide's chain: means, scales and samples.
func (b *dmmBuilder) chain(h *op.Value, n dmmSize, noise bool) (mu, sd, z *op.Value) {
	in := []*op.Value{h, b.weights(n.z, n.rnn), b.weights(1, n.rnn), b.weights(n.rnn, 2*n.z), b.weights(1, 2*n.z), b.weights(1, n.z)}
	if noise {
		in = append(in, b.Input(op.Source{Kind: op.Noise, Name: "eps"}, op.Shape{Axis: op.Frame, Sampled: true, Cols: n.z}))
	} else {
		in = append(in, b.weights(1, n.z))
	}
	c := newCell(&b.builder, false, in...)
	prev := c.previous(n.z, 1, 5)
	hidden := c.apply(scalar.Mul(scalar.Num(0.5), scalar.Add(fn("tanh", va), vb)), []int{c.step(op.Affine{}, prev, 1, 2), 0})
	ms := c.step(op.Affine{}, hidden, 3, 4)
	first, second := op.MapVar{Cols: n.z}, op.MapVar{Off: n.z, Cols: n.z}
	m, s := c.apply(va, []int{ms}, first), c.apply(fn("softplus", va), []int{ms}, second)
	zs := c.apply(scalar.Add(va, scalar.Mul(fn("softplus", vb), vc)), []int{ms, ms, 6}, first, second)
	c.closes(prev, zs)
	outs := b.scan(c, m, s, zs)
	return outs[0], outs[1], outs[2]
}

// transition is the gated transition: mean and variance.
func (b *dmmBuilder) transition(z *op.Value, n dmmSize) [2]*op.Value {
	gate := b.act("sigmoid", b.affine(b.act("relu", b.affine(z, n.trans)), n.z))
	prop := b.affine(b.act("relu", b.affine(z, n.trans)), n.z)
	mixed := scalar.Add(scalar.Mul(va, vb), scalar.Mul(scalar.Sub(scalar.Num(1), va), vc))
	mean := b.formula(mixed, false, []*op.Value{gate, prop, b.affine(z, n.z)})
	return [2]*op.Value{mean, b.act("softplus", b.affine(b.act("relu", prop), n.z))}
}

// rolls draws binary data for sequences of the given lengths.
func rolls(lens []int, cols int) *runtime.Batch {
	b := &runtime.Batch{Lens: lens, Data: [][]float32{make([]float32, op.NewLayout(lens).N*cols)}}
	l := op.NewLayout(lens)
	for i, n := range lens {
		b.Index = append(b.Index, 10+i)
		for t := range n {
			for j := range cols {
				if (i+3*t*t+5*j*t)%7 < 2 {
					b.Data[0][(l.Off[t]+i)*cols+j] = 1
				}
			}
		}
	}
	return b
}
