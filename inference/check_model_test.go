package inference

import (
	"math"
	"slices"

	"ssmc/inference/data"
	"ssmc/runtime"
	"ssmc/runtime/op"
	"ssmc/runtime/scalar"
)

// guidedModel is the linear model with a guide that is given with the data:
// q(z[t]) = Normal(g0[t] z[t-1] + g1[t], exp(g2[t])).
var guidedModel = &runtime.Model{
	Name:  "Guided",
	Ports: []runtime.Port{{Name: "x", Cols: 1, Observed: true}, {Name: "g", Cols: 3}},
	Build: buildGuided,
}

func buildGuided(g *op.Graph, _ runtime.Spec) ([]runtime.Term, error) {
	port := func(name string, cols int) *op.Value {
		return g.Apply(op.Repeat{}, "", g.Input(op.Source{Kind: op.Data, Name: name}, op.PerFrame(cols)))[0]
	}
	x, guide := port("x", 1), port("g", 3)
	sampled := x.Shape
	eps := g.Input(op.Source{Kind: op.Noise, Name: "z"}, sampled)
	zero := g.Apply(&op.Const{Rows: 1, Cols: 1, Data: []float64{0}}, "")[0]
	mean := mapOf(func(v ...*scalar.Expr) *scalar.Expr { return add(mul(v[1], v[0]), v[2]) }, "z g0 g1")
	draw := mapOf(func(v ...*scalar.Expr) *scalar.Expr { return add(v[0], mul(exp(mul(num(half), v[2])), v[1])) }, "m e g2")
	chain := &op.Scan{Inputs: []op.Shape{eps.Shape, guide.Shape, zero.Shape}, Outs: []int{4, 5}, Body: []op.Step{
		{Spec: op.Lag{By: 1}, In: []int{5, 2}, Out: sampled},
		{Spec: mean, In: []int{3, 1, 1}, Out: sampled},
		{Spec: draw, In: []int{4, 0, 1}, Out: sampled},
	}}
	outs := g.Apply(chain, "", eps, guide, zero)
	m, z := outs[0], outs[1]
	before := g.Apply(op.Lag{By: 1}, "", z, zero)[0]
	like := mapOf(func(v ...*scalar.Expr) *scalar.Expr {
		return logDensity(v[0], mul(num(half), v[1]), num(math.Log(noise)))
	}, "x z")
	prior := mapOf(func(v ...*scalar.Expr) *scalar.Expr {
		return logDensity(v[0], add(v[1], num(drift)), num(math.Log(move)))
	}, "z b")
	post := mapOf(func(v ...*scalar.Expr) *scalar.Expr { return logDensity(v[0], v[1], v[2]) }, "z m g2")
	return []runtime.Term{
		{Kind: runtime.Likelihood, Value: g.Apply(like, "", x, z)[0]},
		{Kind: runtime.Prior, Value: g.Apply(prior, "", z, before)[0]},
		{Kind: runtime.Posterior, Value: g.Apply(post, "", z, m, guide)[0]},
	}, nil
}

// posterior is the exact p(z[t] | z[t-1], x[t:T]) of the linear model, as rows
// [g0, g1, g2], with the log of its variance increased by widen. Going back in
// time, what x[t:T] says of z[t] is exp(-a z²/2 + b z); the product with
// p(z[t] | z[t-1]) is normal in z[t], and its integral of that form in z[t-1].
func posterior(x []float32, widen float64) []float32 {
	rows := make([]float32, 3*len(x))
	a, b := 0.0, 0.0
	for t := len(x) - 1; t >= 0; t-- {
		a, b = a+half*half/noise, b+half*float64(x[t])/noise
		precision := 1/move + a
		rows[3*t] = float32(1 / (move * precision))
		rows[3*t+1] = float32((drift/move + b) / precision)
		rows[3*t+2] = float32(-math.Log(precision) + widen)
		a, b = a/(1+move*a), (b-a*drift)/(1+move*a)
	}
	return rows
}

// guided adds the guide to sequences of the linear model.
func guided(set *data.Set, widen float64) *data.Set {
	vars := append(slices.Clone(set.Vars), data.Var{Name: "g", Role: data.Input, Size: 3})
	out := &data.Set{Name: set.Name, Vars: vars}
	for i := range set.Sequences {
		q := &set.Sequences[i]
		x := q.Values(0)
		out.Sequences = append(out.Sequences, data.NewSequence(vars, q.ID, q.Len, [][]float32{x, posterior(x, widen)}, nil, nil))
	}
	return out
}
