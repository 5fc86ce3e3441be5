package compiler

import (
	"fmt"

	"ssmc/compiler/ir"
	"ssmc/lang/diag"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// exact reports whether the guide sums the latents out exactly.
func (u *unit) exact() bool { return u.guide.Kind == "exact" }

// exactStates gives the latents nodes that stand for their values: the model's
// densities are then functions of them, to be recognised and summed out.
func (u *unit) exactStates() {
	u.markClasses()
	for _, z := range u.latents() {
		u.build.Pos = position(z.decl.Span)
		if z.Kind == runtime.OneOf {
			continue
		}
		z.node = u.build.Input(op.Source{Kind: op.Noise, Name: "state " + z.Name}, op.PerFrame(z.Cols()))
	}
}

// A kalman collects the matrices of a linear-Gaussian model. The state is all
// latents side by side.
type kalman struct {
	u     *unit
	lin   *linearizer
	order []*variable
	at    map[string]int // where a latent begins in the state
	n     int
}

// formExact recognises a linear-Gaussian model and makes one term of it: the
// likelihood by the Kalman filter. What the latents do not touch stays a term
// of its own.
func (u *unit) formExact() {
	if c := u.chains(); c != nil {
		u.formFinite(c)
		return
	}
	k := &kalman{u: u, order: u.latents(), at: map[string]int{}, lin: &linearizer{b: u.build,
		latent: map[*ir.Node]*variable{}, memo: map[*ir.Node]*linear{}}}
	for _, z := range k.order {
		k.lin.latent[z.node], k.at[z.Name] = z, k.n
		k.n += z.Cols()
	}
	move, ok := k.dynamics()
	if !ok {
		return
	}
	seen, rest, ok := k.emissions()
	if !ok {
		return
	}
	spec := op.Kalman{State: k.n, Obs: seen.p, FullQ: move.full, FullR: full(seen.R)}
	like := u.build.Apply(spec, u.build.Concat(seen.y...), seen.here(u.build), move.A, move.b, move.Q,
		k.block(seen.C, seen.p, k.n), k.frames(u.build.Concat(seen.d...)), k.frames(k.covariance(seen.R, full(seen.R))))
	t := u.term(runtime.Likelihood, fmt.Sprintf("log p(%s | the past)", joinNames(seen.names)), seen.first, u.guide.Span, "exact", like)
	u.terms, u.sampled = append(u.terms, t), append(u.sampled, t)
	for _, d := range rest {
		t := u.term(runtime.Likelihood, "log "+u.densityText("p", d.v), d.v, d.at, "exact", u.density(d, d.v.node, d.v.present))
		u.terms, u.sampled = append(u.terms, t), append(u.sampled, t)
	}
}

// formFinite makes the terms of a model whose latents are all classes.
func (u *unit) formFinite(c *chains) {
	for _, z := range u.drawn() {
		u.errorf(diag.NotExact, z.decl.Span, "%s is no class: exact inference sums over classes alone, or over what is linear and Gaussian", z.Name).
			Helpf("sum over %[1]s, and draw the others: guide G = sum(%[1]s[t]) * q(%[2]s | ...), or --guide auto", c.vars[0].Name, z.ref())
		return
	}
	u.formChain(c)
	for _, d := range u.likes {
		t := u.term(runtime.Likelihood, "log "+u.densityText("p", d.v), d.v, d.at, "exact", u.density(d, d.v.node, d.v.present))
		u.terms, u.sampled = append(u.terms, t), append(u.sampled, t)
	}
}

// notExact reports the statement that breaks exact inference.
func (u *unit) notExact(at diag.Span, format string, args ...any) {
	u.errorf(diag.NotExact, at, format, args...).Helpf("fit with a guide that samples: ST_R, or auto")
}
