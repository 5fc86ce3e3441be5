package inference

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ssmc/inference/data"
	"ssmc/runtime"
	"ssmc/runtime/op"
	"ssmc/runtime/scalar"
)

// The linear model: z[0] = 0, z[t] ~ Normal(z[t-1] + 0.05, 10) and
// x[t] ~ Normal(z[t]/2, 20), with the guide
// q(z[t]) = Normal(g0 z[t-1] + g1 x[t] + g2 + g4 x[t+1], exp(g3)).
const (
	drift, move, noise = 0.05, 10.0, 20.0
	half               = 0.5
)

var linearModel = &runtime.Model{
	Name:   "Linear",
	Params: []runtime.Param{{Name: "guide", Dims: []int{5}, Guide: true, Init: runtime.Init{Kind: "values", Values: []float64{0.5, 0, 0, 1, 0}}}},
	Ports:  []runtime.Port{{Name: "x", Cols: 1, Observed: true}},
	Sites:  []runtime.Site{{Name: "z", Cols: 1, Axis: op.Frame}},
	Build:  buildLinear,
}

// mapOf applies a formula, made of the variables in names, element by element.
func mapOf(f func(v ...*scalar.Expr) *scalar.Expr, names string) *op.Map {
	m := &op.Map{}
	var vars []*scalar.Expr
	for _, n := range strings.Fields(names) {
		off := 0
		if n[0] == 'g' {
			off = int(n[1] - '0')
		}
		m.Vars = append(m.Vars, op.MapVar{Name: n, Off: off, Cols: 1})
		vars = append(vars, scalar.Var(n))
	}
	m.Formula = f(vars...)
	return m
}

func add(e ...*scalar.Expr) *scalar.Expr {
	s := e[0]
	for _, x := range e[1:] {
		s = scalar.Add(s, x)
	}
	return s
}

var (
	num, mul = scalar.Num, scalar.Mul
	exp      = func(x *scalar.Expr) *scalar.Expr { return scalar.Call("exp", x) }
)

// logDensity is that of a normal distribution with the log of its variance.
func logDensity(x, mean, logVar *scalar.Expr) *scalar.Expr {
	d := scalar.Square(scalar.Sub(x, mean))
	return mul(num(-0.5), add(num(math.Log(2*math.Pi)), logVar, scalar.Div(d, exp(logVar))))
}

