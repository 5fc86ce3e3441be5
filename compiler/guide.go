package compiler

import (
	"strings"

	"ssmc/lang"
	"ssmc/lang/diag"
)

// chooseGuide finds the guide to fit with.
func (u *unit) chooseGuide() {
	u.markClasses()
	if len(u.latents()) == 0 {
		u.errorf(diag.NoLatent, u.model.Name.Span, "the model %s has no latent variable", u.model.Name.Text).
			Helpf("declare one: latent z[t]: real[10]")
		u.stopped = true
	}
	if !u.stopped {
		u.findGuide()
	}
	if !u.stopped {
		u.checkStates()
	}
}

func (u *unit) findGuide() {
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
	if len(u.drawn()) == 0 && (name == "ST_R" || name == "auto") { // there is nothing to draw
		name = "exact"
	}
	for _, s := range structures {
		if s.name == name {
			u.takeNamed(s, at)
			return
		}
	}
	u.noGuide(name, at)
}

// takeNamed takes a named structure, where the model has something to draw.
func (u *unit) takeNamed(s structure, at diag.Span) {
	if len(u.drawn()) > 0 {
		u.guide = u.named(s)
		return
	}
	u.errorf(diag.UnknownGuide, at, "%s draws latents, and those of this model are classes, which are summed out", s.name).
		Helpf("fit with --guide exact")
	u.stopped = true
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
		if len(u.drawn()) == 0 {
			u.noGuide("exact", g.Span)
			return
		}
		g = u.derivedGuide(g.Name.Text, strings.Join(with, ", "))
	case "exact":
		u.guide = g
		return
	}
	u.guide = g
	u.releaseClasses()
	u.checkFactors()
}

// drawn is the latents that guides draw: all but classes, which are summed out.
func (u *unit) drawn() (out []*variable) {
	for _, z := range u.latents() {
		if z.class == nil {
			out = append(out, z)
		}
	}
	return out
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
		u.checkKind(f)
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
			d := u.errorf(diag.MissingFactor, u.guide.Span, "the guide has no factor for %s", z.Name).Helpf("multiply it by q(%s | ...)", z.ref())
			if z.class != nil {
				d.Help = "multiply it by sum(" + z.ref() + ")"
			}
		}
	}
	if !u.found.HasErrors() {
		u.checkOrder()
	}
	if u.found.HasErrors() {
		u.stopped = true
	}
}

// checkKind reports what is no class and summed out.
func (u *unit) checkKind(f *lang.Factor) {
	for _, t := range f.Targets {
		v, ok := u.names[t.Name.Text].(*variable)
		switch {
		case !ok || v.Role != "latent":
		case f.Kind == "sum" && v.class == nil && !v.relaxed:
			u.errorf(diag.GuideTarget, t.Span, "%s is no class: there is no finite sum over it", v.Name).Helpf("draw it: q(%s | ...)", v.ref())
		case f.Kind == "sum" && len(f.Given) > 0:
			u.errorf(diag.GuideTarget, f.Given[0].Span, "a sum is over all classes, whatever is given").Helpf("write sum(%s)", v.ref())
		}
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
	case v.Timed && !v.isNow(t), !v.Timed && len(t.Index) > 0:
		u.errorf(diag.TimeIndex, t.Span, "a factor is for %s", v.ref())
	}
}

// isNow reports whether a reference to v is to time t, or that of its own axis.
func (v *variable) isNow(r *lang.Ref) bool {
	if len(r.Index) != 1 || r.Index[0].Range {
		return false
	}
	ref, ok := r.Index[0].Lo.Tree().(*lang.NameRef)
	return ok && ref.Name == v.axis.name
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
