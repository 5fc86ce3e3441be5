package compiler

import (
	"strings"

	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
)

// chooseGuide finds the guide to fit with.
func (u *unit) chooseGuide() {
	u.findGuide()
	if u.stopped || u.exact() {
		return
	}
	for _, z := range u.latents() {
		if z.Kind == runtime.OneOf {
			u.errorf(diag.Unsupported, z.decl.Type.Span, "a one_of latent is summed out, by guide exact: a guide cannot draw one in this version").
				Helpf("fit with --guide exact, or write guide NAME = exact")
			u.stopped = true
		}
	}
}

func (u *unit) findGuide() {
	if len(u.latents()) == 0 {
		u.errorf(diag.NoLatent, u.model.Name.Span, "the model %s has no latent variable", u.model.Name.Text).
			Helpf("declare one: latent z[t]: real[10]")
		u.stopped = true
		return
	}
	name, at := u.guideName()
	if strings.Contains(name, "(") {
		u.parseGuide(name)
		return
	}
	for _, g := range u.guides {
		if g.Name.Text == name || name == "" {
			u.takeGuide(g)
			return
		}
	}
	if name == "" {
		name = "ST_R"
	}
	for _, s := range structures {
		if s.name == name {
			u.guide = u.named(s)
			return
		}
	}
	u.noGuide(name, at)
}

func (u *unit) noGuide(name string, at diag.Span) {
	if name == "auto" {
		u.guide = u.derivedGuide("auto", "")
		return
	}
	if name == "exact" {
		src := &diag.Source{Name: "guide exact", Text: "guide EXACT = exact\n"}
		u.register(src)
		f, _ := lang.Parse(src)
		u.guide = f.Items[0].Guide
		return
	}
	u.stopped = true
	candidates := structureNames()
	for _, g := range u.guides {
		candidates = append(candidates, g.Name.Text)
	}
	u.errorf(diag.UnknownGuide, at, "there is no guide %s", name).
		Helpf("%s", suggestOr(name, candidates, "the guides are "+joinNames(candidates)))
}

// guideName is the guide asked for, and where.
func (u *unit) guideName() (string, diag.Span) {
	at := u.model.Name.Span
	if u.config.Guide != "" {
		return u.config.Guide, at
	}
	for _, b := range u.blocks {
		for _, s := range b.Settings {
			if b.Kind != "train" || s.Name.Text != "guide" {
				continue
			}
			if ref, ok := s.Value.Tree().(*lang.NameRef); ok {
				return ref.Name, ref.Span
			}
			u.errorf(diag.UnknownGuide, s.Value.Span, "a guide is chosen by its name").Helpf("write guide = ST_R, or define guide NAME = q(...)")
		}
	}
	return "", at
}

func (u *unit) parseGuide(written string) {
	g, found := lang.ParseGuide("--guide", written)
	u.register(&diag.Source{Name: "--guide", Text: written})
	u.found = append(u.found, found...)
	if g == nil || found.HasErrors() {
		u.stopped = true
		return
	}
	g.Name.Text = "q"
	u.takeGuide(g)
}

func (u *unit) takeGuide(g *lang.Guide) {
	switch g.Kind {
	case "auto":
		var with []string
		for _, a := range g.With {
			with = append(with, lang.Text(a))
		}
		g = u.derivedGuide(g.Name.Text, strings.Join(with, ", "))
	case "exact":
		u.guide = g
		return
	}
	u.guide = g
	u.checkFactors()
}

func (u *unit) latents() (out []*variable) {
	for _, v := range u.order {
		if v.Role == "latent" {
			out = append(out, v)
		}
	}
	return out
}

// checkFactors reports factors that do not suit the model.
func (u *unit) checkFactors() {
	seen := map[string]*lang.Ref{}
	for _, f := range u.guide.Factors {
		if f.Kind == "sum" {
			u.errorf(diag.Unsupported, f.Span, "summing out a latent is not supported by this version")
		}
		timed := true
		for _, t := range f.Targets {
			u.checkTarget(t, seen)
			seen[t.Name.Text] = t
			if v, ok := u.names[t.Name.Text].(*variable); ok && !v.Timed {
				timed = false
			}
		}
		for _, g := range f.Given {
			u.checkGiven(g, timed)
		}
	}
	for _, z := range u.latents() {
		if seen[z.Name] == nil {
			u.errorf(diag.MissingFactor, u.guide.Span, "the guide has no factor for %s", z.Name).
				Helpf("multiply it by q(%s | ...)", z.ref())
		}
	}
	if !u.found.HasErrors() {
		u.checkOrder()
	}
	if u.found.HasErrors() {
		u.stopped = true
	}
}

func (u *unit) checkTarget(t *lang.Ref, seen map[string]*lang.Ref) {
	v, ok := u.names[t.Name.Text].(*variable)
	switch {
	case !ok || v.Role != "latent":
		var names []string
		for _, z := range u.latents() {
			names = append(names, z.Name)
		}
		u.errorf(diag.GuideTarget, t.Span, "the model has no latent %s", t.Name.Text).
			Helpf("%s", suggestOr(t.Name.Text, names, "its latents are "+joinNames(names)))
	case seen[t.Name.Text] != nil:
		u.errorf(diag.Duplicate, t.Span, "a second factor for %s", t.Name.Text).Notef(seen[t.Name.Text].Span, "the first is here")
	case v.Timed && !isNow(t), !v.Timed && len(t.Index) > 0:
		u.errorf(diag.TimeIndex, t.Span, "a factor is for %s", v.ref())
	}
}

// isNow reports whether a reference is to time t.
func isNow(r *lang.Ref) bool {
	if len(r.Index) != 1 || r.Index[0].Range {
		return false
	}
	ref, ok := r.Index[0].Lo.Tree().(*lang.NameRef)
	return ok && ref.Name == "t"
}

// checkGiven reports what a factor cannot be given. Where it is not for each
// time, it is given all times.
func (u *unit) checkGiven(g *lang.Ref, timed bool) {
	v, ok := u.names[g.Name.Text].(*variable)
	switch {
	case !ok:
		var names []string
		for _, v := range u.order {
			names = append(names, v.Name)
		}
		u.errorf(diag.UnknownName, g.Span, "the model has no variable %s", g.Name.Text).
			Helpf("%s", suggestOr(g.Name.Text, names, "its variables are "+joinNames(names)))
	case v.Timed && len(g.Index) != 1:
		u.errorf(diag.TimeIndex, g.Span, "%s varies in time", v.Name).Helpf("write %s[t:T], %s[1:t] or %s[t-1]", v.Name, v.Name, v.Name)
	case v.Timed && !timed && u.root().extentOf(g) != everywhere:
		u.errorf(diag.TimeIndex, g.Span, "this factor is for one value a sequence: there is no time t to see %s from", v.Name).Helpf("write %s[1:T]", v.Name)
	case !v.Timed && len(g.Index) != 0:
		u.errorf(diag.TimeIndex, g.Span, "%s has one value a sequence", v.Name).Helpf("write %s", v.Name)
	}
}
