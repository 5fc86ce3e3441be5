package compiler

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distmv"

	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/runtime"
	"ssmc/runtime/exact"
	"ssmc/runtime/op"
)

// An Exact predicts with a program that sums its latents out: it is a runtime.Exact.
type Exact struct {
	read  *Smoother // its filter is an op.Kalman or an op.Chain
	unit  *unit
	terms []*ir.Node // the likelihood of what the latents do not touch
	free  int

	logs     []float64 // [T], of what they do
	gaussian *exact.Gaussian
	moments  *exact.Filtered
	chain    *exact.Chain
	filtered []float64 // [T,S] log probabilities of states
}

var _ runtime.Exact = (*Exact)(nil)

// Exact is that of a program whose guide is exact, with parameters laid out for its
// model; nil for any other.
func (p *Program) Exact(params *runtime.Params[float32]) *Exact {
	if !p.unit.exact() {
		return nil
	}
	x := &Exact{unit: p.unit}
	for _, t := range p.unit.terms {
		switch t.node.Spec.(type) {
		case op.Kalman, op.Chain:
			x.read = p.reader(t.node, params)
		default:
			if t.Kind == runtime.Likelihood {
				x.terms = append(x.terms, t.node)
			}
		}
	}
	x.free = p.unit.free(x.read.filter)
	return x
}

// free is how many steps back observed variables are at least read, by how the latents
// move and by what else is observed: to so many steps ahead, nothing depends on what
// was observed meanwhile.
func (u *unit) free(filter *ir.Node) int {
	observed := map[*ir.Node]bool{}
	for _, v := range u.order {
		if v.Role == "observed" {
			observed[v.node] = true
			if v.present != nil {
				observed[v.present] = true
			}
		}
	}
	var nodes []*ir.Node
	if _, ok := filter.Spec.(op.Kalman); ok {
		nodes = append(nodes, filter.In[2:]...)
	} else {
		nodes = append(nodes, filter.In[1:]...)
	}
	for _, list := range u.draws() {
		for _, d := range list {
			if _, ok := filter.Spec.(op.Kalman); ok && u.sumsOver(d.v) {
				continue // what of it depends on data is in the matrices
			}
			for _, n := range d.nodes() {
				nodes = append(nodes, n)
			}
		}
	}
	return ir.ReachOf(nodes, func(n *ir.Node) bool { return observed[n] }).Least
}

// sumsOver reports whether a variable is a latent, or one that a Kalman filter takes in.
func (u *unit) sumsOver(v *variable) bool {
	for _, o := range u.together {
		if o == v {
			return true
		}
	}
	return v.Role == "latent"
}

// Begin turns to a sequence, and filters it.
func (x *Exact) Begin(steps int, data [][]float32, present [][]bool) {
	g := Given{Steps: steps, Data: data, Present: present}
	x.logs = make([]float64, steps)
	if _, ok := x.read.filter.Spec.(op.Kalman); ok {
		x.gaussian = x.read.gaussian(g)
		x.moments = x.gaussian.Filter()
		copy(x.logs, x.moments.LogLik)
	} else {
		x.chain = x.read.chainOf(g)
		x.filtered, x.logs = x.chain.Filter(), x.chain.LogLik()
	}
	for _, n := range x.terms {
		for t := range steps {
			x.logs[t] += x.read.eval.At(n, t)[0]
		}
	}
}

// chainOf is the chain of one sequence.
func (s *Smoother) chainOf(g Given) *exact.Chain {
	s.given = g
	s.eval.Begin(g.Steps)
	c := &exact.Chain{States: s.filter.Spec.(op.Chain).States}
	for i, dst := range []*[]float64{&c.LogP, &c.Trans, &c.Start} {
		n := s.filter.In[i].Resolve()
		steps := g.Steps
		if n.Shape.Axis == op.Once || i == 2 {
			steps = 1
		}
		for t := range steps {
			*dst = append(*dst, s.eval.At(n, t)...)
		}
	}
	return c
}

// Free is how many steps ahead Ahead tells.
func (x *Exact) Free() int { return x.free }

