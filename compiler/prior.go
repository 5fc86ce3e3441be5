package compiler

import (
	"fmt"
	"math"
	"strings"

	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
	"ssmc/runtime/op"
	"ssmc/runtime/scalar"
)

// The ways to infer parameters with priors.
const (
	MeanField = "meanfield" // a Gaussian on the real line, all numbers independent
	FullRank  = "fullrank"  // a Gaussian on the real line, those of the model correlated
	MAP       = "map"       // the mode: the prior is a penalty
)

// A believed parameter has a prior and, unless only its mode is sought, a
// Gaussian posterior on the real line.
type believed struct {
	param runtime.Param
	at    diag.Span
	draw  *draw    // the prior, as a distribution
	noise *ir.Node // [1,n]: the standard normal numbers behind its sample
	prior *ir.Node // its log density at the sample
	post  *ir.Node // that of the posterior, or nil
}

// posterior is how parameters with priors are inferred: as the command line
// says, or the train block.
func (u *unit) posterior() string {
	if u.config.Posterior != "" {
		return u.config.Posterior
	}
	for _, b := range u.blocks {
		for _, x := range b.Settings {
			if b.Kind == "train" && x.Name.Text == "posterior" {
				return lang.Text(x.Value.Tree())
			}
		}
	}
	return MeanField
}

// believe gives a parameter its prior. The node is the sample of its posterior on
// the real line: mean + sd * noise, where noise of earlier parameters adds to it
// if the posterior is of full rank.
func (s *scope) believe(p *lang.Param, r runtime.Param, dims []Size) (raw *ir.Node, ok bool) {
	u := s.u
	b := &believed{param: r, at: p.Prior.Span}
	if u.posterior() != MAP {
		b.param.Belief = u.belief(s, r)
	}
	u.build.Pos = position(p.Prior.Span)
	raw = u.addParam(b.param, p.Name.Span)
	if b.param.Belief != nil {
		raw = u.wander(b, raw)
	}
	if !s.prior(b, p, raw, dims) {
		return nil, false
	}
	for _, other := range u.beliefs {
		if other.param.Name == r.Name { // a net's parameter, at another call of it
			return raw, true
		}
	}
	u.beliefs = append(u.beliefs, b)
	return raw, true
}

// belief is the posterior of a parameter: of those of the model itself, if it is
// of full rank, those that were declared before are mixed in.
func (u *unit) belief(s *scope, r runtime.Param) *runtime.Belief {
	out := &runtime.Belief{SD: r.Name + ".sd"}
	if u.posterior() != FullRank || s.parent != nil || s.guide != nil || s.library {
		return out
	}
	out.Mix = append(out.Mix, runtime.Mix{From: r.Name, Matrix: r.Name + ".with." + lastName(r.Name)})
	for _, b := range u.beliefs {
		if b.param.Belief != nil && len(b.param.Belief.Mix) > 0 {
			out.Mix = append(out.Mix, runtime.Mix{From: b.param.Name, Matrix: r.Name + ".with." + lastName(b.param.Name)})
		}
	}
	return out
}

