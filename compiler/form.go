package compiler

import (
	"errors"
	"fmt"
	"slices"

	"ssmc/compiler/ir"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// form is the terms of the form of the bound that s asks for, behind them the
// samples if it asks for those.
func (u *unit) form(s runtime.Spec) ([]Term, error) {
	if err := u.checkForm(s); err != nil {
		return nil, err
	}
	terms := u.terms
	if s.Sampled {
		terms = u.sampled
	}
	if s.Latents {
		terms = append(slices.Clip(terms), u.samplesOf()...)
	}
	if s.Join == op.Filter {
		return u.filtered(terms, s.Bootstrap)
	}
	if s.Pathwise {
		terms = u.pathwise(terms, s.Join)
	}
	if s.FreeBits > 0 {
		terms = u.gated(terms, s.FreeBits)
	}
	return terms, nil
}

// checkForm reports forms that the guide has no use for, or cannot have.
func (u *unit) checkForm(s runtime.Spec) error {
	special := s.Join != op.Mean || s.Pathwise || s.FreeBits > 0
	if special && u.exact() {
		return errors.New("guide exact sums the latents out, and its bound is the likelihood itself; fit it with objective=elbo, without free bits")
	}
	if s.Carry {
		if err := u.checkCarry(); err != nil {
			return err
		}
	}
	for _, z := range u.drawn() {
		if q := u.samples[z.Name]; s.Pathwise && q.flow != nil {
			return fmt.Errorf("%s: a flow tells log q for what it draws, and not as a function of %s alone; choose objective.gradient=plain", position(q.at), z.Name)
		}
	}
	return nil
}

// rewritten is the terms with their nodes rewritten.
func rewritten(terms []Term, r *ir.Rewrite) []Term {
	out := slices.Clone(terms)
	for i := range out {
		out[i].node = r.Of(out[i].node)
	}
	return out
}

// pathwise is the terms with log q as a function of the samples alone: Roeder et
// al. 2017. Where samples are weighed against each other, the gradient by them is
// the doubly reparameterised one of Tucker et al. 2019: both of its terms then
// take a second factor of the weight. The posteriors of parameters stay as they
// are: they tell log q by its width and not by what is drawn.
func (u *unit) pathwise(terms []Term, join op.Join) []Term {
	model, guide := ir.NewRewrite(u.build), ir.NewRewrite(u.build)
	guide.Detach()
	for _, z := range u.drawn() {
		sample := z.node
		if join == op.LogMean {
			sample = u.build.Apply(op.Reweigh{}, sample)
		}
		model.Replace(z.node, sample)
		guide.Replace(z.node, sample)
	}
	out := rewritten(terms, model)
	for i, t := range terms {
		if t.Kind == runtime.Posterior && t.node.Shape.Axis != op.Once {
			out[i].node = guide.Of(t.node)
		}
	}
	return out
}

// gated is the terms with no gradient by the KL of a latent where its mean over
// the frames and samples of a batch is less than so many nats: Kingma et al.
// 2016, appendix C.8.
func (u *unit) gated(terms []Term, nats float64) []Term {
	out := slices.Clone(terms)
	for i, t := range out {
		if kl := u.divergenceOf(terms, t); kl != nil {
			out[i].node = u.build.Apply(op.Gate{Least: nats}, t.node, kl)
		}
	}
	return out
}

// divergenceOf is the KL of the latent that a term scores: the term itself, or by
// log q and log p; nil for a term of observations,
// or where there is no log p of it alone.
func (u *unit) divergenceOf(terms []Term, t Term) *ir.Node {
	if t.Kind == runtime.KL {
		return t.node
	}
	if t.Kind != runtime.Prior && t.Kind != runtime.Posterior {
		return nil
	}
	of := map[runtime.TermKind]*ir.Node{}
	for _, o := range terms {
		if o.Var == t.Var {
			of[o.Kind] = o.node
		}
	}
	if of[runtime.Prior] == nil { // it is scored with the classes that it depends on
		return nil
	}
	return u.build.Call("-", of[runtime.Posterior], of[runtime.Prior])
}

// filtered is the terms at the particles of a filter, which the guide proposes or,
// if bootstrap, the model itself: prior and proposal are then the same.
func (u *unit) filtered(terms []Term, bootstrap bool) ([]Term, error) {
	r := ir.NewRewrite(u.build)
	r.Filter(bootstrap)
	if bootstrap {
		if err := u.proposePriors(r); err != nil {
			return nil, err
		}
		terms = slices.DeleteFunc(slices.Clone(terms), func(t Term) bool { return t.Kind == runtime.Prior || t.Kind == runtime.Posterior })
	}
	out := rewritten(terms, r)
	var weights []*ir.Node
	for _, t := range out {
		if t.Kind != runtime.Latent {
			weights = append(weights, t.node)
		}
	}
	r.Weigh(weights)
	if len(out) > len(weights) { // the latents are asked for
		out = append(out, Term{runtime.Term{Name: "ancestors", Kind: runtime.Latent}, r.Ancestors()})
	}
	if r.Err != nil {
		return nil, fmt.Errorf("%w; a filter needs a guide that draws forwards in time, and objective=iwae does not", r.Err)
	}
	return out, nil
}

// proposePriors has every latent drawn from the model: Gordon et al. 1993.
func (u *unit) proposePriors(r *ir.Rewrite) error {
	drawn := map[*variable]*ir.Node{}
	for _, z := range u.drawn() {
		if p := u.priors[z.Name]; p == nil || p.dist.Sample == "" {
			return fmt.Errorf("%s: the model's own %s cannot be drawn as a smooth function of noise; propose from the guide", position(z.decl.Span), z.Name)
		}
		drawn[z] = u.build.Promise(z.sampled())
		r.Replace(z.node, drawn[z])
	}
	for _, z := range u.drawn() {
		p := u.priors[z.Name]
		given := map[string]*ir.Node{}
		for name, n := range p.nodes() {
			if z.Timed && n.Resolve().Shape.Axis == op.Seq {
				n = u.build.Expand(n, op.PerFrame(n.Shape.Cols))
			}
			given[name] = r.Of(n)
		}
		u.build.Pos = position(p.at)
		eps := u.build.Input(op.Source{Kind: op.Noise, Name: z.Name}, z.sampled())
		sample := p.dist.Reparameterised(u.build, eps, given)
		if z.every() > 1 {
			sample = r.Hold(sample, z.every())
		}
		u.build.Keep(drawn[z], sample)
	}
	return nil
}