func buildLinear(g *op.Graph, s runtime.Spec) ([]runtime.Term, error) {
	frame := op.PerFrame(1)
	sampled := frame
	sampled.Sampled = true
	guide := g.Input(op.Source{Kind: op.Param, Name: "guide"}, op.Static(1, 5))
	x := g.Input(op.Source{Kind: op.Data, Name: "x"}, frame)
	eps := g.Input(op.Source{Kind: op.Noise, Name: "z"}, sampled)
	zero := g.Apply(&op.Const{Rows: 1, Cols: 1, Data: []float64{0}}, "")[0]
	next := g.Apply(op.Lag{By: -1}, "", x, zero)[0]
	x, next = g.Apply(op.Repeat{}, "", x)[0], g.Apply(op.Repeat{}, "", next)[0]

	mean := mapOf(func(v ...*scalar.Expr) *scalar.Expr {
		return add(mul(v[3], v[0]), mul(v[4], v[1]), v[5], mul(v[6], v[2]))
	}, "z x n g0 g1 g2 g4")
	draw := mapOf(func(v ...*scalar.Expr) *scalar.Expr { return add(v[0], mul(exp(mul(num(half), v[2])), v[1])) }, "m e g3")
	chain := &op.Scan{Inputs: []op.Shape{x.Shape, next.Shape, eps.Shape, guide.Shape, zero.Shape}, Outs: []int{6, 7}, Body: []op.Step{
		{Spec: op.Lag{By: 1}, In: []int{7, 4}, Out: sampled},
		{Spec: mean, In: []int{5, 0, 1, 3, 3, 3, 3}, Out: sampled},
		{Spec: draw, In: []int{6, 2, 3}, Out: sampled},
	}}
	outs := g.Apply(chain, "", x, next, eps, guide, zero)
	m, z := outs[0], outs[1]
	before := g.Apply(op.Lag{By: 1}, "", z, zero)[0]
	like := mapOf(func(v ...*scalar.Expr) *scalar.Expr {
		return logDensity(v[0], mul(num(half), v[1]), num(math.Log(noise)))
	}, "x z")
	terms := []runtime.Term{{Kind: runtime.Likelihood, Value: g.Apply(like, "linear.ssm:7", x, z)[0]}}
	if s.Latents {
		return append(terms, runtime.Term{Kind: runtime.Latent, Value: z}), nil
	}
	if s.Sampled {
		prior := mapOf(func(v ...*scalar.Expr) *scalar.Expr {
			return logDensity(v[0], add(v[1], num(drift)), num(math.Log(move)))
		}, "z b")
		post := mapOf(func(v ...*scalar.Expr) *scalar.Expr { return logDensity(v[0], v[1], v[2]) }, "z m g3")
		return append(terms, runtime.Term{Kind: runtime.Prior, Value: g.Apply(prior, "", z, before)[0]},
			runtime.Term{Kind: runtime.Posterior, Value: g.Apply(post, "", z, m, guide)[0]}), nil
	}
	kl := mapOf(func(v ...*scalar.Expr) *scalar.Expr { // v: mean, z before, log variance
		d := scalar.Square(scalar.Sub(v[0], add(v[1], num(drift))))
		return mul(num(half), add(num(math.Log(move)-1), scalar.Neg(v[2]), scalar.Div(add(exp(v[2]), d), num(move))))
	}, "m b g3")
	return append(terms, runtime.Term{Kind: runtime.KL, Value: g.Apply(kl, "", m, before, guide)[0]}), nil
}

// kalman is the exact log likelihood of one sequence.
func kalman(x []float32) (log float64) {
	m, p := 0.0, 0.0
	for _, v := range x {
		m, p = m+drift, p+move
		s := half*half*p + noise
		e := float64(v) - half*m
		log -= (math.Log(2*math.Pi*s) + e*e/s) / 2
		k := half * p / s
		m, p = m+k*e, (1-half*k)*p
	}
	return log
}

// walks draws sequences from the linear model.
func walks(name string, seed uint64, n, longest int) *data.Set {
	vars := []data.Var{{Name: "x", Role: data.Observed, Size: 1}}
	set := &data.Set{Name: name, Vars: vars}
	r := rand.New(rand.NewPCG(seed, 1))
	for s := range n {
		x, z := make([]float32, 1+r.IntN(longest)), 0.0
		for t := range x {
			z += drift + math.Sqrt(move)*r.NormFloat64()
			x[t] = float32(half*z + math.Sqrt(noise)*r.NormFloat64())
		}
		set.Sequences = append(set.Sequences, data.NewSequence(vars, fmt.Sprint("s", s), len(x), [][]float32{x}, nil, nil))
	}
	return set
}

// exact is the exact negative log likelihood of each sequence.
func exact(set *data.Set) (out []float64) {
	for i := range set.Sequences {
		out = append(out, -kalman(set.Sequences[i].Values(0)))
	}
	return out
}

func fitLinear(t *testing.T, threads int, settings ...string) (*Run, *data.Bundle) {
	t.Helper()
	d := &data.Bundle{Train: walks("train", 1, 300, 12), Valid: walks("valid", 2, 50, 12), Test: walks("test", 3, 60, 12)}
	device := NewCPU(threads)
	defer device.Close()
	settings = append([]string{"epochs=20", "optimizer.lr=0.02", "divide=frames", "optimizer.clip_norm=0"}, settings...)
	run, err := Fit(context.Background(), linearModel, d, config(t, settings...), Options{Device: device})
	if err != nil {
		t.Fatal(err)
	}
	return run, d
}