// lastName is what a parameter is called where it is declared.
func lastName(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// startSD is the standard deviation on the real line that posteriors start with.
const startSD = 0.1

// wander is a sample of b's posterior, of mean raw, and sets its log density,
// which is that of the noise over the volume that it is spread over.
func (u *unit) wander(b *believed, raw *ir.Node) *ir.Node {
	n, build := b.param.Size(), u.build
	zero := 0.0
	sd := runtime.Param{Name: b.param.Belief.SD, Dims: []int{n}, Guide: true,
		Transform: runtime.Transform{Kind: runtime.Bounds, Low: &zero}, Init: runtime.Init{Kind: "constant", A: math.Log(startSD)}}
	logSD := u.addParam(sd, b.at)
	b.noise = build.Input(op.Source{Kind: op.Wander, Name: b.param.Name}, op.Static(1, n))
	b.post = build.Formula(dist.Formula("-0.5*(log(2*pi) + eps^2) - s"), map[string]*ir.Node{"eps": b.noise, "s": logSD}, true)
	step := build.Call("*", build.Call("exp", logSD), b.noise)
	for _, m := range b.param.Belief.Mix {
		step = build.Call("+", step, u.mixed(b, m))
	}
	return build.Call("+", raw, build.Reshape(step, raw.Shape.Rows, raw.Shape.Cols))
}

// mixed is what the noise of a parameter adds to b's: of its own, later numbers
// take from earlier ones alone, so that the volume is that of the diagonal.
func (u *unit) mixed(b *believed, m runtime.Mix) *ir.Node {
	from := b
	for _, other := range u.beliefs {
		if other.param.Name == m.From {
			from = other
		}
	}
	rows, cols := from.param.Size(), b.param.Size()
	if !u.matrixFits(rows, cols, b.at) {
		return u.build.Fill(0, 1, cols)
	}
	w := u.addParam(runtime.Param{Name: m.Matrix, Dims: []int{rows, cols}, Guide: true, Init: runtime.Init{Kind: "constant"}}, b.at)
	if from == b {
		data := make([]float64, rows*cols)
		for i := range rows {
			for j := i + 1; j < cols; j++ {
				data[i*cols+j] = 1
			}
		}
		w = u.build.Call("*", w, u.build.Apply(&op.Const{Rows: rows, Cols: cols, Data: data}))
	}
	return u.build.MatMul(from.noise, w, false)
}

// prior evaluates the prior of b at its sample, on the real line: the density of
// the value times the slope of the transform that makes it. Of a mode, which is
// sought among values, the slope does not count.
func (s *scope) prior(b *believed, p *lang.Param, raw *ir.Node, dims []Size) bool {
	n := p.Prior.Tree()
	v := s.within(lastName(b.param.Name)+".prior", n).eval(n)
	d, ok := v.(*draw)
	switch {
	case isBad(v):
		return false
	case !ok:
		s.errorf(diag.NotDistribution, p.Prior.Span, "a prior is a distribution, not %s", v.describe()).Helpf("write ~ Normal(mean=0, sd=1)")
		return false
	case !s.priorSuits(d, b.param, p):
		return false
	}
	for name, a := range d.given {
		if len(a.dims) > 0 && !sameDims(a.dims, dims) {
			s.errorf(diag.SizeMismatch, d.at, "the prior of %s has %s of [%s], and the parameter is [%s]", p.Name.Text, name, sizes(a.dims), sizesOr1(dims))
			return false
		}
	}
	b.draw = d
	build := s.u.build
	if b.param.Transform.Kind == runtime.Simplex && b.post != nil {
		b.prior = build.Formula(dist.Formula("a*x - exp(x) - lgamma(a)"), map[string]*ir.Node{"a": d.nodes()["alpha"], "x": raw}, true)
		return true
	}
	value := s.natural(raw, b.param.Transform, dims)
	b.prior = d.dist.Density(build, value.node, d.nodes(), nil)
	if b.post != nil && b.param.Transform.Kind == runtime.Bounds {
		b.prior = build.Call("+", b.prior, build.Formula(slope(b.param.Transform), map[string]*ir.Node{"x": raw}, true))
	}
	return true
}

// priorSuits reports a prior over other values than the parameter can have: what
// it gives to those would be lost.
func (s *scope) priorSuits(d *draw, r runtime.Param, p *lang.Param) bool {
	lo, hi, known := d.ends()
	t := r.Transform
	switch {
	case t.Kind == runtime.Simplex && d.dist == dist.Dirichlet:
		return true
	case t.Kind == runtime.Cov || t.Kind == runtime.Corr || t.Kind == runtime.Ordered || t.Kind == runtime.Simplex:
		s.errorf(diag.Unsupported, d.at, "a parameter of type %s has no prior %s in this version", p.Type.Name.Text, d.dist.Name).
			Helpf("%s", map[bool]string{true: "write ~ Dirichlet(alpha=1)", false: "drop the prior: the parameter is then fitted by maximum likelihood"}[t.Kind == runtime.Simplex])
		return false
	case d.dist.Over == dist.Count || d.dist.Over == dist.Binary || d.dist.Over == dist.Class || d.dist.Over == dist.Simplex:
		s.errorf(diag.Support, d.at, "%s is real, and %s yields %s values", p.Name.Text, d.dist.Name, d.dist.Over)
		return false
	case !known || equalEnd(lo, t.Low) && equalEnd(hi, t.High):
		return true
	}
	s.errorf(diag.Support, d.at, "%s yields %s, and %s is declared for %s", d.dist.Name, rangeText(lo, hi), p.Name.Text, rangeText(t.Low, t.High)).
		Helpf("%s", declaredFor(p, lo, hi))
	return false
}

// ends is the range of the values that d yields, nil where it has no end; known is
// false where the ends are no constants.
func (d *draw) ends() (lo, hi *float64, known bool) {
	zero, one := 0.0, 1.0
	switch d.dist.Over {
	case dist.Positive:
		return &zero, nil, true
	case dist.Unit:
		return &zero, &one, true
	case "interval":
		low, okLow := d.given["low"].node.Number()
		high, okHigh := d.given["high"].node.Number()
		return &low, &high, okLow && okHigh
	}
	return nil, nil, true
}

// declaredFor is how a parameter is declared for the values between two ends.
func declaredFor(p *lang.Param, lo, hi *float64) string {
	name := lang.Text(p.Type)
	switch {
	case lo != nil && hi != nil:
		return fmt.Sprintf("write param %s: %s in (%g, %g)", p.Name.Text, name, *lo, *hi)
	case lo != nil:
		return fmt.Sprintf("write param %s: %s > %g", p.Name.Text, name, *lo)
	}
	return fmt.Sprintf("write param %s: %s, or choose a prior that keeps to its bounds", p.Name.Text, name)
}

func rangeText(lo, hi *float64) string {
	switch {
	case lo != nil && hi != nil:
		return fmt.Sprintf("numbers between %g and %g", *lo, *hi)
	case lo != nil:
		return fmt.Sprintf("numbers above %g", *lo)
	case hi != nil:
		return fmt.Sprintf("numbers below %g", *hi)
	}
	return "all numbers"
}

func equalEnd(a, b *float64) bool { return a == b || a != nil && b != nil && *a == *b }

// slope is the logarithm of the derivative of a transform to bounds, at x.
func slope(t runtime.Transform) *scalar.Expr {
	if t.Low != nil && t.High != nil {
		return dist.Formula(fmt.Sprintf("log(%g) - softplus(x) - softplus(-x)", *t.High-*t.Low))
	}
	return dist.Formula("x")
}

// beliefTerms adds the priors and posteriors of parameters to the bound: they
// count once for all data.
func (u *unit) beliefTerms() {
	for _, b := range u.beliefs {
		name := lastName(b.param.Name)
		prior := u.beliefTerm(runtime.Prior, "log p("+name+")", b, b.prior)
		u.terms, u.sampled = append(u.terms, prior), append(u.sampled, prior)
		if b.post == nil {
			continue
		}
		post := u.beliefTerm(runtime.Posterior, "log q("+name+")", b, b.post)
		u.terms, u.sampled = append(u.terms, post), append(u.sampled, post)
	}
}

func (u *unit) beliefTerm(kind runtime.TermKind, name string, b *believed, n *ir.Node) Term {
	return Term{runtime.Term{Name: name, Kind: kind, Var: b.param.Name, How: "sampled", Pos: position(b.at)}, n}
}

// HasPriors reports whether a parameter of the program has a prior.
func (p *Program) HasPriors() bool { return len(p.unit.beliefs) > 0 }
