package compiler

import (
	"fmt"

	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// classes is what a latent that is summed out is taken to be while an expression
// is evaluated, once for each class: at the time of the statement, and a step
// before. Classes count from 1; zero is none.
type classes struct{ now, before int }

// finite reports whether the latents are summed out class by class.
func (u *unit) finite() bool {
	for _, z := range u.latents() {
		if z.class != nil {
			return true
		}
	}
	return false
}

// readClass is c[t] or c[t-1] as the class that it is taken to be.
func (s *scope) readClass(v *variable, off int, at diag.Span) value {
	k := 0
	switch off {
	case 0:
		k = v.class.now
	case -1:
		k = v.class.before
	}
	if k == 0 {
		s.errorf(diag.NotExact, at, "%s cannot be read here: exact inference sums over %s[t], given %s[t-1]", v.Name, v.Name, v.Name).
			Helpf("its own statement reads %s[t-1], and what is observed reads %s[t]", v.Name, v.Name)
		return bad{}
	}
	return number{v: float64(k)}
}

// formChain makes one term of a finite chain: the likelihood by the forward
// algorithm. Every statement is evaluated once for each class.
func (u *unit) formChain(z *variable) {
	if others := len(u.latents()); others > 1 {
		u.notExact(u.guide.Span, "exact inference sums out one chain of classes, and this model has %d latents", others)
		return
	}
	start, ok := u.startProbs(z)
	if !ok {
		return
	}
	trans, ok := u.transitionProbs(z)
	if !ok {
		return
	}
	like, names, ok := u.emissionProbs(z)
	if !ok {
		return
	}
	n := u.build.Apply(op.Chain{States: z.Classes}, like, trans, start)
	t := u.term(runtime.Likelihood, fmt.Sprintf("log p(%s | the past)", joinNames(names)), z, u.guide.Span, "exact", n)
	u.terms, u.sampled = append(u.terms, t), append(u.sampled, t)
}

// logProbs is a statement for z, as the log probability of each class.
func (u *unit) logProbs(z *variable, rel *lang.Relation, at int) (*ir.Node, bool) {
	d, ok := u.root().one(z, rel, at)
	if !ok {
		return nil, false
	}
	if p := d.nodes()["probs"]; p != nil {
		return u.build.Call("log", p), true
	}
	return u.build.Apply(op.LogSoftmax{}, d.nodes()["logits"]), true
}

func (u *unit) startProbs(z *variable) (*ir.Node, bool) {
	if len(z.firsts) > 1 {
		u.notExact(z.firsts[2].Span, "%s needs one first step", z.Name)
		return nil, false
	}
	if rel := z.firsts[1]; rel != nil {
		return u.logProbs(z, rel, 1)
	}
	return u.logProbs(z, z.steps, 0)
}

// transitionProbs is the log probabilities of z[t] for each class of z[t-1], side
// by side: one row, or one for every frame.
func (u *unit) transitionProbs(z *variable) (*ir.Node, bool) {
	defer func() { z.class.before = 0 }()
	var rows []*ir.Node
	for k := range z.Classes {
		z.class.before = k + 1
		row, ok := u.logProbs(z, z.steps, 0)
		if !ok {
			return nil, false
		}
		rows = append(rows, row)
	}
	all := u.build.Concat(rows...)
	if all.Shape.Axis != op.Frame {
		all = u.build.Apply(op.Expand{To: op.PerFrame(all.Shape.Cols)}, all)
	}
	return all, true
}

// emissionProbs is the log density of what is observed for each class of z[t],
// side by side. What does not depend on the class is a term of its own.
func (u *unit) emissionProbs(z *variable) (like *ir.Node, names []string, ok bool) {
	byClass := make([]*ir.Node, z.Classes)
	for _, v := range u.order {
		if v.Role != "observed" || v.steps == nil {
			continue
		}
		each, d, ok := u.densities(z, v)
		if !ok {
			return nil, nil, false
		}
		if each[0] == each[len(each)-1] && z.Classes > 1 {
			t := u.term(runtime.Likelihood, "log "+u.densityText("p", v), v, d.at, "exact", each[0])
			u.terms, u.sampled = append(u.terms, t), append(u.sampled, t)
			continue
		}
		names = append(names, v.Name+"[t]")
		for k, n := range each {
			if byClass[k] != nil {
				n = u.build.Call("+", byClass[k], n)
			}
			byClass[k] = n
		}
	}
	if len(names) == 0 {
		u.notExact(u.guide.Span, "nothing that is observed depends on the latents")
		return nil, nil, false
	}
	return u.build.Concat(byClass...), names, true
}

// densities is the log density of v for each class of z[t].
func (u *unit) densities(z, v *variable) (each []*ir.Node, d *draw, ok bool) {
	defer func() { z.class.now = 0 }()
	for k := range z.Classes {
		z.class.now = k + 1
		u.forget()
		if d, ok = u.root().distribution(v, v.steps, v.firsts); !ok {
			return nil, nil, false
		}
		each = append(each, d.dist.Density(u.build, v.node, d.nodes(), v.present))
	}
	u.forget()
	return each, d, true
}