// Log is the log density of all that was observed at step t given the steps before.
func (x *Exact) Log(t int) float64 { return x.logs[t] }

// Ahead is what is known so many steps ahead of step last.
func (x *Exact) Ahead(last, ahead int) *runtime.Outlook {
	if x.chain != nil {
		return x.classesAhead(x.chain.Ahead(x.filtered, last, ahead))
	}
	o := x.gaussian.Ahead(x.moments, last, ahead)
	n := len(x.unit.dataVariables())
	out := &runtime.Outlook{Weights: []float64{1}, Latents: [][][]float32{x.split(o.Mean)}, Mean: make([][]float64, n), Var: make([][]float64, n)}
	at, p := 0, x.gaussian.Obs
	for _, v := range x.unit.together {
		port := x.read.ports[v.Name]
		for range v.Cols() {
			out.Mean[port], out.Var[port] = append(out.Mean[port], o.ObsMean[at]), append(out.Var[port], o.ObsCov[at*p+at])
			at++
		}
	}
	out.Log = x.density(o, last+ahead)
	return out
}

// dataVariables is the variables that data hold.
func (u *unit) dataVariables() (out []*variable) {
	for _, v := range u.order {
		if v.Role != "latent" {
			out = append(out, v)
		}
	}
	return out
}

// density is the log density of what was observed at step t of the Kalman filter's.
func (x *Exact) density(o *exact.Outlook, t int) float64 {
	p := x.gaussian.Obs
	var seen []int
	for i := range p {
		if here := x.gaussian.Present; here == nil || here[t%(len(here)/p)*p+i] != 0 {
			seen = append(seen, i)
		}
	}
	if len(seen) == 0 {
		return 0
	}
	mean, y, cov := make([]float64, len(seen)), make([]float64, len(seen)), mat.NewSymDense(len(seen), nil)
	for i, a := range seen {
		mean[i], y[i] = o.ObsMean[a], x.gaussian.Y[t*p+a]
		for j, b := range seen {
			cov.SetSym(i, j, o.ObsCov[a*p+b])
		}
	}
	d, ok := distmv.NewNormal(mean, cov, nil)
	if !ok {
		return math.NaN()
	}
	return d.LogProb(y)
}

// split gives each latent its part of a state of the Kalman filter.
func (x *Exact) split(state []float64) (out [][]float32) {
	at := 0
	for _, z := range x.unit.latents() {
		var row []float32
		for _, v := range state[at : at+z.Cols()] {
			row = append(row, float32(v))
		}
		out = append(out, row)
		at += z.Cols()
	}
	return out
}

// classesAhead is the states of a chain with their probabilities.
func (x *Exact) classesAhead(p []float64) *runtime.Outlook {
	n := len(x.unit.dataVariables())
	out := &runtime.Outlook{Weights: p, Mean: make([][]float64, n), Var: make([][]float64, n)}
	for s := range p {
		out.Latents = append(out.Latents, x.classes(s))
	}
	return out
}

// classes is the classes of a state of the chain.
func (x *Exact) classes(state int) (out [][]float32) {
	c := x.unit.chains()
	for i := range c.vars {
		out = append(out, []float32{float32(c.class(state, i) - 1)})
	}
	return out
}

// Draw draws the latents of step last so many times, given the steps up to it.
func (x *Exact) Draw(last int, rng *rand.Rand, n int) (out [][][]float32) {
	if x.chain != nil {
		logp := x.filtered[last*x.chain.States:][:x.chain.States]
		for range n {
			out = append(out, x.classes(int(dist.Categorical.Draw(rng, logp))))
		}
		return out
	}
	m := x.gaussian.State
	mean, root := x.moments.Mean[last*m:][:m], make([]float64, m*m)
	exact.Root(root, x.moments.Cov[last*m*m:][:m*m], m)
	for range n {
		state := append([]float64{}, mean...)
		for j := range m {
			e := rng.NormFloat64()
			for i := j; i < m; i++ {
				state[i] += root[i*m+j] * e
			}
		}
		out = append(out, x.split(state))
	}
	return out
}
