package compiler

import (
	"fmt"
	"strings"

	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
)

// A Term is a summand of the bound and the node that computes it.
type Term struct {
	runtime.Term
	node *ir.Node
}

// formBound writes the bound as a sum of terms, twice: with divergences in
// closed form where there is one, and at the samples alone.
func (u *unit) formBound() {
	if u.found.HasErrors() {
		return
	}
	if u.exact() {
		u.formExact()
	} else {
		u.formSampled()
	}
	u.beliefTerms()
}

// formSampled makes the terms of a bound at samples of a guide.
func (u *unit) formSampled() {
	if c := u.chains(); c != nil {
		u.formChain(c)
	}
	for _, d := range u.likes {
		t := u.term(runtime.Likelihood, "log "+u.densityText("p", d.v), d.v, d.at, "sampled", u.density(d, d.v.node, d.v.present))
		u.terms, u.sampled = append(u.terms, t), append(u.sampled, t)
	}
	for _, z := range u.drawn() {
		q, p := u.samples[z.Name], u.priors[z.Name]
		if p == nil { // it depends on classes, and is scored with them
			post := u.term(runtime.Posterior, "log "+u.guideText(z), z, q.at, "sampled", u.once(z, u.densityAt(q, z.node)))
			u.terms, u.sampled = append(u.terms, post), append(u.sampled, post)
			continue
		}
		prior := u.term(runtime.Prior, "log "+u.densityText("p", z), z, p.at, "sampled", u.once(z, u.density(p, z.node, nil)))
		post := u.term(runtime.Posterior, "log "+u.guideText(z), z, q.at, "sampled", u.once(z, u.densityAt(q, z.node)))
		u.sampled = append(u.sampled, prior, post)
		if !closed(q, p) {
			u.terms = append(u.terms, prior, post)
			continue
		}
		name := fmt.Sprintf("KL(%s || %s)", u.guideText(z), u.densityText("p", z))
		u.build.Pos = position(p.at)
		u.terms = append(u.terms, u.term(runtime.KL, name, z, p.at, "closed", u.once(z, dist.Divergence(u.build, q.member(), p.member(), z.Cols()))))
	}
}

// density is the log density of d at x, where d stands in the program.
func (u *unit) density(d *draw, x, present *ir.Node) *ir.Node {
	u.build.Pos = position(d.at)
	return d.dist.Density(u.build, x, d.nodes(), present)
}

// closed reports whether the divergence of two draws has a closed form.
func closed(q, p *draw) bool { return dist.Closed(q.dist, p.dist) && q.flow == nil }

func (u *unit) term(kind runtime.TermKind, name string, v *variable, at diag.Span, how string, n *ir.Node) Term {
	return Term{runtime.Term{Name: name, Kind: kind, Var: v.Name, How: how, Pos: position(at)}, n}
}

// densityText is p(x[t] | z[t]): the variables that v's statement reads.
func (u *unit) densityText(p string, v *variable) string {
	var reads []string
	seen := map[string]bool{}
	walk(v.steps.Value.Tree(), func(n lang.Node) bool {
		if !u.readsVariable(n) { // nor is it written out: a sum of sums would be for each of its parts
			return true
		}
		if text := lang.Text(n); !seen[text] {
			seen[text] = true
			reads = append(reads, text)
		}
		return true
	})
	if len(reads) == 0 {
		return fmt.Sprintf("%s(%s)", p, v.ref())
	}
	return fmt.Sprintf("%s(%s | %s)", p, v.ref(), strings.Join(reads, ", "))
}

// readsVariable reports whether an expression is a variable or what is defined
// for each time: x[t], or b of one value a sequence.
func (u *unit) readsVariable(n lang.Node) bool {
	switch n := n.(type) {
	case *lang.Index:
		ref, ok := n.X.(*lang.NameRef)
		return ok && timeIndexed(u.names[ref.Name])
	case *lang.NameRef:
		v, ok := u.names[n.Name].(*variable)
		return ok && !v.Timed || u.lazyIn(n) != nil
	}
	return false
}

func timeIndexed(v value) bool {
	switch v := v.(type) {
	case *variable:
		return v.Timed
	case *timed:
		return true
	}
	return false
}

// guideText is q(z[t] | ...) as the guide states it.
func (u *unit) guideText(z *variable) string {
	for _, f := range u.body.Factors {
		for _, t := range f.Targets {
			if t.Name.Text == z.Name {
				return lang.Text(f)
			}
		}
	}
	return "q(" + z.ref() + ")"
}