// After a fit the bound is above the exact negative log likelihood, and close;
// the importance-sampled estimate agrees with it within its own error.
func TestLinearModelAgainstKalman(t *testing.T) {
	run, d := fitLinear(t, 1)
	f := Fitted{Model: linearModel, Params: run.Params, Device: NewCPU(1)}
	c := config(t, "eval.nll.samples=1000", "eval.bound.samples=100", "eval.frames=4000")
	nll, err := f.NLL(context.Background(), d.Test, c)
	if err != nil {
		t.Fatal(err)
	}
	bound, err := f.Bound(context.Background(), d.Test, c)
	if err != nil {
		t.Fatal(err)
	}
	want := exact(d.Test)
	truth := sum(want) / float64(d.Test.Frames())
	t.Logf("exact %.4f, nll %.4f ± %.4f, bound %.4f ± %.4f nats a frame", truth, nll.Value, nll.Error, bound.Value, bound.Error)
	if math.Abs(nll.Value-truth) > 4*nll.Error || nll.Error > 0.01 {
		t.Errorf("importance sampling gives %.4f ± %.4f, exact is %.4f", nll.Value, nll.Error, truth)
	}
	if bound.Value < truth-3*bound.Error || bound.Value > truth+0.1 { // the guide sees one step ahead only
		t.Errorf("the bound is %.4f ± %.4f, exact is %.4f", bound.Value, bound.Error, truth)
	}
	for i := range want {
		if math.Abs(nll.Each[i]-want[i]) > 0.5 { // nats a sequence, far from all if one is mixed up
			t.Errorf("sequence %d: %.2f nats, want %.2f", i, nll.Each[i], want[i])
		}
	}
}

// Closed and sampled KL terms are two estimates of one bound.
func TestSampledBoundAgrees(t *testing.T) {
	set := walks("test", 3, 40, 12)
	f := Fitted{Model: linearModel, Params: runtime.NewParams[float32](linearModel.Params, 1), Device: NewCPU(1)}
	var scores []Score
	for _, kl := range []string{"analytic", "sampled"} {
		s, err := f.Bound(context.Background(), set, config(t, "objective.kl="+kl, "eval.bound.samples=400"))
		if err != nil {
			t.Fatal(err)
		}
		scores = append(scores, s)
	}
	if d := math.Abs(scores[0].Value - scores[1].Value); d > 4*math.Hypot(scores[0].Error, scores[1].Error) {
		t.Errorf("closed %.4f ± %.4f, sampled %.4f ± %.4f", scores[0].Value, scores[0].Error, scores[1].Value, scores[1].Error)
	}
}

// A seed gives the same bits on one thread and on three, with several samples,
// both forms of the bound, and batches that are cut into shards, all but the last.
func TestFitsAreTheSameOnAnyThreads(t *testing.T) {
	for _, form := range [][]string{{"objective.kl=analytic"}, {"objective.kl=sampled"}, {"batch=90"}} {
		settings := append([]string{"samples=2", "epochs=3", "validate.every=1"}, form...)
		one, _ := fitLinear(t, 1, settings...)
		three, _ := fitLinear(t, 3, settings...)
		if !slices.Equal(one.Params.Values, three.Params.Values) || one.Best != three.Best {
			t.Errorf("%s: %v and %v", form, one.Params.Get(0), three.Params.Get(0))
		}
	}
}

// A number that is not finite stops the fit with its place and its sequence.
func TestNonFiniteFitNamesThePlace(t *testing.T) {
	train := walks("train", 1, 5, 4)
	train.Sequences[3] = data.NewSequence(train.Vars, "bad", 2, [][]float32{{1, float32(math.Inf(1))}}, nil, nil)
	run, err := Fit(context.Background(), linearModel, &data.Bundle{Train: train}, DefaultConfig(), Options{Device: NewCPU(1)})
	if err == nil || !strings.Contains(err.Error(), "sequence bad of train") || run.State != Failed || run.Updates != 0 {
		t.Errorf("%v; run %+v", err, run)
	}
}
